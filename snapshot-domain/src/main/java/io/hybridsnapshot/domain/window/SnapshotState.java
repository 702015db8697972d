package io.hybridsnapshot.domain.window;

/** How far a snapshot has come; CURRENT and PREVIOUS are visible. */
public enum SnapshotState {
    /** Rows are being loaded. */
    STAGING,
    /** All rows are staged and counted; the archive may hold the snapshot already. */
    STAGED,
    /** The newest snapshot of its partition. */
    CURRENT,
    /** An earlier snapshot that the window still keeps. */
    PREVIOUS;

    /** Whether readers see it. */
    public boolean isVisible() {
        return this == CURRENT || this == PREVIOUS;
    }
}
