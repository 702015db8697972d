package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.SnapshotCatalogue;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Distinguishes a mistyped partition from an empty one: the stores know every partition that ever had a snapshot.
 * Stateless.
 */
final class KnownPartitions {
    private KnownPartitions() {}

    /**
     * Checks that a store knows a partition of one of these datasets.
     *
     * @param more partitions that are known from elsewhere, such as an anchor
     * @throws SnapshotException INVALID_REQUEST if neither store knows it
     */
    static void require(Session session, List<String> datasets, Partition wanted, Collection<Partition> more) {
        Set<Partition> known = new LinkedHashSet<>(more);
        for (String dataset : datasets) {
            if (known.contains(wanted)) {
                return;
            }
            known.addAll(of(session, dataset));
        }
        if (!known.contains(wanted)) {
            throw unknown(wanted, known);
        }
    }

    /** Checks partitions of one dataset. */
    static void require(Session session, String dataset, Collection<Partition> wanted) {
        for (Partition partition : wanted) {
            require(session, List.of(dataset), partition, List.of());
        }
    }

    /** The behaviour of a check if the archive is unreachable. */
    enum ArchiveOut {
        /** The check fails as the archive does. */
        FAIL,
        /** The check uses only the window and the outbox. */
        GO_ON
    }

    /**
     * Checks whether the rows of a source belong to a partition. Without a partition column, the rows do not show it. A
     * new partition must then be declared, to distinguish it from a mistyped one.
     *
     * @param isNew whether the user declares the partition as new
     * @throws SnapshotException INVALID_REQUEST if no store knows the partition, no column shows the partition of the
     *     rows and it is not declared as new
     */
    static void requirePlace(Session session, Dataset into, Partition wanted, boolean isNew, ArchiveOut archiveOut) {
        if (isNew
                || wanted.name().isEmpty()
                || wanted.isWhole()
                || into.partitionColumn().isPresent()) {
            return;
        }
        SnapshotCatalogue catalogue = new SnapshotCatalogue(session.environment());
        if (catalogue.windowPartitions(into).contains(wanted)) {
            return;
        }
        boolean archiveAsked = true;
        try {
            if (catalogue.archivedPartitions(into.name()).contains(wanted)) {
                return;
            }
        } catch (SnapshotException e) {
            if (archiveOut == ArchiveOut.FAIL || !e.isStoreOut()) {
                throw e;
            }
            archiveAsked = false;
        }
        throw SnapshotException.invalidRequest("all rows of the source would go into a new partition")
                .where("dataset '" + into.name() + "', which has no partition column")
                .actual("the unknown partition '" + wanted.name() + "'"
                        + (archiveAsked ? "" : "; the archive could not be asked for it"))
                .expected("a partition that has snapshots, or a column that tells which rows belong to it")
                .nextStep(
                        "add --partition-column COLUMN; or --new-partition, once, if the source holds the rows of this"
                                + " partition alone")
                .build();
    }

    private static Set<Partition> of(Session session, String dataset) {
        SnapshotCatalogue catalogue = new SnapshotCatalogue(session.environment());
        if (!Dataset.isName(dataset)) {
            return catalogue.archivedPartitions(dataset);
        }
        try {
            return catalogue.partitions(session.datasets().named(dataset));
        } catch (SnapshotException e) {
            if (!KnownDatasets.isRefusedByWindow(e)) {
                throw e;
            }
            return catalogue.archivedPartitions(dataset);
        }
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
