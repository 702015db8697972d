package io.hybridsnapshot.app.cli.terminal;

/**
 * The kind of output that the user wants.
 *
 * @param json one JSON document on stdout, and errors as JSON
 * @param quiet no progress and no remarks
 * @param verbose settings, log messages and stack traces too
 */
public record OutputMode(boolean json, boolean quiet, boolean verbose) {
    /** Returns which log messages may stand beside the command's own output on stderr. */
    public Logging.Heard heard() {
        if (verbose) {
            return Logging.Heard.EVERYTHING;
        }
        return json || quiet ? Logging.Heard.NOTHING : Logging.Heard.OWN_WARNINGS;
    }
}
