package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.csv.CsvLayout;
import io.hybridsnapshot.csv.CsvRowWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.save.SaveResult;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The whole job beside DuckDB: both work on the same CSV file in one run, round by round in turns, so that what else
 * the machine does falls on both. Prints one table for each shape of rows ({@code docs/benchmarks.md}). A missed target
 * is told, not an error.
 */
public final class WholeJobComparison {
    /** The rates and ratios that the project asks for. */
    private static final long HASHED_ROWS_PER_SECOND = 80_000;

    private static final long WRITTEN_ROWS_PER_SECOND = 30_000;
    private static final double FILE_SIZE_RATIO = 1.1;
    private static final double SAVE_RATIO = 1.0;

    private static final String ONE_CORE = "CPU time";
    private static final String WALL = "wall clock";

    private final Settings settings;
    private final PrintStream out;

    /**
     * How much is measured.
     *
     * @param rows rows of the CSV file, at least 1
     * @param warmUpRounds rounds whose figures are dropped
     * @param rounds rounds whose figures count, at least 1
     */
    record Settings(long rows, int warmUpRounds, int rounds) {
        private static final long DEFAULT_ROWS = 100_000;
        private static final int DEFAULT_WARM_UP_ROUNDS = 2;
        private static final int DEFAULT_ROUNDS = 5;

        Settings {
            if (rows < 1 || warmUpRounds < 0 || rounds < 1) {
                throw SnapshotException.invalidRequest("nothing to measure")
                        .actual(rows + " rows, " + rounds + " rounds")
                        .expected("at least 1 of each")
                        .build();
            }
        }

        /** From the arguments {@code [rows [rounds]]}. */
        static Settings parse(String[] arguments) {
            try {
                long rows = arguments.length > 0 ? Long.parseLong(arguments[0]) : DEFAULT_ROWS;
                int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : DEFAULT_ROUNDS;
                return new Settings(rows, DEFAULT_WARM_UP_ROUNDS, rounds);
            } catch (NumberFormatException e) {
                throw SnapshotException.invalidRequest("not an argument of this measurement")
                        .actual(String.join(" ", arguments))
                        .expected("[rows [rounds]], both whole numbers")
                        .cause(e)
                        .build();
            }
        }
    }

    /** What one round measured. */
    private record Round(
            Timing ourCsv,
            Timing ourHash,
            Timing ourParquet,
            Timing firstSave,
            OptionalDouble serverCpuSeconds,
            Timing nextSave,
            Map<Progress.Step, Double> saveSteps,
            DuckDbRound oneThread,
            DuckDbRound twoThreads) {}

    private record DuckDbRound(Timing csv, Timing hash, Timing parquet) {
        Timing sum() {
            return csv.plus(hash).plus(parquet);
        }
    }

    WholeJobComparison(Settings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    /**
     * Compares all shapes. Exits with 1 and one line on an error.
     *
     * @param arguments {@code [rows [rounds]]}; 100,000 rows and 5 rounds where they are left out
     */
    public static void main(String[] arguments) throws IOException {
        try {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            WholeJobComparison comparison = new WholeJobComparison(Settings.parse(arguments), out);
            for (TableShape shape : TableShape.values()) {
                comparison.run(shape);
            }
        } catch (SnapshotException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /** Measures rows of one shape and prints their table. */
    void run(TableShape shape) throws IOException {
        Path directory = Files.createTempDirectory("snapshot-benchmark-");
        try (MeasuredStores stores = MeasuredStores.open(directory)) {
            Path today = directory.resolve("today.csv");
            Schema schema = makeCsv(shape, 0, today);
            Path tomorrow = directory.resolve("tomorrow.csv");
            makeCsv(shape, 1, tomorrow);
            try (DuckDbPeer peer = DuckDbPeer.open(schema)) {
                new Measurement(schema, stores, peer, directory, today, tomorrow).run(shape);
            }
        } finally {
            delete(directory);
        }
    }

    private Schema makeCsv(TableShape shape, int day, Path file) {
        try (RowStream rows = shape.rows(settings.rows(), day).open(ReadOptions.ALL)) {
            CsvRowWriter.write(rows, file, CsvLayout.DEFAULT);
            return rows.schema();
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> entries;
        try (Stream<Path> walk = Files.walk(directory)) {
            entries = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path entry : entries) {
            Files.deleteIfExists(entry);
        }
    }

    /** All rounds on one pair of files. */
    private final class Measurement {
        private final MeasuredStores stores;
        private final DuckDbPeer peer;
        private final SnapshotSteps steps;
        private final Path today;
        private final Path tomorrow;
        private final Path ourFile;
        private final Path theirFile;
        private final MeasuredRows rows;

        Measurement(Schema schema, MeasuredStores stores, DuckDbPeer peer, Path directory, Path today, Path tomorrow) {
            this.stores = stores;
            this.peer = peer;
            this.steps = new SnapshotSteps(schema, stores.environment());
            this.today = today;
            this.tomorrow = tomorrow;
            this.ourFile = directory.resolve("ours.parquet");
            this.theirFile = directory.resolve("duckdb.parquet");
            this.rows = steps.load(today);
        }

        void run(TableShape shape) throws IOException {
            double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
            List<Round> rounds = new ArrayList<>();
            for (int number = 0; number < settings.warmUpRounds() + settings.rounds(); number++) {
                Round round = round(number);
                if (number >= settings.warmUpRounds()) {
                    rounds.add(round);
                }
            }
            requireSameRows();
            print(shape, rounds, load);
        }

        private Round round(int number) {
            DuckDbRound oneThread = duckDb(1);
            Timing csv = Timing.of(() -> requireAll("CSV rows", steps.readCsv(today)));
            Timing hash = Timing.of(() -> requireAll("hashed rows", steps.hash(rows)));
            Timing parquet = Timing.of(() -> {
                WrittenFile written = steps.writeParquet(rows, ourFile);
                requireAll("written rows", written.rowCount());
            });
            Partition partition = new Partition("round-" + number);
            SaveSteps saveSteps = new SaveSteps();
            OptionalDouble before = stores.serverCpuSeconds();
            Timing firstSave = Timing.of(() -> requireStored(steps.save(today, partition, saveSteps)));
            Map<Progress.Step, Double> seconds = saveSteps.finish();
            DuckDbRound twoThreads = duckDb(2);
            OptionalDouble after = stores.serverCpuSeconds();
            OptionalDouble serverCpu = before.isPresent() && after.isPresent()
                    ? OptionalDouble.of(after.getAsDouble() - before.getAsDouble())
                    : OptionalDouble.empty();
            Timing nextSave = Timing.of(() -> requireStored(steps.save(tomorrow, partition, Progress.NONE)));
            return new Round(csv, hash, parquet, firstSave, serverCpu, nextSave, seconds, oneThread, twoThreads);
        }

        private DuckDbRound duckDb(int threads) {
            peer.useThreads(threads);
            return new DuckDbRound(
                    Timing.of(() -> peer.readCsv(today)),
                    Timing.of(peer::hashRows),
                    Timing.of(() -> peer.writeParquet(theirFile)));
        }

        private void requireAll(String what, long count) {
            if (count != settings.rows()) {
                throw new IllegalStateException(count + " " + what + " of " + settings.rows());
            }
        }

        private void requireStored(SaveResult result) {
            if (result.archive().isEmpty() || result.outcome() != SaveResult.Outcome.SAVED) {
                throw new IllegalStateException("the save ended with " + result.outcome());
            }
        }

        /** A comparison means something only if both sides hold the same rows. */
        private void requireSameRows() {
            requireAll("rows in DuckDB", peer.rowCount());
            requireAll("hashes in DuckDB", peer.hashCount());
            long differences = peer.differencesFrom(ourFile);
            if (differences > 0) {
                throw new IllegalStateException(
                        "the Parquet file and DuckDB's table differ in " + differences + " rows");
            }
        }

        private void print(TableShape shape, List<Round> rounds, double load) throws IOException {
            out.printf(
                    Locale.ROOT,
                    "%n%,d rows x %d columns, %s: %s of CSV; medians of %d rounds after %d to warm up%n",
                    settings.rows(),
                    rows.schema().size(),
                    shape.label(),
                    ComparisonTable.megabytes(Files.size(today)),
                    settings.rounds(),
                    settings.warmUpRounds());
            out.printf(
                    Locale.ROOT,
                    "%d cores (load average before the first round %.1f), %s %s, Java %s, DuckDB %s, %s%n%n",
                    Runtime.getRuntime().availableProcessors(),
                    load,
                    System.getProperty("os.name"),
                    System.getProperty("os.arch"),
                    Runtime.version(),
                    peer.version(),
                    stores.description());
            table(rounds).lines().forEach(out::println);
            out.println();
            out.println("the first save by steps: " + saveSteps(rounds));
        }

        private ComparisonTable table(List<Round> rounds) throws IOException {
            ComparisonTable table = new ComparisonTable(settings.rows());
            Function<Round, Double> ourCsv = round -> round.ourCsv().cpuSeconds();
            Function<Round, Double> ourHash = round -> round.ourHash().cpuSeconds();
            Function<Round, Double> ourParquet = round -> round.ourParquet().cpuSeconds();
            Function<Round, Double> csv = round -> round.oneThread().csv().cpuSeconds();
            Function<Round, Double> hash = round -> round.oneThread().hash().cpuSeconds();
            Function<Round, Double> parquet =
                    round -> round.oneThread().parquet().cpuSeconds();
            table.step("read CSV", ONE_CORE, series(rounds, ourCsv), series(rounds, csv), ratio(rounds, ourCsv, csv));
            table.stepAtLeast(
                    "hash rows",
                    ONE_CORE,
                    series(rounds, ourHash),
                    series(rounds, hash),
                    ratio(rounds, ourHash, hash),
                    HASHED_ROWS_PER_SECOND);
            table.stepAtLeast(
                    "write Parquet",
                    ONE_CORE,
                    series(rounds, ourParquet),
                    series(rounds, parquet),
                    ratio(rounds, ourParquet, parquet),
                    WRITTEN_ROWS_PER_SECOND);
            table.size("Parquet file", Files.size(ourFile), Files.size(theirFile), FILE_SIZE_RATIO);
            Function<Round, Double> first = round -> round.firstSave().wallSeconds();
            Function<Round, Double> next = round -> round.nextSave().wallSeconds();
            Function<Round, Double> one = round -> round.oneThread().sum().wallSeconds();
            Function<Round, Double> two = round -> round.twoThreads().sum().wallSeconds();
            save(table, "save; DuckDB's steps on 1 thread", rounds, first, one);
            save(table, "save; DuckDB's steps on 2 threads", rounds, first, two);
            save(table, "next day's save; 2 threads", rounds, next, two);
            if (rounds.stream().allMatch(round -> round.serverCpuSeconds().isPresent())) {
                Function<Round, Double> all = round -> round.firstSave().cpuSeconds()
                        + round.serverCpuSeconds().orElseThrow();
                Function<Round, Double> theirs =
                        round -> round.oneThread().sum().cpuSeconds();
                table.step(
                        "save, its server's work included",
                        ONE_CORE,
                        series(rounds, all),
                        series(rounds, theirs),
                        ratio(rounds, all, theirs));
            }
            return table;
        }

        private void save(
                ComparisonTable table,
                String name,
                List<Round> rounds,
                Function<Round, Double> ours,
                Function<Round, Double> theirs) {
            table.stepAtMost(
                    name, WALL, series(rounds, ours), series(rounds, theirs), ratio(rounds, ours, theirs), SAVE_RATIO);
        }

        private static Series series(List<Round> rounds, Function<Round, Double> figure) {
            return new Series(rounds.stream().map(figure).toList());
        }

        /** The ratio is taken within each round, as its two sides ran next to each other. */
        private static Series ratio(List<Round> rounds, Function<Round, Double> ours, Function<Round, Double> theirs) {
            return series(rounds, round -> ours.apply(round) / theirs.apply(round));
        }

        private static String saveSteps(List<Round> rounds) {
            Map<Progress.Step, Series> steps = new EnumMap<>(Progress.Step.class);
            for (Progress.Step step : rounds.get(0).saveSteps().keySet()) {
                steps.put(step, series(rounds, round -> round.saveSteps().get(step)));
            }
            String walls = steps.entrySet().stream()
                    .map(entry -> String.format(
                            Locale.ROOT,
                            "%s %.3f s",
                            entry.getKey().name().toLowerCase(Locale.ROOT),
                            entry.getValue().median()))
                    .collect(Collectors.joining(", "));
            Series cpu = series(rounds, round -> round.firstSave().cpuSeconds());
            return walls
                    + String.format(Locale.ROOT, " by the clock; CPU time without the server's %.3f s", cpu.median());
        }
    }
}
