package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.usecase.SnapshotCatalogue;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Tells a mistyped partition from one that has nothing: the stores know every partition that ever had a snapshot. Stateless. */
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

    /** Whether a store knows a partition of a dataset. */
    static boolean isKnown(Session session, Dataset dataset, Partition partition) {
        return !session.environment()
                        .window()
                        .snapshots(dataset, Optional.of(partition))
                        .isEmpty()
                || new SnapshotCatalogue(session.environment())
                        .partitions(dataset)
                        .contains(partition);
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
