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
 * The one writer of a partition. The writer holds the partition's lock until it is closed. A writer that lost the lock,
 * because its session died or stalled, gets CONFLICT and cannot publish. One thread.
 *
 * <p>The order of calls: {@link #begin}, {@link #stage} for each batch, {@link #delta}, {@link #seal}, {@link
 * #publish}. Nothing is visible before {@link #publish}. Closing without it leaves the staged snapshot to {@link
 * #unfinished} of the next writer.
 */
public interface WindowWriter extends AutoCloseable {
    /**
     * Returns the partition's current snapshot, a foreign one included; INCOMPLETE as {@link WindowStore#findCurrent}
     * says.
     */
    Optional<WindowSnapshot> current();

    /** Returns the ledger's current snapshot, even if its rows are missing or a foreign writer has replaced them. */
    Optional<WindowSnapshot> recorded();

    /** Returns the snapshots of this partition that earlier writers left STAGING or STAGED, oldest first. */
    List<WindowSnapshot> unfinished();

    /**
     * Enters a snapshot in the ledger as STAGING; durable when this returns. An entry of this partition that is UNDONE
     * becomes the next attempt and keeps nothing of the previous one.
     *
     * @return the attempt, from 1
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if the ledger has another entry of the batch id
     */
    int begin(StagingRequest request);

    /**
     * Stages rows: identities and hashes as given, carried columns as the text of the batch's cells. Row i of the
     * hashes belongs to row i of the batch; every row has an identity. A store that cannot hold a character of a
     * carried text replaces the character by U+FFFD in its copy; the archive has the text as it is.
     */
    void stage(SnapshotId id, RowBatch rows, KeyedHashes hashes);

    /**
     * Compares the staged rows with the current snapshot by hash. Call this method after the last {@link #stage}.
     * Identities have to be unique.
     */
    SnapshotDelta delta(SnapshotId id);

    /** Declares that all rows are staged. The ledger's state is STAGED, durable when this returns. */
    void seal(SnapshotId id, long rowCount, Fingerprint fingerprint);

    /**
     * Returns the way to stage a snapshot as its changes against the current one.
     *
     * @return empty where the store takes whole snapshots only
     */
    default Optional<WindowChanges> changes() {
        return Optional.empty();
    }

    /**
     * Notes that the file of a sealed snapshot waits to be archived; durable when this returns. {@link
     * WindowStore#linkArchive} and a publish with an archive end the wait. A store that has no place for the note
     * ignores the call.
     *
     * @param where the outbox, by host and directory; at most 1,000 characters of it are kept
     */
    default void awaitArchive(SnapshotId id, String where) {}

    /**
     * Makes a sealed snapshot the current one and the current one a previous one, and hides snapshots beyond {@code
     * keepCount} from readers. All of this is one transaction. A store MAY remove the rows of the hidden snapshots
     * afterwards; the next writer removes rows that an interruption left. An INCOMPLETE current snapshot becomes
     * REMOVED instead of PREVIOUS.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if the lock was lost; OUTCOME_UNKNOWN if the
     *     connection broke during the commit; CORRUPT if the number of staged rows is not the sealed one; CONFLICT if
     *     the snapshot was staged as changes and its base is no longer current
     */
    WindowSnapshot publish(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount);

    /**
     * Removes the staged rows of an unfinished snapshot of this partition. Its ledger entry stays and is UNDONE. A
     * no-op where there is no such snapshot.
     */
    void discard(SnapshotId id);

    /**
     * Takes back the current snapshot, in one transaction: its rows are removed and its ledger entry is UNDONE. Its
     * predecessor becomes current again: with its rows if it is PREVIOUS, as a foreign snapshot if a foreign writer
     * made it, and INCOMPLETE if it is REMOVED. Without a predecessor the partition has no current snapshot.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if the snapshot is not the current one, if its
     *     predecessor is not the one in the window, or if the lock was lost; OUTCOME_UNKNOWN if the connection broke
     *     during the commit
     */
    void takeBack(SnapshotId current, Optional<SnapshotId> predecessor);

    /** Releases the lock. */
    @Override
    void close();
}
