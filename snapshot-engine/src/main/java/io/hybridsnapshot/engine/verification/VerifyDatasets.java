package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.catalogue.DatasetDefinitions;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Verifies several datasets one after another, within one limit of time. One dataset that the window refuses does not
 * keep the others from being verified. Changes nothing. Safe to share if the environment's parts are.
 */
public final class VerifyDatasets {
    private final SnapshotEnvironment environment;
    private final KnownDatasets known;
    private final DatasetDefinitions definitions;

    /** Makes the use case for the caller's definitions. */
    public VerifyDatasets(SnapshotEnvironment environment, DatasetDefinitions definitions) {
        this.environment = Objects.requireNonNull(environment, "environment");
        this.definitions = Objects.requireNonNull(definitions, "definitions");
        this.known = new KnownDatasets(environment, definitions);
    }

    /** Returns the same use case with another definition of a dataset. */
    public VerifyDatasets with(Dataset dataset) {
        return new VerifyDatasets(environment, definitions.with(dataset));
    }

    /**
     * Returns all datasets to verify, in ascending order: those that are known, and those that lost all their data but
     * are named by a chain or an anchor.
     *
     * @param anchors heads of chains that were noted earlier
     */
    public List<String> names(List<ChainHead> anchors) {
        Set<String> names = chained(anchors);
        names.addAll(known.names());
        return List.copyOf(names);
    }

    /** Returns whether {@link #names} lists a dataset, or its definition is built in. */
    public boolean isKnown(String name, List<ChainHead> anchors) {
        return chained(anchors).contains(name) || known.isKnown(name);
    }

    private Set<String> chained(List<ChainHead> anchors) {
        Set<String> names = new TreeSet<>();
        environment
                .archive()
                .audit()
                .ifPresent(audit -> audit.chainHeads(ArchiveQuery.ALL).forEach(head -> names.add(head.dataset())));
        anchors.forEach(head -> names.add(head.dataset()));
        return names;
    }

    /**
     * Verifies datasets in the order of the seed.
     *
     * @throws SnapshotException as {@link VerifySnapshots#verify} does, except for datasets that the window refuses
     */
    public DatasetsVerification verify(VerifyDatasetsRequest request) {
        Instant start = environment.clock().instant();
        VerifySnapshots verify = new VerifySnapshots(environment);
        List<VerificationReport> reports = new ArrayList<>();
        Map<String, SnapshotException> refused = new TreeMap<>();
        Sampling sampling = request.template().sampling();
        for (String name : sampling.ordered(
                request.names().stream().filter(Dataset::isName).toList())) {
            try {
                reports.add(verify.verify(request.of(definitions.stored(name), left(request, start))));
            } catch (SnapshotException e) {
                if (!KnownDatasets.isRefusedByWindow(e)) {
                    throw e;
                }
                refused.put(name, e);
            }
        }
        reports.sort(Comparator.comparing(VerificationReport::dataset));
        return new DatasetsVerification(
                reports,
                request.names().stream().filter(name -> !Dataset.isName(name)).toList(),
                refused);
    }

    private Optional<Duration> left(VerifyDatasetsRequest request, Instant start) {
        Duration elapsed = Duration.between(start, environment.clock().instant());
        return request.template()
                .maxDuration()
                .map(limit -> limit.minus(elapsed))
                .map(left -> left.isNegative() ? Duration.ZERO : left);
    }
}
