package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.util.Objects;
import java.util.Optional;

/**
 * What the rows of a visible snapshot say of themselves, compared with the ledger's entry: counts as of one moment. Immutable.
 *
 * @param snapshot the ledger's entry, CURRENT or PREVIOUS, whether its rows are there or not
 * @param rows rows that have its batch id
 * @param strangers rows of another batch id, or of none, in the place of a CURRENT snapshot's; 0 for a PREVIOUS one
 * @param otherDates those of its rows that have another date than the ledger
 * @param otherCounts those of its rows that say another row count than the ledger
 * @param otherArchives those of its rows that refer to another archive than the ledger, or to one where the ledger has none
 * @param archive the archive that all of its rows refer to; empty where they refer to none or to several
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

    /** Whether a foreign writer has put its own rows in the place of all of a CURRENT snapshot's. */
    public boolean isReplaced() {
        return rows == 0 && strangers > 0;
    }
}
