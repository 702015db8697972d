package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.internal.catalogue.SnapshotResolver;
import io.hybridsnapshot.engine.internal.comparison.Comparison;
import io.hybridsnapshot.engine.internal.comparison.Side;
import io.hybridsnapshot.engine.internal.comparison.SourceSide;
import io.hybridsnapshot.engine.internal.comparison.StoredSide;
import io.hybridsnapshot.engine.internal.pass.Interruption;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.Optional;

/**
 * Compares any two states of a partition: the window's, the archive's or a source's. In process and streaming: memory
 * is bounded by the environment's rows in memory, regardless of the size of the two. Stateless; any number of threads
 * may compare at once if the environment's parts allow it.
 */
public final class CompareSnapshots {
    private static final String BEFORE = "before";
    private static final String AFTER = "after";

    private final SnapshotEnvironment environment;
    private final SnapshotResolver resolver;
    private final boolean comparesInStep;

    /** Makes the use case in an environment. */
    public CompareSnapshots(SnapshotEnvironment environment) {
        this(environment, true);
    }

    private CompareSnapshots(SnapshotEnvironment environment, boolean comparesInStep) {
        this.environment = environment;
        this.resolver = new SnapshotResolver(environment);
        this.comparesInStep = comparesInStep;
    }

    /** Makes the use case of hashes alone, with which tests check reports. */
    static CompareSnapshots byHashes(SnapshotEnvironment environment) {
        return new CompareSnapshots(environment, false);
    }

    /**
     * Compares two states. If columns were added, dropped or retyped, both states are hashed on their shared columns,
     * in a form that both types share. The drift is reported separately.
     *
     * <p>A source is opened, read and closed in a reader thread. Interrupting the calling thread interrupts that thread
     * too; a source that does not answer holds the caller for ten seconds at most.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if a reference names nothing, or a
     *     snapshot of another partition, or if a rule does not fit the columns or needs cells that are not available
     *     (thrown before a row is read), CORRUPT if an archive is damaged, UNAVAILABLE if a store cannot be reached or
     *     the thread is interrupted, whose interrupt flag is then set
     */
    public DeltaReport compare(CompareRequest request) {
        return Interruption.keepingFlag(() -> compared(request));
    }

    private DeltaReport compared(CompareRequest request) {
        try (Scratch scratch = Scratch.in(environment.workDirectory());
                RowHashing hashing = new RowHashing(scratch.directory(), environment.rowsInMemory());
                Side before = side(request, inferringOver(request), Optional.empty());
                Side after = side(request, request.after(), before.schema())) {
            Comparison comparison = Comparison.of(request.dataset(), before, after);
            Optional<DetailRequest> details = Comparison.needed(request.details(), request.expectations());
            details.ifPresent(comparison::requireFit);
            Optional<DeltaReport> inStep = comparesInStep
                    ? comparison.reportInStep(
                            hashing, details, side -> scratch.file(side == before ? BEFORE : AFTER), request.progress())
                    : Optional.empty();
            if (inStep.isPresent()) {
                return comparison.checked(inStep.get(), request.expectations(), request.details());
            }
            read(details, comparison, before, scratch, hashing, BEFORE);
            read(details, comparison, after, scratch, hashing, AFTER);
            DeltaReport report = comparison.report(hashing, Optional.empty(), details, request.progress());
            return comparison.checked(report, request.expectations(), request.details());
        }
    }

    private static void read(
            Optional<DetailRequest> details,
            Comparison comparison,
            Side side,
            Scratch scratch,
            RowHashing hashing,
            String name) {
        if (side instanceof SourceSide source) {
            comparison.read(source, hashing, scratch.file(name), details);
        }
    }

    /**
     * Returns the earlier state; of two sources that infer their types, the first infers them over both, and the other
     * is read as these.
     */
    private static SnapshotReference inferringOver(CompareRequest request) {
        return request.before() instanceof SnapshotReference.OfSource before
                        && request.after() instanceof SnapshotReference.OfSource after
                ? new SnapshotReference.OfSource(before.source().inferringOver(after.source()))
                : request.before();
    }

    private Side side(CompareRequest request, SnapshotReference reference, Optional<Schema> knownTypes) {
        if (reference instanceof SnapshotReference.OfSource source) {
            return SourceSide.open(
                    environment,
                    source.source(),
                    request.dataset(),
                    request.partition(),
                    knownTypes,
                    request.progress());
        }
        return StoredSide.of(
                environment,
                request.dataset(),
                resolver.resolveWithin(reference, request.dataset(), request.partition()));
    }
}
