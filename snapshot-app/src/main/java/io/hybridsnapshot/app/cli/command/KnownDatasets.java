package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.catalogue.SnapshotCatalogue;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The existing datasets: those of the file and those in the stores. The latter may include tables of foreign writers
 * with names that no dataset can have ({@link Dataset#isName}); only the archive can hold data of those. Stateless.
 */
final class KnownDatasets {
    private KnownDatasets() {}

    /**
     * One dataset that has to be known, or all in order.
     *
     * @throws SnapshotException INVALID_REQUEST if neither the file nor a store knows the one
     */
    static List<String> names(Session session, Optional<String> only) {
        if (only.isPresent()) {
            require(session, only.get());
            return List.of(only.get());
        }
        return List.copyOf(all(session));
    }

    /** Checks that the file, a preset or a store knows a dataset. */
    static void require(Session session, String name) {
        if (session.datasets().isDefined(name)) {
            return;
        }
        if (Dataset.isName(name) && isInWindow(session, session.datasets().named(name))
                || !session.environment()
                        .archive()
                        .list(ArchiveQuery.of(name).newest(1))
                        .isEmpty()) {
            return;
        }
        Set<String> known = all(session);
        throw SnapshotException.invalidRequest("unknown dataset")
                .actual("'" + DisplayText.escaped(name) + "'")
                .expected(NearestName.among(known, name)
                        .map(nearest -> "a dataset with snapshots (did you mean '" + nearest + "'?)")
                        .orElse(known.isEmpty() ? "a dataset with snapshots" : "one of " + String.join(", ", known)))
                .nextStep("'snapshot list' shows all; 'snapshot save' takes the first snapshot")
                .build();
    }

    /**
     * Whether the window refuses a dataset as it is defined and therefore holds nothing of it, for example because the
     * name is too long there.
     */
    static boolean isRefusedByWindow(SnapshotException failure) {
        return failure.kind() == SnapshotException.Kind.INVALID_REQUEST && !failure.isStoreOut();
    }

    /** The archives of a dataset that belong to no snapshot. Empty if the window holds nothing of the dataset. */
    static Set<ArchiveId> orphans(Session session, String name, Optional<Partition> partition) {
        if (!Dataset.isName(name)) {
            return Set.of();
        }
        try {
            return new SnapshotCatalogue(session.environment())
                    .orphans(session.datasets().named(name), partition);
        } catch (SnapshotException e) {
            if (!isRefusedByWindow(e)) {
                throw e;
            }
            return Set.of();
        }
    }

    private static boolean isInWindow(Session session, Dataset dataset) {
        WindowStore window = session.environment().window();
        return !window.snapshots(dataset, Optional.empty()).isEmpty()
                || !window.unfinished(dataset).isEmpty();
    }

    /** The heading for a dataset, or for a table with a name that no dataset can have. */
    static String heading(String name) {
        return Dataset.isName(name)
                ? name
                : DisplayText.escaped(name)
                        + "  (a foreign writer's table: archives alone, as no dataset can have this name)";
    }

    private static Set<String> all(Session session) {
        Set<String> names = new TreeSet<>(session.datasets().configuredNames());
        names.addAll(session.environment().archive().datasets());
        return names;
    }
}
