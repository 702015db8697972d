package io.hybridsnapshot.testkit.planted.app.cli.terminal;

import io.hybridsnapshot.testkit.planted.app.cli.command.SharedView;

/** A screen that knows a class of the commands. */
public final class TerminalOverCommands {
    /** The class. */
    public SharedView view;
}
