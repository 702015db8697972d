package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.SchemaDrift;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.internal.catalogue.ResolvedSnapshot;
import io.hybridsnapshot.engine.internal.catalogue.SnapshotResolver;
import io.hybridsnapshot.engine.internal.comparison.Baseline;
import io.hybridsnapshot.engine.internal.comparison.ChangeDrillDown;
import io.hybridsnapshot.engine.internal.comparison.EarlierSide;
import io.hybridsnapshot.engine.internal.comparison.MergeDelta;
import io.hybridsnapshot.engine.internal.pass.PartitionedRowStream;
import io.hybridsnapshot.engine.internal.pass.PrefetchedRowStream;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Compares any two states of a partition: the window's, the archive's or a source's. In process and streaming: memory
 * is bounded by the environment's rows in memory, regardless of the size of the two.
 */
public final class CompareSnapshots {
    private final SnapshotEnvironment environment;
    private final SnapshotResolver resolver;

    /** Makes the use case in an environment. */
    public CompareSnapshots(SnapshotEnvironment environment) {
        this.environment = environment;
        this.resolver = new SnapshotResolver(environment);
    }

    /**
     * Compares two states. If columns were added, dropped or retyped, both states are hashed on their shared columns,
     * in a form that both types share. The drift is reported separately.
     *
     * @throws SnapshotException INVALID_REQUEST if a reference names nothing, or a snapshot of another partition, or if
     *     a rule does not fit the columns or needs cells that are not available (thrown before a row is read), CORRUPT
     *     if an archive is damaged, UNAVAILABLE if a store cannot be reached
     */
    public DeltaReport compare(CompareRequest request) {
        try (Scratch scratch = Scratch.in(environment.workDirectory());
                RowHashing hashing = new RowHashing(scratch.directory(), environment.rowsInMemory());
                Side before = side(request, inferringOver(request), Optional.empty(), scratch, "before");
                Side after = side(request, request.after(), before.schema(), scratch, "after")) {
            request.details().ifPresent(wanted -> requireFit(wanted.rules(), request, before, after));
            before.read(request);
            after.read(request);
            return compare(request, before, after, hashing);
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

    private static void requireFit(ComparisonRules rules, CompareRequest request, Side before, Side after) {
        rules.requireFit(
                Stream.of(before.schema(), after.schema())
                        .flatMap(Optional::stream)
                        .toList(),
                request.dataset().keyColumns());
        if (!rules.isEmpty() && !before.hasCells()) {
            throw rules.withoutCells("the earlier side");
        }
        if (!rules.isEmpty() && !after.hasCells()) {
            throw rules.withoutCells("the later side");
        }
    }

    private DeltaReport compare(CompareRequest request, Side before, Side after, RowHashing hashing) {
        Dataset dataset = request.dataset();
        Baseline baseline = baseline(before, after, dataset);
        SortedKeyedRows left = before.rows(hashing, baseline);
        SortedKeyedRows right = after.rows(hashing, baseline);
        request.progress().at(Progress.Step.COMPARING, 0);
        MergeDelta delta = new MergeDelta(left, right);
        DeltaSummary counts = delta.summary();
        if (baseline.basis() == DeltaBasis.KEYS_ONLY) {
            counts = new DeltaSummary(counts.added(), counts.changed() + counts.unchanged(), 0, counts.deleted());
        }
        request.progress().at(Progress.Step.COMPARING, counts.after());
        Optional<ChangeDetails> details =
                request.details().map(wanted -> details(request, wanted, baseline, before, after, delta, hashing));
        return new DeltaReport(
                before.label(),
                after.label(),
                counts,
                baseline.basis(),
                baseline.drift(),
                baseline.columns(
                        dataset, Stream.of(before.schema(), after.schema()).flatMap(Optional::stream)),
                details,
                EarlierSide.manyChanged(baseline.basis(), counts));
    }

    private ChangeDetails details(
            CompareRequest request,
            DetailRequest wanted,
            Baseline baseline,
            Side before,
            Side after,
            MergeDelta delta,
            RowHashing hashing) {
        try (ChangeDrillDown drillDown = new ChangeDrillDown(
                new ChangeDrillDown.Side(before.located(hashing), before.cells),
                new ChangeDrillDown.Side(after.located(hashing), after.cells),
                request.dataset().keyColumns(),
                baseline.spec(),
                wanted.rules(),
                hashing.scratch(),
                hashing.rowsInMemory(),
                rows -> request.progress().at(Progress.Step.DETAILING, rows))) {
            return drillDown.details(delta, wanted.exampleLimit(), wanted.listener());
        }
    }

    private static Baseline baseline(Side before, Side after, Dataset dataset) {
        HashSpec spec = dataset.hashSpec();
        boolean known = before.schema().isPresent() && after.schema().isPresent();
        SchemaDrift drift = known
                ? SchemaDrift.between(before.schema().get(), after.schema().get())
                : SchemaDrift.NONE;
        boolean drifted = Baseline.affects(drift, dataset);
        boolean sameHashes = before.isHashedBy(spec) && after.isHashedBy(spec);
        if (sameHashes && !drifted) {
            return new Baseline(DeltaBasis.WHOLE_ROWS, drift, spec);
        }
        if (before.cells.isPresent() && after.cells.isPresent()) {
            if (!drifted) {
                return new Baseline(DeltaBasis.WHOLE_ROWS, drift, spec);
            }
            return new Baseline(DeltaBasis.SHARED_COLUMNS, drift, Baseline.shared(drift, spec));
        }
        return new Baseline(sameHashes ? DeltaBasis.WHOLE_ROWS_DESPITE_DRIFT : DeltaBasis.KEYS_ONLY, drift, spec);
    }

    private Side side(
            CompareRequest request,
            SnapshotReference reference,
            Optional<Schema> knownTypes,
            Scratch scratch,
            String name) {
        if (reference instanceof SnapshotReference.OfSource source) {
            RowStream rows = source.source().open(ReadOptions.ALL.withKnownTypes(knownTypes));
            try {
                request.dataset().requireColumnsIn(rows.schema());
                return new Side(source.source().description(), request.dataset(), rows, scratch.file(name));
            } catch (RuntimeException e) {
                rows.close();
                throw e;
            }
        }
        ResolvedSnapshot resolved = resolver.resolveWithin(reference, request.dataset(), request.partition());
        Optional<SnapshotReader> cells = resolved.archive()
                .map(ArchivedSnapshot::id)
                .map(id -> environment.codec().openReader(environment.archive().open(id)));
        return new Side(resolved.label(), request.dataset(), resolved.window(), cells);
    }

    /** The rows of a source, opened, and the file that they are to go to. */
    private record Unread(RowStream rows, Path file) {}

    /** One state that is compared. */
    private final class Side implements AutoCloseable {
        private final String label;
        private final Dataset dataset;
        private final Optional<WindowSnapshot> window;
        private final Optional<Unread> unread;
        private Optional<SnapshotReader> cells;
        private Optional<SortedKeyedRows> hashed = Optional.empty();

        /** A stored snapshot. */
        Side(String label, Dataset dataset, Optional<WindowSnapshot> window, Optional<SnapshotReader> cells) {
            this.label = label;
            this.dataset = dataset;
            this.window = window;
            this.unread = Optional.empty();
            this.cells = cells;
        }

        /** Makes a side from a source with rows that are yet to be read into a file. */
        Side(String label, Dataset dataset, RowStream rows, Path file) {
            this.label = label;
            this.dataset = dataset;
            this.window = Optional.empty();
            this.unread = Optional.of(new Unread(rows, file));
            this.cells = Optional.empty();
        }

        String label() {
            return label;
        }

        Optional<Schema> schema() {
            return cells.map(SnapshotReader::schema)
                    .or(() -> unread.map(source -> source.rows().schema()))
                    .or(() -> window.flatMap(WindowSnapshot::schema));
        }

        boolean hasCells() {
            return cells.isPresent() || unread.isPresent();
        }

        /** Reads a source once, into a file from which its cells can be read again. */
        void read(CompareRequest request) {
            if (unread.isEmpty()) {
                return;
            }
            RowStream opened = unread.get().rows();
            Path file = unread.get().file();
            try (RowStream rows =
                            new PrefetchedRowStream(PartitionedRowStream.of(opened, dataset, request.partition()));
                    DetectChanges.RowCopy target =
                            new DetectChanges.RowCopy(environment, opened.schema(), Optional.of(file))) {
                long count = 0;
                for (Optional<RowBatch> batch = rows.next(); batch.isPresent(); batch = rows.next()) {
                    target.append(batch.get());
                    count += batch.get().rowCount();
                    request.progress().at(Progress.Step.READING, count);
                }
                target.finish();
            }
            cells = Optional.of(environment.codec().openReader(FileBytes.open(file)));
        }

        /** Checks whether its hashes are, or can be, of a spec. */
        boolean isHashedBy(HashSpec spec) {
            return window.map(snapshot -> snapshot.hashSpecId().equals(Optional.of(spec.id())))
                    .orElse(true);
        }

        SortedKeyedRows rows(RowHashing hashing, Baseline baseline) {
            boolean windowHashesServe =
                    window.isPresent() && baseline.spec().equals(dataset.hashSpec()) && isHashedBy(baseline.spec());
            if (!windowHashesServe && cells.isPresent()) {
                hashed = Optional.of(hashing.rows(cells.get(), dataset, baseline.spec()));
                return hashed.get();
            }
            return windowRows(hashing);
        }

        /** Returns the side's rows with their positions in the file of its cells. */
        SortedKeyedRows located(RowHashing hashing) {
            if (hashed.isPresent()) {
                return hashed.get();
            }
            return cells.map(reader -> hashing.identities(reader, dataset)).orElseGet(() -> windowRows(hashing));
        }

        private SortedKeyedRows windowRows(RowHashing hashing) {
            try (KeyedRowStream rows = environment.window().openRows(dataset, window.orElseThrow())) {
                return hashing.windowRows(rows);
            }
        }

        @Override
        public void close() {
            cells.ifPresent(SnapshotReader::close);
            unread.ifPresent(source -> source.rows().close());
        }
    }
}
