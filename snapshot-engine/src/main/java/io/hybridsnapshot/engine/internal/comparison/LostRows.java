package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.internal.catalogue.ArchivedCells;
import io.hybridsnapshot.engine.internal.catalogue.RemovedArchives;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.Optional;

/**
 * Chooses the data for comparing with a current snapshot after the window has lost some or all of its rows. Stateless.
 */
public final class LostRows {
    private LostRows() {}

    /**
     * Returns the snapshot, with its columns where only its archive knows them any more.
     *
     * @throws SnapshotException CORRUPT if rows are missing and no archive has them; UNAVAILABLE if the archive cannot
     *     be reached
     */
    public static WindowSnapshot completed(SnapshotEnvironment environment, WindowSnapshot snapshot) {
        if (snapshot.state() != SnapshotState.INCOMPLETE) {
            return snapshot;
        }
        ArchivedSnapshot archive = snapshot.archiveId()
                .flatMap(id -> environment.archive().find(id))
                .orElseThrow(() -> withoutArchive(environment, snapshot));
        if (snapshot.schema().isPresent()) {
            return snapshot;
        }
        try (SnapshotReader reader = ArchivedCells.open(environment, archive)) {
            return with(snapshot, reader.schema());
        }
    }

    private static WindowSnapshot with(WindowSnapshot snapshot, Schema schema) {
        return snapshot.toBuilder().schema(Optional.of(schema)).build();
    }

    private static SnapshotException withoutArchive(SnapshotEnvironment environment, WindowSnapshot snapshot) {
        return SnapshotException.corrupt("rows of the window's current snapshot are missing and no archive has them")
                .where("dataset '" + snapshot.dataset() + "', partition '" + snapshot.partition() + "', batch "
                        + snapshot.id().orElseThrow())
                .actual("fewer rows in the window's current table than its ledger counts, and "
                        + snapshot.archiveId()
                                .map(id -> RemovedArchives.find(environment.archive(), snapshot)
                                        .map(RemovedArchives::text)
                                        .orElse("archive " + id + " is not there"))
                                .orElse("no archive"))
                .expected(Counted.of(snapshot.rowCount(), "row"))
                .nextStep(
                        "restore the rows of the current table from a backup, or save with consent to lost rows, which"
                                + " compares with those that are left")
                .build();
    }
}
