package io.hybridsnapshot.domain.delta;

/**
 * Port: the difference between two sets of identities and hashes. Computed by a join in the window's database, or in
 * process from two sorted streams (the engine merges them in process). For the thread of its store's session, unless an
 * implementation says that it is safe to share.
 */
public interface SnapshotDelta {
    /** Returns the counts; computed once. */
    DeltaSummary summary();

    /**
     * Opens the rows that differ; they agree with {@link #summary()}. The caller closes the cursor before the next call
     * to the delta's store.
     */
    DeltaCursor openChanges();
}
