package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.util.Optional;

/**
 * Capability of a {@link WindowWriter}: a snapshot is stored as its changes against the current one, so that rows that
 * stay are not written again. The thread, the lock and the fence are those of the writer.
 *
 * <p>The order of calls: {@link #base} and {@link WindowStore#openRows} of the base; {@link WindowWriter#begin}; {@link
 * #stage} and {@link #stageDeleted} in any order, none of both for a snapshot without changes; {@link #seal}; {@link
 * #publish}. The changes are those between the base's rows and the snapshot's. Every identity is staged once at most.
 * The calls throw CONFLICT if the lock was lost.
 */
public interface WindowChanges {
    /**
     * Returns the rows that the next snapshot's changes may be counted from; empty if only a whole snapshot can be
     * stored. That is the case if the partition has no current snapshot, if its rows are not exactly the published
     * ones, or if the window carries other columns than it did when they were published.
     */
    Optional<BaseSnapshot> base();

    /**
     * Stages rows that are NEW or CHANGED. The texts of carried columns are treated as {@link WindowWriter#stage} says.
     */
    void stage(SnapshotId id, ChangedRows changes);

    /** Stages rows that are DELETED: their identities, with the hashes that the base has. */
    void stageDeleted(SnapshotId id, KeyedHashes former);

    /**
     * Declares that all changes are staged. The ledger's state is STAGED, durable when this returns.
     *
     * @param base the rows that the changes were counted from
     * @param counts rows of each kind; the snapshot has {@code counts.after()} rows
     * @param fingerprint over all rows of the snapshot
     */
    void seal(SnapshotId id, BaseSnapshot base, DeltaSummary counts, Fingerprint fingerprint);

    /**
     * Publishes a sealed snapshot as {@link WindowWriter#publish} does, if its base is still current. A snapshot that
     * was staged whole has no base and is published in any case.
     *
     * @return the published snapshot; empty if the base is no longer current, and then nothing was changed
     * @throws io.hybridsnapshot.domain.error.SnapshotException as {@link WindowWriter#publish} says; CORRUPT if the
     *     staged changes are not the sealed ones
     */
    Optional<WindowSnapshot> publish(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount);

    /**
     * Starts a sealed snapshot again: removes its staged changes and makes it STAGING, durable when this returns. Its
     * attempt, its fingerprint and the note of a file that waits stay. All of its rows are then staged by {@link
     * WindowWriter#stage} and sealed by {@link WindowWriter#seal}.
     */
    void restage(SnapshotId id);
}
