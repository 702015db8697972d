package io.hybridsnapshot.engine.pass;

/** Receives the progress of long work. Called in the thread that does the work; MUST be quick and MUST NOT throw. */
@FunctionalInterface
public interface Progress {
    /** The steps of long work. */
    enum Step {
        /** Rows are read, hashed and staged; the amount is in rows. */
        READING,
        /** The delta is computed. */
        COMPARING,
        /** The file is sent to the archive. */
        ARCHIVING,
        /** The window makes the snapshot the current one. */
        PUBLISHING,
        /** Changed rows are read from both sides; the amount is in rows. */
        DETAILING,
        /** Archives and snapshots are verified; the amount is in rows of those that are done. */
        VERIFYING
    }

    /** Ignores all progress. */
    Progress NONE = (step, rows) -> {};

    /** Reports the progress of a step; {@code rows} counts the rows done in it, from 0 on. */
    void at(Step step, long rows);
}
