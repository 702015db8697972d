package io.hybridsnapshot.domain.window;

/** How far a snapshot has come. A snapshot that was undone or has left the window stays in the ledger, without rows. */
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
     * The newest snapshot of its partition, of whose rows a foreign statement has deleted some or all. Stores report this state; the ledger
     * says CURRENT. The archive has the rows.
     */
    INCOMPLETE,
    /** Taken back before or after it was published. The batch id may be saved again, as another attempt. */
    UNDONE,
    /** Published once and no longer in the window. The batch id is never saved again. */
    REMOVED;

    /** Whether the snapshot is one of those that the window shows: CURRENT, PREVIOUS or INCOMPLETE. */
    public boolean isVisible() {
        return this == CURRENT || this == PREVIOUS || this == INCOMPLETE;
    }

    /** Whether a save has begun the snapshot and neither published nor undone it: STAGING or STAGED. */
    public boolean isUnfinished() {
        return this == STAGING || this == STAGED;
    }
}
