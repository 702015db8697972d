package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.RowStream;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * Port: the fast store of the newest snapshots of each partition. Safe to share between threads; every method that cannot reach the
 * store throws UNAVAILABLE. Datasets that were never prepared have no snapshots, so that a probe of one finds every row NEW. Partition names are
 * compared as they are: case and accents count. A keep count below 1 is INVALID_REQUEST everywhere.
 */
public interface WindowStore {
    /** The column of {@link #openCarried} that holds a row's identity. */
    String IDENTITY_COLUMN = "record_uuid";

    /**
     * The same store for foreign writers that write local time: the date of a foreign snapshot is the time on the clock of a zone. It is kept in UTC
     * when the snapshot is retired. A time that the clocks of a zone show twice is the earlier moment.
     *
     * @return this store where it has no foreign writers
     */
    default WindowStore withForeignZone(ZoneId zone) {
        return this;
    }

    /** Makes the dataset's tables where they are missing; changes nothing where they are there. Atomic. */
    void prepare(Dataset dataset);

    /**
     * Takes the partition's writer lock, one writer at a time.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT naming the holder if another writer has the partition for
     *     longer than the request's patience; INVALID_REQUEST if the partition's name is empty
     */
    WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request);

    /** Opens a place to compare rows with the partition's current snapshot; takes no writer lock and leaves nothing behind. */
    WindowProbe openProbe(Dataset dataset, Partition partition);

    /**
     * The newest visible snapshot of a partition, a foreign one included. It is INCOMPLETE where the rows that are there are all of the
     * ledger's current snapshot, but fewer than it had.
     */
    Optional<WindowSnapshot> findCurrent(Dataset dataset, Partition partition);

    /** A snapshot of the ledger by its batch id, in the state that the ledger says, UNDONE and REMOVED ones included. */
    Optional<WindowSnapshot> find(Dataset dataset, SnapshotId id);

    /** All visible snapshots of one partition or of all, by partition and then newest first. */
    List<WindowSnapshot> snapshots(Dataset dataset, Optional<Partition> partition);

    /**
     * The snapshots of all partitions that a save has begun and neither published nor undone, whether its writer is alive or not; by
     * partition and then oldest first. They hold rows, whole or in part, that no reader sees.
     */
    List<WindowSnapshot> unfinished(Dataset dataset);

    /**
     * The ledger's entries by which an archive may turn out to be an orphan, of one partition or of all, in any order: those that are UNDONE
     * after all their rows were staged, and those of a later attempt than the first.
     */
    List<WindowSnapshot> undone(Dataset dataset, Optional<Partition> partition);

    /**
     * Streams identities and hashes of a visible snapshot, in any order, as of one moment. The caller closes it.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if the snapshot is no longer in the window; CORRUPT if it is
     *     INCOMPLETE
     */
    KeyedRowStream openRows(Dataset dataset, WindowSnapshot snapshot);

    /**
     * Compares the stamps of rows with the ledger: one answer for each entry that is CURRENT or PREVIOUS, in any order, all as of one
     * moment. A CURRENT entry has an answer also where {@link #snapshots} passes it over because its rows are gone. A store that cannot
     * tell gives no answers.
     *
     * @param partition one partition; empty: all
     */
    default List<RowStamps> stamps(Dataset dataset, Optional<Partition> partition) {
        return List.of();
    }

    /**
     * Streams the texts that a visible snapshot of the ledger carries, in any order, as of one moment: the column {@link #IDENTITY_COLUMN},
     * a UUID, and as TEXT those of the dataset's carried columns that the snapshot was published with. A store that has put U+FFFD in the
     * place of characters gives what it has. The caller closes it.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if the snapshot is no longer in the window, whole and as the
     *     ledger knows it
     * @return empty where the store cannot tell
     */
    default Optional<RowStream> openCarried(Dataset dataset, WindowSnapshot snapshot) {
        return Optional.empty();
    }

    /**
     * Sets the archive of a visible snapshot that has none yet, in the ledger and in its rows. Atomic; a no-op if it is set already.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if the snapshot is gone, not published yet, or refers to another
     *     archive
     */
    void linkArchive(Dataset dataset, SnapshotId id, ArchiveId archiveId);

    /** Which visible snapshots {@link #removeBeyond} would remove: all but the newest {@code keepCount} of each partition. */
    List<WindowSnapshot> beyond(Dataset dataset, Optional<Partition> partition, int keepCount);

    /**
     * Removes all but the newest {@code keepCount} visible snapshots (at least 1) of each partition. Their ledger entries become REMOVED; those
     * of foreign snapshots go. Atomic for readers: all of them are visible, or none is. A store MAY remove their rows afterwards; where that
     * is interrupted, {@link #sweep} and the partition's next writer remove the rest.
     *
     * @return what was removed
     */
    List<WindowSnapshot> removeBeyond(Dataset dataset, Optional<Partition> partition, int keepCount);

    /**
     * Removes rows of snapshots that have left the ledger, where an interruption left such rows behind. No reader sees them. Idempotent; does nothing
     * in a store that removes a snapshot's rows with its entry.
     */
    default void sweep(Dataset dataset) {}
}
