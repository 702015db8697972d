package io.hybridsnapshot.engine.save;

/** The ways in which a save treats the archive. */
public enum ArchiveMode {
    /** No archive, no snapshot. */
    REQUIRED,
    /**
     * If the archive cannot be reached, the snapshot is published in the window. The file waits in the outbox for the
     * next save or recovery.
     */
    BEST_EFFORT,
    /** The window only. */
    OFF
}
