package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.window.WindowProbe;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.internal.comparison.Comparison;
import io.hybridsnapshot.engine.internal.comparison.LostRows;
import io.hybridsnapshot.engine.internal.comparison.Side;
import io.hybridsnapshot.engine.internal.comparison.SourceSide;
import io.hybridsnapshot.engine.internal.comparison.StoredSide;
import io.hybridsnapshot.engine.internal.pass.Interruption;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.RowPass;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.time.ZoneId;
import java.util.Optional;

/**
 * Finds the rows of a source that are NEW, CHANGED, UNCHANGED or DELETED since the partition's current snapshot. No
 * snapshot is taken, and nothing visible is written. One pass over the source; the join runs in the window's database.
 * If a foreign writer made the snapshot and the request gives its hash spec, the rows are first kept in a file. They
 * are then hashed from there by that spec and joined in process. Stateless; any number of threads may detect at once if
 * the environment's parts allow it.
 */
public final class DetectChanges {
    private final SnapshotEnvironment environment;

    /** Makes the use case in an environment. */
    public DetectChanges(SnapshotEnvironment environment) {
        this.environment = environment;
    }

    /** Returns the same use case for foreign writers with dates that are the time on the clock of a zone. */
    public DetectChanges withForeignZone(ZoneId zone) {
        return new DetectChanges(environment.withForeignZone(zone));
    }

    /**
     * Compares a source with the current snapshot; without one every row is NEW.
     *
     * <p>The source is opened, read and closed in a reader thread. Interrupting the calling thread interrupts that
     * thread too; a source that does not answer holds the caller for ten seconds at most.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST for wrong input and NULL or duplicate
     *     keys, CORRUPT if rows of the current snapshot are missing and no archive has them, UNAVAILABLE if a store
     *     cannot be reached or the thread is interrupted, whose interrupt flag is then set
     */
    public DeltaReport detect(DetectRequest request, RowSource source) {
        return Interruption.keepingFlag(() -> detected(request, source));
    }

    private DeltaReport detected(DetectRequest request, RowSource source) {
        Dataset dataset = request.dataset();
        try (Scratch scratch = Scratch.in(environment.workDirectory());
                RowHashing hashing = new RowHashing(scratch.directory(), environment.rowsInMemory());
                WindowProbe probe = environment.window().openProbe(dataset, request.partition())) {
            Optional<WindowSnapshot> current =
                    probe.current().map(snapshot -> LostRows.completed(environment, snapshot));
            try (RowPass pass = RowPass.open(
                            environment,
                            source,
                            dataset,
                            request.partition(),
                            current.flatMap(WindowSnapshot::schema));
                    SourceSide after = new SourceSide(environment, dataset, pass);
                    Side before = StoredSide.current(
                            environment, dataset, current, StoredSide.WithoutCells.USE_HASHES_IF_DAMAGED)) {
                Comparison comparison =
                        Comparison.ofSource(dataset, before, after, environment.clock(), request.foreignHashes());
                request.details().ifPresent(comparison::requireFit);
                RowPass.Receiver join =
                        comparison.joinsInDatabase() ? (batch, hashes) -> probe.add(hashes) : (batch, hashes) -> {};
                comparison.read(after, hashing, scratch.file("rows"), request.details(), join, request.progress());
                return comparison.report(hashing, Optional.of(probe::delta), request.details(), request.progress());
            }
        }
    }
}
