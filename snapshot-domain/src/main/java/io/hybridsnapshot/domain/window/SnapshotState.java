package io.hybridsnapshot.domain.window;

/**
 * The states of a snapshot in the ledger. A snapshot that was undone or has left the window stays in the ledger,
 * without rows.
 */
public enum SnapshotState {
    /** Rows are being loaded. */
    STAGING,
    /** All rows are staged and counted; the archive may hold the snapshot already. */
    STAGED,
    /** The newest snapshot of its partition. */
    CURRENT,
    /** An earlier snapshot that the window still keeps. */
    PREVIOUS,
    /**
     * A snapshot that the window shows, after a foreign statement deleted some or all of its rows. Stores report this
     * state; the ledger says CURRENT, or PREVIOUS where previous snapshots share rows with the current one. The archive
     * has the rows.
     */
    INCOMPLETE,
    /** Taken back before or after publication. The batch id may be saved again, as another attempt. */
    UNDONE,
    /** Published once and no longer in the window. The batch id is never saved again. */
    REMOVED;

    /** Checks whether the window shows the snapshot: it is CURRENT, PREVIOUS or INCOMPLETE. */
    public boolean isVisible() {
        return this == CURRENT || this == PREVIOUS || this == INCOMPLETE;
    }

    /** Checks whether a save has begun the snapshot and neither published nor undone it: it is STAGING or STAGED. */
    public boolean isUnfinished() {
        return this == STAGING || this == STAGED;
    }
}
