package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.catalogue.PartitionPlace;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Words the errors about datasets and partitions that no store knows. Stateless. */
final class KnownNames {
    private KnownNames() {}

    /**
     * One dataset that has to be known, or all in order, by their names in the stores.
     *
     * @throws SnapshotException INVALID_REQUEST if neither the file nor a store knows the one
     */
    static List<String> datasets(KnownDatasets known, Optional<String> only) {
        if (only.isPresent()) {
            requireDataset(known, only.get());
            return List.of(known.storedName(only.get()));
        }
        return known.names();
    }

    /** Checks that the file, a preset or a store knows a dataset. */
    static void requireDataset(KnownDatasets known, String name) {
        if (known.isKnown(name)) {
            return;
        }
        List<String> names = known.shownNames();
        throw SnapshotException.invalidRequest("unknown dataset")
                .actual("'" + DisplayText.escaped(name) + "'")
                .expected(NearestName.among(names, name)
                        .map(nearest -> "a dataset with snapshots (did you mean '" + nearest + "'?)")
                        .orElse(names.isEmpty() ? "a dataset with snapshots" : "one of " + String.join(", ", names)))
                .nextStep("'snapshot list' shows all; 'snapshot save' takes the first snapshot")
                .build();
    }

    /**
     * Checks that a store knows a partition of one of these datasets. This distinguishes a mistyped partition from an
     * empty one: the stores know every partition that ever had a snapshot.
     *
     * @param more partitions that are known from elsewhere, such as an anchor
     * @throws SnapshotException INVALID_REQUEST if neither store knows it
     */
    static void requirePartition(
            KnownDatasets known, List<String> datasets, Partition wanted, Collection<Partition> more) {
        Set<Partition> partitions = new LinkedHashSet<>(more);
        for (String dataset : datasets) {
            if (partitions.contains(wanted)) {
                return;
            }
            partitions.addAll(known.partitions(dataset));
        }
        if (!partitions.contains(wanted)) {
            throw unknown(wanted, partitions);
        }
    }

    /** Checks partitions of one dataset. */
    static void requirePartitions(KnownDatasets known, String dataset, Collection<Partition> wanted) {
        for (Partition partition : wanted) {
            requirePartition(known, List.of(known.storedName(dataset)), partition, List.of());
        }
    }

    /**
     * Checks whether the rows of a source belong to a partition. A new partition must be declared, to distinguish it
     * from a mistyped one.
     *
     * @throws SnapshotException INVALID_REQUEST if no store knows the partition and no column shows the partition of
     *     the rows
     */
    static void requirePlace(
            PartitionPlace place, Dataset into, Partition wanted, PartitionPlace.ArchiveOut archiveOut) {
        PartitionPlace.Answer answer = place.of(into, wanted, archiveOut);
        if (answer == PartitionPlace.Answer.CERTAIN) {
            return;
        }
        throw SnapshotException.invalidRequest("all rows of the source would go into a new partition")
                .where("dataset '" + into.name() + "', which has no partition column")
                .actual("the unknown partition '" + wanted.name() + "'"
                        + (answer == PartitionPlace.Answer.UNKNOWN ? "" : "; the archive could not be searched for it"))
                .expected("a partition that has snapshots, or a column that tells which rows belong to it")
                .nextStep(
                        "add --partition-column COLUMN; or --new-partition, once, if the source holds the rows of this"
                                + " partition alone")
                .build();
    }

    /** The heading for a dataset, or for a table with a name that no dataset can have. */
    static String heading(DatasetCatalogue datasets, String name) {
        return Dataset.isName(name)
                ? datasets.heading(name)
                : DisplayText.escaped(name)
                        + "  (a foreign writer's table: archives alone, as no dataset can have this name)";
    }

    private static SnapshotException unknown(Partition wanted, Set<Partition> known) {
        Set<String> names = known.stream().map(Partition::name).collect(Collectors.toCollection(TreeSet::new));
        return SnapshotException.invalidRequest("unknown partition")
                .actual("'" + wanted.name() + "'")
                .expected(NearestName.among(names, wanted.name())
                        .map(nearest -> "a partition with snapshots (did you mean '" + nearest + "'?)")
                        .orElse(names.isEmpty() ? "a partition with snapshots" : "one of " + String.join(", ", names)))
                .nextStep("'snapshot list' shows all")
                .build();
    }
}
