package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.dataset.KeepCount;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.RowStream;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Port: the fast store of the newest snapshots of each partition. Safe to share between threads. Every method throws
 * UNAVAILABLE if it cannot reach the store, and INVALID_REQUEST for a keep count below 1. A dataset that was never
 * prepared has no snapshots, so a probe of it finds every row NEW. Partition names are compared as they are: case and
 * accents count.
 */
public interface WindowStore {
    /** The column of {@link #openCarried} that holds a row's identity. */
    String IDENTITY_COLUMN = "record_uuid";

    /**
     * Returns the same store for foreign writers that write local time. The date of a foreign snapshot is then the time
     * on the clock of the zone. The date is kept in UTC when the snapshot is retired. A time that the zone's clocks
     * show twice is the earlier moment.
     *
     * @return this store where it has no foreign writers
     */
    default WindowStore withForeignZone(ZoneId zone) {
        return this;
    }

    /**
     * Returns the names of the datasets that the ledger knows, in the order of {@link String}. These are the datasets
     * of which any save has begun. A table that foreign writers alone have filled is not among them.
     */
    List<String> datasets();

    /** Creates the dataset's missing tables; existing tables stay as they are. Atomic. */
    void prepare(Dataset dataset);

    /**
     * Takes the partition's writer lock, which one writer holds at a time.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT naming the holder if another writer has the
     *     partition for longer than the request's patience; INVALID_REQUEST if the partition's name is empty
     */
    WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request);

    /**
     * Opens a probe that compares rows with the partition's current snapshot. The probe takes no writer lock and leaves
     * nothing behind.
     */
    WindowProbe openProbe(Dataset dataset, Partition partition);

    /**
     * Returns the newest visible snapshot of a partition, a foreign one included. The snapshot is INCOMPLETE if all
     * rows in its place belong to the ledger's current snapshot, but are fewer than the ledger says.
     */
    Optional<WindowSnapshot> findCurrent(Dataset dataset, Partition partition);

    /**
     * Returns the ledger's current snapshot if the partition's current snapshot is foreign only because a foreign
     * writer added rows to it: by their stamps, no row of the ledger's snapshot is missing. Empty otherwise, and where
     * the store cannot tell.
     */
    default Optional<WindowSnapshot> findAddedTo(Dataset dataset, Partition partition) {
        return Optional.empty();
    }

    /**
     * Returns a snapshot of the ledger by its batch id, in the ledger's state. UNDONE and REMOVED snapshots are
     * included.
     */
    Optional<WindowSnapshot> find(Dataset dataset, SnapshotId id);

    /**
     * Returns all visible snapshots of one partition or of all, by partition and then newest first. A snapshot that
     * lacks rows is INCOMPLETE.
     */
    List<WindowSnapshot> snapshots(Dataset dataset, Optional<Partition> partition);

    /**
     * Returns the snapshots of all partitions that a save has begun and neither published nor undone, whether or not
     * its writer is alive; by partition and then oldest first. Their staged rows, all or some, are invisible to
     * readers.
     */
    List<WindowSnapshot> unfinished(Dataset dataset);

    /**
     * Returns the ledger's entries with archives that may be orphans, of one partition or of all, in any order. These
     * are the entries that are UNDONE after all their rows were staged, and those of a later attempt than the first.
     */
    List<WindowSnapshot> undone(Dataset dataset, Optional<Partition> partition);

    /**
     * Streams identities and hashes of a visible snapshot, in any order, as of one moment. The caller closes the
     * stream.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if the snapshot is no longer in the window;
     *     CORRUPT if it is INCOMPLETE
     */
    KeyedRowStream openRows(Dataset dataset, WindowSnapshot snapshot);

    /**
     * Compares the stamps of rows with the ledger. Each entry that is CURRENT or PREVIOUS has one answer, in any order,
     * all as of one moment. A CURRENT entry has an answer even if {@link #snapshots} skips it because its rows are
     * gone. A store that cannot compare stamps returns no answers.
     *
     * @param partition one partition; empty: all
     */
    default List<RowStamps> stamps(Dataset dataset, Optional<Partition> partition) {
        return List.of();
    }

    /**
     * Streams the carried texts of a visible snapshot of the ledger, in any order, as of one moment. The columns are
     * {@link #IDENTITY_COLUMN}, a UUID, and, as TEXT, the dataset's carried columns that the snapshot was published
     * with. A store that has replaced characters by U+FFFD returns its own copy. The caller closes the stream.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if the window no longer holds the snapshot,
     *     whole and as the ledger describes it
     * @return the stream; empty where the store cannot report carried texts
     */
    default Optional<RowStream> openCarried(Dataset dataset, WindowSnapshot snapshot) {
        return Optional.empty();
    }

    /** Returns the schema of {@link #openCarried}: the identity, and the carried columns as TEXT. */
    static Schema carriedSchema(List<String> columns) {
        return Schema.of(Stream.concat(
                        Stream.of(new Column(IDENTITY_COLUMN, ColumnType.UUID)),
                        columns.stream().map(column -> new Column(column, ColumnType.TEXT)))
                .toList());
    }

    /**
     * Sets the archive of a visible snapshot that has none yet, in the ledger and in its rows. Atomic; a no-op if the
     * same archive is set already.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if the snapshot is gone, not published yet, or
     *     refers to another archive
     */
    void linkArchive(Dataset dataset, SnapshotId id, ArchiveId archiveId);

    /**
     * Returns the visible snapshots that {@link #removeBeyond} would remove: all but the newest {@code keepCount} of
     * each partition.
     */
    default List<WindowSnapshot> beyond(Dataset dataset, Optional<Partition> partition, int keepCount) {
        KeepCount.require(keepCount);
        return beyond(snapshots(dataset, partition), keepCount);
    }

    /**
     * Returns all but the newest {@code keepCount} snapshots of each partition.
     *
     * @param visible snapshots as {@link #snapshots} orders them: newest first within their partition
     */
    static List<WindowSnapshot> beyond(List<WindowSnapshot> visible, int keepCount) {
        Map<Partition, Integer> seen = new HashMap<>();
        return visible.stream()
                .filter(snapshot -> seen.merge(snapshot.partition(), 1, Integer::sum) > keepCount)
                .toList();
    }

    /**
     * Removes all but the newest {@code keepCount} visible snapshots (at least 1) of each partition. Their ledger
     * entries become REMOVED; the entries of foreign snapshots are deleted. Atomic for readers: they see either all of
     * these snapshots or none. A store MAY remove the rows afterwards; if that is interrupted, {@link #sweep} and the
     * partition's next writer remove the rest.
     *
     * @return the removed snapshots
     */
    List<WindowSnapshot> removeBeyond(Dataset dataset, Optional<Partition> partition, int keepCount);

    /**
     * Removes rows that an interruption left of snapshots that are no longer in the ledger. No reader sees such rows.
     * Idempotent; does nothing in a store that removes a snapshot's rows with its entry.
     */
    default void sweep(Dataset dataset) {}
}
