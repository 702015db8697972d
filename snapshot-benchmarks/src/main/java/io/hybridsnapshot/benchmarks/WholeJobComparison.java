package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.save.SaveResult;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The whole job beside DuckDB: both work on the same CSV files in one run, round by round in turns, so that the rest of
 * the machine's work falls on both. Prints two tables for each measured table ({@code docs/benchmarks.md}). A missed
 * target is told, not an error.
 */
public final class WholeJobComparison {
    private static final double FIRST_DAY = 1.2;
    private static final double LATER_BY_THE_CLOCK = 0.6;
    private static final double LATER_BY_CPU = 0.8;
    private static final double DETECT = 1.15;
    private static final int THREADS = 2;

    private static final String CPU = "CPU time";
    private static final String WALL = "wall clock";

    private final Settings settings;
    private final PrintStream out;

    /**
     * How much is measured.
     *
     * @param rows rows of the tables of 268 columns, at least 1; the narrow table has ten times as many
     * @param warmUpRounds rounds whose figures are dropped
     * @param rounds rounds whose figures count, at least 1
     * @param tables the tables, in this order
     */
    record Settings(long rows, int warmUpRounds, int rounds, List<MeasuredTable> tables) {
        private static final long DEFAULT_ROWS = 100_000;
        private static final int DEFAULT_WARM_UP_ROUNDS = 1;
        private static final int DEFAULT_ROUNDS = 5;

        Settings {
            tables = List.copyOf(tables);
            if (rows < 1 || warmUpRounds < 0 || rounds < 1) {
                throw SnapshotException.invalidRequest("nothing to measure")
                        .actual(rows + " rows, " + rounds + " rounds")
                        .expected("at least 1 of each")
                        .build();
            }
        }

        /** From the arguments {@code [rows [rounds [table]]]}. */
        static Settings parse(String[] arguments) {
            try {
                long rows = arguments.length > 0 ? Long.parseLong(arguments[0]) : DEFAULT_ROWS;
                int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : DEFAULT_ROUNDS;
                List<MeasuredTable> tables = arguments.length > 2
                        ? List.of(MeasuredTable.valueOf(arguments[2].toUpperCase(Locale.ROOT)))
                        : Arrays.asList(MeasuredTable.values());
                return new Settings(rows, DEFAULT_WARM_UP_ROUNDS, rounds, tables);
            } catch (IllegalArgumentException e) {
                String labels = Arrays.stream(MeasuredTable.values())
                        .map(MeasuredTable::label)
                        .collect(Collectors.joining(", "));
                throw SnapshotException.invalidRequest("not an argument of this measurement")
                        .actual(String.join(" ", arguments))
                        .expected("[rows [rounds [table]]]: two whole numbers and one of " + labels)
                        .cause(e)
                        .build();
            }
        }
    }

    /** The days that are saved one after the other. */
    private enum Day {
        FIRST("first day"),
        NEXT("next day, 1 % changed"),
        UNCHANGED("nothing changed");

        private final String label;

        Day(String label) {
            this.label = label;
        }
    }

    /** The figures of one save and of DuckDB's steps for it. */
    private record DayRound(Timing save, double serverSeconds, Map<Progress.Step, Double> steps, Timing duckDb) {
        double clientAndServerSeconds() {
            return save.cpuSeconds() + serverSeconds;
        }
    }

    /** The figures of one round. */
    private record Round(Map<Day, DayRound> days, Timing readAndHash, Timing detect) {}

    WholeJobComparison(Settings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    /**
     * Measures all tables. Exits with 1 and one line on an error.
     *
     * @param arguments {@code [rows [rounds [table]]]}; 100,000 rows, 5 rounds and all tables where they are left out
     */
    public static void main(String[] arguments) throws IOException {
        try {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            Settings settings = Settings.parse(arguments);
            WholeJobComparison comparison = new WholeJobComparison(settings, out);
            for (MeasuredTable table : settings.tables()) {
                comparison.run(table);
            }
        } catch (SnapshotException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /** Measures one table and prints its figures. */
    void run(MeasuredTable table) throws IOException {
        Path directory = Files.createTempDirectory("snapshot-benchmark-");
        try (MeasuredStores stores = MeasuredStores.open(directory);
                DuckDbPeer peer = DuckDbPeer.open(table.schema())) {
            peer.useThreads(THREADS);
            new Measurement(table, stores, peer, directory).run();
        } finally {
            delete(directory);
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

    /** All rounds on the files of one table. */
    private final class Measurement {
        private final MeasuredTable table;
        private final MeasuredStores stores;
        private final DuckDbPeer peer;
        private final SnapshotSteps steps;
        private final Path today;
        private final Path tomorrow;
        private final Path duckDbFile;
        private final long rows;

        Measurement(MeasuredTable table, MeasuredStores stores, DuckDbPeer peer, Path directory) {
            this.table = table;
            this.stores = stores;
            this.peer = peer;
            this.steps = new SnapshotSteps(table, stores.environment());
            this.today = directory.resolve("today.csv");
            this.tomorrow = directory.resolve("tomorrow.csv");
            this.duckDbFile = directory.resolve("duckdb.parquet");
            this.rows = table.rows(settings.rows());
            table.writeCsv(rows, 0, today);
            table.writeCsv(rows, 1, tomorrow);
        }

        void run() throws IOException {
            double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
            List<Round> rounds = new ArrayList<>();
            for (int number = 0; number < settings.warmUpRounds() + settings.rounds(); number++) {
                Round round = round(number);
                if (number >= settings.warmUpRounds()) {
                    rounds.add(round);
                }
            }
            print(rounds, load);
        }

        private Round round(int number) {
            Partition partition = new Partition("round-" + number);
            Map<Day, DayRound> days = new EnumMap<>(Day.class);
            for (Day day : Day.values()) {
                days.put(day, day(day, partition));
            }
            Timing readAndHash = Timing.of(() -> steps.readAndHash(tomorrow));
            Timing detect = Timing.of(() -> requireUnchanged(steps.detect(tomorrow, partition)));
            return new Round(days, readAndHash, detect);
        }

        private DayRound day(Day day, Partition partition) {
            Path csv = day == Day.FIRST ? today : tomorrow;
            Timing duckDb = duckDb(day, csv);
            SaveSteps saveSteps = new SaveSteps();
            double before = stores.serverCpuSeconds().orElse(Double.NaN);
            Timing save = Timing.of(() -> requireSame(steps.save(csv, partition, saveSteps)));
            double after = stores.serverCpuSeconds().orElse(Double.NaN);
            return new DayRound(save, after - before, saveSteps.finish(), duckDb);
        }

        private Timing duckDb(Day day, Path csv) {
            if (day == Day.FIRST) {
                peer.hashRowsOfNone(table.key());
            }
            peer.keepHashes();
            return Timing.of(() -> {
                peer.readCsv(csv);
                peer.hashRows(table.key());
                peer.joinHashes();
                peer.writeParquet(duckDbFile);
            });
        }

        /** A comparison means something only if both programs found the same changes. */
        private void requireSame(SaveResult result) {
            DeltaSummary ours = result.delta().orElseThrow().counts();
            if (result.archive().isEmpty() || !ours.equals(peer.changes())) {
                throw new IllegalStateException("the save ended with " + result.outcome() + " and found " + ours
                        + ", DuckDB found " + peer.changes());
            }
        }

        private void requireUnchanged(DeltaReport report) {
            if (!report.counts().isEmpty()) {
                throw new IllegalStateException("found " + report.counts() + " where nothing has changed");
            }
        }

        private void print(List<Round> rounds, double load) throws IOException {
            out.printf(
                    Locale.ROOT,
                    "%n%s: %,d rows x %d columns, %s of CSV; medians of %d rounds after %d to warm up%n",
                    table.label(),
                    rows,
                    table.schema().size(),
                    ComparisonTable.megabytes(Files.size(today)),
                    settings.rounds(),
                    settings.warmUpRounds());
            out.printf(
                    Locale.ROOT,
                    "%d cores (load average before the first round %.1f), heap %d MB, Java %s, DuckDB %s, %s%n%n",
                    Runtime.getRuntime().availableProcessors(),
                    load,
                    Runtime.getRuntime().maxMemory() >> 20,
                    Runtime.version(),
                    peer.version(),
                    stores.description());
            saves(rounds).lines().forEach(out::println);
            out.println();
            for (Day day : Day.values()) {
                out.println(day.label + ": " + bySteps(rounds, day));
            }
            out.println();
            detect(rounds).lines().forEach(out::println);
        }

        private ComparisonTable saves(List<Round> rounds) {
            ComparisonTable lines = new ComparisonTable(rows);
            for (Day day : Day.values()) {
                boolean first = day == Day.FIRST;
                line(
                        lines,
                        day.label,
                        WALL,
                        rounds,
                        round -> round.days().get(day).save().wallSeconds(),
                        round -> round.days().get(day).duckDb().wallSeconds(),
                        first ? FIRST_DAY : LATER_BY_THE_CLOCK);
                Function<Round, Double> ours = first
                        ? round -> round.days().get(day).save().cpuSeconds()
                        : round -> round.days().get(day).clientAndServerSeconds();
                line(
                        lines,
                        day.label + (first ? ", without the server" : ", server included"),
                        CPU,
                        rounds,
                        ours,
                        round -> round.days().get(day).duckDb().cpuSeconds(),
                        first ? FIRST_DAY : LATER_BY_CPU);
            }
            return lines;
        }

        private ComparisonTable detect(List<Round> rounds) {
            ComparisonTable lines = new ComparisonTable(rows, "reading and hashing");
            line(
                    lines,
                    "detect, nothing changed",
                    CPU,
                    rounds,
                    round -> round.detect().cpuSeconds(),
                    round -> round.readAndHash().cpuSeconds(),
                    DETECT);
            return lines;
        }

        /** The ratio is taken within each round, as its two sides ran next to each other. */
        private static void line(
                ComparisonTable lines,
                String name,
                String measured,
                List<Round> rounds,
                Function<Round, Double> ours,
                Function<Round, Double> theirs,
                double most) {
            Series ratio = series(rounds, round -> ours.apply(round) / theirs.apply(round));
            lines.stepAtMost(name, measured, series(rounds, ours), series(rounds, theirs), ratio, most);
        }

        private static Series series(List<Round> rounds, Function<Round, Double> figure) {
            return new Series(rounds.stream().map(figure).toList());
        }

        private static String bySteps(List<Round> rounds, Day day) {
            String walls = rounds.get(0).days().get(day).steps().keySet().stream()
                    .sorted()
                    .map(step -> String.format(
                            Locale.ROOT,
                            "%s %.3f s",
                            step.name().toLowerCase(Locale.ROOT),
                            series(
                                            rounds,
                                            round -> round.days()
                                                    .get(day)
                                                    .steps()
                                                    .getOrDefault(step, 0.0))
                                    .median()))
                    .collect(Collectors.joining(", "));
            double client = series(rounds, round -> round.days().get(day).save().cpuSeconds())
                    .median();
            double server = series(rounds, round -> round.days().get(day).serverSeconds())
                    .median();
            return walls
                    + String.format(
                            Locale.ROOT, " by the clock; CPU time: %.3f s, the server's %.3f s", client, server);
        }
    }
}
