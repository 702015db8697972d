package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.util.List;
import java.util.Optional;

/**
 * The one writer of a partition. Holds its lock until closed; a writer that lost the lock (its session died or stalled) gets CONFLICT
 * and cannot publish. One thread. The order of calls: {@link #begin}, {@link #stage} for each batch, {@link #delta}, {@link #seal}, {@link
 * #publish}. Nothing is visible before {@link #publish}; closing without it leaves the staged snapshot to {@link #unfinished} of the
 * next writer.
 */
public interface WindowWriter extends AutoCloseable {
    /** The partition's current snapshot, a foreign one included; INCOMPLETE as {@link WindowStore#findCurrent} says. */
    Optional<WindowSnapshot> current();

    /**
     * The snapshot that the ledger says is current, whether its rows are there, are missing, or were replaced by a foreign writer.
     */
    Optional<WindowSnapshot> recorded();

    /** Snapshots of this partition that earlier writers left STAGING or STAGED, oldest first. */
    List<WindowSnapshot> unfinished();

    /**
     * Enters a snapshot in the ledger as STAGING; durable when this returns. An entry of this partition that is UNDONE is taken over as the
     * next attempt, and nothing of the one before stays in it.
     *
     * @return the attempt, from 1
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if the ledger knows the batch id otherwise
     */
    int begin(StagingRequest request);

    /**
     * Stages rows: identities and hashes as given, carried columns as the text of the batch's cells. Row i of the one is row i of the
     * other; every row has an identity. A store that cannot hold a character in its copy of a carried text replaces it by U+FFFD; the
     * archive has the text as it is.
     */
    void stage(SnapshotId id, RowBatch rows, KeyedHashes hashes);

    /**
     * Compares the staged rows with the current snapshot by hash. Call it after the last {@link #stage}; identities have to be unique.
     */
    SnapshotDelta delta(SnapshotId id);

    /** Says that all rows are staged: the ledger's state is STAGED, durable when this returns. */
    void seal(SnapshotId id, long rowCount, Fingerprint fingerprint);

    /**
     * Notes that the file of a sealed snapshot waits to be archived, durable when this returns. {@link WindowStore#linkArchive} and a publish
     * with an archive end the wait. A store that has no place for the note leaves it out.
     *
     * @param where the outbox, by host and directory; at most 1,000 characters of it are kept
     */
    default void awaitArchive(SnapshotId id, String where) {}

    /**
     * Makes a sealed snapshot the current one, the current one a previous one, and takes what is beyond {@code keepCount} out of readers' sight:
     * all in one transaction. A store MAY remove the rows of snapshots beyond it afterwards; the next writer removes what an interruption left.
     * An INCOMPLETE current snapshot becomes REMOVED instead.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if the lock was lost; OUTCOME_UNKNOWN if the connection broke
     *     during the commit; CORRUPT if the staged rows are not as many as sealed
     */
    WindowSnapshot publish(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount);

    /**
     * Removes the staged rows of an unfinished snapshot of this partition. Its ledger entry stays and is UNDONE. A no-op where there is no
     * such snapshot.
     */
    void discard(SnapshotId id);

    /**
     * Takes back the current snapshot, in one transaction: its rows go and its ledger entry is UNDONE. Its predecessor becomes current again:
     * with its rows where it is PREVIOUS, as a foreign snapshot where a foreign writer had made it, and INCOMPLETE where it is REMOVED. Without a
     * predecessor the partition has no current snapshot.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if the snapshot is not the current one, or its predecessor is not what
     *     the window holds, or the lock was lost; OUTCOME_UNKNOWN if the connection broke during the commit
     */
    void takeBack(SnapshotId current, Optional<SnapshotId> predecessor);

    /** Releases the lock. */
    @Override
    void close();
}
