package io.hybridsnapshot.engine.catalogue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.internal.catalogue.ArchivedCells;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the columns of the newest snapshot: in the window, if it holds one, or else in the newest archive's file. Safe
 * to share if the environment's parts are.
 */
public final class NewestSchema {
    private final SnapshotEnvironment environment;

    /** Makes the use case in an environment. */
    public NewestSchema(SnapshotEnvironment environment) {
        this.environment = Objects.requireNonNull(environment, "environment");
    }

    /** Returns the columns of the newest snapshot of a dataset, or of one partition of it. */
    public Optional<Schema> of(Dataset dataset, Optional<Partition> partition) {
        ArchiveQuery all = ArchiveQuery.of(dataset.name());
        Set<ArchiveId> orphans = new SnapshotCatalogue(environment).orphans(dataset, partition);
        return of(
                environment.window().snapshots(dataset, partition),
                environment.archive().list(partition.map(all::in).orElse(all)).stream()
                        .filter(archive -> !orphans.contains(archive.id()))
                        .toList());
    }

    /** Returns the columns of the newest of these snapshots; each list begins with its newest. */
    Optional<Schema> of(List<WindowSnapshot> window, List<ArchivedSnapshot> archives) {
        Optional<Schema> inWindow = window.stream()
                .map(WindowSnapshot::schema)
                .flatMap(Optional::stream)
                .findFirst();
        if (inWindow.isPresent() || archives.isEmpty()) {
            return inWindow;
        }
        try (SnapshotReader reader = ArchivedCells.open(environment, archives.get(0))) {
            return Optional.of(reader.schema());
        }
    }
}
