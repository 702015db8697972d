package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The stamps of a visible snapshot's rows, compared with the ledger's entry: counts as of one moment. In a store that
 * leaves unchanged rows untouched, a row has the stamps of an earlier snapshot, that in which its version appeared. Its
 * stamps are then compared with the ledger's entry of that snapshot. Snapshots may share such a row; its stamps then
 * count for the newest of them alone, so that no difference is counted twice. Immutable.
 *
 * @param snapshot the ledger's entry, CURRENT or PREVIOUS, even if its rows are missing
 * @param rows rows that the snapshot has
 * @param strangers rows in the place of a CURRENT snapshot's rows that another writer made; 0 for a PREVIOUS one
 * @param otherDates rows of the snapshot that have another date than the ledger
 * @param otherCounts rows of the snapshot that have another row count than the ledger
 * @param otherArchives rows with the snapshot's batch id that refer to another archive than the ledger, or to one where
 *     the ledger has none
 * @param archive the archive that all rows with the snapshot's batch id refer to; empty where they refer to none or to
 *     several
 * @param earlier the earlier snapshots in which rows of this one appeared; empty in a store that stamps every row
 */
public record RowStamps(
        WindowSnapshot snapshot,
        long rows,
        long strangers,
        long otherDates,
        long otherCounts,
        long otherArchives,
        Optional<ArchiveId> archive,
        List<Earlier> earlier) {
    /**
     * The rows of a snapshot that have the stamps of an earlier one. Immutable.
     *
     * @param snapshot the earlier snapshot, which may have left the window
     * @param otherArchives those of the rows that refer to another archive than the ledger's entry of the earlier
     *     snapshot, or to one where that entry has none
     * @param archive the archive that all rows with the earlier snapshot's batch id refer to; empty where they refer to
     *     none or to several
     */
    public record Earlier(SnapshotId snapshot, long otherArchives, Optional<ArchiveId> archive) {
        public Earlier {
            Objects.requireNonNull(snapshot, "snapshot");
            Objects.requireNonNull(archive, "archive");
        }
    }

    public RowStamps {
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(archive, "archive");
        earlier = List.copyOf(earlier);
    }

    /** Creates the stamps of a snapshot whose rows all have its own. */
    public RowStamps(
            WindowSnapshot snapshot,
            long rows,
            long strangers,
            long otherDates,
            long otherCounts,
            long otherArchives,
            Optional<ArchiveId> archive) {
        this(snapshot, rows, strangers, otherDates, otherCounts, otherArchives, archive, List.of());
    }

    /** Checks whether a foreign writer has replaced all rows of a CURRENT snapshot by its own. */
    public boolean isReplaced() {
        return rows == 0 && strangers > 0;
    }
}
