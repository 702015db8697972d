package io.hybridsnapshot.engine.pass;

/**
 * Receives the progress of long work. Called in the threads that do the work, of which there may be several at once.
 * MUST be quick and MUST NOT throw.
 */
@FunctionalInterface
public interface Progress {
    /** The steps of long work, in the order of a save. */
    enum Step {
        /** Another writer is waited for; the whole amount is the longest wait in seconds. */
        WAITING,
        /** The types of the columns are inferred; the amount is in a unit of the source's own. */
        INFERRING,
        /** The columns that identify the rows are searched for or checked; the amount is in rows. */
        KEYING,
        /** Rows are read, hashed and staged; the amount is in rows. */
        READING,
        /** The delta is computed. */
        COMPARING,
        /** The file is sent to the archive; the amount is in bytes. */
        ARCHIVING,
        /** The window makes the snapshot the current one. */
        PUBLISHING,
        /** Changed rows are read from both sides; the amount is in rows. */
        DETAILING,
        /** Archives and snapshots are verified; the amount is in rows of those that are done. */
        VERIFYING,
        /** Archives are written anew without some of their rows; the amount is in rows. */
        REWRITING
    }

    /** Ignores all progress. */
    Progress NONE = (step, done) -> {};

    /** Reports the progress of a step; {@code done} is the amount that is done, from 0 on. */
    void at(Step step, long done);

    /**
     * Reports the progress of a step whose end is known or estimated.
     *
     * @param done the amount that is done, from 0 on
     * @param whole the whole amount, as it is expected at this moment; 0: it is not known. The final amount may differ
     */
    default void at(Step step, long done, long whole) {
        at(step, done);
    }
}
