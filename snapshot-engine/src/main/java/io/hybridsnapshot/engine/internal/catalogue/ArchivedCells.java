package io.hybridsnapshot.engine.internal.catalogue;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;

/** Opens the cells of archived snapshots. The caller closes the reader. Stateless. */
public final class ArchivedCells {
    private ArchivedCells() {}

    /**
     * Opens an archive.
     *
     * @throws SnapshotException CORRUPT if the archive is damaged; UNAVAILABLE if the archive cannot be reached
     */
    public static SnapshotReader open(SnapshotEnvironment environment, ArchivedSnapshot archive) {
        return environment.codec().openReader(environment.archive().open(archive.id()));
    }

    /**
     * Returns the error for a snapshot of the window whose archive is not there: INVALID_REQUEST if the archive was
     * removed, as its tombstone says; CORRUPT if it was lost.
     *
     * @param snapshot a snapshot that refers to an archive
     */
    public static SnapshotException missing(SnapshotEnvironment environment, WindowSnapshot snapshot) {
        ArchiveId id = snapshot.archiveId().orElseThrow();
        return RemovedArchives.find(environment.archive(), snapshot)
                .map(RemovedArchives::error)
                .orElseGet(() -> SnapshotException.corrupt("the window refers to an archive that is not there")
                        .where("archive " + id)
                        .nextStep("restore the archive's row from a backup")
                        .build());
    }
}
