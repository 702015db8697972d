package io.hybridsnapshot.testkit.planted.app.cli.command;

import io.hybridsnapshot.testkit.planted.app.cli.ProgramCommand;

/** Knows the root command. */
public final class OverProgramCommand {
    /** The root command. */
    public ProgramCommand program;
}
