package io.hybridsnapshot.testkit.planted.app.cli.command;

/** Knows another command. */
public final class OverOtherCommand {
    /** The other command. */
    public AloneCommand other;
}
