package io.hybridsnapshot.engine.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.FileRowSource;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.ColumnChanges;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.CountingCodec;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.testkit.data.RandomTables;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemoryRowSource;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two files, or sources read once, are compared in one reading of both. The report is the one that hashes give, checked
 * by comparing the same rows with hashes alone.
 */
class InStepComparisonTest {
    private int rowsInMemory = 64;

    @TempDir
    Path directory;

    private int files;
    private long rowsRead;
    private int lookUps;
    private long rowsLookedUp;
    private int openFiles;
    private final AtomicInteger copiesRead = new AtomicInteger();
    private Set<String> alike = Set.of();
    private final Set<List<String>> columnsRead = Collections.synchronizedSet(new HashSet<>());

    /** The outcome of a comparison: a report with all that a listener heard, or an error's text. */
    private record Outcome(Optional<DeltaReport> report, List<RowChange> heard, String error) {}

    private Outcome compare(Dataset dataset, RowSource before, RowSource after, Optional<DetailRequest> details) {
        return compare(new CompareSnapshots(environment()), dataset, before, after, details);
    }

    private Outcome compareByHashes(
            Dataset dataset, RowSource before, RowSource after, Optional<DetailRequest> details) {
        return compare(CompareSnapshots.byHashes(environment()), dataset, before, after, details);
    }

    private SnapshotEnvironment environment() {
        return new SnapshotEnvironment(
                new InMemoryWindowStore(),
                new InMemoryArchiveStore(),
                new CountingCodec(copiesRead),
                directory.resolve("work"),
                Clock.systemUTC(),
                "test",
                rowsInMemory);
    }

    private static Outcome compare(
            CompareSnapshots useCase,
            Dataset dataset,
            RowSource before,
            RowSource after,
            Optional<DetailRequest> details) {
        List<RowChange> heard = new ArrayList<>();
        Optional<DetailRequest> listening =
                details.map(request -> request.listener().isPresent()
                        ? new DetailRequest(request.exampleLimit(), Optional.of(heard::add), request.rules())
                        : request);
        try {
            DeltaReport report = useCase.compare(new CompareRequest(
                    dataset,
                    Partition.ALL,
                    new SnapshotReference.OfSource(before),
                    new SnapshotReference.OfSource(after),
                    listening,
                    Progress.NONE));
            return new Outcome(Optional.of(report), heard, "");
        } catch (SnapshotException e) {
            return new Outcome(Optional.empty(), heard, e.getMessage());
        }
    }

    /** A source of a file in batches of some size. */
    private RowSource file(String name, Table table, int batchRows) {
        Path path = directory.resolve("file-" + files++);
        try (SnapshotWriter writer = new InMemorySnapshotCodec().openWriter(path, table.schema(), Map.of())) {
            table.batches().forEach(writer::append);
            writer.finish();
        }
        return new FileRowSource() {
            @Override
            public String description() {
                return name;
            }

            @Override
            public RowStream open(ReadOptions options) {
                return table.stream(options);
            }

            @Override
            public Optional<SnapshotReader> openFile() {
                return Optional.of(
                        new CountingReader(new InMemorySnapshotCodec().openReader(FileBytes.open(path)), batchRows));
            }
        };
    }

    private static RowSource stream(String name, Table table) {
        return new InMemoryRowSource(name, table);
    }

    /** A random pair of tables. */
    private static final class Pair {
        final Random random;
        final Dataset dataset;
        final Table before;
        final Table after;

        Pair(long seed) {
            random = new Random(seed);
            Table cells = RandomTables.seeded(seed).everyType(200, 12);
            int rows = random.nextInt(700);
            boolean textKey = random.nextBoolean();
            boolean secondKey = random.nextInt(3) == 0;
            List<Column> columns = new ArrayList<>();
            columns.add(new Column("KEY", textKey ? ColumnType.TEXT : ColumnType.INT64));
            columns.add(new Column("KEY 2", ColumnType.INT32));
            columns.addAll(cells.schema().columns());
            Schema schema = Schema.of(columns);
            RowBatch pool = cells.inBatchesOf(1_000).batches().get(0);
            int[] picks = IntStream.range(0, rows)
                    .map(i -> random.nextInt(pool.rowCount()))
                    .toArray();
            List<Integer> keys =
                    new ArrayList<>(IntStream.range(0, rows).boxed().toList());
            if (random.nextInt(3) == 0) {
                Collections.shuffle(keys, random);
            }
            before = table(schema, pool, keys, picks, Map.of(), secondKey);
            Map<Integer, Integer> changes = new HashMap<>();
            for (int key : keys) {
                if (random.nextInt(20) == 0) {
                    changes.put(key, random.nextInt(pool.rowCount()));
                }
            }
            List<Integer> later = edited(new ArrayList<>(keys), rows);
            after = table(schema, pool, later, picks, changes, secondKey);
            dataset = Dataset.of("t", secondKey ? List.of("KEY", "KEY 2") : List.of("KEY"))
                    .withHashSpec(spec(cells.schema()));
        }

        private List<Integer> edited(List<Integer> keys, int rows) {
            int edits = random.nextInt(6);
            for (int i = 0; i < edits && !keys.isEmpty(); i++) {
                int at = random.nextInt(keys.size());
                switch (random.nextInt(7)) {
                    case 0 -> keys.remove(at);
                    case 1 ->
                        keys.subList(at, at + random.nextInt(keys.size() - at)).clear();
                    case 2 -> {
                        for (int n = random.nextInt(300); n >= 0; n--) {
                            keys.add(at, rows + 1_000 * i + n);
                        }
                    }
                    case 3 -> Collections.swap(keys, at, random.nextInt(keys.size()));
                    case 4 -> Collections.shuffle(keys.subList(at, keys.size()), random);
                    case 5 -> Collections.rotate(keys.subList(at, keys.size()), 3);
                    default -> {
                        if (random.nextInt(4) == 0) {
                            keys.add(random.nextBoolean() ? keys.get(at) : -1);
                        }
                    }
                }
            }
            return keys;
        }

        private HashSpec spec(Schema schema) {
            Map<String, ColumnRules> rules = new HashMap<>();
            for (Column column : schema.columns()) {
                TypeKind kind = column.type().kind();
                List<String> texts = new ArrayList<>();
                if (random.nextInt(8) == 0) {
                    texts.add("ignore");
                }
                if (kind == TypeKind.TEXT && random.nextInt(3) == 0) {
                    texts.add(random.nextBoolean() ? "trim" : "empty-as-null");
                }
                if ((kind.isExactNumber() || kind.isFloat()) && random.nextInt(4) == 0) {
                    texts.add("scale " + random.nextInt(3));
                }
                if (kind.hasFraction() && random.nextInt(3) == 0) {
                    texts.add("precision millis");
                }
                rules.put(column.name(), ColumnRules.parse(texts));
            }
            return new HashSpec(rules);
        }

        /** Negative keys are NULL. */
        private static Table table(
                Schema schema,
                RowBatch pool,
                List<Integer> keys,
                int[] picks,
                Map<Integer, Integer> changes,
                boolean secondKey) {
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, Math.max(1, keys.size()));
            for (int key : keys) {
                if (key < 0 || secondKey && key % 5 == 0) {
                    vectors.get(0).appendNull();
                } else if (vectors.get(0) instanceof BytesVector texts) {
                    texts.append("key " + (secondKey ? key % 7 : key));
                } else {
                    ((LongVector) vectors.get(0)).append(secondKey ? key % 7 : key);
                }
                if (key < 0) {
                    vectors.get(1).appendNull();
                } else {
                    ((LongVector) vectors.get(1)).append(key);
                }
                int pick = key >= 0 && key < picks.length ? picks[key] : Math.abs(key) % pool.rowCount();
                int other = changes.getOrDefault(key, pick);
                for (int column = 2; column < vectors.size(); column++) {
                    boolean taken = (column + key) % 3 == 0;
                    vectors.get(column).appendFrom(pool.vector(column - 2), taken ? other : pick);
                }
            }
            return new Table(schema, keys.isEmpty() ? List.of() : List.of(new RowBatch(schema, vectors)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 200})
    void aReportIsTheOneThatHashesGive(int first) {
        int errors = 0;
        for (long seed = first; seed < first + 7; seed++) {
            Pair pair = new Pair(seed);
            Optional<DetailRequest> details = details(pair);
            Outcome hashed =
                    compareByHashes(pair.dataset, stream("before", pair.before), stream("after", pair.after), details);
            // Two files, and one of the three other pairs in turn.
            for (int files : new int[] {0, 1 + (int) (seed % 3)}) {
                Outcome inStep = compare(
                        pair.dataset,
                        (files & 1) == 0
                                ? file("before", pair.before, 1 + pair.random.nextInt(300))
                                : stream("before", pair.before.inBatchesOf(1 + pair.random.nextInt(300))),
                        (files & 2) == 0
                                ? file("after", pair.after, 1 + pair.random.nextInt(300))
                                : stream("after", pair.after.inBatchesOf(1 + pair.random.nextInt(300))),
                        details);
                assertEquals(hashed.error(), inStep.error(), "seed " + seed + ", " + files);
                assertEquals(hashed.report(), inStep.report(), "seed " + seed + ", " + files);
                assertEquals(hashed.heard(), inStep.heard(), "seed " + seed + ", " + files);
            }
            errors += hashed.report().isEmpty() ? 1 : 0;
        }
        assertTrue(errors > 0 && errors < 5, errors + " errors");
    }

    private static Optional<DetailRequest> details(Pair pair) {
        ComparisonRules rules = ComparisonRules.NONE;
        for (Column column : pair.before.schema().columns()) {
            if (!column.name().startsWith("KEY") && pair.random.nextInt(5) == 0) {
                boolean number = column.type().kind().isExactNumber()
                        || column.type().kind().isFloat();
                rules = number && pair.random.nextBoolean()
                        ? rules.tolerating(column.name(), Tolerance.parse("50%"))
                        : rules.ignoring(column.name());
            }
        }
        return switch (pair.random.nextInt(4)) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(new DetailRequest(3, Optional.of(row -> {})));
            case 2 -> Optional.of(new DetailRequest(3, Optional.empty()));
            default -> Optional.of(new DetailRequest(3, Optional.empty()).withRules(rules));
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void columnsOfOtherTypesAreComparedAsHashesCompareThem(long seed) {
        Random random = new Random(seed);
        Dataset dataset = Dataset.of("t", List.of("K"));
        RandomOrders orders = RandomOrders.of(random, 1 + random.nextInt(400));
        Table before = orders.cells().table();
        Table after = orders.changed(true).cells().table();
        Optional<DetailRequest> details = Optional.of(DetailRequest.EXAMPLES);
        Outcome hashed = compareByHashes(dataset, stream("before", before), stream("after", after), details);
        assertEquals(hashed, compare(dataset, file("before", before, 100), file("after", after, 70), details));
        assertEquals(hashed, compare(dataset, stream("before", before), stream("after", after), details));
    }

    @Test
    void columnsThatAreStoredAlikeAreNotRead() {
        Table before = numbered(numbers(0, 3_000), 1);
        Table after = numbered(numbers(0, 3_000), 2);
        alike = Set.of("K");
        DeltaReport report = report(before, after);
        assertEquals(new DeltaSummary(0, 30, 2_970, 0), report.counts());
        assertEquals(Set.of(List.of("K", "V")), columnsRead);
        columnsRead.clear();
        alike = Set.of("K", "V");
        assertEquals(new DeltaSummary(0, 0, 3_000, 0), report(before, before).counts());
        assertEquals(Set.of(List.of("K")), columnsRead);
    }

    @Test
    void otherColumnsAreReadWhereKeysAreNotStoredAlike() {
        alike = Set.of("V");
        List<Integer> later = numbers(0, 3_000);
        later.remove(1);
        DeltaReport report = report(numbered(numbers(0, 3_000), 1), numbered(later, 1));
        assertEquals(new DeltaSummary(0, 0, 2_999, 1), report.counts());
        assertEquals(Set.of(List.of("K", "V")), columnsRead);
    }

    private DeltaReport report(Table before, Table after) {
        return compare(
                        Dataset.of("t", List.of("K")),
                        file("before", before, 1_000),
                        file("after", after, 700),
                        Optional.of(DetailRequest.EXAMPLES))
                .report()
                .orElseThrow();
    }

    private static Table numbered(List<Integer> keys, int version) {
        Schema schema = Schema.of(List.of(new Column("K", ColumnType.INT64), new Column("V", ColumnType.TEXT)));
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, keys.size());
        for (int key : keys) {
            ((LongVector) vectors.get(0)).append(key);
            ((BytesVector) vectors.get(1)).append("v" + (key % 100 == 0 ? version : 0));
        }
        return new Table(schema, List.of(new RowBatch(schema, vectors)));
    }

    private static List<Integer> numbers(int from, int to) {
        return new ArrayList<>(IntStream.range(from, to).boxed().toList());
    }

    private DeltaReport numberedReport(List<Integer> before, List<Integer> after) {
        rowsRead = 0;
        lookUps = 0;
        rowsLookedUp = 0;
        return compare(
                        Dataset.of("t", List.of("K")),
                        file("before", numbered(before, 1), 1_000),
                        file("after", numbered(after, 2), 700),
                        Optional.of(DetailRequest.EXAMPLES))
                .report()
                .orElseThrow();
    }

    @Test
    void rowsInTheSameOrderAreReadOnce() {
        DeltaReport report = numberedReport(numbers(0, 5_000), numbers(0, 5_000));
        assertEquals(new DeltaSummary(0, 50, 4_950, 0), report.counts());
        assertEquals(10, report.details().orElseThrow().examples().size());
        assertEquals(10_000, rowsRead);
        assertEquals(0, lookUps);
    }

    @Test
    void stepIsFoundAgainAfterManyRowsThatOneSideLacks() {
        List<Integer> later = numbers(0, 12_000);
        later.subList(4_000, 9_000).clear();
        later.addAll(2_000, numbers(50_000, 53_000));
        DeltaReport report = numberedReport(numbers(0, 12_000), later);
        assertEquals(new DeltaSummary(3_000, 70, 6_930, 5_000), report.counts());
        // CHANGED rows are looked up only if they were out of step.
        assertTrue(lookUps <= 6, lookUps + " look-ups");
    }

    @Test
    void stepIsFoundAgainHoweverFarOneSideLagsBehind() {
        rowsInMemory = 1 << 16;
        List<Integer> inserted = numbers(0, 250_000);
        inserted.addAll(10_000, numbers(1_000_000, 1_150_000));
        assertEquals(
                new DeltaSummary(150_000, 2_500, 247_500, 0),
                numberedReport(numbers(0, 250_000), inserted).counts());
        // One row in a hundred is CHANGED. Only those out of step are looked up, on both sides.
        assertTrue(rowsLookedUp < 2 * 1_700, rowsLookedUp + " rows looked up");
        List<Integer> moved = numbers(0, 250_000);
        moved.addAll(moved.subList(0, 150_000));
        moved.subList(0, 150_000).clear();
        assertEquals(
                new DeltaSummary(0, 2_500, 247_500, 0),
                numberedReport(numbers(0, 250_000), moved).counts());
        assertTrue(rowsLookedUp < 2 * 3_200, rowsLookedUp + " rows looked up");
    }

    @Test
    void aKeyThatOccursInStepAndOutOfStepIsAnErrorAmongManyRows() {
        rowsInMemory = 1 << 16;
        List<Integer> keys = numbers(0, 100_000);
        keys.add(17);
        Outcome inStep = compare(
                Dataset.of("t", List.of("K")),
                file("a", numbered(numbers(0, 100_000), 1), 1_000),
                file("b", numbered(keys, 1), 700),
                Optional.of(DetailRequest.EXAMPLES));
        assertTrue(inStep.error().contains("rows share one identity"), inStep.error());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void aColumnThatDiffersInOneRowOutOfStepIsFound(int key) {
        Schema schema = Schema.of(List.of(
                new Column("K", ColumnType.INT64),
                new Column("V", ColumnType.INT64),
                new Column("W", ColumnType.INT64)));
        List<Integer> keys = numbers(0, 400);
        List<Integer> reversed = new ArrayList<>(keys);
        Collections.reverse(reversed);
        DeltaReport report = report(valued(schema, keys, -1), valued(schema, reversed, key));
        assertEquals(new DeltaSummary(0, 200, 200, 0), report.counts());
        assertEquals(
                List.of(new ColumnChanges("V", 200), new ColumnChanges("W", 1)),
                report.details().orElseThrow().columns());
    }

    /** Rows in which V depends on the order, except in every other row, and W is 1 in one row. */
    private static Table valued(Schema schema, List<Integer> keys, int special) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, keys.size());
        for (int key : keys) {
            ((LongVector) vectors.get(0)).append(key);
            ((LongVector) vectors.get(1)).append(special < 0 || (key + special) % 2 == 1 ? 5 : 6);
            ((LongVector) vectors.get(2)).append(key == special ? 1 : 0);
        }
        return new Table(schema, List.of(new RowBatch(schema, vectors)));
    }

    @Test
    void aKeyThatOccursTwiceIsAnErrorAlsoWhereBothSidesHaveItInTheSamePlace() {
        List<Integer> keys = numbers(0, 3_000);
        keys.set(2_500, 17);
        Dataset dataset = Dataset.of("t", List.of("K"));
        Optional<DetailRequest> details = Optional.of(DetailRequest.EXAMPLES);
        Outcome hashed =
                compareByHashes(dataset, stream("a", numbered(keys, 1)), stream("b", numbered(keys, 2)), details);
        Outcome inStep =
                compare(dataset, file("a", numbered(keys, 1), 100), file("b", numbered(keys, 2), 100), details);
        assertTrue(inStep.error().contains("rows share one identity"), inStep.error());
        assertTrue(inStep.error().contains("a, dataset 't', key [K]"), inStep.error());
        assertEquals(hashed, inStep);
        assertEquals(hashed, compare(dataset, stream("a", numbered(keys, 1)), stream("b", numbered(keys, 2)), details));
    }

    @Test
    void aSourceThatCanBeReadOnceIsReadOnceAndItsCopyOnlyWhereRowsAreOutOfStep() {
        Dataset dataset = Dataset.of("t", List.of("K"));
        Optional<DetailRequest> details = Optional.of(DetailRequest.EXAMPLES);
        OnceSource before = new OnceSource(numbered(numbers(0, 5_000), 1).inBatchesOf(300));
        OnceSource after = new OnceSource(numbered(numbers(0, 5_000), 2).inBatchesOf(200));
        DeltaReport inOrder = compare(dataset, before, after, details).report().orElseThrow();
        assertEquals(new DeltaSummary(0, 50, 4_950, 0), inOrder.counts());
        assertEquals(0, copiesRead.get());
        List<Integer> mixed = numbers(0, 5_000);
        Collections.shuffle(mixed, new Random(5));
        Outcome scattered = compare(
                dataset, new OnceSource(numbered(numbers(0, 5_000), 1)), new OnceSource(numbered(mixed, 2)), details);
        assertEquals(
                new DeltaSummary(0, 50, 4_950, 0),
                scattered.report().orElseThrow().counts());
        assertEquals(2, copiesRead.get());
    }

    @Test
    void aRemarkOfASourceThatWasComparedInStepIsReported() {
        Table table = numbered(numbers(0, 3), 1);
        RowSource moving = new OnceSource(table);
        DeltaReport report = compare(
                        Dataset.of("t", List.of("K")),
                        stream("before", table),
                        moving,
                        Optional.of(DetailRequest.EXAMPLES))
                .report()
                .orElseThrow();
        assertEquals(Optional.of("no single moment"), report.remark());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 400, 4_000})
    void theFailureOfASourceIsTheOneThatHashesMeet(int rows) {
        Dataset dataset = Dataset.of("t", List.of("K"));
        Optional<DetailRequest> details = Optional.of(DetailRequest.EXAMPLES);
        Table table = numbered(numbers(0, 5_000), 1).inBatchesOf(100);
        List<Integer> twice = numbers(0, 300);
        twice.set(200, 17);
        for (RowSource other : List.of(stream("a", table), stream("a", numbered(twice, 1)))) {
            Outcome hashed = compareByHashes(dataset, other, failing(table, rows), details);
            assertEquals(hashed, compare(dataset, other, failing(table, rows), details));
            assertEquals(
                    compareByHashes(dataset, failing(table, rows), other, details),
                    compare(dataset, failing(table, rows), other, details));
            assertTrue(!hashed.error().isEmpty());
        }
    }

    private static RowSource failing(Table table, int rows) {
        return new RowSource() {
            @Override
            public String description() {
                return "failing";
            }

            @Override
            public RowStream open(ReadOptions options) {
                return new RowStreamOf(table.stream(options)) {
                    private long read;

                    @Override
                    public Optional<RowBatch> next() {
                        if (read >= rows) {
                            throw SnapshotException.invalidRequest("a row is wrong")
                                    .where("row " + read)
                                    .build();
                        }
                        Optional<RowBatch> batch = super.next();
                        read += batch.map(RowBatch::rowCount).orElse(0);
                        return batch;
                    }
                };
            }
        };
    }

    /** A source that refuses a second reading, and has a remark. */
    private static final class OnceSource implements RowSource {
        private final Table table;
        private boolean opened;

        OnceSource(Table table) {
            this.table = table;
        }

        @Override
        public String description() {
            return "once";
        }

        @Override
        public synchronized RowStream open(ReadOptions options) {
            assertTrue(!opened, "opened twice");
            opened = true;
            return new RowStreamOf(table.stream(options)) {
                @Override
                public Optional<String> remark() {
                    return Optional.of("no single moment");
                }
            };
        }
    }

    /** A stream that passes all calls on. */
    private static class RowStreamOf implements RowStream {
        private final RowStream inner;

        RowStreamOf(RowStream inner) {
            this.inner = inner;
        }

        @Override
        public Schema schema() {
            return inner.schema();
        }

        @Override
        public Optional<RowBatch> next() {
            return inner.next();
        }

        @Override
        public String place(long ordinal) {
            return inner.place(ordinal);
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    @Test
    void theFileIsClosedWhenTheComparisonCannotBegin() {
        RowSource source = file("a", numbered(numbers(0, 3), 1), 10);
        Dataset dataset = Dataset.of("t", List.of("MISSING"));
        assertThrows(
                SnapshotException.class,
                () -> new CompareSnapshots(environment())
                        .compare(new CompareRequest(
                                dataset,
                                Partition.ALL,
                                new SnapshotReference.OfSource(source),
                                new SnapshotReference.OfSource(source),
                                Optional.empty(),
                                Progress.NONE)));
        assertEquals(0, openFiles);
    }

    /** Counts the rows that are read, and cuts them into batches of another size. */
    private final class CountingReader implements SnapshotReader {
        private final SnapshotReader inner;
        private final int batchRows;

        CountingReader(SnapshotReader inner, int batchRows) {
            this.inner = inner;
            this.batchRows = batchRows;
            openFiles++;
        }

        @Override
        public Schema schema() {
            return inner.schema();
        }

        @Override
        public long rowCount() {
            return inner.rowCount();
        }

        @Override
        public Map<String, String> metadata() {
            return inner.metadata();
        }

        @Override
        public Set<String> columnsStoredAlike(SnapshotReader other, Collection<String> columns) {
            Set<String> found = new HashSet<>(columns);
            found.retainAll(alike);
            return found;
        }

        @Override
        public RowStream rows(ReadOptions options) {
            if (!options.columns().isEmpty()) {
                columnsRead.add(options.columns());
            }
            try (RowStream all = inner.rows(options)) {
                Table table = Table.read(all).inBatchesOf(batchRows);
                RowStream cut = table.stream(new ReadOptions(List.of(), batchRows, Optional.empty()));
                return new RowStream() {
                    @Override
                    public Schema schema() {
                        return cut.schema();
                    }

                    @Override
                    public Optional<RowBatch> next() {
                        Optional<RowBatch> batch = cut.next();
                        synchronized (InStepComparisonTest.this) {
                            rowsRead += batch.map(RowBatch::rowCount).orElse(0);
                        }
                        return batch;
                    }

                    @Override
                    public void close() {
                        cut.close();
                    }
                };
            }
        }

        @Override
        public RowStream rowsAt(long[] ordinals, ReadOptions options) {
            lookUps++;
            // Rows of one side alone are looked up by their keys, in blocks that need not be read to the end.
            rowsLookedUp += options.columns().size() > 1 ? ordinals.length : 0;
            return inner.rowsAt(ordinals, options);
        }

        @Override
        public void close() {
            openFiles--;
            inner.close();
        }
    }
}
