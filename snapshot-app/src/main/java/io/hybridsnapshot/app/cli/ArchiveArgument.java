package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The arguments that name one archive of a dataset. */
final class ArchiveArgument {
    @Parameters(index = "0", paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "Which archive: " + References.STORED_FORMS + ".")
    private String reference;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "NAME",
            order = 20,
            description =
                    "The part of the dataset (default: ALL, the whole table; for archive:N and id:UUID the part that it is of).")
    private String partition;

    String dataset() {
        return name;
    }

    /** The archive's number. */
    ArchiveId find(Session session) {
        KnownDatasets.require(session, name);
        Dataset dataset = session.datasets().named(name);
        LoadSnapshot load = new LoadSnapshot(session.environment());
        SnapshotReference wanted = References.stored(reference);
        return (partition == null ? load.find(dataset, wanted) : load.find(dataset, new Partition(partition), wanted))
                .id();
    }
}
