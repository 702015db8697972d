package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The arguments that name one archive of a dataset. */
public final class ArchiveArgument {
    @Parameters(index = "0", paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "Which archive: " + References.STORED_FORMS + ".")
    private String reference;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "NAME",
            order = 20,
            description = "The part of the dataset (default: ALL, the whole table; for archive:N and id:UUID the part"
                    + " that it is of).")
    private String partition;

    public String dataset() {
        return name;
    }

    /** Returns the partition, if one is named. */
    public Optional<Partition> partition() {
        return Optional.ofNullable(partition).map(Partition::new);
    }

    /** Returns which archive is meant. */
    public SnapshotReference reference() {
        return References.stored(reference);
    }
}
