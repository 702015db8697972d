package io.hybridsnapshot.engine.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.CountingCodec;
import io.hybridsnapshot.engine.StallingRows;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemoryRowSource;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A detection whose earlier side is the archive reads the archive and the source in step. Its report is the one that
 * hashes give. A detection by the hashes of the window compares hashes.
 */
class DetectionInStepTest {
    @TempDir
    Path directory;

    private int environments;
    private final AtomicInteger filesOpened = new AtomicInteger();

    private SnapshotEnvironment environment() {
        return new SnapshotEnvironment(
                new InMemoryWindowStore(),
                new InMemoryArchiveStore(),
                new CountingCodec(filesOpened),
                directory.resolve("work-" + environments++),
                Clock.systemUTC(),
                "test",
                64);
    }

    /** A report, or an error's text, and the rows that a listener heard. */
    private record Outcome(Optional<DeltaReport> report, String error, List<RowChange> heard) {}

    private static Outcome detect(
            DetectChanges useCase, Dataset dataset, Table later, Optional<DetailRequest> details, RowJoin join) {
        List<RowChange> heard = new ArrayList<>();
        Optional<DetailRequest> listening =
                details.map(request -> new DetailRequest(request.exampleLimit(), Optional.of(heard::add)));
        for (Optional<DetailRequest> wanted : List.of(details, listening)) {
            try {
                DeltaReport report = useCase.detect(
                        new DetectRequest(dataset, Partition.ALL, wanted, Progress.NONE).withJoin(join),
                        new InMemoryRowSource("later", later));
                if (wanted.equals(listening)) {
                    return new Outcome(Optional.of(report), "", heard);
                }
            } catch (SnapshotException e) {
                return new Outcome(Optional.empty(), e.getMessage(), heard);
            }
        }
        throw new IllegalStateException();
    }

    /** The key's text is trimmed under another spec, so keys may be equal under it; a price is rounded. */
    private static Dataset dataset(Random random) {
        Dataset dataset = Dataset.of("t", List.of("K"));
        return switch (random.nextInt(3)) {
            case 0 -> dataset;
            case 1 -> dataset.withHashSpec(new HashSpec(Map.of("NAME", ColumnRules.parse(List.of("trim")))));
            default ->
                dataset.withHashSpec(new HashSpec(Map.of(
                        "NOTE", ColumnRules.parse(List.of("empty-as-null")),
                        "K", ColumnRules.parse(List.of("trim")))));
        };
    }

    @Test
    void theSourceIsReadInStepWithTheArchiveAndByHashesWithTheWindow() {
        SnapshotEnvironment environment = environment();
        Dataset dataset = Dataset.of("t", List.of("K"));
        new SaveSnapshot(environment)
                .save(SaveRequest.of(dataset, Partition.ALL), new InMemoryRowSource("earlier", numbered(-1)));
        Dataset respecified =
                dataset.withHashSpec(new HashSpec(Map.of("V", ColumnRules.parse(List.of("empty-as-null")))));
        // Hashes need the source's copy for the cells of the row that is CHANGED.
        assertEquals(2, filesOpened(environment, dataset));
        assertEquals(1, filesOpened(environment, respecified));
    }

    private int filesOpened(SnapshotEnvironment environment, Dataset dataset) {
        filesOpened.set(0);
        DeltaReport report = new DetectChanges(environment)
                .detect(
                        new DetectRequest(dataset, Partition.ALL, Optional.of(DetailRequest.EXAMPLES), Progress.NONE),
                        new InMemoryRowSource("later", numbered(5)));
        assertEquals(new DeltaSummary(0, 1, 99, 0), report.counts());
        assertEquals(1, report.details().orElseThrow().examples().size());
        return filesOpened.get();
    }

    private static Table numbered(int changed) {
        Schema schema = Schema.of(List.of(new Column("K", ColumnType.INT64), new Column("V", ColumnType.TEXT)));
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, 100);
        for (int key = 0; key < 100; key++) {
            ((LongVector) vectors.get(0)).append(key);
            ((BytesVector) vectors.get(1)).append(key == changed ? "changed" : "v");
        }
        return new Table(schema, List.of(new RowBatch(schema, vectors)));
    }

    @Test
    void aReportIsTheOneThatHashesGive() {
        Map<DeltaBasis, Integer> bases = new EnumMap<>(DeltaBasis.class);
        int errors = 0;
        for (long seed = 1; seed <= 80; seed++) {
            Random random = new Random(seed);
            SnapshotEnvironment environment = environment();
            RandomOrders orders = RandomOrders.of(random, 1 + random.nextInt(300));
            RandomOrders changed = orders.changed(random.nextBoolean());
            Table earlier = orders.cells().table();
            Table later = changed.cells().table();
            if (random.nextInt(8) == 0) {
                List<RowBatch> twice = new ArrayList<>(later.batches());
                twice.addAll(later.batches());
                later = new Table(later.schema(), twice);
            }
            new SaveSnapshot(environment)
                    .save(
                            SaveRequest.of(Dataset.of("t", List.of("K")), Partition.ALL),
                            new InMemoryRowSource("earlier", earlier));
            Dataset dataset = dataset(random);
            Optional<DetailRequest> details = Optional.of(new DetailRequest(3, Optional.empty()));
            RowJoin join = random.nextBoolean() ? RowJoin.STREAM : RowJoin.DATABASE;
            Outcome hashed = detect(DetectChanges.byHashes(environment), dataset, later, details, join);
            Outcome inStep = detect(new DetectChanges(environment), dataset, later, details, join);
            assertEquals(hashed.error(), inStep.error(), "seed " + seed);
            assertEquals(hashed.report(), inStep.report(), "seed " + seed);
            assertEquals(hashed.heard(), inStep.heard(), "seed " + seed);
            hashed.report().ifPresent(report -> bases.merge(report.basis(), 1, Integer::sum));
            errors += hashed.report().isEmpty() ? 1 : 0;
        }
        assertTrue(errors > 2 && errors < 30, errors + " errors");
        for (DeltaBasis basis : List.of(DeltaBasis.WHOLE_ROWS, DeltaBasis.REHASHED, DeltaBasis.SHARED_COLUMNS)) {
            assertTrue(bases.getOrDefault(basis, 0) > 5, bases.toString());
        }
    }

    @Test
    @Timeout(60)
    void aSourceThatStallsWhereInStepGivesUpIsReadToItsEnd() throws Exception {
        SnapshotEnvironment environment = environment();
        Dataset dataset = Dataset.of("t", List.of("K"));
        new SaveSnapshot(environment)
                .save(SaveRequest.of(dataset, Partition.ALL), new InMemoryRowSource("earlier", numbered(-1)));
        // Another spec lets a detection read the archive, and equal keys are found by hashes only.
        Dataset respecified =
                dataset.withHashSpec(new HashSpec(Map.of("V", ColumnRules.parse(List.of("empty-as-null")))));
        Table later = new Table(numbered(5).schema(), withoutIdentity(numbered(5)));
        CountDownLatch go = new CountDownLatch(1);
        FutureTask<SnapshotException> detection = new FutureTask<>(() -> assertThrows(
                SnapshotException.class,
                () -> new DetectChanges(environment)
                        .detect(
                                new DetectRequest(
                                        respecified, Partition.ALL, Optional.of(DetailRequest.EXAMPLES), Progress.NONE),
                                new StallingSource(later, go))));
        Thread caller = new Thread(detection);
        caller.start();
        while (caller.isAlive() && !isReplaying(caller)) {
            Thread.sleep(1);
        }
        go.countDown();
        SnapshotException error = detection.get(30, TimeUnit.SECONDS);
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind(), error.getMessage());
    }

    private static boolean isReplaying(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("replay"));
    }

    /** The first batch begins with a row without a key. */
    private static List<RowBatch> withoutIdentity(Table table) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(table.schema(), 1);
        vectors.get(0).appendNull();
        vectors.get(1).appendNull();
        List<RowBatch> batches = new ArrayList<>(List.of(new RowBatch(table.schema(), vectors)));
        batches.addAll(table.batches());
        return batches;
    }

    /** A source whose second batch comes late. */
    private record StallingSource(Table table, CountDownLatch go) implements RowSource {
        @Override
        public String description() {
            return "later";
        }

        @Override
        public RowStream open(ReadOptions options) {
            return new StallingRows(
                    table.stream(new ReadOptions(options.columns(), 50, options.knownTypes())),
                    go,
                    new CountDownLatch(1));
        }
    }
}
