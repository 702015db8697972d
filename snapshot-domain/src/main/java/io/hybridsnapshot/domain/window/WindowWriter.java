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
    /** The partition's current snapshot, a foreign one included. */
    Optional<WindowSnapshot> current();

    /** Snapshots of this partition that earlier writers left STAGING or STAGED, oldest first. */
    List<WindowSnapshot> unfinished();

    /**
     * Enters a snapshot in the ledger as STAGING; durable when this returns.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if the ledger knows the batch id already
     */
    void begin(StagingRequest request);

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
     * Makes a sealed snapshot the current one, the current one a previous one, and takes what is beyond {@code keepCount} out of readers' sight:
     * all in one transaction. A store MAY remove the rows of snapshots beyond it afterwards; the next writer removes what an interruption left.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if the lock was lost; OUTCOME_UNKNOWN if the connection broke
     *     during the commit; CORRUPT if the staged rows are not as many as sealed
     */
    WindowSnapshot publish(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount);

    /**
     * Removes a snapshot of this partition that is not visible, staged rows and ledger entry; a no-op where there is none or it is visible.
     */
    void discard(SnapshotId id);

    /** Releases the lock. */
    @Override
    void close();
}
