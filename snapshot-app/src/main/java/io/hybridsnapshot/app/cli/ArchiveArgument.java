package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.usecase.LoadSnapshot;
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
            defaultValue = "ALL",
            description = "The part of the dataset that a date or 'current' means (default: ALL, the whole table).")
    private String partition;

    String dataset() {
        return name;
    }

    /** The archive's number. */
    ArchiveId find(Session session) {
        KnownDatasets.require(session, name);
        Dataset dataset = session.datasets().named(name);
        return new LoadSnapshot(session.environment())
                .find(dataset, new Partition(partition), References.stored(reference))
                .id();
    }
}
