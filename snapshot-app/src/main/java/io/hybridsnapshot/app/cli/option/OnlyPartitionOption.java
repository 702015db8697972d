package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.domain.snapshot.Partition;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The choice of one partition for a command that works on all of them otherwise. */
public final class OnlyPartitionOption {
    @Option(
            names = {"-p", "--partition"},
            paramLabel = "NAME",
            order = 20,
            description = "One partition only (default: all).")
    private String name;

    /** Returns the partition; empty: all. */
    public Optional<Partition> partition() {
        return Optional.ofNullable(name).map(Partition::new);
    }
}
