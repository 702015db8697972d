package io.hybridsnapshot.engine.internal.catalogue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SafeText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Finds archives that a user or a clean-up removed. Such an archive is no damage, and no backup has to be restored.
 * Reads the tombstones, so it is for errors and remarks only. Stateless.
 */
public final class RemovedArchives {
    private RemovedArchives() {}

    /** Finds the tombstone of the archive that a snapshot of the window refers to. */
    public static Optional<Tombstone> find(ArchiveStore archive, WindowSnapshot snapshot) {
        List<Tombstone> known = snapshot.id()
                .map(archive::tombstones)
                .orElseGet(() -> archive.tombstones(ArchiveQuery.of(snapshot.dataset())));
        return known.stream()
                .filter(tombstone -> snapshot.archiveId()
                        .equals(Optional.of(tombstone.archive().id())))
                .findFirst();
    }

    /** Finds the tombstone of a dataset's archive by its number. */
    static Optional<Tombstone> find(ArchiveStore archive, String dataset, ArchiveId id) {
        return archive.tombstones(ArchiveQuery.of(dataset)).stream()
                .filter(tombstone -> tombstone.archive().id().equals(id))
                .findFirst();
    }

    /** Finds the tombstone of a published snapshot's archive by its batch id. */
    static Optional<Tombstone> find(ArchiveStore archive, String dataset, SnapshotId id) {
        return archive.tombstones(id).stream()
                .filter(tombstone -> tombstone.archive().dataset().equals(dataset) && tombstone.isOfPublished())
                .findFirst();
    }

    /** Says who removed an archive, why and when: {@code archive 3 was removed by dba (clean-up plan 1f) on …}. */
    public static String text(Tombstone tombstone) {
        return "archive " + tombstone.archive().id() + " was removed by " + SafeText.value(tombstone.removedBy())
                + tombstone
                        .reason()
                        .map(reason -> " (" + SafeText.value(reason) + ")")
                        .orElse("") + " on "
                + tombstone.removedAt().truncatedTo(ChronoUnit.SECONDS);
    }

    /** Returns the error for a request that needs the cells of a removed archive. */
    static SnapshotException error(Tombstone tombstone) {
        return SnapshotException.invalidRequest(text(tombstone))
                .nextStep(
                        "where cells are needed, choose a snapshot that has an archive ({0} shows them)",
                        CommonRemedy.LIST)
                .build();
    }
}
