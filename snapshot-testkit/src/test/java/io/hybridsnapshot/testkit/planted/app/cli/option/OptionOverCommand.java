package io.hybridsnapshot.testkit.planted.app.cli.option;

import io.hybridsnapshot.testkit.planted.app.cli.command.AloneCommand;

/** An option that knows a command. */
public final class OptionOverCommand {
    /** The command. */
    public AloneCommand[] commands;
}
