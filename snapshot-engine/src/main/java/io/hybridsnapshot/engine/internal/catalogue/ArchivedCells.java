package io.hybridsnapshot.engine.internal.catalogue;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;

/** Opens the cells of archived snapshots. The caller closes the reader. Stateless. */
public final class ArchivedCells {
    private ArchivedCells() {}

    /**
     * Opens the archive that a snapshot of the window refers to.
     *
     * @throws SnapshotException CORRUPT if the archive is not there or is damaged; UNAVAILABLE if the archive cannot be
     *     reached
     */
    public static SnapshotReader open(SnapshotEnvironment environment, ArchiveId id) {
        return open(environment, environment.archive().find(id).orElseThrow(() -> missing(id)));
    }

    /**
     * Opens an archive.
     *
     * @throws SnapshotException CORRUPT if the archive is damaged; UNAVAILABLE if the archive cannot be reached
     */
    public static SnapshotReader open(SnapshotEnvironment environment, ArchivedSnapshot archive) {
        return environment.codec().openReader(environment.archive().open(archive.id()));
    }

    /** Returns the error of a reference of the window without an archive. */
    public static SnapshotException missing(ArchiveId id) {
        return SnapshotException.corrupt("the window refers to an archive that is not there")
                .where("archive " + id)
                .nextStep("restore the archive's row from a backup")
                .build();
    }
}
