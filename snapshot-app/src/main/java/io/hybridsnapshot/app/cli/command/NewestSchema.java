package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.catalogue.SnapshotCatalogue;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The columns of the newest snapshot: from the window, if it holds one, or else from the newest archive's file.
 * Stateless.
 */
final class NewestSchema {
    private NewestSchema() {}

    static Optional<Schema> of(SnapshotEnvironment environment, Dataset dataset, Optional<Partition> partition) {
        ArchiveQuery all = ArchiveQuery.of(dataset.name());
        Set<ArchiveId> orphans = new SnapshotCatalogue(environment).orphans(dataset, partition);
        return of(
                environment,
                environment.window().snapshots(dataset, partition),
                environment.archive().list(partition.map(all::in).orElse(all)).stream()
                        .filter(archive -> !orphans.contains(archive.id()))
                        .toList());
    }

    static Optional<Schema> of(
            SnapshotEnvironment environment, List<WindowSnapshot> window, List<ArchivedSnapshot> archives) {
        Optional<Schema> inWindow = window.stream()
                .map(WindowSnapshot::schema)
                .flatMap(Optional::stream)
                .findFirst();
        if (inWindow.isPresent() || archives.isEmpty()) {
            return inWindow;
        }
        try (SnapshotReader reader = environment
                .codec()
                .openReader(environment.archive().open(archives.get(0).id()))) {
            return Optional.of(reader.schema());
        }
    }
}
