package io.hybridsnapshot.engine.save;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.CellChange;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.ColumnChanges;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.retention.RetentionPlan;
import io.hybridsnapshot.domain.retention.RetentionRule;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.engine.HybridSnapshotManager;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.catalogue.PartitionStatistics;
import io.hybridsnapshot.engine.catalogue.SnapshotCatalogue;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.catalogue.SnapshotTrends;
import io.hybridsnapshot.engine.catalogue.TrendPeriod;
import io.hybridsnapshot.engine.catalogue.TrendStep;
import io.hybridsnapshot.engine.comparison.CompareRequest;
import io.hybridsnapshot.engine.comparison.CompareSnapshots;
import io.hybridsnapshot.engine.comparison.DeltaBasis;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.comparison.DetectRequest;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.RecoverSnapshots;
import io.hybridsnapshot.engine.recovery.Recovery;
import io.hybridsnapshot.engine.recovery.UndoPlan;
import io.hybridsnapshot.engine.recovery.UndoSnapshot;
import io.hybridsnapshot.engine.retention.CleanUpSnapshots;
import io.hybridsnapshot.engine.retention.ForgetDataset;
import io.hybridsnapshot.engine.verification.VerificationLevel;
import io.hybridsnapshot.engine.verification.VerifyRequest;
import io.hybridsnapshot.engine.verification.VerifySnapshots;
import io.hybridsnapshot.testkit.data.HashedRows;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.data.TableAssert;
import io.hybridsnapshot.testkit.memory.InMemoryRowSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The promises of the use cases over any window, archive and codec; the subclass holds the stores and nothing else. */
public abstract class SnapshotLifeCycleContract {
    private static final Instant START = Instant.parse("2026-09-27T10:00:00Z");

    @TempDir
    Path directory;

    private final TestClock clock = new TestClock(START);
    private WindowStore window;
    private ArchiveStore archive;
    private SnapshotEnvironment environment;

    /** An empty window. */
    protected abstract WindowStore window();

    /** An empty archive. */
    protected abstract ArchiveStore archive();

    /** Breaks the session of a partition's writer, as the death of its connection would. */
    protected abstract Runnable sessionBreaker(Dataset dataset, Partition partition);

    /**
     * Deletes all rows, or some, of the current snapshot past the window's port; false where the test has no means to
     * do so.
     */
    protected abstract boolean deleteCurrentRows(Dataset dataset, Partition partition, boolean all);

    /** The codec of archived files. */
    protected abstract SnapshotCodec codec();

    @BeforeEach
    public void openStores() {
        window = window();
        archive = archive();
        environment = environment(window, archive);
    }

    private SnapshotEnvironment environment(WindowStore windowStore, ArchiveStore archiveStore) {
        // Few rows in memory, so that every test spills.
        return new SnapshotEnvironment(
                windowStore, archiveStore, codec(), directory.resolve("work"), clock, "test", 16);
    }

    private SaveResult save(Orders orders) {
        return save(SaveRequest.of(Orders.DATASET, Partition.ALL), orders.source());
    }

    private SaveResult save(SaveRequest request, RowSource source) {
        clock.now = clock.now.plusSeconds(60);
        return new SaveSnapshot(environment).save(request, source);
    }

    private DeltaReport detect(Dataset dataset, Orders orders, int examples) {
        Optional<DetailRequest> details = Optional.of(new DetailRequest(examples, Optional.empty()));
        return new DetectChanges(environment)
                .detect(new DetectRequest(dataset, Partition.ALL, details, Progress.NONE), orders.source());
    }

    private DeltaReport compare(SnapshotReference before, SnapshotReference after) {
        Optional<DetailRequest> details = Optional.of(new DetailRequest(1_000, Optional.empty()));
        return new CompareSnapshots(environment)
                .compare(new CompareRequest(Orders.DATASET, Partition.ALL, before, after, details, Progress.NONE));
    }

    private Table load(SnapshotReference reference) {
        LoadSnapshot load = new LoadSnapshot(environment);
        ArchivedSnapshot found = load.find(Orders.DATASET, Partition.ALL, reference);
        try (RowStream rows = load.open(found, List.of())) {
            return Table.read(rows);
        }
    }

    private List<ArchivedSnapshot> archives() {
        return archive.list(ArchiveQuery.of(Orders.DATASET.name()));
    }

    private WindowSnapshot current() {
        return window.findCurrent(Orders.DATASET, Partition.ALL).orElseThrow();
    }

    /** Saving. */
    @Nested
    class Saving {
        @Test
        void theFirstSaveFindsEveryRowNewAndKeepsItInBothStores() {
            Orders orders = Orders.numbered(50);
            SaveResult result = save(orders);
            DeltaReport delta = result.delta().orElseThrow();
            assertEquals(SaveResult.Outcome.SAVED, result.outcome());
            assertEquals(new DeltaSummary(50, 0, 0, 0), delta.counts());
            assertEquals(DeltaBasis.FIRST_SNAPSHOT, delta.basis());
            assertEquals(result.snapshot(), current());
            assertEquals(50, current().rowCount());
            assertEquals(Optional.of(orders.schema()), current().schema());
            ArchivedSnapshot archived = archives().get(0);
            assertEquals(current().archiveId(), Optional.of(archived.id()));
            assertEquals(current().fingerprint(), archived.fingerprint());
            assertEquals(current().id(), archived.snapshotId());
            assertEquals(current().date(), archived.date());
            TableAssert.assertSameRows(orders.table(), load(new SnapshotReference.Current()));
        }

        @Test
        void aLaterSaveReportsWhatChangedAndKeepsTheOneBefore() {
            Orders before = Orders.numbered(30);
            SaveResult first = save(before);
            Orders after = before.copy()
                    .set("JOO-3", "QTY", 999)
                    .set("JOO-3", "NOTE", "new")
                    .set("JOO-4", "NOTE", null)
                    .remove("JOO-5")
                    .put("JOO-X", "NEW", 1, null);
            SaveRequest request =
                    SaveRequest.of(Orders.DATASET, Partition.ALL).withDetails(new DetailRequest(10, Optional.empty()));
            DeltaReport delta = save(request, after.source()).delta().orElseThrow();
            assertEquals(new DeltaSummary(1, 2, 27, 1), delta.counts());
            assertEquals(DeltaBasis.WHOLE_ROWS, delta.basis());
            assertTrue(delta.drift().isEmpty());
            assertEquals(
                    List.of(new ColumnChanges("NOTE", 2), new ColumnChanges("QTY", 1)),
                    delta.details().orElseThrow().columns());
            assertEquals(expected(before, after), byKey(delta.details().get().examples()));
            WindowSnapshot previous =
                    window.snapshots(Orders.DATASET, Optional.empty()).get(1);
            assertEquals(SnapshotState.PREVIOUS, previous.state());
            assertEquals(first.snapshot().id(), previous.id());
            TableAssert.assertSameRows(before.table(), load(new SnapshotReference.Previous()));
        }

        @Test
        void theWindowKeepsTwoSnapshotsAndTheArchiveAll() {
            Orders orders = Orders.numbered(10);
            for (int i = 0; i < 5; i++) {
                save(orders.set("JOO-1", "QTY", 100 + i));
            }
            assertEquals(2, window.snapshots(Orders.DATASET, Optional.empty()).size());
            assertEquals(5, archives().size());
        }

        @Test
        void savingABatchIdAgainChangesNothing() {
            SnapshotId id = SnapshotId.random();
            SaveRequest request = SaveRequest.of(Orders.DATASET, Partition.ALL).withId(id);
            SaveResult first = save(request, Orders.numbered(5).source());
            SaveResult again = save(request, Orders.numbered(9).source());
            assertEquals(SaveResult.Outcome.ALREADY_SAVED, again.outcome());
            assertEquals(first.snapshot(), again.snapshot());
            assertEquals(first.archive(), again.archive());
            assertEquals(1, archives().size());
        }

        @Test
        void twoSavesWithinAMicrosecondStillHaveDifferentDates() {
            Orders orders = Orders.numbered(5);
            save(orders);
            clock.now = clock.now.minusSeconds(60);
            SaveResult second = save(orders);
            assertEquals(current().date(), second.snapshot().date());
            assertEquals(
                    2,
                    archives().stream().map(ArchivedSnapshot::date).distinct().count());
        }

        @Test
        void aDateThatIsNotAfterTheCurrentOneIsRefused() {
            save(Orders.numbered(5));
            SaveRequest request = SaveRequest.of(Orders.DATASET, Partition.ALL).withDate(START);
            refused("not after", () -> save(request, Orders.numbered(6).source()));
        }

        @Test
        void anEmptySourceIsRefusedUnlessItIsMeant() {
            save(Orders.numbered(5));
            Orders empty = new Orders();
            refused("empty", () -> save(empty));
            SaveRequest meant =
                    SaveRequest.of(Orders.DATASET, Partition.ALL).withConsents(Set.of(Consent.EMPTY_SNAPSHOT));
            DeltaReport delta = save(meant, empty.source()).delta().orElseThrow();
            assertEquals(new DeltaSummary(0, 0, 0, 5), delta.counts());
            assertEquals(0, current().rowCount());
        }

        @Test
        void manyDeletedRowsAreRefusedUnlessTheyAreMeant() {
            Orders orders = Orders.numbered(10);
            save(orders);
            for (int i = 0; i < 6; i++) {
                orders.remove("JOO-" + i);
            }
            refused("6 of 10", () -> save(orders));
            SaveRequest meant =
                    SaveRequest.of(Orders.DATASET, Partition.ALL).withConsents(Set.of(Consent.MANY_DELETED));
            assertEquals(
                    6,
                    save(meant, orders.source()).delta().orElseThrow().counts().deleted());
        }

        @Test
        void duplicateKeysStopTheSaveAndAreNamed() {
            save(Orders.numbered(5));
            Table once = Orders.numbered(20).table();
            List<RowBatch> twice = new ArrayList<>(once.batches());
            twice.add(once.batches().get(0));
            refused(
                    "'JOO-0'",
                    () -> save(
                            SaveRequest.of(Orders.DATASET, Partition.ALL),
                            new InMemoryRowSource("twice", new Table(once.schema(), twice))));
        }

        @Test
        void nullKeysStopTheSaveAndAreCounted() {
            save(Orders.numbered(5));
            Orders orders = Orders.numbered(6).set("JOO-2", "ORDER", null).set("JOO-4", "ORDER", null);
            refused("2 rows", () -> save(orders));
        }

        @Test
        void whatASourceSaysOfItsReadingStandsInTheReports() {
            Table table = Orders.numbered(12).table();
            RowSource torn = new RowSource() {
                @Override
                public String description() {
                    return "torn";
                }

                @Override
                public RowStream open(ReadOptions options) {
                    RowStream rows = table.stream(options);
                    return new RowStream() {
                        @Override
                        public Schema schema() {
                            return rows.schema();
                        }

                        @Override
                        public Optional<RowBatch> next() {
                            return rows.next();
                        }

                        @Override
                        public Optional<String> remark() {
                            return Optional.of("not of one moment");
                        }

                        @Override
                        public void close() {
                            rows.close();
                        }
                    };
                }
            };
            SaveResult saved = new SaveSnapshot(environment).save(SaveRequest.of(Orders.DATASET, Partition.ALL), torn);
            assertEquals(
                    Optional.of("not of one moment"),
                    saved.delta().orElseThrow().remark());
            DetectRequest request = new DetectRequest(Orders.DATASET, Partition.ALL, Optional.empty(), Progress.NONE);
            assertEquals(
                    Optional.of("not of one moment"),
                    new DetectChanges(environment).detect(request, torn).remark());
            assertEquals(
                    Optional.of("not of one moment"),
                    compare(new SnapshotReference.Current(), new SnapshotReference.OfSource(torn))
                            .remark());
        }

        @Test
        void aSourceThatFailsHalfwayLeavesNothing() {
            save(Orders.numbered(5));
            Table table = Orders.numbered(40).table();
            RowSource failing = new RowSource() {
                @Override
                public String description() {
                    return "failing";
                }

                @Override
                public RowStream open(ReadOptions options) {
                    RowStream rows = table.stream(options);
                    return new RowStream() {
                        private int batches;

                        @Override
                        public Schema schema() {
                            return rows.schema();
                        }

                        @Override
                        public Optional<RowBatch> next() {
                            if (batches++ == 1) {
                                throw SnapshotException.invalidRequest("a bad number")
                                        .where("line 9")
                                        .build();
                            }
                            return table.inBatchesOf(7).stream().next();
                        }

                        @Override
                        public void close() {
                            rows.close();
                        }
                    };
                }
            };
            refused("line 9", () -> save(SaveRequest.of(Orders.DATASET, Partition.ALL), failing));
        }

        @Test
        void aSecondWriterOfAPartitionIsToldWhoHoldsIt() {
            save(Orders.numbered(5));
            WriterRequest holder = new WriterRequest("nightly job on host-7", Duration.ZERO);
            try (WindowWriter held = window.openWriter(Orders.DATASET, Partition.ALL, holder)) {
                SaveRequest request =
                        SaveRequest.of(Orders.DATASET, Partition.ALL).withPatience(Duration.ofMillis(100));
                SnapshotException error = assertThrows(
                        SnapshotException.class,
                        () -> save(request, Orders.numbered(6).source()));
                assertEquals(SnapshotException.Kind.CONFLICT, error.kind());
                assertTrue(error.getMessage().contains("nightly job on host-7"), error.getMessage());
                assertTrue(held.current().isPresent());
            }
            assertEquals(5, current().rowCount());
        }

        @Test
        void aPartitionHoldsItsOwnRows() {
            Dataset byCustomer = Orders.DATASET.withPartitionColumn("CUSTOMER");
            Partition greyson = new Partition("GREYSON");
            Orders orders = Orders.numbered(21);
            save(SaveRequest.of(byCustomer, greyson), orders.source());
            save(SaveRequest.of(byCustomer, Partition.ALL), orders.source());
            WindowSnapshot part = window.findCurrent(byCustomer, greyson).orElseThrow();
            assertEquals(11, part.rowCount());
            assertEquals(
                    21,
                    window.findCurrent(byCustomer, Partition.ALL).orElseThrow().rowCount());
            LoadSnapshot load = new LoadSnapshot(environment);
            try (RowStream rows =
                    load.open(load.find(byCustomer, greyson, new SnapshotReference.Current()), List.of("CUSTOMER"))) {
                Table loaded = Table.read(rows);
                assertEquals(11, loaded.rowCount());
                assertEquals("GREYSON", ((BytesVector) loaded.batches().get(0).vector(0)).text(0));
            }
        }
    }

    /** Detecting and comparing. */
    @Nested
    class DetectingAndComparing {
        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5})
        void detectionAndComparisonAgreeWithANaiveOne(long seed) {
            Random random = new Random(seed);
            Orders before = Orders.numbered(60 + random.nextInt(60));
            save(before);
            Orders after = changed(before, random);
            DeltaReport detected = detect(Orders.DATASET, after, 1_000);
            assertEquals(
                    expected(before, after),
                    byKey(detected.details().orElseThrow().examples()));
            assertEquals(summary(before, after), detected.counts());
            SaveRequest meant =
                    SaveRequest.of(Orders.DATASET, Partition.ALL).withConsents(Set.of(Consent.MANY_DELETED));
            assertEquals(
                    detected.counts(),
                    save(meant, after.source()).delta().orElseThrow().counts());
            DeltaReport compared = compare(new SnapshotReference.Previous(), new SnapshotReference.Current());
            assertEquals(
                    expected(before, after),
                    byKey(compared.details().orElseThrow().examples()));
            assertEquals(detected.counts(), compared.counts());
            assertEquals(
                    detected.details().get().columns(), compared.details().get().columns());
            DeltaReport backwards = compare(new SnapshotReference.Current(), new SnapshotReference.Previous());
            assertEquals(
                    expected(after, before),
                    byKey(backwards.details().orElseThrow().examples()));
            assertTrue(compare(new SnapshotReference.Current(), new SnapshotReference.OfSource(after.source()))
                    .counts()
                    .isEmpty());
        }

        @Test
        void detectionWritesNothingThatAnybodySees() throws IOException {
            save(Orders.numbered(10));
            List<WindowSnapshot> kept = window.snapshots(Orders.DATASET, Optional.empty());
            detect(Orders.DATASET, Orders.numbered(12), 5);
            assertEquals(kept, window.snapshots(Orders.DATASET, Optional.empty()));
            assertEquals(1, archives().size());
            requireNoScratch();
        }

        @Test
        void withoutASnapshotEveryRowIsNew() {
            DeltaReport report = detect(Orders.DATASET, Orders.numbered(10), 3);
            assertEquals(new DeltaSummary(10, 0, 0, 0), report.counts());
            assertEquals(3, report.details().orElseThrow().examples().size());
        }

        @Test
        void everyRowThatDiffersIsHeardOnce() {
            Orders before = Orders.numbered(100);
            save(before);
            Orders after = changed(before, new Random(9));
            List<RowChange> heard = new ArrayList<>();
            Optional<DetailRequest> details = Optional.of(new DetailRequest(2, Optional.of(heard::add)));
            DeltaReport report = new DetectChanges(environment)
                    .detect(new DetectRequest(Orders.DATASET, Partition.ALL, details, Progress.NONE), after.source());
            assertEquals(expected(before, after), byKey(heard));
            assertEquals(
                    report.counts().added()
                            + report.counts().changed()
                            + report.counts().deleted(),
                    heard.size());
        }

        @Test
        void archivesOfSomeDaysBackAreComparedWithTheCurrentSnapshot() {
            Orders orders = Orders.numbered(20);
            for (int day = 0; day < 5; day++) {
                save(orders.set("JOO-" + day, "QTY", 1_000 + day));
                clock.now = clock.now.plus(Duration.ofDays(1));
            }
            DeltaReport report = new HybridSnapshotManager(environment, Orders.DATASET, orders.source())
                    .compareWithArchive(Partition.ALL, 3);
            assertEquals(2, report.counts().changed());
            refused("40 days back", () -> compare(new SnapshotReference.DaysBack(40), new SnapshotReference.Current()));
        }

        @Test
        void anyStateIsComparedWithAnyOther() {
            Orders monday = Orders.numbered(20);
            SaveResult first = save(tagged("release", "1"), monday.source());
            Instant afterMonday = clock.now;
            clock.now = clock.now.plus(Duration.ofDays(1));
            Orders tuesday = monday.copy().set("JOO-1", "QTY", 101).set("JOO-2", "QTY", 102);
            save(tagged("release", "2"), tuesday.source());
            clock.now = clock.now.plus(Duration.ofDays(1));
            Orders wednesday = tuesday.copy().set("JOO-3", "QTY", 103).remove("JOO-4");
            save(wednesday);
            Orders now = wednesday.copy().put("JOO-X", "NEW", 1, null);
            SnapshotReference source = new SnapshotReference.OfSource(now.source());
            SnapshotReference oldest = new SnapshotReference.ByArchive(
                    first.archive().orElseThrow().id());
            for (SnapshotReference before : List.of(
                    new SnapshotReference.AsOf(afterMonday),
                    new SnapshotReference.ById(first.snapshot().id().orElseThrow()),
                    new SnapshotReference.ByTag("release", "1"),
                    new SnapshotReference.DaysBack(2),
                    oldest)) {
                assertCompared(monday, wednesday, before, new SnapshotReference.Current());
                assertCompared(monday, tuesday, before, new SnapshotReference.ByTag("release", "2"));
                assertCompared(monday, tuesday, before, new SnapshotReference.Previous());
                assertCompared(monday, now, before, source);
                assertCompared(now, monday, source, before);
                assertCompared(monday, monday, before, oldest);
            }
            assertCompared(now, now, source, source);
        }

        @Test
        void aSnapshotOfAnotherPartitionIsNotCompared() {
            save(Orders.numbered(5));
            SaveResult other = save(
                    SaveRequest.of(Orders.DATASET, new Partition("GREYSON")),
                    Orders.numbered(5).source());
            SnapshotReference current = new SnapshotReference.Current();
            for (SnapshotReference foreign : List.of(
                    new SnapshotReference.ByArchive(
                            other.archive().orElseThrow().id()),
                    new SnapshotReference.ById(other.snapshot().id().orElseThrow()))) {
                refused("found partition 'GREYSON', expected partition 'ALL'", () -> compare(foreign, current));
                refused("(the request's partition)", () -> compare(current, foreign));
            }
        }

        private void assertCompared(Orders before, Orders after, SnapshotReference earlier, SnapshotReference later) {
            DeltaReport report = compare(earlier, later);
            assertEquals(summary(before, after), report.counts(), earlier + " and " + later);
            assertEquals(
                    expected(before, after),
                    byKey(report.details().orElseThrow().examples()),
                    earlier + " and " + later);
        }

        private static SaveRequest tagged(String name, String value) {
            return SaveRequest.of(Orders.DATASET, Partition.ALL).withTags(Map.of(name, value));
        }

        @Test
        void aTagNamesTheNewestArchiveOfItsPartitionThatHasIt() {
            Orders orders = Orders.numbered(10);
            save(tagged("run", "nightly"), orders.source());
            SaveResult newest = save(
                    tagged("run", "nightly"), orders.set("JOO-1", "QTY", 100).source());
            save(tagged("run", "by hand"), orders.set("JOO-1", "QTY", 101).source());
            save(
                    SaveRequest.of(Orders.DATASET, new Partition("other")).withTags(Map.of("run", "nightly")),
                    orders.source());
            LoadSnapshot load = new LoadSnapshot(environment);
            assertEquals(
                    newest.archive().orElseThrow().id(),
                    load.find(Orders.DATASET, Partition.ALL, new SnapshotReference.ByTag("run", "nightly"))
                            .id());
            refused("run = by hand, nightly", () -> compareWithCurrent(new SnapshotReference.ByTag("run", "weekly")));
            refused("the tags run", () -> compareWithCurrent(new SnapshotReference.ByTag("ran", "nightly")));
            refused(
                    "no archive with a tag",
                    () -> load.find(
                            Orders.DATASET, new Partition("none"), new SnapshotReference.ByTag("run", "nightly")));
        }

        private DeltaReport compareWithCurrent(SnapshotReference before) {
            return compare(before, new SnapshotReference.Current());
        }

        private static DeltaSummary summary(Orders before, Orders after) {
            Map<String, String> changes = expected(before, after);
            long added = count(changes, ChangeKind.NEW);
            long changed = count(changes, ChangeKind.CHANGED);
            return new DeltaSummary(added, changed, after.size() - added - changed, count(changes, ChangeKind.DELETED));
        }
    }

    /** Drift and hash specs. */
    @Nested
    class DriftAndHashSpecs {
        @Test
        void aColumnThatComesAndOneThatGoesAreDriftAndNoChange() {
            Orders before = Orders.numbered(20).column("OLD", ColumnType.TEXT).set("JOO-1", "OLD", "x");
            save(before);
            Orders after = before.copy()
                    .dropColumn("OLD")
                    .column("FRESH", ColumnType.INT32)
                    .set("JOO-2", "FRESH", 7)
                    .set("JOO-3", "QTY", -1);
            for (DeltaReport report : List.of(
                    detect(Orders.DATASET, after, 100),
                    save(
                                    SaveRequest.of(Orders.DATASET, Partition.ALL)
                                            .withDetails(DetailRequest.EXAMPLES),
                                    after.source())
                            .delta()
                            .orElseThrow(),
                    compare(new SnapshotReference.Previous(), new SnapshotReference.Current()))) {
                assertEquals(new DeltaSummary(0, 1, 19, 0), report.counts());
                assertEquals(DeltaBasis.SHARED_COLUMNS, report.basis());
                assertEquals("FRESH", report.drift().added().get(0).name());
                assertEquals("OLD", report.drift().dropped().get(0).name());
                assertEquals(
                        List.of(new ColumnChanges("QTY", 1)),
                        report.details().orElseThrow().columns());
            }
            DeltaReport next = save(after.copy()).delta().orElseThrow();
            assertEquals(DeltaBasis.WHOLE_ROWS, next.basis());
            assertTrue(next.counts().isEmpty());
        }

        @Test
        void aWiderTypeIsDriftWithoutAnyChange() {
            Orders before = Orders.numbered(20);
            save(before);
            Orders after = before.copy().column("QTY", ColumnType.INT64);
            DeltaReport report = save(after).delta().orElseThrow();
            assertEquals(DeltaBasis.WHOLE_ROWS, report.basis());
            assertTrue(report.counts().isEmpty());
            assertTrue(report.drift().retyped().get(0).isComparable());
            assertTrue(report.drift().retyped().get(0).isWidened());
            DeltaReport backwards = compare(new SnapshotReference.Current(), new SnapshotReference.Previous());
            assertTrue(backwards.counts().isEmpty());
            assertTrue(backwards.drift().retyped().get(0).isComparable());
            assertFalse(backwards.drift().retyped().get(0).isWidened());
        }

        @Test
        void driftWithoutAnArchiveIsComparedByWholeRowsAndSaysSo() {
            SaveRequest windowOnly =
                    SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.OFF);
            Orders before = Orders.numbered(20);
            save(windowOnly, before.source());
            Orders after = before.copy().column("FRESH", ColumnType.INT32).set("JOO-2", "FRESH", 7);
            DeltaReport report = detect(Orders.DATASET, after, 100);
            assertEquals(DeltaBasis.WHOLE_ROWS_DESPITE_DRIFT, report.basis());
            assertEquals(new DeltaSummary(0, 1, 19, 0), report.counts());
        }

        @Test
        void rowsHashedByAnotherSpecAreHashedAnewFromTheirArchive() {
            Orders before = Orders.numbered(20);
            save(before);
            HashSpec ignoresNotes = new HashSpec(Map.of("NOTE", ColumnRules.NONE.with(ColumnRules.Flag.IGNORE)));
            Dataset otherSpec = Orders.DATASET.withHashSpec(ignoresNotes);
            Orders after = before.copy().set("JOO-1", "NOTE", "ignored").set("JOO-2", "QTY", 99);
            DeltaReport detected = detect(otherSpec, after, 10);
            assertEquals(DeltaBasis.REHASHED, detected.basis());
            assertEquals(new DeltaSummary(0, 1, 19, 0), detected.counts());
            DeltaReport saved = save(SaveRequest.of(otherSpec, Partition.ALL), after.source())
                    .delta()
                    .orElseThrow();
            assertEquals(detected.counts(), saved.counts());
        }

        @Test
        void rowsHashedByAnotherSpecWithoutAnArchiveAreComparedByKeysAlone() {
            Orders before = Orders.numbered(20);
            save(SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.OFF), before.source());
            Dataset otherSpec = Orders.DATASET.withHashSpec(
                    new HashSpec(Map.of("NOTE", ColumnRules.NONE.with(ColumnRules.Flag.TRIM))));
            DeltaReport report = detect(otherSpec, before.copy().remove("JOO-1"), 10);
            assertEquals(DeltaBasis.KEYS_ONLY, report.basis());
            assertEquals(new DeltaSummary(0, 19, 0, 1), report.counts());
        }
    }

    /** Archive modes, interruptions and recovery. */
    @Nested
    class ModesAndInterruptions {
        @Test
        void withoutAnArchiveARequiredSaveLeavesNothing() {
            save(Orders.numbered(5));
            environment = environment(window, unreachable());
            SnapshotException error = assertThrows(SnapshotException.class, () -> save(Orders.numbered(6)));
            assertEquals(SnapshotException.Kind.UNAVAILABLE, error.kind());
            environment = environment(window, archive);
            assertEquals(5, current().rowCount());
            assertEquals(List.of(), recover());
        }

        @Test
        void withoutAnArchiveABestEffortSaveGoesAheadAndTheNextOneDelivers() {
            save(Orders.numbered(5));
            environment = environment(window, unreachable());
            SaveRequest bestEffort =
                    SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.BEST_EFFORT);
            SaveResult pending = save(bestEffort, Orders.numbered(6).source());
            assertEquals(SaveResult.Outcome.SAVED_ARCHIVE_PENDING, pending.outcome());
            assertEquals(Optional.empty(), current().archiveId());
            environment = environment(window, archive);
            SaveResult next = save(Orders.numbered(7));
            assertEquals(Recovery.Outcome.DELIVERED, next.recovered().get(0).outcome());
            assertEquals(3, archives().size());
            WindowSnapshot delivered = window.find(
                            Orders.DATASET, pending.snapshot().id().orElseThrow())
                    .orElseThrow();
            assertEquals(archives().get(1).id(), delivered.archiveId().orElseThrow());
            TableAssert.assertSameRows(
                    Orders.numbered(6).table(),
                    load(new SnapshotReference.ByArchive(archives().get(1).id())));
        }

        @Test
        void aBestEffortSaveGoesAheadOverDriftWithoutTheArchive() {
            save(Orders.numbered(6));
            environment = environment(window, unreachable());
            Orders drifted =
                    Orders.numbered(6).column("FRESH", ColumnType.INT32).set("JOO-1", "FRESH", 1);
            SaveRequest bestEffort = SaveRequest.of(Orders.DATASET, Partition.ALL)
                    .withArchiveMode(ArchiveMode.BEST_EFFORT)
                    .withDetails(DetailRequest.EXAMPLES);
            DeltaReport delta = save(bestEffort, drifted.source()).delta().orElseThrow();
            assertEquals(DeltaBasis.WHOLE_ROWS_DESPITE_DRIFT, delta.basis());
            assertEquals(new DeltaSummary(0, 1, 5, 0), delta.counts());
            assertEquals(1, delta.details().orElseThrow().examples().size());
        }

        @ParameterizedTest
        @EnumSource(Loss.class)
        void aLostArchiveOfThePastDoesNotKeepThePresentFromBeingSaved(Loss loss) {
            Orders before = Orders.numbered(20);
            save(before);
            environment = environment(window, loss.of(archive));
            Orders same = before.copy().set("JOO-3", "QTY", 999);
            SaveRequest request = SaveRequest.of(Orders.DATASET, Partition.ALL).withDetails(DetailRequest.EXAMPLES);
            DeltaReport changed = save(request, same.source()).delta().orElseThrow();
            assertEquals(new DeltaSummary(0, 1, 19, 0), changed.counts());
            assertEquals(DeltaBasis.WHOLE_ROWS, changed.basis());
            assertTrue(
                    changed.remark().orElseThrow().contains("archive"),
                    changed.remark().get());
            Orders drifted = same.copy().column("FRESH", ColumnType.INT32).set("JOO-2", "FRESH", 7);
            DeltaReport report = save(SaveRequest.of(Orders.DATASET, Partition.ALL), drifted.source())
                    .delta()
                    .orElseThrow();
            assertEquals(DeltaBasis.WHOLE_ROWS_DESPITE_DRIFT, report.basis());
            assertEquals(new DeltaSummary(0, 1, 19, 0), report.counts());
            assertTrue(report.remark().isPresent());
        }

        /** The ways in which an archive is lost. */
        enum Loss {
            /** Its row is deleted. */
            GONE,
            /** Its bytes have changed. */
            DAMAGED;

            ArchiveStore of(ArchiveStore healthy) {
                return (ArchiveStore) Proxy.newProxyInstance(
                        ArchiveStore.class.getClassLoader(),
                        new Class<?>[] {ArchiveStore.class},
                        (proxy, method, arguments) -> {
                            if (this == GONE && method.getName().equals("find")) {
                                return Optional.empty();
                            }
                            if (method.getName().equals("open")) {
                                throw SnapshotException.corrupt("the archive's bytes are damaged")
                                        .build();
                            }
                            return method.invoke(healthy, arguments);
                        });
            }
        }

        /** Dies at every call of every port in turn, before and after it takes effect. */
        @ParameterizedTest
        @EnumSource(ArchiveMode.class)
        void whereverASaveIsCutOffRecoveryBringsItToAllOrNone(ArchiveMode mode) throws IOException {
            Set<String> outcomes = new TreeSet<>();
            for (Crash.Moment moment : Crash.Moment.values()) {
                boolean died = true;
                for (int call = 0; died; call++) {
                    died = cutOff(mode, new Crash(call, moment), outcomes);
                }
            }
            assertTrue(outcomes.contains("all") && outcomes.contains("none"), outcomes.toString());
        }

        private boolean cutOff(ArchiveMode mode, Crash crash, Set<String> outcomes) throws IOException {
            Dataset dataset = Orders.DATASET;
            Orders before = Orders.numbered(20);
            Orders after = before.copy().set("JOO-1", "QTY", 77).put("JOO-N", "NEW", 1, "n");
            environment = environment(window, archive);
            SaveRequest first = SaveRequest.of(dataset, Partition.ALL)
                    .withArchiveMode(mode)
                    .withConsents(Set.of(Consent.MANY_DELETED));
            SaveResult base = save(first, before.source());
            int archivesBefore = archives().size();
            SnapshotId id = SnapshotId.random();
            SaveRequest request = first.withId(id);

            environment = environment(crash.guard(WindowStore.class, window), crash.guard(ArchiveStore.class, archive));
            try {
                save(request, after.source());
            } catch (Crash.Died e) {
                assertTrue(crash.happened());
            }
            environment = environment(window, archive);
            recover();

            boolean all = current().id().equals(Optional.of(id));
            outcomes.add(all ? "all" : "none");
            String where = crash.happened() ? crash.diedAt() : "no crash";
            assertAll(
                    where,
                    () -> assertEquals(all ? 21 : 20, current().rowCount()),
                    () -> assertEquals(
                            all ? Optional.of(id) : base.snapshot().id(),
                            current().id()),
                    () -> assertEquals(
                            all && mode != ArchiveMode.OFF ? archivesBefore + 1 : archivesBefore,
                            archives().size()),
                    () -> assertEquals(
                            all && mode != ArchiveMode.OFF
                                    ? archive.find(id).map(ArchivedSnapshot::id)
                                    : Optional.empty(),
                            window.find(dataset, id).flatMap(WindowSnapshot::archiveId)),
                    () -> assertEquals(List.of(), recover(), "a second recovery finds nothing"));

            SaveResult again = save(request, after.source());
            assertAll(
                    where + ", saved again",
                    () -> assertEquals(
                            all ? SaveResult.Outcome.ALREADY_SAVED : SaveResult.Outcome.SAVED, again.outcome()),
                    () -> assertEquals(Optional.of(id), current().id()),
                    () -> assertEquals(21, current().rowCount()),
                    () -> assertEquals(
                            mode == ArchiveMode.OFF ? archivesBefore : archivesBefore + 1,
                            archives().size()),
                    () -> assertTrue(
                            archives().stream().allMatch(ArchivedSnapshot::published), "an archive without its mark"));
            if (mode != ArchiveMode.OFF) {
                TableAssert.assertSameRows(after.table(), load(new SnapshotReference.ById(id)));
            }
            requireNoScratch();
            return crash.happened();
        }

        /**
         * A commit with a lost answer is neither repeated nor undone before its outcome is asked for by the batch id.
         */
        @Test
        void anArchiveWhoseOutcomeIsUnknownIsResolvedByRecovery() {
            save(Orders.numbered(5));
            ArchiveStore losesAnswers = (ArchiveStore) Proxy.newProxyInstance(
                    ArchiveStore.class.getClassLoader(),
                    new Class<?>[] {ArchiveStore.class},
                    (proxy, method, arguments) -> {
                        Object result = method.invoke(archive, arguments);
                        if (method.getName().equals("store")) {
                            throw SnapshotException.outcomeUnknown("the connection broke during the commit")
                                    .build();
                        }
                        return result;
                    });
            environment = environment(window, losesAnswers);
            SnapshotException error = assertThrows(SnapshotException.class, () -> save(Orders.numbered(6)));
            assertEquals(SnapshotException.Kind.OUTCOME_UNKNOWN, error.kind());
            environment = environment(window, archive);
            List<Recovery> recovered = recover();
            assertEquals(1, recovered.size());
            assertEquals(Recovery.Outcome.FINISHED, recovered.get(0).outcome());
            assertEquals(6, current().rowCount());
        }

        /** The same at the second attempt at a batch id, while the archive answers no question either. */
        @Test
        void anUnknownOutcomeStaysUnknownWhereTheArchiveCannotBeAsked() {
            SaveRequest request = SaveRequest.of(Orders.DATASET, Partition.ALL);
            refused("the snapshot is empty", () -> save(request, new Orders().source()));
            AtomicBoolean broken = new AtomicBoolean();
            ArchiveStore breaks = (ArchiveStore) Proxy.newProxyInstance(
                    ArchiveStore.class.getClassLoader(),
                    new Class<?>[] {ArchiveStore.class},
                    (proxy, method, arguments) -> {
                        if (broken.get()) {
                            throw SnapshotException.unavailable("the archive is down")
                                    .build();
                        }
                        Object result = method.invoke(archive, arguments);
                        if (method.getName().equals("store")) {
                            broken.set(true);
                            throw SnapshotException.outcomeUnknown("the connection broke during the commit")
                                    .build();
                        }
                        return result;
                    });
            environment = environment(window, breaks);
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> save(request, Orders.numbered(6).source()));
            assertEquals(SnapshotException.Kind.OUTCOME_UNKNOWN, error.kind());
            environment = environment(window, archive);
            assertEquals(Recovery.Outcome.FINISHED, recover().get(0).outcome());
            assertEquals(6, current().rowCount());
            assertEquals(2, current().attempt());
        }

        @Test
        void anInterruptedSaveIsUndoneOnceANewerOneWasPublished() {
            save(Orders.numbered(5));
            environment = environment(dyingAtPublish(), archive);
            SaveRequest request = SaveRequest.of(Orders.DATASET, Partition.ALL);
            assertThrows(
                    Crash.Died.class, () -> save(request, Orders.numbered(6).source()));
            environment = environment(window, archive);
            assertEquals(Recovery.Outcome.FINISHED, recover().get(0).outcome());
            assertEquals(6, current().rowCount());
        }

        @Test
        void aPartitionWhoseFirstSaveWasCutOffIsRecoveredWithoutBeingNamed() {
            Partition fresh = new Partition("FRESH");
            environment = environment(dyingAtPublish(), archive);
            SaveRequest request = SaveRequest.of(Orders.DATASET, fresh);
            Orders orders = new Orders().put("JOO-1", "FRESH", 1, null);
            assertThrows(Crash.Died.class, () -> save(request, orders.source()));
            environment = environment(window, archive);
            assertEquals(List.of(), window.snapshots(Orders.DATASET, Optional.of(fresh)));
            assertEquals(
                    List.of(Recovery.Outcome.FINISHED),
                    new RecoverSnapshots(environment)
                            .recover(Orders.DATASET, Duration.ZERO).stream()
                                    .map(Recovery::outcome)
                                    .toList());
            assertEquals(1, window.snapshots(Orders.DATASET, Optional.of(fresh)).size());
            assertEquals(List.of(), new RecoverSnapshots(environment).recover(Orders.DATASET, Duration.ZERO));
        }
    }

    /** A writer that has lost its partition. */
    @Nested
    class LostPartition {
        /**
         * The first writer's session ends after it has sealed. Another recovery undoes its snapshot, and only then the
         * writer commits its archive.
         */
        @Test
        void aWriterThatLostItsPartitionLeavesNoArchive() {
            save(Orders.numbered(5));
            SnapshotId id = SnapshotId.random();
            SaveRequest request = SaveRequest.of(Orders.DATASET, Partition.ALL).withId(id);
            environment = environment(window, before("store", () -> {
                loseLock();
                assertEquals(Recovery.Outcome.UNDONE, recoverElsewhere().get(0).outcome());
            }));
            SnapshotException lost = assertThrows(
                    SnapshotException.class,
                    () -> save(request, Orders.numbered(6).source()));
            assertEquals(SnapshotException.Kind.CONFLICT, lost.kind());
            environment = environment(window, archive);
            assertNothingLeftOf(id);
            assertEquals(List.of(), recover());
            SaveResult again = save(request, Orders.numbered(7).source());
            assertEquals(SaveResult.Outcome.SAVED, again.outcome(), "a batch id that was undone may be saved again");
            assertEquals(7, current().rowCount());
            assertEquals(2, current().attempt());
            assertEquals(current().archiveId(), archive.find(id).map(ArchivedSnapshot::id));
            assertEquals(2, archives().size());
        }

        /** The same, and the process dies as soon as the archive is committed. */
        @Test
        void anOrphanedArchiveIsNoPastStateAndIsRemovedByRecovery() {
            save(Orders.numbered(5));
            SnapshotId id = orphan(Orders.numbered(6));
            ArchivedSnapshot orphan = archive.find(id).orElseThrow();
            assertEquals(
                    archives().get(1).id(),
                    new LoadSnapshot(environment)
                            .find(Orders.DATASET, Partition.ALL, new SnapshotReference.AsOf(orphan.date()))
                            .id(),
                    "no date names it");
            assertThrows(
                    SnapshotException.class,
                    () -> new LoadSnapshot(environment)
                            .find(Orders.DATASET, Partition.ALL, new SnapshotReference.ById(id)));
            List<Recovery> recovered = new RecoverSnapshots(environment).recover(Orders.DATASET, Duration.ZERO);
            assertEquals(
                    List.of(id + " UNDONE"),
                    recovered.stream()
                            .map(recovery -> recovery.id() + " " + recovery.outcome())
                            .toList());
            assertNothingLeftOf(id);
            assertEquals(List.of(), new RecoverSnapshots(environment).recover(Orders.DATASET, Duration.ZERO));
        }

        @Test
        void anOrphanedArchiveCountsForNothing() {
            for (int day = 0; day < 3; day++) {
                save(Orders.numbered(5 + day));
                clock.now = clock.now.plus(Duration.ofDays(10));
            }
            SnapshotId id = orphan(Orders.numbered(9));
            ArchivedSnapshot orphan = archive.find(id).orElseThrow();
            List<ArchivedSnapshot> states = archives().stream()
                    .filter(each -> !each.id().equals(orphan.id()))
                    .toList();
            assertEquals(3, states.size());
            SnapshotCatalogue catalogue = new SnapshotCatalogue(environment);
            assertEquals(Set.of(orphan.id()), catalogue.orphans(Orders.DATASET, Optional.empty()));
            assertEquals(Set.of(orphan.id()), catalogue.orphans(Orders.DATASET, Optional.of(Partition.ALL)));
            assertEquals(Set.of(), catalogue.orphans(Orders.DATASET, Optional.of(new Partition("EAST"))));
            PartitionStatistics statistics =
                    catalogue.statistics(Orders.DATASET, Optional.empty()).get(0);
            assertEquals(3, statistics.archives());
            assertEquals(Optional.of(states.get(0).date()), statistics.newestArchive());
            assertEquals(
                    3,
                    new SnapshotTrends(environment)
                                    .periods(
                                            ArchiveQuery.of(Orders.DATASET.name()),
                                            TrendStep.MONTH,
                                            catalogue.orphans(Orders.DATASET, Optional.empty()))
                                    .stream()
                                    .mapToLong(TrendPeriod::archives)
                                    .sum());
            clock.now = clock.now.plus(Duration.ofDays(100));
            RetentionPlan plan = new CleanUpSnapshots(environment)
                    .plan(Orders.DATASET, Optional.empty(), RetentionRule.ofAge(1, 15));
            assertEquals(
                    List.of(states.get(2).id()),
                    plan.removals().stream().map(ArchivedSnapshot::id).toList(),
                    "the newest two stay beside the orphan");
            assertTrue(plan.archives().get(0).rules().get(0).startsWith("orphaned"), plan::toString);
            assertEquals(orphan.id(), plan.archives().get(0).archive().id());
        }

        @Test
        void recoveryOfAPartitionSweepsTheWindowAsThatOfAllDoes() {
            save(Orders.numbered(5));
            List<String> calls = new ArrayList<>();
            WindowStore counting = (WindowStore) Proxy.newProxyInstance(
                    WindowStore.class.getClassLoader(),
                    new Class<?>[] {WindowStore.class},
                    (proxy, method, arguments) -> {
                        calls.add(method.getName());
                        try {
                            return method.invoke(window, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
            RecoverSnapshots recovery = new RecoverSnapshots(environment(counting, archive));
            recovery.recover(Orders.DATASET, Duration.ZERO);
            assertTrue(calls.remove("sweep"), calls::toString);
            calls.clear();
            recovery.recover(Orders.DATASET, List.of(Partition.ALL), Duration.ZERO);
            assertTrue(calls.contains("sweep"), calls::toString);
        }

        @Test
        void theNextSaveOfThePartitionRemovesAnOrphanedArchive() {
            save(Orders.numbered(5));
            SnapshotId id = orphan(Orders.numbered(6));
            save(Orders.numbered(8));
            assertNothingLeftOf(id);
            assertEquals(2, archives().size());
        }

        /**
         * The first attempt's archive exists, with other rows and another date, when the second attempt archives its
         * own.
         */
        @Test
        void theNextAttemptAtABatchIdReplacesTheArchiveOfOneThatWasUndone() {
            save(Orders.numbered(5));
            SnapshotId id = orphan(Orders.numbered(6));
            SaveRequest request = SaveRequest.of(Orders.DATASET, Partition.ALL).withId(id);
            assertEquals(
                    SaveResult.Outcome.SAVED,
                    save(request, Orders.numbered(7).source()).outcome());
            assertSecondAttempt(id);
        }

        /** The first attempt commits its archive just before the second one does. */
        @Test
        void anAttemptThatIsOvertakenByAnUndoneOneStillArchivesItsOwn() {
            save(Orders.numbered(5));
            SnapshotId id = SnapshotId.random();
            SaveRequest request = SaveRequest.of(Orders.DATASET, Partition.ALL).withId(id);
            List<ArchiveSubmission> late = new ArrayList<>();
            environment = environment(window, beforeStore(submission -> {
                late.add(kept(submission));
                loseLock();
                recoverElsewhere();
                throw new Crash.Died("before the archive is stored");
            }));
            assertThrows(
                    Crash.Died.class, () -> save(request, Orders.numbered(6).source()));
            environment = environment(window, beforeStore(submission -> archive.store(late.get(0))));
            assertEquals(
                    SaveResult.Outcome.SAVED,
                    save(request, Orders.numbered(7).source()).outcome());
            environment = environment(window, archive);
            assertSecondAttempt(id);
        }

        /**
         * The second attempt has published when the first one stores its archive. The first one gets a conflict and
         * changes nothing.
         */
        @Test
        void anUndoneAttemptThatComesTooLateLeavesTheNextOneAlone() {
            save(Orders.numbered(5));
            SnapshotId id = SnapshotId.random();
            SaveRequest request = SaveRequest.of(Orders.DATASET, Partition.ALL).withId(id);
            SnapshotEnvironment second = environment(window, archive);
            environment = environment(window, before("store", () -> {
                loseLock();
                recoverElsewhere();
                assertEquals(
                        SaveResult.Outcome.SAVED,
                        new SaveSnapshot(second)
                                .save(request, Orders.numbered(7).source())
                                .outcome());
            }));
            SnapshotException lost = assertThrows(
                    SnapshotException.class,
                    () -> save(request, Orders.numbered(6).source()));
            assertEquals(SnapshotException.Kind.CONFLICT, lost.kind());
            environment = second;
            assertSecondAttempt(id);
        }

        private void assertSecondAttempt(SnapshotId id) {
            assertEquals(7, current().rowCount());
            assertEquals(Optional.of(id), current().id());
            assertEquals(2, current().attempt());
            ArchivedSnapshot stored = archive.find(id).orElseThrow();
            assertEquals(2, stored.attempt());
            assertEquals(current().archiveId(), Optional.of(stored.id()));
            assertEquals(current().date(), stored.date());
            assertEquals(current().fingerprint(), stored.fingerprint());
            assertEquals(2, archives().size());
            assertEquals(List.of(), recover());
            assertEquals(List.of(), new RecoverSnapshots(environment).recover(Orders.DATASET, Duration.ZERO));
        }

        private void assertNothingLeftOf(SnapshotId id) {
            assertEquals(Optional.empty(), archive.find(id));
            assertEquals(
                    SnapshotState.UNDONE,
                    window.find(Orders.DATASET, id).orElseThrow().state());
            assertEquals(
                    Set.of(Optional.of(Tombstone.NEVER_PUBLISHED)),
                    archive.tombstones(id).stream().map(Tombstone::reason).collect(Collectors.toSet()));
        }

        private ArchiveStore beforeStore(Consumer<ArchiveSubmission> event) {
            return before("store", arguments -> event.accept((ArchiveSubmission) arguments[0]));
        }
    }

    /** Batch ids that were saved before. */
    @Nested
    class BatchIdsSavedBefore {
        @Test
        void aBatchIdThatHasLeftTheWindowIsSaved() {
            SnapshotId id = SnapshotId.random();
            SaveRequest request = SaveRequest.of(Orders.DATASET, Partition.ALL).withId(id);
            SaveResult first = save(request, Orders.numbered(5).source());
            for (int rows = 6; rows < 9; rows++) {
                save(Orders.numbered(rows));
            }
            for (Orders orders : List.of(Orders.numbered(5), Orders.numbered(9))) {
                SaveResult again = save(request, orders.source());
                assertEquals(SaveResult.Outcome.ALREADY_SAVED, again.outcome());
                assertEquals(SnapshotState.REMOVED, again.snapshot().state());
                assertEquals(
                        first.archive().map(ArchivedSnapshot::id),
                        again.archive().map(ArchivedSnapshot::id));
            }
            assertEquals(8, current().rowCount());
            assertEquals(4, archives().size());
        }

        /**
         * As after a restore of the window's database from a backup, or a ledger from before removed snapshots stayed
         * in it.
         */
        @Test
        void aBatchIdThatOnlyTheArchiveKnowsIsNotTakenForANewOne() {
            SaveRequest older = SaveRequest.of(Orders.DATASET, Partition.ALL).withId(SnapshotId.random());
            SaveRequest newer = SaveRequest.of(Orders.DATASET, Partition.ALL).withId(SnapshotId.random());
            WindowStore backup = window();
            save(older, Orders.numbered(5).source());
            environment = environment(backup, archive);
            if (backup.find(Orders.DATASET, older.id()).isPresent()) {
                // The subclass has one window only.
                return;
            }
            save(Orders.numbered(6));
            environment = environment(window, archive);
            save(newer, Orders.numbered(7).source());
            environment = environment(backup, archive);
            assertEquals(
                    SaveResult.Outcome.ALREADY_SAVED,
                    save(older, Orders.numbered(5).source()).outcome());
            SnapshotException ahead = assertThrows(
                    SnapshotException.class,
                    () -> save(newer, Orders.numbered(7).source()));
            assertEquals(SnapshotException.Kind.CONFLICT, ahead.kind());
            assertTrue(ahead.nextStep().orElseThrow().contains("another batch id"), ahead.getMessage());
            archive.remove(List.of(archive.find(newer.id()).orElseThrow().id()), "clean-up");
            assertEquals(
                    SnapshotException.Kind.CONFLICT,
                    assertThrows(
                                    SnapshotException.class,
                                    () -> save(newer, Orders.numbered(7).source()))
                            .kind(),
                    "its tombstone says that it was published");
            assertEquals(
                    6,
                    backup.findCurrent(Orders.DATASET, Partition.ALL)
                            .orElseThrow()
                            .rowCount());
        }

        @Test
        void aSaveWithoutAnArchiveAsksItForABatchIdWhereThatIsPossible() {
            SaveRequest request = SaveRequest.of(Orders.DATASET, Partition.ALL)
                    .withId(SnapshotId.random())
                    .withArchiveMode(ArchiveMode.OFF);
            WindowStore restored = window();
            save(
                    request.withArchiveMode(ArchiveMode.REQUIRED),
                    Orders.numbered(5).source());
            environment = environment(restored, archive);
            if (restored.find(Orders.DATASET, request.id()).isPresent()) {
                // The subclass has one window only.
                return;
            }
            SnapshotException taken = assertThrows(
                    SnapshotException.class,
                    () -> save(request, Orders.numbered(6).source()));
            assertEquals(SnapshotException.Kind.CONFLICT, taken.kind());
            environment = environment(restored, unreachable());
            assertEquals(
                    SaveResult.Outcome.SAVED,
                    save(request, Orders.numbered(6).source()).outcome());
        }

        /**
         * A window that was restored from a backup took a batch id again while the archive, which has this id, could
         * not be reached.
         */
        @Test
        void aFileWhoseBatchIdTheArchiveHasIsRefusedAndUndoEndsThat() throws IOException {
            SaveRequest request = bestEffort().withId(SnapshotId.random());
            WindowStore restored = window();
            save(request, Orders.numbered(5).source());
            ArchivedSnapshot stored = archive.find(request.id()).orElseThrow();
            environment = environment(restored, unreachable());
            if (restored.find(Orders.DATASET, request.id()).isPresent()) {
                // The subclass has one window only.
                return;
            }
            save(request, Orders.numbered(6).source());
            environment = environment(restored, archive);
            for (int times = 0; times < 2; times++) {
                List<Recovery> recovered = recover();
                assertEquals(
                        List.of(Recovery.Outcome.REFUSED),
                        recovered.stream().map(Recovery::outcome).toList());
                String reason = recovered.get(0).reason();
                assertTrue(reason.contains("archive " + stored.id() + " of"), reason);
                assertTrue(reason.contains("undo it") && reason.contains(".entry"), reason);
            }
            UndoPlan plan = new UndoSnapshot(environment).plan(Orders.DATASET, Partition.ALL);
            assertEquals(Optional.empty(), plan.archive(), "the archive is another snapshot's");
            assertTrue(plan.waiting());
            new UndoSnapshot(environment).apply(Orders.DATASET, Partition.ALL, plan.digest(), Duration.ZERO);
            assertEquals(List.of(), outboxFiles());
            assertEquals(List.of(), recover());
            assertEquals(Optional.of(stored), archive.find(request.id()), "it is no orphan");
            SnapshotException taken = assertThrows(
                    SnapshotException.class,
                    () -> save(request, Orders.numbered(6).source()));
            assertEquals(SnapshotException.Kind.CONFLICT, taken.kind());
            assertEquals(
                    SaveResult.Outcome.SAVED,
                    save(bestEffort(), Orders.numbered(6).source()).outcome());
            assertEquals(2, archives().size());
        }
    }

    /** Dates and clocks. */
    @Nested
    class DatesAndClocks {
        @Test
        void aDateInTheFutureIsRefusedUnlessItIsMeant() {
            save(Orders.numbered(5));
            SaveRequest soon = SaveRequest.of(Orders.DATASET, Partition.ALL).withDate(clock.now.plusSeconds(60 + 299));
            assertEquals(
                    SaveResult.Dating.GIVEN,
                    save(soon, Orders.numbered(6).source()).dating());
            Instant far = Instant.parse("9999-01-01T00:00:00Z");
            SaveRequest request = SaveRequest.of(Orders.DATASET, Partition.ALL).withDate(far);
            refused("future", () -> save(request, Orders.numbered(7).source()));
            assertEquals(6, current().rowCount());
            SaveResult meant = save(
                    request.withConsents(Set.of(Consent.FUTURE_DATE)),
                    Orders.numbered(7).source());
            assertEquals(far, meant.snapshot().date());
            assertTrue(meant.remarks().stream().anyMatch(remark -> remark.contains("in the future")), meant.toString());
            SaveResult after = save(Orders.numbered(8));
            assertEquals(SaveResult.Dating.AFTER_CURRENT, after.dating());
            assertEquals(far.plusNanos(1_000), after.snapshot().date());
            assertTrue(after.remarks().stream().anyMatch(remark -> remark.contains("went back")), after.toString());
        }

        @Test
        void aClockFarAheadOfTheWindowsServerIsRefusedUnlessTheDateIsMeant() {
            clock.now = Instant.now().plus(Duration.ofDays(365));
            refused("clock", () -> save(Orders.numbered(5)));
            assertEquals(Optional.empty(), window.findCurrent(Orders.DATASET, Partition.ALL));
            assertEquals(List.of(), archives());
            SaveResult meant = save(
                    SaveRequest.of(Orders.DATASET, Partition.ALL).withConsents(Set.of(Consent.FUTURE_DATE)),
                    Orders.numbered(5).source());
            assertTrue(meant.remarks().stream().anyMatch(remark -> remark.contains("clock")), meant.toString());
        }
    }

    /** Taking back. */
    @Nested
    class TakingBack {
        @Test
        void anUndoTakesTheNewestSnapshotBackInBothStores() {
            save(Orders.numbered(5));
            SaveResult kept = save(Orders.numbered(6));
            SaveResult wrong = save(
                    SaveRequest.of(Orders.DATASET, Partition.ALL)
                            .withDate(Instant.parse("9999-01-01T00:00:00Z"))
                            .withConsents(Set.of(Consent.FUTURE_DATE)),
                    Orders.numbered(7).source());
            UndoSnapshot undo = new UndoSnapshot(environment);
            UndoPlan plan = undo.plan(Orders.DATASET, Partition.ALL);
            assertEquals(wrong.snapshot(), plan.snapshot());
            assertEquals(wrong.archive(), plan.archive());
            assertEquals(kept.snapshot().id(), plan.predecessor().flatMap(WindowSnapshot::id));
            assertEquals(7, current().rowCount(), "a plan changes nothing");
            assertEquals(
                    SnapshotException.Kind.CONFLICT,
                    assertThrows(
                                    SnapshotException.class,
                                    () -> undo.apply(Orders.DATASET, Partition.ALL, "0".repeat(64), Duration.ZERO))
                            .kind());
            assertEquals(7, current().rowCount());
            undo.apply(Orders.DATASET, Partition.ALL, plan.digest(), Duration.ZERO);
            assertEquals(kept.snapshot().id(), current().id());
            assertEquals(SnapshotState.CURRENT, current().state());
            assertEquals(2, archives().size());
            assertEquals(
                    List.of(Optional.of(Tombstone.TAKEN_BACK)),
                    archive.tombstones(wrong.snapshot().id().orElseThrow()).stream()
                            .map(Tombstone::reason)
                            .toList());
            DeltaReport delta = detect(Orders.DATASET, Orders.numbered(7), 0);
            assertEquals(new DeltaSummary(1, 0, 6, 0), delta.counts());
            SaveResult again = save(
                    SaveRequest.of(Orders.DATASET, Partition.ALL)
                            .withId(wrong.snapshot().id().orElseThrow()),
                    Orders.numbered(7).source());
            assertEquals(SaveResult.Outcome.SAVED, again.outcome());
            assertEquals(SaveResult.Dating.NOW, again.dating());
            assertEquals(clock.now, again.snapshot().date());
            assertEquals(List.of(), recover());
        }

        /** Several wrong snapshots in a row, more than the window keeps. */
        @Test
        void undosGoBackBeyondTheWindow() {
            List<SaveResult> saved = new ArrayList<>();
            for (int rows = 5; rows < 9; rows++) {
                saved.add(save(Orders.numbered(rows)));
            }
            for (int left = 3; left > 0; left--) {
                UndoPlan plan = new UndoSnapshot(environment).plan(Orders.DATASET, Partition.ALL);
                assertEquals(
                        saved.get(left - 1).snapshot().id(), plan.predecessor().flatMap(WindowSnapshot::id));
                assertEquals(left < 3, plan.leavesRowsToArchive());
                new UndoSnapshot(environment).apply(Orders.DATASET, Partition.ALL, plan.digest(), Duration.ZERO);
                assertEquals(saved.get(left - 1).snapshot().id(), current().id());
                assertEquals(
                        Optional.of(current().state()),
                        plan.predecessorAfterwards().map(WindowSnapshot::state));
                assertEquals(
                        Optional.of(plan.snapshotAfterwards().state()),
                        window.find(
                                        Orders.DATASET,
                                        saved.get(left).snapshot().id().orElseThrow())
                                .map(WindowSnapshot::state));
            }
            assertEquals(SnapshotState.INCOMPLETE, current().state());
            assertEquals(
                    new DeltaSummary(4, 0, 5, 0),
                    detect(Orders.DATASET, Orders.numbered(9), 5).counts(),
                    "compared with the archive");
            SaveResult next = save(Orders.numbered(9));
            assertEquals(
                    new DeltaSummary(4, 0, 5, 0), next.delta().orElseThrow().counts());
            assertEquals(SnapshotState.CURRENT, current().state());
            assertEquals(2, archives().size());
            UndoPlan first = new UndoSnapshot(environment).plan(Orders.DATASET, Partition.ALL);
            new UndoSnapshot(environment).apply(Orders.DATASET, Partition.ALL, first.digest(), Duration.ZERO);
            UndoPlan last = new UndoSnapshot(environment).plan(Orders.DATASET, Partition.ALL);
            assertEquals(Optional.empty(), last.predecessor());
            new UndoSnapshot(environment).apply(Orders.DATASET, Partition.ALL, last.digest(), Duration.ZERO);
            assertEquals(Optional.empty(), window.findCurrent(Orders.DATASET, Partition.ALL));
            assertEquals(List.of(), archives());
            refused("no snapshot to undo", () -> new UndoSnapshot(environment).plan(Orders.DATASET, Partition.ALL));
        }

        @Test
        void aSnapshotWhoseArchiveIsHeldIsNotTakenBack() {
            save(Orders.numbered(5));
            ArchivedSnapshot held = save(Orders.numbered(6)).archive().orElseThrow();
            archive.holds().orElseThrow().hold(held.id(), new Hold(Optional.of("audit"), "case 7", Optional.empty()));
            SnapshotException error = assertThrows(
                    SnapshotException.class, () -> new UndoSnapshot(environment).plan(Orders.DATASET, Partition.ALL));
            assertEquals(SnapshotException.Kind.CONFLICT, error.kind());
            assertTrue(error.getMessage().contains("case 7"), error.getMessage());
            assertEquals(6, current().rowCount());
        }

        /**
         * An undo that was interrupted between the window and the archive leaves an archive that belongs to no
         * snapshot.
         */
        @Test
        void anUndoThatIsCutOffIsFinishedByTheNextSave() {
            save(Orders.numbered(5));
            SnapshotId wrong = save(Orders.numbered(6)).snapshot().id().orElseThrow();
            environment = environment(window, before("remove", () -> {
                throw new Crash.Died("before the archive is removed");
            }));
            UndoPlan plan = new UndoSnapshot(environment).plan(Orders.DATASET, Partition.ALL);
            assertThrows(
                    Crash.Died.class,
                    () -> new UndoSnapshot(environment)
                            .apply(Orders.DATASET, Partition.ALL, plan.digest(), Duration.ZERO));
            environment = environment(window, archive);
            assertEquals(5, current().rowCount());
            assertTrue(archive.find(wrong).isPresent());
            save(Orders.numbered(7));
            assertEquals(Optional.empty(), archive.find(wrong));
            assertEquals(
                    List.of(Optional.of(Tombstone.TAKEN_BACK)),
                    archive.tombstones(wrong).stream().map(Tombstone::reason).toList());
        }

        @Test
        void anUndoTakesAFileThatWaitsAlong() throws IOException {
            save(Orders.numbered(5));
            environment = environment(window, unreachable());
            save(
                    SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.BEST_EFFORT),
                    Orders.numbered(6).source());
            environment = environment(window, archive);
            UndoPlan plan = new UndoSnapshot(environment).plan(Orders.DATASET, Partition.ALL);
            assertTrue(plan.waiting());
            new UndoSnapshot(environment).apply(Orders.DATASET, Partition.ALL, plan.digest(), Duration.ZERO);
            assertEquals(List.of(), outboxFiles());
            assertEquals(5, current().rowCount());
            assertEquals(List.of(), recover());
            assertEquals(1, archives().size());
        }
    }

    /** Forgetting a dataset. */
    @Nested
    class Forgetting {
        /** A dataset of its own, as the ledger of a forgotten one keeps its entries. */
        private Dataset fresh() {
            return Dataset.of("forgotten_" + SnapshotId.random().toString().substring(0, 8), List.of("ORDER"));
        }

        private void saveTwice(Dataset dataset, Partition partition) {
            for (int rows = 5; rows < 7; rows++) {
                save(SaveRequest.of(dataset, partition), Orders.numbered(rows).source());
            }
        }

        private void forget(Dataset dataset) {
            ForgetDataset forget = new ForgetDataset(environment);
            forget.apply(dataset, forget.plan(dataset).digest(), Duration.ZERO);
        }

        private List<ArchivedSnapshot> archived(Dataset dataset) {
            return archive.list(ArchiveQuery.of(dataset.name()));
        }

        private void requireForgotten(Dataset dataset, String where) {
            VerifyRequest request =
                    VerifyRequest.of(dataset, Set.of(VerificationLevel.CATALOGUE, VerificationLevel.CROSS));
            assertAll(
                    where,
                    () -> assertEquals(List.of(), window.snapshots(dataset, Optional.empty())),
                    () -> assertEquals(List.of(), window.unfinished(dataset)),
                    () -> assertEquals(List.of(), archived(dataset)),
                    () -> assertEquals(
                            List.of(),
                            new RecoverSnapshots(environment).recover(dataset, Duration.ZERO),
                            "a recovery finds nothing"),
                    () -> assertEquals(
                            List.of(),
                            new VerifySnapshots(environment).verify(request).findings()));
        }

        @Test
        void nothingButTombstonesAndEntriesOfTheLedgerIsLeft() {
            Dataset dataset = fresh();
            saveTwice(dataset, Partition.ALL);
            saveTwice(dataset, Partition.ALL);
            saveTwice(dataset, new Partition("GREYSON"));
            saveTwice(Orders.DATASET, Partition.ALL);
            List<WindowSnapshot> others = window.snapshots(Orders.DATASET, Optional.empty());
            List<ArchivedSnapshot> archivesOfOthers = archives();
            List<ArchivedSnapshot> before = archived(dataset);
            assertEquals(6, before.size());
            forget(dataset);
            requireForgotten(dataset, "after the first run");
            assertEquals(
                    before.stream().map(ArchivedSnapshot::id).toList(),
                    archive.tombstones(ArchiveQuery.of(dataset.name())).stream()
                            .map(tombstone -> tombstone.archive().id())
                            .toList());
            for (ArchivedSnapshot removed : before) {
                SnapshotState state = window.find(dataset, removed.snapshotId().orElseThrow())
                        .orElseThrow()
                        .state();
                assertTrue(state == SnapshotState.REMOVED || state == SnapshotState.UNDONE, state.toString());
            }
            assertEquals(others, window.snapshots(Orders.DATASET, Optional.empty()));
            assertEquals(archivesOfOthers, archives());
            forget(dataset);
            SaveResult anew = save(
                    SaveRequest.of(dataset, Partition.ALL), Orders.numbered(4).source());
            assertEquals(DeltaBasis.FIRST_SNAPSHOT, anew.delta().orElseThrow().basis());
        }

        @Test
        void anInterruptedSaveIsForgottenToo() {
            Dataset dataset = fresh();
            saveTwice(dataset, Partition.ALL);
            environment = environment(dyingAtPublish(), archive);
            assertThrows(Crash.Died.class, () -> saveTwice(dataset, Partition.ALL));
            environment = environment(window, archive);
            assertEquals(1, window.unfinished(dataset).size());
            assertEquals(3, archived(dataset).size());
            forget(dataset);
            requireForgotten(dataset, "after an interrupted save");
        }

        @Test
        void rowsThatAnotherProgramDeletedDoNotPreventIt() {
            saveTwice(Orders.DATASET, Partition.ALL);
            assumeTrue(deleteCurrentRows(Orders.DATASET, Partition.ALL, true), "no means to delete rows");
            forget(Orders.DATASET);
            requireForgotten(Orders.DATASET, "after the rows were deleted");
        }

        /** Dies at every call of every port in turn, before and after it takes effect. */
        @Test
        void whereverItIsCutOffTheNextRunFinishesIt() {
            for (Crash.Moment moment : Crash.Moment.values()) {
                boolean died = true;
                for (int call = 0; died; call++) {
                    Dataset dataset = fresh();
                    environment = environment(window, archive);
                    saveTwice(dataset, Partition.ALL);
                    Crash crash = new Crash(call, moment);
                    environment = environment(
                            crash.guard(WindowStore.class, window), crash.guard(ArchiveStore.class, archive));
                    try {
                        forget(dataset);
                    } catch (Crash.Died e) {
                        assertTrue(crash.happened());
                    }
                    died = crash.happened();
                    environment = environment(window, archive);
                    forget(dataset);
                    requireForgotten(dataset, died ? crash.diedAt() : "no crash");
                }
            }
        }

        @Test
        void aRecoveryBetweenTwoRunsIsInNobodysWay() {
            Dataset dataset = fresh();
            saveTwice(dataset, Partition.ALL);
            environment = environment(window, before("remove", () -> {
                throw new Crash.Died("before the archives are removed");
            }));
            assertThrows(Crash.Died.class, () -> forget(dataset));
            environment = environment(window, archive);
            assertEquals(
                    1,
                    new RecoverSnapshots(environment)
                            .recover(dataset, Duration.ZERO)
                            .size());
            assertEquals(1, archived(dataset).size());
            forget(dataset);
            requireForgotten(dataset, "after a recovery in between");
        }
    }

    /** Rows that a foreign statement deleted. */
    @Nested
    class DeletedRows {
        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void deletedRowsOfTheCurrentSnapshotAreComparedWithTheArchive(boolean all) {
            save(Orders.numbered(30));
            SaveResult before = save(Orders.numbered(30).set("JOO-1", "QTY", 999));
            if (!deleteCurrentRows(Orders.DATASET, Partition.ALL, all)) {
                return;
            }
            Orders after = Orders.numbered(30).set("JOO-2", "QTY", 998).set("JOO-1", "QTY", 999);
            DeltaReport detected = detect(Orders.DATASET, after, 5);
            assertEquals(new DeltaSummary(0, 1, 29, 0), detected.counts());
            assertEquals(1, detected.details().orElseThrow().examples().size());
            assertTrue(detected.remark().orElseThrow().contains("are missing from the window"), detected.toString());
            refused("too many rows would be DELETED", () -> save(Orders.numbered(5)));
            assertEquals(
                    new DeltaSummary(0, 1, 29, 0),
                    compare(new SnapshotReference.Current(), new SnapshotReference.OfSource(after.source()))
                            .counts());
            SaveResult saved = save(after);
            assertEquals(
                    new DeltaSummary(0, 1, 29, 0), saved.delta().orElseThrow().counts());
            assertEquals(30, current().rowCount());
            assertEquals(SnapshotState.CURRENT, current().state());
            assertEquals(
                    SnapshotState.REMOVED,
                    window.find(Orders.DATASET, before.snapshot().id().orElseThrow())
                            .orElseThrow()
                            .state());
        }

        @Test
        void deletedRowsWithoutAnArchiveStopASaveUntilTheLossIsAccepted() {
            SaveRequest off = SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.OFF);
            save(off, Orders.numbered(30).source());
            if (!deleteCurrentRows(Orders.DATASET, Partition.ALL, true)) {
                return;
            }
            for (Executable action : List.<Executable>of(
                    () -> save(
                            off.withId(SnapshotId.random()), Orders.numbered(30).source()),
                    () -> detect(Orders.DATASET, Orders.numbered(30), 0))) {
                assertEquals(
                        SnapshotException.Kind.CORRUPT,
                        assertThrows(SnapshotException.class, action).kind());
            }
            SaveRequest accepting = off.withId(SnapshotId.random()).withConsents(Set.of(Consent.LOST_ROWS));
            refused(
                    "too many rows would be lost since the ledger's last snapshot",
                    () -> save(accepting, Orders.numbered(5).source()));
            SaveResult accepted = save(accepting, Orders.numbered(30).source());
            assertEquals(
                    new DeltaSummary(30, 0, 0, 0),
                    accepted.delta().orElseThrow().counts());
        }
    }

    /** Files that wait in the outbox, and their recovery. */
    @Nested
    class OutboxAndRecovery {
        /**
         * Three saves died between their archive and their publishing, and a newer snapshot was published after them.
         */
        @Test
        void anOvertakenSnapshotsArchiveIsRemovedUnlessSomebodyHoldsIt() {
            List<Partition> partitions = List.of(new Partition("HELD"), new Partition("OVER"), new Partition("FREE"));
            List<ArchivedSnapshot> left = new ArrayList<>();
            for (Partition partition : partitions) {
                environment = environment(dyingAtPublish(), archive);
                SnapshotId id = SnapshotId.random();
                SaveRequest request = SaveRequest.of(Orders.DATASET, partition).withId(id);
                assertThrows(
                        Crash.Died.class, () -> save(request, Orders.numbered(6).source()));
                left.add(archive.find(id).orElseThrow());
                publishNewer(partition);
            }
            Hold hold = new Hold(Optional.of("audit"), "case 7", Optional.empty());
            archive.holds().orElseThrow().hold(left.get(0).id(), hold);
            archive.holds()
                    .orElseThrow()
                    .hold(
                            left.get(1).id(),
                            new Hold(Optional.of("audit"), "case 6", Optional.of(LocalDate.parse("2020-01-01"))));
            environment = environment(window, archive);

            List<Recovery> recovered = new RecoverSnapshots(environment).recover(Orders.DATASET, Duration.ZERO);

            assertEquals(
                    left.stream()
                            .map(stored -> stored.snapshotId().orElseThrow() + " UNDONE")
                            .sorted()
                            .toList(),
                    recovered.stream()
                            .map(recovery -> recovery.id() + " " + recovery.outcome())
                            .sorted()
                            .toList());
            assertEquals(
                    List.of(), window.unfinished(Orders.DATASET), "a hold does not keep the partition from its next");
            assertEquals(
                    Optional.of(hold),
                    archive.find(left.get(0).id()).flatMap(ArchivedSnapshot::hold),
                    "what is held stays, and stays held");
            assertEquals(
                    List.of(left.get(0).id()),
                    archives().stream().map(ArchivedSnapshot::id).toList());
            assertEquals(
                    Set.of(left.get(1).id(), left.get(2).id()),
                    archive.tombstones(ArchiveQuery.ALL).stream()
                            .peek(stone -> assertEquals(Optional.of(Tombstone.NEVER_PUBLISHED), stone.reason()))
                            .map(stone -> stone.archive().id())
                            .collect(Collectors.toSet()));
            assertEquals(List.of(), new RecoverSnapshots(environment).recover(Orders.DATASET, Duration.ZERO));
        }

        private void publishNewer(Partition partition) {
            clock.now = clock.now.plusSeconds(60);
            SnapshotId id = SnapshotId.random();
            Schema schema = Orders.numbered(1).schema();
            try (WindowWriter writer =
                    window.openWriter(Orders.DATASET, partition, new WriterRequest("another", Duration.ZERO))) {
                writer.begin(new StagingRequest(
                        id, clock.now, Orders.DATASET.hashSpec().id(), schema));
                writer.seal(id, 0, HashedRows.none().fingerprint());
                writer.publish(id, Optional.empty(), 2);
            }
        }

        @Test
        void aSaveThatIsAliveKeepsNoOtherPartitionFromBeingRecovered() {
            Partition cut = new Partition("CUT");
            environment = environment(dyingAtPublish(), archive);
            SaveRequest request = SaveRequest.of(Orders.DATASET, cut);
            assertThrows(
                    Crash.Died.class,
                    () -> save(
                            request, new Orders().put("JOO-1", "CUT", 1, null).source()));
            environment = environment(window, archive);
            SnapshotId alive = SnapshotId.random();
            try (WindowWriter writer = window.openWriter(
                    Orders.DATASET, new Partition("ALIVE"), new WriterRequest("somebody", Duration.ZERO))) {
                writer.begin(new StagingRequest(
                        alive,
                        Instant.parse("2026-09-27T10:00:00Z"),
                        Orders.DATASET.hashSpec().id(),
                        Orders.numbered(1).schema()));
                Map<Partition, Recovery.Outcome> outcomes = new HashMap<>();
                new RecoverSnapshots(environment)
                        .recover(Orders.DATASET, Duration.ZERO)
                        .forEach(recovery -> outcomes.put(recovery.partition(), recovery.outcome()));
                assertEquals(
                        Map.of(cut, Recovery.Outcome.FINISHED, new Partition("ALIVE"), Recovery.Outcome.PENDING),
                        outcomes);
            }
            assertEquals(
                    Recovery.Outcome.UNDONE,
                    new RecoverSnapshots(environment)
                            .recover(Orders.DATASET, Duration.ZERO)
                            .get(0)
                            .outcome());
        }

        /** The remnant of a process that dies while it puts a file into the outbox. */
        @Test
        void aFileThatWasNotWhollyPutIntoTheOutboxIsUndoneWithItsSnapshot() throws IOException {
            save(Orders.numbered(5));
            SaveRequest bestEffort =
                    SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.BEST_EFFORT);
            environment = environment(dyingAtPublish(), unreachable());
            assertThrows(
                    Crash.Died.class, () -> save(bestEffort, Orders.numbered(6).source()));
            List<Path> files = outboxFiles();
            assertEquals(1, files.size());
            Path entry = files.get(0);
            Files.move(
                    entry, entry.resolveSibling(entry.getFileName().toString().replace(".entry", ".unfinished")));
            environment = environment(window, archive);
            new RecoverSnapshots(environment).recover(Orders.DATASET, List.of(), Duration.ZERO);
            assertEquals(1, outboxFiles().size(), "its save may be alive");
            List<Recovery> recovered = recover();
            assertEquals(
                    List.of(Recovery.Outcome.UNDONE),
                    recovered.stream().map(Recovery::outcome).toList());
            assertEquals(List.of(), outboxFiles());
            assertEquals(5, current().rowCount());
            assertEquals(List.of(), recover());
        }

        /** The outbox is a machine's own: another machine's recovery does not see the file and undoes the save. */
        @Test
        void aFileOfASaveThatAnotherMachineHasUndoneBecomesNoArchive() throws IOException {
            save(Orders.numbered(5));
            SaveRequest bestEffort =
                    SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.BEST_EFFORT);
            environment = environment(dyingAtPublish(), unreachable());
            assertThrows(
                    Crash.Died.class, () -> save(bestEffort, Orders.numbered(6).source()));
            SnapshotEnvironment another = new SnapshotEnvironment(
                    window, archive, codec(), directory.resolve("another"), clock, "another", 16);
            assertEquals(
                    List.of(Recovery.Outcome.UNDONE),
                    new RecoverSnapshots(another)
                            .recover(Orders.DATASET, Duration.ZERO).stream()
                                    .map(Recovery::outcome)
                                    .toList());
            environment = environment(window, archive);
            List<Recovery> recovered = recover();
            assertEquals(
                    List.of(Recovery.Outcome.UNDONE),
                    recovered.stream().map(Recovery::outcome).toList());
            assertEquals(List.of(), outboxFiles());
            assertEquals(1, archives().size());
            assertEquals(List.of(), recover());
        }

        /**
         * A published snapshot leaves the window only after all older ones. Its file is the only copy of that part of
         * the history.
         */
        @Test
        void aFileOfASnapshotThatHasLeftTheWindowSinceIsDelivered() throws IOException {
            save(Orders.numbered(5));
            environment = environment(window, unreachable());
            SaveRequest bestEffort =
                    SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.BEST_EFFORT);
            save(bestEffort, Orders.numbered(6).source());
            publishNewer(Partition.ALL);
            publishNewer(Partition.ALL);
            environment = environment(window, archive);
            List<Recovery> recovered = recover();
            assertEquals(
                    List.of(Recovery.Outcome.DELIVERED),
                    recovered.stream().map(Recovery::outcome).toList());
            assertEquals(List.of(), outboxFiles());
            assertEquals(2, archives().size());
        }

        /**
         * A waiting file is an archive's only copy. Files become archives in the order of their dates, and the chain
         * shows this order.
         */
        @Test
        void filesThatWaitAreDeliveredInTheOrderOfTheirDates() {
            environment = environment(window, unreachable());
            List<Instant> dates = new ArrayList<>();
            for (int rows = 5; rows < 17; rows++) {
                dates.add(save(bestEffort(), Orders.numbered(rows).source())
                        .snapshot()
                        .date());
            }
            environment = environment(window, archive);
            List<Recovery> recovered = recover();
            assertEquals(dates.size(), recovered.size());
            assertEquals(
                    dates,
                    archives().stream()
                            .sorted(Comparator.comparing(
                                    stored -> stored.link().orElseThrow().number()))
                            .map(ArchivedSnapshot::date)
                            .toList());
        }

        /** A store that is down is called once, not once a file. */
        @Test
        void whileTheArchiveIsDownTheFirstFileIsTriedAndAllStayPending() {
            environment = environment(window, unreachable());
            for (int rows = 5; rows < 8; rows++) {
                save(bestEffort(), Orders.numbered(rows).source());
            }
            List<String> calls = new ArrayList<>();
            ArchiveStore counting = (ArchiveStore) Proxy.newProxyInstance(
                    ArchiveStore.class.getClassLoader(),
                    new Class<?>[] {ArchiveStore.class},
                    (proxy, method, arguments) -> {
                        calls.add(method.getName());
                        throw SnapshotException.unavailable("the archive cannot be reached")
                                .build();
                    });
            environment = environment(window, counting);
            List<Recovery> recovered = recover();
            assertEquals(3, recovered.size());
            assertTrue(recovered.stream().allMatch(each -> each.outcome() == Recovery.Outcome.PENDING));
            assertEquals(List.of("store"), calls);
        }

        /** Each kind of damage stops neither a save of its own dataset, nor anything of another one. */
        @ParameterizedTest
        @ValueSource(strings = {"description", "rows", "cut", "directory"})
        void aDamagedFileIsToldAndStopsNothingElse(String damage) throws IOException {
            save(Orders.numbered(5));
            SaveRequest bestEffort =
                    SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.BEST_EFFORT);
            environment = environment(window, unreachable());
            SnapshotId id = save(bestEffort, Orders.numbered(6).source())
                    .snapshot()
                    .id()
                    .orElseThrow();
            Path file = outboxFiles().get(0);
            byte[] bytes = Files.readAllBytes(file);
            switch (damage) {
                case "description" -> bytes[bytes.length - 60] ^= 1;
                case "rows" -> bytes[10] ^= 1;
                case "cut" -> bytes = Arrays.copyOf(bytes, bytes.length - 1);
                default -> Files.delete(file);
            }
            if (damage.equals("directory")) {
                Files.createDirectory(file);
            } else {
                Files.write(file, bytes);
            }
            environment = environment(window, archive);
            SaveResult next = save(Orders.numbered(7));
            assertEquals(SaveResult.Outcome.SAVED, next.outcome());
            assertEquals(
                    List.of(id + " DAMAGED"),
                    next.recovered().stream()
                            .map(each -> each.id() + " " + each.outcome())
                            .toList());
            Recovery told = recover().get(0);
            assertEquals(Recovery.Outcome.DAMAGED, told.outcome());
            assertTrue(told.reason().contains(file.toString()), told.reason());
            assertTrue(Files.exists(file), "its rows are nowhere else");
            Dataset other = Dataset.of("another", List.of("JOO"));
            assertEquals(List.of(), new RecoverSnapshots(environment).recover(other, Duration.ZERO));
            Files.delete(file);
            assertEquals(List.of(), recover());
        }

        /** If the snapshot were published although its waiting file is damaged, it would never have an archive. */
        @Test
        void aCutOffSaveWhoseWaitingFileIsDamagedIsUndone() throws IOException {
            save(Orders.numbered(5));
            SaveRequest bestEffort =
                    SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.BEST_EFFORT);
            environment = environment(dyingAtPublish(), unreachable());
            assertThrows(
                    Crash.Died.class, () -> save(bestEffort, Orders.numbered(6).source()));
            Path file = outboxFiles().get(0);
            byte[] bytes = Files.readAllBytes(file);
            bytes[10] ^= 1;
            Files.write(file, bytes);
            environment = environment(window, archive);
            List<Recovery> recovered = recover();
            assertEquals(
                    List.of(Recovery.Outcome.UNDONE),
                    recovered.stream().map(Recovery::outcome).toList());
            assertTrue(
                    recovered.get(0).reason().contains("damaged"),
                    recovered.get(0).reason());
            assertEquals(5, current().rowCount());
            assertEquals(List.of(), outboxFiles());
        }

        @Test
        void aSaveThatCannotEvenKeepItsFileForLaterLeavesNothing() throws IOException {
            save(Orders.numbered(5));
            Files.writeString(directory.resolve("work").resolve("outbox"), "in the way");
            environment = environment(window, unreachable());
            SaveRequest bestEffort =
                    SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.BEST_EFFORT);
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> save(bestEffort, Orders.numbered(6).source()));
            assertEquals(SnapshotException.Kind.UNAVAILABLE, error.kind());
            assertTrue(error.getMessage().contains("outbox"), error.getMessage());
            assertEquals(List.of(), window.unfinished(Orders.DATASET));
            assertEquals(5, current().rowCount());
        }
    }

    /** Catalogue, statistics and clean-up. */
    @Nested
    class CatalogueAndCleanUp {
        @Test
        void statisticsCountWhatBothStoresHold() {
            save(Orders.numbered(10));
            save(Orders.numbered(12));
            save(Orders.numbered(14));
            PartitionStatistics statistics = new SnapshotCatalogue(environment)
                    .statistics(Orders.DATASET, Optional.empty())
                    .get(0);
            assertEquals(Partition.ALL, statistics.partition());
            assertEquals(2, statistics.windowSnapshots());
            assertEquals(26, statistics.windowRows());
            assertEquals(3, statistics.archives());
            assertEquals(archives().stream().mapToLong(ArchivedSnapshot::size).sum(), statistics.archivedBytes());
            assertEquals(Optional.of(current().date()), statistics.newestArchive());
        }

        @Test
        void aCleanUpRemovesWhatItsDryRunSaidAndNeverTheNewestTwo() {
            Orders orders = Orders.numbered(10);
            for (int day = 0; day < 6; day++) {
                save(orders.set("JOO-1", "QTY", 500 + day));
                clock.now = clock.now.plus(Duration.ofDays(10));
            }
            RetentionRule rule = RetentionRule.ofAge(1, 15);
            CleanUpSnapshots cleanUp = new CleanUpSnapshots(environment);
            RetentionPlan plan = cleanUp.plan(Orders.DATASET, Optional.empty(), rule);
            assertEquals(6, archives().size());
            assertEquals(4, plan.removals().size());
            assertEquals(1, plan.windowSnapshots().size());
            SnapshotException refused = assertThrows(
                    SnapshotException.class,
                    () -> cleanUp.apply(Orders.DATASET, Optional.empty(), RetentionRule.ofAge(1, 16), plan.digest()));
            assertEquals(SnapshotException.Kind.CONFLICT, refused.kind());
            assertEquals(6, archives().size());
            assertEquals(2, window.snapshots(Orders.DATASET, Optional.empty()).size());
            clock.now = clock.now.plus(Duration.ofHours(3));
            RetentionPlan applied = cleanUp.apply(Orders.DATASET, Optional.empty(), rule, plan.digest());
            assertEquals(plan.removals(), applied.removals());
            assertEquals(2, archives().size());
            assertEquals(1, window.snapshots(Orders.DATASET, Optional.empty()).size());
            assertEquals(
                    0,
                    cleanUp.plan(Orders.DATASET, Optional.empty(), rule)
                            .removals()
                            .size());
        }

        @Test
        void aCleanUpThatAHoldInterruptsSaysThatTheWindowsPartIsDone() {
            Orders orders = Orders.numbered(10);
            for (int day = 0; day < 4; day++) {
                save(orders.set("JOO-1", "QTY", 500 + day));
                clock.now = clock.now.plus(Duration.ofDays(10));
            }
            RetentionRule rule = RetentionRule.ofAge(1, 15);
            String digest = new CleanUpSnapshots(environment)
                    .plan(Orders.DATASET, Optional.empty(), rule)
                    .digest();
            ArchiveStore holding = (ArchiveStore) Proxy.newProxyInstance(
                    ArchiveStore.class.getClassLoader(),
                    new Class<?>[] {ArchiveStore.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("remove")) {
                            archives()
                                    .forEach(stored -> archive.holds()
                                            .orElseThrow()
                                            .hold(
                                                    stored.id(),
                                                    new Hold(Optional.of("finance"), "audit", Optional.empty())));
                        }
                        try {
                            return method.invoke(archive, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> new CleanUpSnapshots(environment(window, holding))
                            .apply(Orders.DATASET, Optional.empty(), rule, digest));
            assertEquals(SnapshotException.Kind.CONFLICT, error.kind());
            assertTrue(error.getMessage().startsWith("1 snapshot left the window as planned"), error.getMessage());
            assertEquals(1, window.snapshots(Orders.DATASET, Optional.empty()).size());
            assertEquals(4, archives().size());
            archives().forEach(stored -> archive.holds().orElseThrow().release(stored.id()));
            RetentionPlan rest = new CleanUpSnapshots(environment).plan(Orders.DATASET, Optional.empty(), rule);
            assertEquals(0, rest.windowSnapshots().size());
            assertEquals(2, rest.removals().size());
        }
    }

    /** Loading. */
    @Nested
    class Loading {
        @Test
        void anArchiveIsLoadedWholeAndByColumns() {
            Orders orders = Orders.numbered(40);
            save(orders);
            LoadSnapshot load = new LoadSnapshot(environment);
            ArchivedSnapshot found = load.find(Orders.DATASET, Partition.ALL, new SnapshotReference.Current());
            try (RowStream rows = load.open(found, List.of("QTY", "ORDER"))) {
                TableAssert.assertSameRows(orders.table().select(List.of("QTY", "ORDER")), rows);
            }
        }

        @Test
        void anArchiveIsCopiedByteForByte() throws IOException {
            save(Orders.numbered(40));
            ArchivedSnapshot archived = archives().get(0);
            Path target = directory.resolve("copy");
            new LoadSnapshot(environment).copyTo(archived, target);
            assertEquals(archived.size(), Files.size(target));
            try (Stream<Path> files = Files.list(directory)) {
                assertFalse(files.anyMatch(file -> file.toString().endsWith(".partial")));
            }
        }

        @Test
        void bytesThatDifferFromTheirDigestsAreNotLoaded() {
            save(Orders.numbered(40));
            ArchivedSnapshot archived = archives().get(0);
            ArchivedSnapshot wrong =
                    archived.toBuilder().sha256(Optional.of("0".repeat(64))).build();
            SnapshotException error =
                    assertThrows(SnapshotException.class, () -> new LoadSnapshot(environment).open(wrong, List.of()));
            assertEquals(SnapshotException.Kind.CORRUPT, error.kind());
        }
    }

    // Helpers of the facts

    /** The same submission with a copy of its file, which outlives the save. */
    private ArchiveSubmission kept(ArchiveSubmission submission) {
        Path copy = directory.resolve("late.parquet");
        WrittenFile file = submission.file();
        try {
            Files.copy(file.file(), copy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return submission.toBuilder()
                .file(new WrittenFile(
                        copy, file.rowCount(), file.size(), file.uncompressedSize(), file.md5(), file.sha256()))
                .build();
    }

    /** Leaves the archive of a save that was undone before it was committed. */
    private SnapshotId orphan(Orders orders) {
        SnapshotId id = SnapshotId.random();
        SaveRequest request = SaveRequest.of(Orders.DATASET, Partition.ALL).withId(id);
        environment = environment(dyingAtPublish(), before("store", () -> {
            loseLock();
            recoverElsewhere();
        }));
        assertThrows(Crash.Died.class, () -> save(request, orders.source()));
        environment = environment(window, archive);
        assertTrue(archive.find(id).isPresent());
        assertEquals(
                SnapshotState.UNDONE,
                window.find(Orders.DATASET, id).orElseThrow().state());
        return id;
    }

    private List<Recovery> recoverElsewhere() {
        SnapshotEnvironment another =
                new SnapshotEnvironment(window, archive, codec(), directory.resolve("another"), clock, "another", 16);
        return new RecoverSnapshots(another).recover(Orders.DATASET, Duration.ZERO);
    }

    private void loseLock() {
        sessionBreaker(Orders.DATASET, Partition.ALL).run();
    }

    /** The archive, with an event that happens once before a call of a method. */
    private ArchiveStore before(String call, Runnable event) {
        return before(call, arguments -> event.run());
    }

    private ArchiveStore before(String call, Consumer<Object[]> event) {
        boolean[] happened = {false};
        return (ArchiveStore) Proxy.newProxyInstance(
                ArchiveStore.class.getClassLoader(),
                new Class<?>[] {ArchiveStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals(call) && !happened[0]) {
                        happened[0] = true;
                        event.accept(arguments);
                    }
                    try {
                        return method.invoke(archive, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static SaveRequest bestEffort() {
        return SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.BEST_EFFORT);
    }

    private List<Path> outboxFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("work").resolve("outbox"))) {
            return files.toList();
        }
    }

    private WindowStore dyingAtPublish() {
        return Crash.beforePublish(window);
    }

    private List<Recovery> recover() {
        return new RecoverSnapshots(environment).recover(Orders.DATASET, List.of(Partition.ALL), Duration.ZERO);
    }

    private static ArchiveStore unreachable() {
        return (ArchiveStore) Proxy.newProxyInstance(
                ArchiveStore.class.getClassLoader(),
                new Class<?>[] {ArchiveStore.class},
                (proxy, method, arguments) -> {
                    throw SnapshotException.unavailable("the archive cannot be reached")
                            .build();
                });
    }

    private void refused(String part, Executable action) {
        List<WindowSnapshot> kept = window.snapshots(Orders.DATASET, Optional.empty());
        List<ArchivedSnapshot> archived = archives();
        SnapshotException error = assertThrows(SnapshotException.class, action);
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains(part), error.getMessage());
        assertEquals(kept, window.snapshots(Orders.DATASET, Optional.empty()));
        assertEquals(archived, archives());
        assertEquals(List.of(), recover());
        requireNoScratch();
    }

    private void requireNoScratch() {
        if (!Files.exists(directory.resolve("work"))) {
            return;
        }
        try (Stream<Path> files = Files.list(directory.resolve("work"))) {
            List<Path> left = files.filter(file -> file.getFileName().toString().startsWith("scratch"))
                    .toList();
            assertEquals(List.of(), left);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Orders changed(Orders before, Random random) {
        Orders after = before.copy();
        for (String key : Orders.rowsOf(before.table()).keySet()) {
            switch (random.nextInt(6)) {
                case 0 -> after.remove(key);
                case 1 -> after.set(key, "QTY", random.nextInt(5) == 0 ? null : random.nextInt());
                case 2 -> after.set(key, "NOTE", "changed").set(key, "CUSTOMER", "Zoë 😀 \"x\", y");
                default -> {}
            }
        }
        for (int i = 0; i < 10; i++) {
            after.put("NEW-" + i, "N", i, null);
        }
        return after;
    }

    private static Map<String, String> expected(Orders before, Orders after) {
        Map<String, Map<String, Object>> left = Orders.rowsOf(before.table());
        Map<String, Map<String, Object>> right = Orders.rowsOf(after.table());
        Map<String, String> changes = new TreeMap<>();
        left.forEach((key, row) -> {
            if (!right.containsKey(key)) {
                changes.put(key, "DELETED []");
                return;
            }
            List<String> cells = new ArrayList<>();
            right.get(key).forEach((column, value) -> {
                if (!Objects.equals(value, row.get(column))) {
                    cells.add(column + ": " + row.get(column) + " -> " + value);
                }
            });
            if (!cells.isEmpty()) {
                changes.put(key, "CHANGED " + cells);
            }
        });
        right.keySet().stream().filter(key -> !left.containsKey(key)).forEach(key -> changes.put(key, "NEW []"));
        return changes;
    }

    private static long count(Map<String, String> changes, ChangeKind kind) {
        return changes.values().stream()
                .filter(change -> change.startsWith(kind.name()))
                .count();
    }

    private static Map<String, String> byKey(List<RowChange> changes) {
        Map<String, String> byKey = new TreeMap<>();
        for (RowChange change : changes) {
            List<String> cells = new ArrayList<>();
            for (CellChange cell : change.cells()) {
                cells.add(cell.column() + ": " + cell.before().orElse(null) + " -> "
                        + cell.after().orElse(null));
            }
            String earlier = byKey.put(change.key().get("ORDER").orElseThrow(), change.kind() + " " + cells);
            assertEquals(null, earlier, "a row is reported once");
        }
        return byKey;
    }
}
