package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.ArchiveArgument;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;

/** Finds the archive that an argument names. Stateless. */
final class NamedArchive {
    private NamedArchive() {}

    /** Returns the archive's number. */
    static ArchiveId find(Session session, ArchiveArgument named) {
        KnownDatasets.require(session, named.dataset());
        Dataset dataset = session.datasets().named(named.dataset());
        LoadSnapshot load = new LoadSnapshot(session.environment());
        SnapshotReference wanted = named.reference();
        return named.partition()
                .map(partition -> load.find(dataset, partition, wanted))
                .orElseGet(() -> load.find(dataset, wanted))
                .id();
    }
}
