package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
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
 * snapshot is taken, and nothing visible is written. One pass over the source; the request says where its rows are
 * joined with those of the snapshot. If a foreign writer made the snapshot and the request gives its hash spec, the
 * rows are first kept in a file. They are then hashed from there by that spec and joined in process. Stateless; any
 * number of threads may detect at once if the environment's parts allow it.
 */
public final class DetectChanges {
    /** A foreign writer may replace the current rows between the look at them and their reading. */
    private static final int ATTEMPTS = 3;

    private static final String ROWS = "rows";

    private final SnapshotEnvironment environment;
    private final boolean comparesInStep;

    /** Makes the use case in an environment. */
    public DetectChanges(SnapshotEnvironment environment) {
        this(environment, true);
    }

    private DetectChanges(SnapshotEnvironment environment, boolean comparesInStep) {
        this.environment = environment;
        this.comparesInStep = comparesInStep;
    }

    /** Makes the use case of hashes alone, with which tests check reports. */
    static DetectChanges byHashes(SnapshotEnvironment environment) {
        return new DetectChanges(environment, false);
    }

    /** Returns the same use case for foreign writers with dates that are the time on the clock of a zone. */
    public DetectChanges withForeignZone(ZoneId zone) {
        return new DetectChanges(environment.withForeignZone(zone), comparesInStep);
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
        try (Scratch scratch = Scratch.in(environment.workDirectory());
                RowHashing hashing = new RowHashing(scratch.directory(), environment.rowsInMemory())) {
            if (request.join() == RowJoin.STREAM) {
                try (Side before = streamed(request, hashing)) {
                    return compared(request, source, before, Optional.empty(), scratch, hashing);
                }
            }
            try (WindowProbe probe = environment.window().openProbe(request.dataset(), request.partition());
                    Side before = current(request, probe.current())) {
                return compared(request, source, before, Optional.of(probe), scratch, hashing);
            }
        }
    }

    private Side current(DetectRequest request, Optional<WindowSnapshot> current) {
        return StoredSide.current(
                environment,
                request.dataset(),
                current.map(snapshot -> LostRows.completed(environment, snapshot)),
                StoredSide.WithoutCells.USE_HASHES_IF_DAMAGED);
    }

    /** The current snapshot, with its hashes read. */
    private Side streamed(DetectRequest request, RowHashing hashing) {
        for (int attempt = 1; ; attempt++) {
            Side before = current(request, environment.window().findCurrent(request.dataset(), request.partition()));
            try {
                if (before instanceof StoredSide stored) {
                    stored.holdWindowRows(hashing);
                }
                return before;
            } catch (RuntimeException e) {
                before.close();
                if (!isReplaced(e) || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static boolean isReplaced(RuntimeException error) {
        return error instanceof SnapshotException e
                && (e.kind() == SnapshotException.Kind.CONFLICT || e.kind() == SnapshotException.Kind.CORRUPT);
    }

    /**
     * Reads the source and compares it.
     *
     * @param inDatabase joins the rows in the window's database; empty: they are joined here
     */
    private DeltaReport compared(
            DetectRequest request,
            RowSource source,
            Side before,
            Optional<WindowProbe> inDatabase,
            Scratch scratch,
            RowHashing hashing) {
        Dataset dataset = request.dataset();
        try (RowPass pass = RowPass.open(
                        environment, source, dataset, request.partition(), before.schema(), request.progress());
                SourceSide after = new SourceSide(environment, dataset, pass)) {
            pass.expecting(before.expectedRows(0));
            Comparison comparison =
                    Comparison.ofSource(dataset, before, after, environment.clock(), request.foreignHashes());
            Optional<DetailRequest> details = Comparison.needed(request.details(), request.expectations());
            details.ifPresent(comparison::requireFit);
            if (comparesInStep) {
                Optional<DeltaReport> inStep =
                        comparison.reportInStep(hashing, details, side -> scratch.file(ROWS), request.progress());
                if (inStep.isPresent()) {
                    return comparison.checked(inStep.get(), request.expectations(), request.details());
                }
            }
            Optional<WindowProbe> probe = inDatabase.filter(able -> comparison.joinsInDatabase());
            RowPass.Receiver join = probe.<RowPass.Receiver>map(able -> (batch, hashes) -> able.add(hashes))
                    .orElse((batch, hashes) -> {});
            comparison.read(after, hashing, scratch.file(ROWS), details, join);
            DeltaReport report =
                    comparison.report(hashing, inDatabase.map(able -> able::delta), details, request.progress());
            return comparison.checked(report, request.expectations(), request.details());
        }
    }
}
