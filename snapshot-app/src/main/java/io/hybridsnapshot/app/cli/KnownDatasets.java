package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Which datasets there are: those of the file and those that the stores hold. Stateless. */
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
        Dataset dataset = session.datasets().named(name);
        if (!session.environment().window().snapshots(dataset, Optional.empty()).isEmpty()
                || !session.environment().window().unfinished(dataset).isEmpty()
                || !session.environment().archive().list(ArchiveQuery.of(name)).isEmpty()) {
            return;
        }
        Set<String> known = all(session);
        throw SnapshotException.invalidRequest("unknown dataset")
                .actual("'" + name + "'")
                .expected(NearestName.among(known, name)
                        .map(nearest -> "a dataset with snapshots (did you mean '" + nearest + "'?)")
                        .orElse(known.isEmpty() ? "a dataset with snapshots" : "one of " + String.join(", ", known)))
                .nextStep("'snapshot list' shows all; 'snapshot save' takes the first snapshot")
                .build();
    }

    private static Set<String> all(Session session) {
        Set<String> names = new TreeSet<>(session.datasets().configuredNames());
        session.environment().archive().list(ArchiveQuery.ALL).stream()
                .map(ArchivedSnapshot::dataset)
                .forEach(names::add);
        return names;
    }
}
