package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.Optional;

/** Chooses the data for comparing with a current snapshot to which a foreign writer has added rows. Stateless. */
final class AddedRows {
    private AddedRows() {}

    /**
     * Returns the archive of the rows that the ledger's snapshot was published with, if the current snapshot is that
     * one with further rows. Empty if it is another snapshot, has no archive, or the archive cannot be asked; hashes or
     * keys are then compared with all current rows.
     */
    static Optional<ArchivedSnapshot> archive(
            SnapshotEnvironment environment, Dataset dataset, WindowSnapshot current) {
        if (current.id().isPresent()) {
            return Optional.empty();
        }
        try {
            return environment
                    .window()
                    .findAddedTo(dataset, current.partition())
                    .flatMap(recorded -> recorded.archiveId()
                            .flatMap(environment.archive()::find)
                            .filter(archive -> archive.fingerprint().equals(recorded.fingerprint())));
        } catch (SnapshotException e) {
            if (e.isStoreOut()) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
