package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.domain.snapshot.Partition;
import picocli.CommandLine.Option;

/** The one partition that a command works on; the whole table if none is named. */
public final class PartitionOption {
    @Option(
            names = {"-p", "--partition"},
            paramLabel = "NAME",
            order = 20,
            defaultValue = "ALL",
            description = "The part of the dataset (default: ALL, the whole table).")
    private String name;

    /** Returns the partition. */
    public Partition partition() {
        return new Partition(name);
    }
}
