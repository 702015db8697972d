package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.error.Remedy;

/** The unusual cases that a save refuses without the user's consent. A refusal names the consent as its remedy. */
public enum Consent implements Remedy {
    /** The source has no rows. */
    EMPTY_SNAPSHOT,
    /** More of the previous snapshot's rows are DELETED than the dataset allows. */
    MANY_DELETED,
    /** More of the rows of both snapshots are CHANGED than the dataset allows. */
    MANY_CHANGED,
    /** No row is UNCHANGED by the hash spec that was named for a foreign snapshot, which may be the wrong one. */
    NO_ROW_MATCHES,
    /**
     * The snapshot is dated more than a few minutes ahead of the clock, or the clock is ahead of the window's server.
     */
    FUTURE_DATE,
    /**
     * Rows of the current snapshot are missing from the window and no archive has them, so that nothing can be
     * compared.
     */
    LOST_ROWS,
    /** An expectation is broken or could not be checked, and does not only warn. */
    UNEXPECTED;

    @Override
    public String words() {
        return "Consent." + name();
    }
}
