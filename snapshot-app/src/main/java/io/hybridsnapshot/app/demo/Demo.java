package io.hybridsnapshot.app.demo;

import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.DeltaView;
import io.hybridsnapshot.app.report.Page;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.csv.CsvFormat;
import io.hybridsnapshot.csv.CsvLayout;
import io.hybridsnapshot.csv.CsvRowSource;
import io.hybridsnapshot.csv.CsvRowWriter;
import io.hybridsnapshot.csv.EmptyCells;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.catalogue.SnapshotCatalogue;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.comparison.DetectRequest;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveResult;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.samples.OrdersMaker;
import io.hybridsnapshot.samples.OrdersSpec;
import io.hybridsnapshot.samples.OrdersUnified;
import io.hybridsnapshot.samples.SampleFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs the main job on real input and reports about it line by line: snapshots, deltas, both stores, export, schema
 * drift. Writes its files below one directory. For one thread.
 */
public final class Demo {
    /** The dataset of the first part: support of web features in browsers. */
    public static final Dataset WEB_COMPAT = Dataset.of("WEB_COMPAT", List.of(SampleFiles.COMPAT_KEY))
            .withCarriedColumns(List.of(SampleFiles.COMPAT_KEY));

    /** The dataset of the second part: exchange rates, a row a currency. */
    public static final Dataset RATES =
            Dataset.of("RATES", List.of(SampleFiles.RATES_KEY)).withCarriedColumns(List.of(SampleFiles.RATES_KEY));

    private static final CsvFormat TEXTS = CsvFormat.DEFAULT.withDefaultType(ColumnType.TEXT);
    private static final DetailRequest SOME = new DetailRequest(2, Optional.empty());
    private static final long ORDERS_SEED = 7;

    private final SnapshotEnvironment environment;
    private final Path directory;
    private final Consumer<String> out;

    /**
     * The results of the demo, for checks.
     *
     * @param compat the deltas of the first part, in the order of {@link SampleFiles#COMPAT}
     * @param comparedCells cells of the first input that were compared with its export, all of them equal
     * @param rates the deltas of the second part, in the order of {@link SampleFiles#RATES}
     * @param orders the detected and the saved delta of the generated orders; empty if none were requested
     */
    public record Findings(
            List<DeltaReport> compat, long comparedCells, List<DeltaReport> rates, List<DeltaReport> orders) {
        public Findings {
            compat = List.copyOf(compat);
            rates = List.copyOf(rates);
            orders = List.copyOf(orders);
        }
    }

    /**
     * A demo.
     *
     * @param environment stores without data of these datasets
     * @param directory the existing directory for sample files and exports
     * @param out receives each line
     */
    public Demo(SnapshotEnvironment environment, Path directory, Consumer<String> out) {
        this.environment = Objects.requireNonNull(environment, "environment");
        this.directory = Objects.requireNonNull(directory, "directory");
        this.out = Objects.requireNonNull(out, "out");
    }

    /**
     * Runs the whole demo.
     *
     * @param orders the number of generated orders to run the job on as well; 0: none
     * @throws io.hybridsnapshot.domain.error.SnapshotException as the use cases do; CORRUPT if the export differs from
     *     the saved rows
     */
    public Findings run(long orders) {
        SampleFiles.copyTo(directory);
        List<DeltaReport> compat = webCompat();
        long cells = export();
        List<DeltaReport> rates = rates();
        List<DeltaReport> made = orders > 0 ? orders(orders) : List.of();
        return new Findings(compat, cells, rates, made);
    }

    // Part one

    private List<DeltaReport> webCompat() {
        heading("1. Three states of a wide table: which browser supports which web feature");
        say("A row a feature, 110 columns, all read as text. Each state is hashed, compared with the one before,");
        say("kept in the window (current and previous) and archived as Parquet.");
        List<DeltaReport> deltas = new ArrayList<>();
        for (String name : SampleFiles.COMPAT) {
            RowSource source = new CsvRowSource(directory.resolve(name), TEXTS);
            deltas.add(save(WEB_COMPAT, source, name, Optional.empty()));
        }
        stores(WEB_COMPAT);
        return deltas;
    }

    private long export() {
        heading("2. The first state, loaded from its archive");
        LoadSnapshot load = new LoadSnapshot(environment);
        List<ArchivedSnapshot> archives =
                new SnapshotCatalogue(environment).archives(ArchiveQuery.of(WEB_COMPAT.name()));
        ArchivedSnapshot first = load.find(
                WEB_COMPAT,
                Partition.ALL,
                new SnapshotReference.ByArchive(
                        archives.get(archives.size() - 1).id()));
        Path parquet = directory.resolve("first-state.parquet");
        load.copyTo(first, parquet);
        say("Archive " + first.id() + " to " + parquet.getFileName() + ": " + Amounts.size(first.size())
                + ", SHA-256 and MD5 as they were archived.");
        Path csv = directory.resolve("first-state.csv");
        try (RowStream rows = load.open(first, List.of())) {
            say("Archive " + first.id() + " to " + csv.getFileName() + ": "
                    + Amounts.size(
                            CsvRowWriter.write(rows, csv, CsvLayout.DEFAULT).size()) + ".");
        }
        long cells = compareCells(directory.resolve(SampleFiles.COMPAT.get(0)), csv);
        say("Compared with the input cell for cell: " + Amounts.count(cells) + " cells, all equal.");
        return cells;
    }

    private static long compareCells(Path input, Path export) {
        CsvFormat raw = TEXTS.withEmptyCells(EmptyCells.EMPTY_IS_TEXT);
        return new CellByCell(new CsvRowSource(input, raw), new CsvRowSource(export, raw)).compare();
    }

    // Part two

    private List<DeltaReport> rates() {
        heading("3. Three days of exchange rates: nearly every row changes, then a column and a row vanish");
        say("A row a currency, a column a currency, read with inferred types. A column that goes would change");
        say("every row hash: it is reported as drift, and the rows are compared on the columns that are left.");
        List<DeltaReport> deltas = new ArrayList<>();
        for (String name : SampleFiles.RATES) {
            RowSource source = new CsvRowSource(directory.resolve(name), CsvFormat.DEFAULT);
            deltas.add(save(RATES, source, name, Optional.of(dayOf(name))));
        }
        stores(RATES);
        return deltas;
    }

    /** The day in a name such as {@code rates-2026-09-27.csv.gz}, as its first moment. */
    private static Instant dayOf(String name) {
        String day = name.substring("rates-".length(), "rates-".length() + "2026-09-27".length());
        return LocalDate.parse(day).atStartOfDay().toInstant(ZoneOffset.UTC);
    }

    // Part three

    private List<DeltaReport> orders(long rows) {
        heading("4. ORDERS_UNIFIED: " + Amounts.counted(rows, "made order") + " of 268 columns, and the next day");
        OrdersMaker today = new OrdersMaker(OrdersSpec.of(ORDERS_SEED, rows));
        OrdersMaker tomorrow = new OrdersMaker(today.spec().nextDay());
        Dataset dataset = OrdersUnified.DATASET;
        save(dataset, today, "the first day", Optional.empty());
        long started = System.nanoTime();
        DeltaReport detected = new DetectChanges(environment)
                .detect(new DetectRequest(dataset, Partition.ALL, Optional.of(SOME), Progress.NONE), tomorrow);
        say("");
        say("Detected in " + since(started, detected.counts().after()) + ", nothing saved:");
        DeltaView.counts(detected.counts()).forEach(this::say);
        DeltaReport saved = save(dataset, tomorrow, "the next day", Optional.empty());
        Path csv = directory.resolve("orders.csv");
        LoadSnapshot load = new LoadSnapshot(environment);
        started = System.nanoTime();
        try (RowStream stream =
                load.open(load.find(dataset, Partition.ALL, new SnapshotReference.Current()), List.of())) {
            long exported = CsvRowWriter.write(stream, csv, CsvLayout.DEFAULT).rowCount();
            say("");
            say("Exported to " + csv.getFileName() + " in " + since(started, exported) + ".");
        }
        return List.of(detected, saved);
    }

    // Shared by the parts

    private DeltaReport save(Dataset dataset, RowSource source, String label, Optional<Instant> date) {
        SaveRequest request = SaveRequest.of(dataset, Partition.ALL);
        boolean first = environment.window().findCurrent(dataset, Partition.ALL).isEmpty();
        if (!first) {
            request = request.withDetails(SOME);
        }
        if (date.isPresent()) {
            request = request.withDate(date.get());
        }
        long started = System.nanoTime();
        SaveResult result = new SaveSnapshot(environment).save(request, source);
        ArchivedSnapshot archive = result.archive().orElseThrow();
        say("");
        say("Saved " + label + " in "
                + since(started, result.snapshot().rowCount()) + ": "
                + Amounts.counted(archive.columnCount().orElseThrow(), "column") + ", archive " + archive.id()
                + " of " + Amounts.size(archive.size()) + ".");
        DeltaReport delta = result.delta().orElseThrow();
        DeltaView.lines(delta, Page.PLAIN).forEach(this::say);
        return delta;
    }

    private void stores(Dataset dataset) {
        SnapshotCatalogue catalogue = new SnapshotCatalogue(environment);
        say("");
        say("In the window of " + dataset.name() + ":");
        SnapshotView.window(catalogue.windowSnapshots(dataset, Optional.empty()), catalogue::awaited)
                .forEach(this::say);
        say("In its archive:");
        SnapshotView.archives(catalogue.archives(ArchiveQuery.of(dataset.name())))
                .forEach(this::say);
    }

    private static String since(long startedNanos, long rows) {
        Duration took = Duration.ofNanos(System.nanoTime() - startedNanos);
        return Amounts.duration(took) + " (" + Amounts.counted(rows, "row") + ")";
    }

    private void heading(String text) {
        say("");
        say(text);
        say("=".repeat(text.length()));
    }

    private void say(String line) {
        out.accept(line);
    }
}
