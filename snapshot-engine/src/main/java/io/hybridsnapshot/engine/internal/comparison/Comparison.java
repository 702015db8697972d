package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.LegacySpec;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.engine.comparison.ChangeDetails;
import io.hybridsnapshot.engine.comparison.ColumnBasis;
import io.hybridsnapshot.engine.comparison.ComparedColumns;
import io.hybridsnapshot.engine.comparison.Concentration;
import io.hybridsnapshot.engine.comparison.DeltaBasis;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.comparison.RowChangeListener;
import io.hybridsnapshot.engine.expectation.Expectations;
import io.hybridsnapshot.engine.expectation.ObservedChanges;
import io.hybridsnapshot.engine.expectation.Verdict;
import io.hybridsnapshot.engine.internal.pass.Interruption;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.RowPass;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import io.hybridsnapshot.engine.pass.Progress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The comparison of two sides, from the basis to the report: of the window's current snapshot with a source in a save
 * or a detection, of any two states otherwise. It closes no side. One thread.
 */
public final class Comparison {
    private final Dataset dataset;
    private final Side before;
    private final Side after;
    private final Optional<ForeignHashes> foreign;
    private final Optional<Clock> sinceCurrent;
    private Baseline baseline;
    private Optional<String> mismatch = Optional.empty();

    private Comparison(
            Dataset dataset, Side before, Side after, Optional<ForeignHashes> foreign, Optional<Clock> sinceCurrent) {
        this.dataset = dataset;
        this.before = before;
        this.after = after;
        this.foreign = foreign;
        this.sinceCurrent = sinceCurrent;
        this.baseline = foreign.isPresent() ? Baseline.ofForeignHashes(dataset) : Baseline.of(before, after, dataset);
    }

    /** Compares two states. Decides the basis, which may open archives. */
    public static Comparison of(Dataset dataset, Side before, Side after) {
        return new Comparison(dataset, before, after, Optional.empty(), Optional.empty());
    }

    /**
     * Compares the window's current snapshot with a source. Decides the basis, which may open the archive.
     *
     * @param clock tells whether the snapshot is dated in the future
     * @param foreignHashes the way in which a foreign writer hashed the snapshot's rows, if the user names it
     * @throws SnapshotException INVALID_REQUEST if it is named for the platform's own snapshot, or the source lacks a
     *     hashed column
     */
    public static Comparison ofSource(
            Dataset dataset, Side before, SourceSide after, Clock clock, Optional<LegacySpec> foreignHashes) {
        Optional<ForeignHashes> foreign = foreignHashes.map(
                spec -> new ForeignHashes(spec, dataset, before, after.schema().orElseThrow()));
        if (foreign.isPresent() && before instanceof StoredSide stored) {
            // A foreign writer's archive, if there is one, has types of its own. Equal cells would differ under them.
            stored.ignoreCells();
        }
        return new Comparison(dataset, before, after, foreign, Optional.of(clock));
    }

    /** Returns the basis of the comparison. The damage of an archive may change it until the report is made. */
    public DeltaBasis basis() {
        return baseline.basis();
    }

    /** Checks whether the window's database may join the later rows with its own. */
    public boolean joinsInDatabase() {
        return foreign.isEmpty();
    }

    /**
     * Reads identities and hashes of the window's current snapshot, once.
     *
     * @return empty if foreign statements have replaced or removed its rows since the comparison was planned
     */
    public Optional<SortedKeyedRows> windowRows(RowHashing hashing) {
        if (!(before instanceof StoredSide stored)) {
            return Optional.empty();
        }
        try {
            return Optional.of(stored.windowRows(hashing));
        } catch (SnapshotException e) {
            if (e.kind() == SnapshotException.Kind.CONFLICT || e.kind() == SnapshotException.Kind.CORRUPT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Returns why the named foreign hashes are doubtful after the comparison; empty: they are not. */
    public Optional<String> mismatch() {
        return mismatch;
    }

    /**
     * Checks the rules of a comparison before any row is read, and gives the listener the columns.
     *
     * @throws SnapshotException INVALID_REQUEST if they do not fit the columns, or a side has no cells to apply them to
     */
    public void requireFit(DetailRequest request) {
        requireRulesFit(request);
        request.listener()
                .ifPresent(listener ->
                        listener.onColumns(new ComparedColumns(before.schema(), after.schema(), dataset.keyColumns())));
    }

    private void requireRulesFit(DetailRequest request) {
        request.rules().requireFit(schemas().toList(), dataset.keyColumns());
        if (!request.rules().isEmpty()) {
            requireCells(before, "the earlier side", request);
            requireCells(after, "the later side", request);
        }
    }

    private static void requireCells(Side side, String name, DetailRequest request) {
        if (!(side instanceof NoSide) && !side.hasCells()) {
            throw request.rules()
                    .withoutCells(side.lostCells()
                            .map(reason -> RemedyText.of("{0}, whose archive cannot be used: {1}", name, reason))
                            .orElse(RemedyText.plain(name)));
        }
    }

    private Stream<Schema> schemas() {
        return Stream.of(before.schema(), after.schema()).flatMap(Optional::stream);
    }

    /**
     * Reads the rows of a side that is a source, for a receiver and for this comparison. Hashes them by the dataset's
     * spec, and once more if the comparison has another one. Writes them to a file.
     *
     * @param file the file, with the notes in it
     * @param receiver receives the batches and their hashes by the dataset's spec
     */
    public RowPass.Rows read(
            SourceSide side, RowHashing hashing, Path file, Map<String, String> notes, RowPass.Receiver receiver) {
        side.pass().writing(file, notes).feeding(receiver);
        side.hashAlsoBy(baseline.spec());
        return read(side, hashing);
    }

    /**
     * Reads the rows of a side that is a source, for a receiver and for this comparison. Hashes them by the dataset's
     * spec, and once more if the comparison has another one. Writes them to a file if the comparison needs their cells.
     *
     * @param details whether cells are needed for details
     * @param receiver receives the batches and their hashes by the dataset's spec
     */
    public RowPass.Rows read(
            SourceSide side,
            RowHashing hashing,
            Path file,
            Optional<DetailRequest> details,
            RowPass.Receiver receiver) {
        side.pass().feeding(receiver);
        side.hashAlsoBy(baseline.spec());
        writeWhereCellsAreNeeded(side, file, details);
        return read(side, hashing);
    }

    /**
     * Reads the rows of a side that is a source, for this comparison alone. Hashes them once, by the comparison's spec.
     * Writes them to a file if the comparison needs their cells.
     *
     * @param details whether cells are needed for details
     */
    public RowPass.Rows read(SourceSide side, RowHashing hashing, Path file, Optional<DetailRequest> details) {
        side.hashOnlyBy(baseline.spec());
        writeWhereCellsAreNeeded(side, file, details);
        return read(side, hashing);
    }

    private void writeWhereCellsAreNeeded(SourceSide side, Path file, Optional<DetailRequest> details) {
        if (details.isEmpty() && foreign.isEmpty()) {
            return;
        }
        if (side.needsCopy()) {
            side.pass().writing(file, Map.of());
        } else {
            side.pass().naming(side.cells());
        }
    }

    private RowPass.Rows read(SourceSide side, RowHashing hashing) {
        foreign.ifPresent(hashes -> side.pass().observing(hashes::observe));
        return side.read(hashing);
    }

    /**
     * Compares the rows and reports the changes. Sources have been read.
     *
     * @param inDatabase the join by the hashes that the window has, if its database has both sides
     * @param details the wanted details beyond the counts
     */
    public DeltaReport report(
            RowHashing hashing,
            Optional<Supplier<SnapshotDelta>> inDatabase,
            Optional<DetailRequest> details,
            Progress progress) {
        progress.at(Progress.Step.COMPARING, 0);
        SnapshotDelta delta = delta(hashing, inDatabase);
        DeltaSummary counts = baseline.counts(delta.summary());
        progress.at(Progress.Step.COMPARING, counts.after());
        // This comes first, since reading the cells may add a remark.
        Optional<ChangeDetails> found = details.flatMap(request -> details(delta, request, hashing, progress));
        if (!counts.isEmpty()) {
            storedByHashes().forEach(stored -> stored.isReadAltered(hashing));
        }
        return report(counts, found);
    }

    /** Returns the sides whose rows in the window were compared by the hashes that they were saved with. */
    private List<StoredSide> storedByHashes() {
        return isByHashesAtHand() && foreign.isEmpty()
                ? Stream.of(before, after)
                        .filter(StoredSide.class::isInstance)
                        .map(StoredSide.class::cast)
                        .toList()
                : List.of();
    }

    /**
     * Returns the number of current rows that were not compared, because a foreign writer added them and the archive of
     * the ledger's snapshot was compared.
     */
    public long leftOut() {
        return before instanceof StoredSide stored ? stored.leftOut() : 0;
    }

    /**
     * Returns the details that a comparison has to find: the wanted ones, or those that expectations need.
     *
     * @param wanted the details that the report is to have
     */
    public static Optional<DetailRequest> needed(Optional<DetailRequest> wanted, Expectations expectations) {
        return wanted.isEmpty() && expectations.needCells()
                ? Optional.of(new DetailRequest(0, Optional.empty()))
                : wanted;
    }

    /**
     * Returns a report with the verdicts on expectations.
     *
     * @param report the report with the {@link #needed} details
     * @param wanted the details that the report is to have
     */
    public DeltaReport checked(DeltaReport report, Expectations expectations, Optional<DetailRequest> wanted) {
        List<Verdict> verdicts = expectations.rules().isEmpty() ? List.of() : expectations.check(observed(report));
        return new DeltaReport(
                report.before(),
                report.after(),
                report.counts(),
                report.basis(),
                report.drift(),
                report.columns(),
                wanted.isPresent() ? report.details() : Optional.empty(),
                report.note(),
                verdicts);
    }

    private ObservedChanges observed(DeltaReport report) {
        long forgiven = report.details().map(ChangeDetails::forgiven).orElse(0L);
        DeltaSummary counts = report.counts();
        DeltaSummary unforgiven = new DeltaSummary(
                counts.added(), counts.changed() - forgiven, counts.unchanged() + forgiven, counts.deleted());
        Map<String, Long> cells = new LinkedHashMap<>();
        report.details()
                .map(ChangeDetails::columns)
                .orElse(List.of())
                .forEach(each -> cells.put(each.column(), each.rows()));
        return new ObservedChanges(
                before instanceof NoSide ? ObservedChanges.Origin.FIRST : ObservedChanges.Origin.LATER,
                unforgiven,
                changedUnknown(report.basis()),
                before.schema(),
                after.schema(),
                notCompared(report.columns()),
                cells,
                cellsUnknown(report, unforgiven));
    }

    private static Optional<String> changedUnknown(DeltaBasis basis) {
        return switch (basis) {
            case KEYS_ONLY -> Optional.of("only keys were compared, so every row of both counts as CHANGED");
            case WHOLE_ROWS_DESPITE_DRIFT ->
                Optional.of("columns came, went or were retyped and the earlier cells are not known, so rows that"
                        + " differ in nothing else count as CHANGED");
            default -> Optional.empty();
        };
    }

    private Map<String, String> notCompared(ColumnBasis columns) {
        Map<String, String> reasons = new LinkedHashMap<>();
        columns.leftOut().forEach(each -> reasons.put(each, "the column is left out of the row hash"));
        columns.notCompared().forEach(each -> reasons.put(each, "one side alone has the column"));
        dataset.keyColumns()
                .forEach(each -> reasons.put(each, "the column is part of the key, by which rows are matched"));
        return reasons;
    }

    private Optional<String> cellsUnknown(DeltaReport report, DeltaSummary unforgiven) {
        if (unforgiven.changed() == 0 && changedUnknown(report.basis()).isEmpty()) {
            return Optional.empty();
        }
        boolean areKnown =
                report.details().filter(found -> !found.columns().isEmpty()).isPresent();
        return areKnown && before.hasCells() && after.hasCells()
                ? Optional.empty()
                : Optional.of("the cells of the changed rows are not known, because no archive of the earlier state"
                        + " can be read");
    }

    private DeltaReport report(DeltaSummary counts, Optional<ChangeDetails> found) {
        return new DeltaReport(
                before.label(),
                after.label(),
                counts,
                baseline.basis(),
                baseline.drift(),
                baseline.columns(dataset, schemas()),
                found,
                remark(counts));
    }

    private SnapshotDelta delta(RowHashing hashing, Optional<Supplier<SnapshotDelta>> inDatabase) {
        if (foreign.isPresent() && before instanceof StoredSide stored) {
            MergeDelta delta = new MergeDelta(
                    stored.windowRows(hashing), foreign.get().rows(after.cells().orElseThrow(), hashing));
            mismatch = foreign.get().mismatch(delta.summary());
            return delta;
        }
        if (inDatabase.isPresent() && isByHashesAtHand()) {
            return inDatabase.get().get();
        }
        try {
            return merged(hashing);
        } catch (SnapshotException e) {
            if (!(before instanceof StoredSide stored)) {
                throw e;
            }
            stored.giveUpCells(e);
            baseline = Baseline.of(before, after, dataset);
            return inDatabase.isPresent() ? inDatabase.get().get() : merged(hashing);
        }
    }

    private boolean isByHashesAtHand() {
        boolean lacksRows = before instanceof StoredSide stored && stored.lacksRows();
        return !lacksRows && baseline.basis() != DeltaBasis.SHARED_COLUMNS && baseline.basis() != DeltaBasis.REHASHED;
    }

    private SnapshotDelta merged(RowHashing hashing) {
        return new MergeDelta(before.rows(baseline.spec(), hashing), after.rows(baseline.spec(), hashing));
    }

    /**
     * Finds the cells behind a delta; empty if the earlier archive turns out to be damaged.
     *
     * @throws SnapshotException CORRUPT if it turns out to be damaged while a listener receives every row or there are
     *     rules to apply
     */
    private Optional<ChangeDetails> details(
            SnapshotDelta delta, DetailRequest request, RowHashing hashing, Progress progress) {
        requireRulesFit(request);
        try {
            return Optional.of(drillDown(delta, request, hashing, progress));
        } catch (SnapshotException e) {
            if (!(before instanceof StoredSide stored)) {
                throw e;
            }
            boolean isAltered = e.kind() == SnapshotException.Kind.CORRUPT && stored.missesAltered(hashing);
            if (request.listener().isPresent() || !request.rules().isEmpty()) {
                throw isAltered ? altered(stored, e) : e;
            }
            if (!isAltered) {
                stored.giveUpCells(e);
            }
            return Optional.empty();
        }
    }

    private ChangeDetails drillDown(SnapshotDelta delta, DetailRequest request, RowHashing hashing, Progress progress) {
        try (ChangeDrillDown drillDown =
                drillDown(located(before, hashing), located(after, hashing), request, hashing, progress)) {
            Optional<ConcentrationSearch> search = ConcentrationSearch.beside(request.listener(), dataset.keyColumns());
            ChangeDetails found =
                    drillDown.details(delta, request.exampleLimit(), listener(search, request.listener()));
            if (drillDown.unexplained() > 0) {
                // Another program may have changed hashes. A join in the database did not read the rows.
                storedByHashes().forEach(stored -> stored.isAltered(hashing));
            }
            return found.withConcentration(search.flatMap(heard -> heard.found(after.cells())));
        }
    }

    private static Optional<RowChangeListener> listener(
            Optional<ConcentrationSearch> search, Optional<RowChangeListener> wanted) {
        return search.<RowChangeListener>map(each -> each).or(() -> wanted);
    }

    private static SnapshotException altered(StoredSide side, SnapshotException cause) {
        return SnapshotException.corrupt("another program changed rows of a snapshot in the window after it was saved")
                .where(side.label())
                .actual("rows that the snapshot's archive does not have")
                .expected("the rows that were saved")
                .nextStep("compare without details, or save the source, which replaces these rows")
                .cause(cause)
                .build();
    }

    private ChangeDrillDown drillDown(
            LocatedRows earlier, LocatedRows later, DetailRequest request, RowHashing hashing, Progress progress) {
        return new ChangeDrillDown(
                earlier,
                later,
                dataset.keyColumns(),
                baseline.spec(),
                request.rules(),
                hashing.scratch(),
                hashing.rowsInMemory(),
                progress);
    }

    /**
     * Compares two sides in one reading of their files, without hashes for rows in the same order. Sources have
     * not been read. The report is the one that {@link #report} makes.
     *
     * <p>A source without a file is read as a stream, once. If details are wanted, its rows are copied to a file, from
     * which they can be read again. If no details are wanted, hashes cost less than the copy.
     *
     * @param details the wanted details beyond the counts
     * @param copies names the file for the copy of a side
     * @return empty if a side has no file to compare, or only hashes tell what its rows are; nothing has changed then,
     *     and the sides can be read and compared by hashes
     */
    public Optional<DeltaReport> reportInStep(
            RowHashing hashing, Optional<DetailRequest> details, Function<Side, Path> copies, Progress progress) {
        if (details.isPresent()) {
            Stream.of(before, after)
                    .filter(side -> side instanceof SourceSide source && source.needsCopy())
                    .forEach(side -> ((SourceSide) side).spoolTo(copies.apply(side)));
        }
        Optional<SnapshotReader> left = inStepCells(before, details);
        Optional<SnapshotReader> right = inStepCells(after, details);
        if (left.isEmpty() || right.isEmpty()) {
            return Optional.empty();
        }
        Optional<KeyedRowSorter> heard =
                details.filter(request -> request.listener().isPresent()).map(request -> hashing.sorter());
        ChangedCells.Wanted wanted = new ChangedCells.Wanted(details, heard);
        InStepComparison.Reading read = (earlier, later) -> {
            long expectedEarlier = before.expectedRows(earlier);
            long expectedLater = after.expectedRows(later);
            boolean known = expectedEarlier > 0 && expectedLater > 0;
            progress.at(Progress.Step.READING, earlier + later, known ? expectedEarlier + expectedLater : 0);
        };
        Optional<InStepComparison> comparison = attempted(
                () -> InStepComparison.of(left.get(), right.get(), dataset, baseline.spec(), hashing, wanted, read));
        if (comparison.isEmpty()) {
            return Optional.empty();
        }
        try (InStepComparison inStep = comparison.get()) {
            Optional<InStepComparison.Result> rows = attempted(inStep::compare);
            if (rows.isEmpty()) {
                return Optional.empty();
            }
            Supplier<Optional<Found>> finding = () -> found(rows.get(), heard, hashing, details, progress);
            // A listener that has heard rows must not hear them again.
            Optional<Found> found = heard.isPresent() ? finding.get() : attempted(finding);
            return found.map(complete -> {
                endInStep();
                return report(complete.counts(), complete.details());
            });
        }
    }

    private void endInStep() {
        for (Side side : List.of(before, after)) {
            if (side instanceof SourceSide source) {
                source.endInStep();
            }
        }
    }

    /** The counts and details of rows compared in step. */
    private record Found(DeltaSummary counts, Optional<ChangeDetails> details) {}

    /** Returns empty after a failure: reading one side after the other reports that of the earlier side first. */
    private static <T> Optional<T> attempted(Supplier<Optional<T>> reading) {
        try {
            return reading.get();
        } catch (SnapshotException e) {
            if (Interruption.isCauseOf(e)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private Optional<Found> found(
            InStepComparison.Result rows,
            Optional<KeyedRowSorter> heard,
            RowHashing hashing,
            Optional<DetailRequest> details,
            Progress progress) {
        progress.at(Progress.Step.COMPARING, 0);
        if (details.isEmpty()) {
            Optional<DeltaSummary> counts = rows.match(StrayRows.UNHEARD);
            counts.ifPresent(found -> progress.at(Progress.Step.COMPARING, found.after()));
            return counts.map(all -> new Found(all, Optional.empty()));
        }
        try (ChangeDrillDown drillDown = drillDown(
                new LocatedRows(SortedKeyedRows.NONE, before.comparedCells(baseline.spec())),
                new LocatedRows(SortedKeyedRows.NONE, after.comparedCells(baseline.spec())),
                details.get(),
                hashing,
                progress)) {
            Optional<DeltaSummary> counts = rows.match(drillDown.tracing(rows.trace()));
            if (counts.isEmpty()) {
                return Optional.empty();
            }
            progress.at(Progress.Step.COMPARING, counts.get().after());
            heard.ifPresent(sorter -> drillDown.addChanged(sorter.finish()));
            Optional<ConcentrationSearch> search =
                    ConcentrationSearch.beside(details.get().listener(), dataset.keyColumns());
            ChangeDetails found = drillDown.tracedDetails(
                    rows.details(),
                    details.get().exampleLimit(),
                    listener(search, details.get().listener()));
            Optional<Concentration> concentration =
                    search.flatMap(all -> all.found(after.comparedCells(baseline.spec())));
            return Optional.of(new Found(counts.get(), Optional.of(found.withConcentration(concentration))));
        }
    }

    private Optional<SnapshotReader> inStepCells(Side side, Optional<DetailRequest> details) {
        boolean byCells = switch (baseline.basis()) {
            case WHOLE_ROWS, REHASHED, SHARED_COLUMNS -> true;
            default -> false;
        };
        // The search for renames needs the positions of all rows that both sides have.
        boolean searchesRenames = details.isPresent()
                && !baseline.drift().added().isEmpty()
                && !baseline.drift().dropped().isEmpty();
        return byCells && foreign.isEmpty() && !searchesRenames
                ? side.comparedCells(baseline.spec())
                : Optional.empty();
    }

    private LocatedRows located(Side side, RowHashing hashing) {
        Optional<SnapshotReader> cells = side.cells();
        return new LocatedRows(side.located(baseline.spec(), hashing), cells);
    }

    private Optional<RemedyText> remark(DeltaSummary counts) {
        List<RemedyText> remarks = Stream.of(
                        sinceCurrent.isPresent()
                                ? Remarks.current(before, baseline.basis(), mismatch)
                                : Remarks.lostCells(before, "the earlier"),
                        Remarks.altered(before, sinceCurrent.isPresent() ? "the current" : "the earlier"),
                        Remarks.altered(after, "the later"),
                        Remarks.lostCells(after, "the later"),
                        sinceCurrent.flatMap(clock -> Remarks.fromTheFuture(before, clock)),
                        Remarks.manyChanged(baseline.basis(), counts),
                        before.remark().map(RemedyText::plain),
                        after.remark().map(RemedyText::plain))
                .flatMap(Optional::stream)
                .toList();
        return remarks.isEmpty() ? Optional.empty() : Optional.of(RemedyText.joined("; ", remarks));
    }
}
