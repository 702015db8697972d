package io.hybridsnapshot.testkit.planted.app.cli.command;

/** Keeps the rule: knows itself and shared classes of its package. */
public final class AloneCommand {
    /** A part of its own. */
    public static final class Part {
        /** The command that the part belongs to. */
        public AloneCommand command;
    }

    /** A shared class. */
    public SharedView view;
}
