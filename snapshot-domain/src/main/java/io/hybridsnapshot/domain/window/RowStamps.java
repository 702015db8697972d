package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.util.Objects;
import java.util.Optional;

/**
 * The stamps of a visible snapshot's rows, compared with the ledger's entry: counts as of one moment. In a store that
 * leaves unchanged rows untouched, a row has the stamps of an earlier snapshot, that with which its version appeared.
 * Its date and its row count are then compared with the ledger's entry of that snapshot. Immutable.
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
 */
public record RowStamps(
        WindowSnapshot snapshot,
        long rows,
        long strangers,
        long otherDates,
        long otherCounts,
        long otherArchives,
        Optional<ArchiveId> archive) {
    public RowStamps {
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(archive, "archive");
    }

    /** Checks whether a foreign writer has replaced all rows of a CURRENT snapshot by its own. */
    public boolean isReplaced() {
        return rows == 0 && strangers > 0;
    }
}
