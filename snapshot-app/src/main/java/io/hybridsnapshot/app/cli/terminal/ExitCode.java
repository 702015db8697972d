package io.hybridsnapshot.app.cli.terminal;

import io.hybridsnapshot.domain.error.SnapshotException;

/** The exit codes of the program. Ctrl-C and SIGTERM end it with 130 and 143. */
public enum ExitCode {
    /** Done. */
    DONE(0),
    /** Differences were found, and {@code --exit-code} asked for this. */
    DIFFERENCES(1),
    /** The request, the configuration or the input is wrong. */
    INVALID_REQUEST(2),
    /** Another process was faster or holds a lock. */
    CONFLICT(3),
    /** Stored bytes differ from the written ones. */
    CORRUPT(4),
    /** A store, a file or a server cannot be reached. */
    UNAVAILABLE(5),
    /** A connection broke while a commit was under way. */
    OUTCOME_UNKNOWN(6),
    /** An expectation that does not only warn is broken or could not be checked. */
    UNEXPECTED(7),
    /** An error of the program itself. */
    INTERNAL(70);

    private final int value;

    ExitCode(int value) {
        this.value = value;
    }

    public int value() {
        return value;
    }

    public static ExitCode of(SnapshotException.Kind kind) {
        return switch (kind) {
            case INVALID_REQUEST -> INVALID_REQUEST;
            case CONFLICT -> CONFLICT;
            case CORRUPT -> CORRUPT;
            case UNAVAILABLE -> UNAVAILABLE;
            case OUTCOME_UNKNOWN -> OUTCOME_UNKNOWN;
        };
    }
}
