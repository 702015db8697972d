package io.hybridsnapshot.engine.save;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.ChangedRows;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.comparison.DetectRequest;
import io.hybridsnapshot.engine.comparison.RowJoin;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.RecoverSnapshots;
import io.hybridsnapshot.engine.recovery.Recovery;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import io.hybridsnapshot.testkit.data.HashedRows;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A save writes to the window what changed, whatever happens meanwhile: rows are counted, and a foreign writer acts at
 * every moment. The subclass holds stores whose writers stage changes.
 */
public abstract class ChangesLifeCycleContract {
    private static final Instant START = Instant.parse("2026-09-27T10:00:00Z");

    @TempDir
    Path directory;

    private final TestClock clock = new TestClock(START);
    private WindowStore window;
    private ArchiveStore archive;
    private Counts counts = new Counts();

    /** An empty window. */
    protected abstract WindowStore window();

    /** An empty archive. */
    protected abstract ArchiveStore archive();

    /** The codec of archived files. */
    protected abstract SnapshotCodec codec();

    /** Changes the window's current rows past its port. */
    protected abstract ForeignStatements foreign();

    /** The rows that were staged in the window. */
    private static final class Counts {
        private long whole;
        private long changed;
        private long deleted;

        @Override
        public String toString() {
            return whole + " whole, " + changed + " changed, " + deleted + " deleted";
        }
    }

    @BeforeEach
    public void openStores() {
        window = window();
        archive = archive();
    }

    private SnapshotEnvironment environment(WindowStore windowStore, ArchiveStore archiveStore) {
        return new SnapshotEnvironment(
                windowStore, archiveStore, codec(), directory.resolve("work"), clock, "test", 16);
    }

    private SaveResult save(Dataset dataset, Orders orders) {
        counts = new Counts();
        WindowStore counting = Calls.around(WindowStore.class, window, (method, arguments) -> count(method, arguments));
        return save(environment(counting, archive), dataset, orders);
    }

    private SaveResult save(SnapshotEnvironment environment, Dataset dataset, Orders orders) {
        clock.now = clock.now.plusSeconds(60);
        SaveRequest request = SaveRequest.of(dataset, Partition.ALL)
                .withConsents(Set.of(Consent.MANY_CHANGED, Consent.MANY_DELETED, Consent.LOST_ROWS));
        return new SaveSnapshot(environment).save(request, orders.source());
    }

    private void count(Method method, Object[] arguments) {
        if (method.getName().equals("stageDeleted")) {
            counts.deleted += ((KeyedHashes) arguments[1]).size();
        } else if (method.getName().equals("stage") && arguments[1] instanceof ChangedRows changes) {
            counts.changed += changes.size();
        } else if (method.getName().equals("stage")) {
            counts.whole += ((RowBatch) arguments[1]).rowCount();
        }
    }

    /** The rows that a save writes. */
    @Nested
    class WrittenRows {
        @Test
        void laterSavesStageTheRowsThatChanged() {
            Orders orders = Orders.numbered(100);
            save(Orders.DATASET, orders);
            assertEquals("100 whole, 0 changed, 0 deleted", counts.toString());

            Orders next = orders.copy()
                    .set("JOO-1", "QTY", 500)
                    .set("JOO-2", "CUSTOMER", "NEW NAME")
                    .remove("JOO-7")
                    .put("JOO-1000", "GREYSON", 5, null);
            SaveResult result = save(Orders.DATASET, next);

            assertEquals(
                    new DeltaSummary(1, 2, 97, 1), result.delta().orElseThrow().counts());
            assertEquals("0 whole, 3 changed, 1 deleted", counts.toString());
            assertSaved(Orders.DATASET, next, result);
            assertEquals("NEW NAME", customers(Orders.DATASET).get("JOO-2"));

            SaveResult same = save(Orders.DATASET, next);

            assertEquals("0 whole, 0 changed, 0 deleted", counts.toString());
            assertEquals(result.snapshot().fingerprint(), same.snapshot().fingerprint());
            assertSaved(Orders.DATASET, next, same);
        }

        @Test
        void savesWithoutArchiveStageTheRowsThatChangedToo() {
            Orders orders = Orders.numbered(50);
            save(Orders.DATASET, orders);
            orders.set("JOO-3", "QTY", 7_000);
            counts = new Counts();
            WindowStore counting =
                    Calls.around(WindowStore.class, window, (method, arguments) -> count(method, arguments));
            clock.now = clock.now.plusSeconds(60);
            SaveRequest off = SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.OFF);
            SaveResult result = new SaveSnapshot(environment(counting, archive)).save(off, orders.source());
            assertEquals("0 whole, 1 changed, 0 deleted", counts.toString());
            assertSaved(Orders.DATASET, orders, result);
        }

        @Test
        void otherColumnsNeedAllRowsOnce() {
            Orders orders = Orders.numbered(40);
            save(Orders.DATASET, orders);
            orders.column("SIZE", ColumnType.INT32);
            assertAllRowsOnce(Orders.DATASET, orders);
        }

        @Test
        void anotherHashSpecNeedsAllRowsOnce() {
            Orders orders = Orders.numbered(40);
            save(Orders.DATASET, orders);
            assertAllRowsOnce(Orders.DATASET.withHashSpec(HashSpec.HSR1.ignoring(List.of("NOTE"))), orders);
        }

        @Test
        void otherCarriedColumnsNeedAllRowsOnce() {
            Orders orders = Orders.numbered(40);
            save(Orders.DATASET, orders);
            assertAllRowsOnce(Orders.DATASET.withCarriedColumns(List.of("ORDER", "CUSTOMER", "NOTE")), orders);
        }

        @Test
        void takeOverNeedsAllRowsOnce() {
            Orders orders = Orders.numbered(40);
            save(Orders.DATASET, orders);
            foreign().replace(Orders.DATASET, Partition.ALL, clock.now, hashes(Orders.DATASET));
            assertAllRowsOnce(Orders.DATASET, orders);
        }

        /** The next save stages all rows; the one after it finds no change and stages none. */
        private void assertAllRowsOnce(Dataset dataset, Orders orders) {
            SaveResult first = save(dataset, orders);
            assertEquals(orders.size() + " whole, 0 changed, 0 deleted", counts.toString());
            assertSaved(dataset, orders, first);

            SaveResult second = save(dataset, orders);

            DeltaSummary changes = second.delta().orElseThrow().counts();
            assertTrue(changes.isEmpty(), changes::toString);
            assertEquals("0 whole, 0 changed, 0 deleted", counts.toString());
            assertEquals(first.snapshot().fingerprint(), second.snapshot().fingerprint());
            assertSaved(dataset, orders, second);
        }

        @Test
        void textsThatTheHashesDoNotDetermineAreStagedWhereTheyDiffer() {
            Dataset dataset = Orders.DATASET.withHashSpec(HashSpec.HSR1.ignoring(List.of("CUSTOMER")));
            Orders orders = Orders.numbered(60);
            save(dataset, orders);
            orders.set("JOO-4", "CUSTOMER", "RENAMED")
                    .set("JOO-5", "CUSTOMER", null)
                    .set("JOO-6", "QTY", 9_000);

            SaveResult result = save(dataset, orders);

            assertEquals(
                    new DeltaSummary(0, 1, 59, 0), result.delta().orElseThrow().counts());
            assertEquals("0 whole, 3 changed, 0 deleted", counts.toString());
            Map<String, String> customers = customers(dataset);
            assertEquals("RENAMED", customers.get("JOO-4"));
            assertTrue(customers.containsKey("JOO-5"));
            assertEquals(null, customers.get("JOO-5"));
            save(dataset, orders);
            assertEquals("0 whole, 0 changed, 0 deleted", counts.toString());
        }

        /** The customers that the window carries, by order. */
        private Map<String, String> customers(Dataset dataset) {
            Map<String, String> customers = new TreeMap<>();
            WindowSnapshot current = window.findCurrent(dataset, Partition.ALL).orElseThrow();
            try (RowStream stream = window.openCarried(dataset, current).orElseThrow()) {
                int order = stream.schema().indexOf("ORDER");
                int customer = stream.schema().indexOf("CUSTOMER");
                for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                    BytesVector names = (BytesVector) batch.get().vector(customer);
                    for (int row = 0; row < batch.get().rowCount(); row++) {
                        customers.put(
                                ((BytesVector) batch.get().vector(order)).text(row),
                                names.isNull(row) ? null : names.text(row));
                    }
                }
            }
            return customers;
        }
    }

    /** The place where a detection joins. */
    @Nested
    class JoinsOfADetection {
        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5, 6})
        void bothJoinsOfADetectionTellTheSameChanges(long seed) {
            Random random = new Random(seed);
            Orders orders = Orders.numbered(60);
            save(Orders.DATASET, orders);
            Orders later = orders.copy();
            for (int i = 0; i < 60; i++) {
                switch (random.nextInt(5)) {
                    case 0 -> later.set("JOO-" + i, "QTY", 1_000 + i);
                    case 1 -> later.remove("JOO-" + i);
                    case 2 -> later.put("JOO-" + (100 + i), "NEW", i, null);
                    default -> {}
                }
            }
            assertJoinedAlike(later);
            // Another column on one side: the cells of the archive decide.
            assertJoinedAlike(later.copy().column("SIZE", ColumnType.INT32));

            save(Orders.DATASET, later);
            Map<UUID, String> hashes = hashes(Orders.DATASET);
            String any = hashes.values().iterator().next();
            long other = 0;
            for (Map.Entry<UUID, String> row : hashes.entrySet()) {
                String hash = row.getValue();
                String odd = List.of(
                                hash,
                                hash.toUpperCase(Locale.ROOT),
                                hash.substring(0, 20),
                                hash.substring(0, 60) + "    ",
                                any,
                                "")
                        .get(random.nextInt(6));
                if (!odd.equals(hash)) {
                    other++;
                    foreign().rehash(Orders.DATASET, Partition.ALL, row.getKey(), odd);
                }
            }
            assertEquals(
                    new DeltaSummary(0, other, hashes.size() - other, 0),
                    assertJoinedAlike(later).counts());
        }

        private DeltaReport assertJoinedAlike(Orders source) {
            DeltaReport streamed = null;
            List<RowChange> heard = null;
            for (RowJoin join : RowJoin.values()) {
                List<RowChange> changes = new ArrayList<>();
                DetailRequest details = new DetailRequest(5, Optional.of(changes::add));
                DetectRequest request =
                        new DetectRequest(Orders.DATASET, Partition.ALL, Optional.of(details), Progress.NONE);
                DeltaReport report =
                        new DetectChanges(environment(window, archive)).detect(request.withJoin(join), source.source());
                if (streamed != null) {
                    assertEquals(streamed, report);
                    assertEquals(heard, changes);
                }
                streamed = report;
                heard = changes;
            }
            return streamed;
        }
    }

    /** Rows that a foreign statement added or changed. */
    @Nested
    class RowsOfAForeignWriter {
        private static String remark(DeltaReport report) {
            return report.remark().map(Object::toString).orElse("");
        }

        @Test
        void rowsThatAForeignWriterAddedLeaveTheArchiveAsTheBasis() {
            Orders orders = Orders.numbered(30);
            save(Orders.DATASET, orders);
            Orders next = orders.copy().set("JOO-1", "QTY", 4_711);
            foreign()
                    .add(
                            Orders.DATASET,
                            Partition.ALL,
                            START,
                            HashedRows.random(5, 2).hashes());
            for (RowJoin join : RowJoin.values()) {
                DeltaReport report = detect(archive, next, join);
                assertEquals(new DeltaSummary(0, 1, 29, 0), report.counts(), report.toString());
                assertEquals(1, report.details().orElseThrow().examples().size());
                assertTrue(
                        remark(report)
                                .contains("added rows to the current snapshot in the window: it was compared by its"),
                        report.toString());
            }

            SaveResult saved = save(Orders.DATASET, next);

            assertEquals(
                    new DeltaSummary(0, 1, 29, 0), saved.delta().orElseThrow().counts());
            assertEquals("30 whole, 0 changed, 0 deleted", counts.toString());
            assertSaved(Orders.DATASET, next, saved);
        }

        @Test
        void manyRowsThatAForeignWriterAddedAreNotRemovedWithoutConsent() {
            Orders orders = Orders.numbered(10);
            save(Orders.DATASET, orders);
            foreign()
                    .add(
                            Orders.DATASET,
                            Partition.ALL,
                            START,
                            HashedRows.random(5, 11).hashes());
            Map<UUID, String> before = hashes(Orders.DATASET);
            assertTrue(remark(detect(archive, orders, RowJoin.STREAM))
                    .endsWith("without these 11 rows, which a save removes"));

            clock.now = clock.now.plusSeconds(60);
            SaveRequest request = SaveRequest.of(Orders.DATASET, Partition.ALL);
            SaveSnapshot saving = new SaveSnapshot(environment(window, archive));
            SnapshotException refused =
                    assertThrows(SnapshotException.class, () -> saving.save(request, orders.source()));

            assertTrue(refused.getMessage().contains("11 of 21, of which 11 were added"), refused.getMessage());
            assertEquals(before, hashes(Orders.DATASET));
            assertSaved(Orders.DATASET, orders, save(Orders.DATASET, orders));
        }

        @Test
        void addedRowsAndADamagedArchiveLeaveTheKeys() {
            Orders orders = Orders.numbered(30);
            save(Orders.DATASET, orders);
            foreign()
                    .add(
                            Orders.DATASET,
                            Partition.ALL,
                            START,
                            HashedRows.random(5, 2).hashes());
            ArchiveStore damaged = Calls.around(ArchiveStore.class, archive, (method, arguments) -> {
                if (method.getName().equals("open")) {
                    throw SnapshotException.corrupt("the archive is damaged").build();
                }
            });

            DeltaReport report = detect(damaged, orders, RowJoin.STREAM);

            assertEquals(new DeltaSummary(0, 30, 0, 2), report.counts());
            assertTrue(
                    remark(report)
                            .contains("added rows to the current snapshot in the window, and the snapshot's archive"),
                    report.toString());
            assertTrue(remark(report).contains("the archive is damaged"), report.toString());
        }

        @Test
        void addedRowsAndAMissingRowAreAForeignSnapshot() {
            Orders orders = Orders.numbered(30);
            save(Orders.DATASET, orders);
            UUID any = hashes(Orders.DATASET).keySet().iterator().next();
            foreign()
                    .add(
                            Orders.DATASET,
                            Partition.ALL,
                            START,
                            HashedRows.random(5, 2).hashes());
            foreign().delete(Orders.DATASET, Partition.ALL, List.of(any));

            DeltaReport report = detect(archive, orders, RowJoin.STREAM);

            assertEquals(new DeltaSummary(1, 29, 0, 2), report.counts());
            assertTrue(remark(report).contains("a foreign writer made the earlier snapshot"), report.toString());
        }

        @Test
        void rowThatAForeignWriterChangedIsRemarkedOn() {
            Orders orders = Orders.numbered(30);
            save(Orders.DATASET, orders);
            Orders next = orders.copy().set("JOO-1", "QTY", 4_711);
            for (RowJoin join : RowJoin.values()) {
                assertEquals("", remark(detect(archive, next, join)));
            }
            UUID any = hashes(Orders.DATASET).keySet().iterator().next();
            foreign().rehash(Orders.DATASET, Partition.ALL, any, "5".repeat(64));
            for (RowJoin join : RowJoin.values()) {
                DeltaReport report = detect(archive, orders, join);
                assertEquals(new DeltaSummary(0, 1, 29, 0), report.counts());
                assertEquals(
                        "another program changed rows of the current snapshot in the window after it was saved: they"
                                + " were compared as they are now",
                        remark(report));
            }
            save(Orders.DATASET, orders);
            assertEquals("", remark(detect(archive, next, RowJoin.STREAM)));
        }

        /** The rows are read for a remark alone. */
        @ParameterizedTest
        @EnumSource(
                value = SnapshotException.Kind.class,
                names = {"UNAVAILABLE", "CONFLICT"})
        void rowsThatCannotBeReadForARemarkEndNoDetection(SnapshotException.Kind kind) {
            Orders orders = Orders.numbered(30);
            save(Orders.DATASET, orders);
            UUID any = hashes(Orders.DATASET).keySet().iterator().next();
            foreign().rehash(Orders.DATASET, Partition.ALL, any, "5".repeat(64));
            WindowStore out = Calls.around(WindowStore.class, window, (method, arguments) -> {
                if (method.getName().equals("openRows")) {
                    throw SnapshotException.of(kind, "the rows cannot be read").build();
                }
            });

            DeltaReport report = detect(out, archive, orders, RowJoin.DATABASE);

            assertEquals(new DeltaSummary(0, 1, 29, 0), report.counts());
            assertEquals("", remark(report));
        }

        @Test
        void databaseJoinOfChangesWithCellsReadsNoRowsOfTheWindow() {
            Orders orders = Orders.numbered(30);
            save(Orders.DATASET, orders);
            List<String> calls = new ArrayList<>();
            WindowStore heard =
                    Calls.around(WindowStore.class, window, (method, arguments) -> calls.add(method.getName()));

            DeltaReport report = detect(heard, archive, orders.copy().set("JOO-1", "QTY", 4_711), RowJoin.DATABASE);

            assertEquals(new DeltaSummary(0, 1, 29, 0), report.counts());
            assertEquals(1, report.details().orElseThrow().examples().size());
            assertTrue(calls.contains("openProbe"), calls.toString());
            assertFalse(calls.contains("openRows"), calls.toString());
        }

        /** The archive lacks the row that is in the place of a saved one, and is not at fault. */
        @Test
        void exchangedRowIsNotBlamedOnTheArchive() {
            Orders orders = Orders.numbered(30);
            save(Orders.DATASET, orders);
            UUID any = hashes(Orders.DATASET).keySet().iterator().next();
            assumeTrue(exchange(any, new UUID(4, 7)), "rows of this window cannot be exchanged past its port");
            DeltaReport report = detect(archive, orders, RowJoin.STREAM);
            assertEquals(new DeltaSummary(1, 0, 29, 1), report.counts());
            assertEquals(
                    "another program changed rows of the current snapshot in the window after it was saved: they were"
                            + " compared as they are now, and its archive does not have the cells of all of them",
                    remark(report));
            DetailRequest listening = new DetailRequest(5, Optional.of(change -> {}));
            DetectRequest request =
                    new DetectRequest(Orders.DATASET, Partition.ALL, Optional.of(listening), Progress.NONE);
            SnapshotException refused = assertThrows(
                    SnapshotException.class,
                    () -> new DetectChanges(environment(window, archive)).detect(request, orders.source()));
            assertTrue(refused.getMessage().contains("another program changed rows"), refused.getMessage());
            assertSaved(Orders.DATASET, orders, save(Orders.DATASET, orders));
        }

        /** The current rows are read before the source, and stay those that are compared. */
        @Test
        void aForeignWriterDuringADetectionBreaksNeitherJoin() {
            Orders orders = Orders.numbered(30);
            save(Orders.DATASET, orders);
            Map<UUID, String> rows = hashes(Orders.DATASET);
            for (RowJoin join : RowJoin.values()) {
                int call = 0;
                for (boolean acted = true; acted; call++) {
                    AtCall moment = new AtCall(
                            call,
                            () -> foreign().replace(Orders.DATASET, Partition.ALL, clock.now.plusSeconds(1), rows));
                    DetectRequest request =
                            new DetectRequest(Orders.DATASET, Partition.ALL, Optional.empty(), Progress.NONE);
                    DeltaReport report = new DetectChanges(
                                    environment(Calls.around(WindowStore.class, window, moment), archive))
                            .detect(request.withJoin(join), orders.source());
                    // Its hashes are of an unknown kind, so that rows that it replaced early count as CHANGED.
                    DeltaSummary counts = report.counts();
                    String when = join + " before call " + call + " " + moment.at + ": " + counts;
                    assertEquals(30, counts.after(), when);
                    assertTrue(counts.changed() == 0 || counts.changed() == 30, when);
                    assertEquals(0, counts.added() + counts.deleted(), when);
                    acted = moment.at.isPresent();
                    save(Orders.DATASET, orders);
                }
                assertTrue(call > (join == RowJoin.STREAM ? 2 : 1), join + ": " + call + " calls");
            }
        }
    }

    /** A foreign writer that acts at any moment. */
    @Nested
    class ForeignWriteAtAnyMoment {
        /** The statements of a foreign writer. */
        enum Act {
            DELETE_A_ROW {
                @Override
                void on(ForeignStatements foreign, Map<UUID, String> rows, Instant now) {
                    UUID any = rows.keySet().iterator().next();
                    foreign.delete(Orders.DATASET, Partition.ALL, List.of(any));
                }
            },
            REPLACE_ALL {
                @Override
                void on(ForeignStatements foreign, Map<UUID, String> rows, Instant now) {
                    foreign.replace(Orders.DATASET, Partition.ALL, START, rows);
                }
            },
            ADD_A_ROW {
                @Override
                void on(ForeignStatements foreign, Map<UUID, String> rows, Instant now) {
                    foreign.add(
                            Orders.DATASET,
                            Partition.ALL,
                            START,
                            HashedRows.random(now.getEpochSecond(), 1).hashes());
                }
            },
            REHASH_A_ROW {
                @Override
                void on(ForeignStatements foreign, Map<UUID, String> rows, Instant now) {
                    UUID any = rows.keySet().iterator().next();
                    foreign.rehash(Orders.DATASET, Partition.ALL, any, "5".repeat(64));
                }
            };

            abstract void on(ForeignStatements foreign, Map<UUID, String> rows, Instant now);
        }

        @ParameterizedTest
        @EnumSource
        void foreignWriteAtAnyMomentOfASaveBlocksNothing(Act act) {
            boolean acted = true;
            for (int call = 0; acted; call++) {
                window = window();
                archive = archive();
                Orders orders = Orders.numbered(30);
                save(Orders.DATASET, orders);
                save(Orders.DATASET, orders.copy().set("JOO-2", "QTY", 99));
                Map<UUID, String> rows = hashes(Orders.DATASET);
                Orders next = orders.copy().set("JOO-1", "QTY", 4_711).remove("JOO-3");
                AtCall moment = new AtCall(call, () -> act.on(foreign(), rows, clock.now));
                SnapshotEnvironment disturbed = environment(
                        Calls.around(WindowStore.class, window, moment),
                        Calls.around(ArchiveStore.class, archive, moment));
                SaveResult result;
                try {
                    result = save(disturbed, Orders.DATASET, next);
                } catch (SnapshotException refused) {
                    throw new AssertionError(act + " at call " + call + ", " + moment.at, refused);
                }
                acted = moment.at.isPresent();

                String when = act + " at call " + call + ", " + moment.at.orElse("after the save");
                recover(when);
                assertWholeOrRefused(result.snapshot(), next, when);
                SaveResult again = save(Orders.DATASET, next);
                assertSaved(Orders.DATASET, next, again);
                save(Orders.DATASET, next);
                assertEquals("0 whole, 0 changed, 0 deleted", counts.toString(), when);
            }
        }

        @ParameterizedTest
        @EnumSource
        void foreignWriteBeforeARecoveryBlocksNothing(Act act) {
            Orders orders = Orders.numbered(30);
            save(Orders.DATASET, orders);
            Map<UUID, String> rows = hashes(Orders.DATASET);
            Orders next = orders.copy().set("JOO-1", "QTY", 4_711).remove("JOO-3");
            assertThrows(
                    Crash.Died.class,
                    () -> save(environment(Crash.beforePublish(window), archive), Orders.DATASET, next));
            SnapshotId id = window.unfinished(Orders.DATASET).get(0).id().orElseThrow();
            act.on(foreign(), rows, clock.now);

            List<Recovery> recovered = recover(act.name());

            assertEquals(1, recovered.size());
            assertEquals(Recovery.Outcome.FINISHED, recovered.get(0).outcome(), recovered::toString);
            WindowSnapshot published = window.find(Orders.DATASET, id).orElseThrow();
            assertEquals(SnapshotState.CURRENT, published.state());
            assertEquals(
                    archive.find(id).orElseThrow().id(), published.archiveId().orElseThrow());
            assertRows(Orders.DATASET, next, published);
            save(Orders.DATASET, next);
            assertEquals("0 whole, 0 changed, 0 deleted", counts.toString());
        }

        @Test
        void changesThatNoLongerFitAreUndoneWhereTheirFileCannotBeRead() {
            Orders orders = Orders.numbered(30);
            save(Orders.DATASET, orders);
            Map<UUID, String> rows = hashes(Orders.DATASET);
            Orders next = orders.copy().set("JOO-1", "QTY", 4_711);
            assertThrows(
                    Crash.Died.class,
                    () -> save(environment(Crash.beforePublish(window), archive), Orders.DATASET, next));
            SnapshotId id = window.unfinished(Orders.DATASET).get(0).id().orElseThrow();
            Act.DELETE_A_ROW.on(foreign(), rows, clock.now);
            ArchiveStore damaged = Calls.around(ArchiveStore.class, archive, (method, arguments) -> {
                if (method.getName().equals("open")) {
                    throw SnapshotException.corrupt("the archive is damaged").build();
                }
            });

            List<Recovery> recovered = new RecoverSnapshots(environment(window, damaged))
                    .recover(Orders.DATASET, List.of(Partition.ALL), Duration.ZERO);

            assertEquals(Recovery.Outcome.UNDONE, recovered.get(0).outcome(), recovered::toString);
            assertTrue(recovered.get(0).reason().toString().contains("the archive is damaged"), recovered::toString);
            assertEquals(
                    SnapshotState.UNDONE,
                    window.find(Orders.DATASET, id).orElseThrow().state());
            assertEquals(Optional.empty(), archive.find(id));
            assertSaved(Orders.DATASET, next, save(Orders.DATASET, next));
        }

        /** Recovers twice; the second time finds nothing to do. */
        private List<Recovery> recover(String when) {
            RecoverSnapshots recovery = new RecoverSnapshots(environment(window, archive));
            List<Recovery> recovered = recovery.recover(Orders.DATASET, List.of(Partition.ALL), Duration.ZERO);
            assertEquals(
                    List.of(),
                    recovery.recover(Orders.DATASET, List.of(Partition.ALL), Duration.ZERO),
                    "again, " + when);
            return recovered;
        }

        private void assertWholeOrRefused(WindowSnapshot saved, Orders orders, String when) {
            try {
                assertEquals(orders.size(), rows(Orders.DATASET, saved).size(), when);
            } catch (SnapshotException refused) {
                assertTrue(
                        refused.kind() == SnapshotException.Kind.CORRUPT
                                || refused.kind() == SnapshotException.Kind.CONFLICT,
                        refused::getMessage);
            }
        }
    }

    // Helpers of the facts

    /** Deletes a row and inserts it again, with all its stamps, under another identity; false: this test cannot. */
    protected boolean exchange(UUID identity, UUID other) {
        return false;
    }

    private DeltaReport detect(ArchiveStore archiveStore, Orders source, RowJoin join) {
        return detect(window, archiveStore, source, join);
    }

    private DeltaReport detect(WindowStore windowStore, ArchiveStore archiveStore, Orders source, RowJoin join) {
        DetailRequest details = new DetailRequest(5, Optional.empty());
        DetectRequest request = new DetectRequest(Orders.DATASET, Partition.ALL, Optional.of(details), Progress.NONE);
        return new DetectChanges(environment(windowStore, archiveStore))
                .detect(request.withJoin(join), source.source());
    }

    private void assertSaved(Dataset dataset, Orders orders, SaveResult result) {
        assertEquals(Optional.of(result.snapshot()), window.findCurrent(dataset, Partition.ALL));
        assertRows(dataset, orders, result.snapshot());
    }

    /** The rows of a snapshot are those that a save into an empty window has. */
    private void assertRows(Dataset dataset, Orders orders, WindowSnapshot snapshot) {
        Map<UUID, String> found = rows(dataset, snapshot);
        assertEquals(orders.size(), found.size());
        assertEquals(snapshot.fingerprint(), Optional.of(HashedRows.of(found).fingerprint()));
    }

    private Map<UUID, String> hashes(Dataset dataset) {
        return rows(dataset, window.findCurrent(dataset, Partition.ALL).orElseThrow());
    }

    private Map<UUID, String> rows(Dataset dataset, WindowSnapshot snapshot) {
        try (KeyedRowStream stream = window.openRows(dataset, snapshot)) {
            return HashedRows.read(stream).hashes();
        }
    }

    /** Acts once, before the n-th call of any port. */
    private static final class AtCall implements Calls.Listener {
        private final int call;
        private final Runnable act;
        private Optional<String> at = Optional.empty();
        private int calls;

        AtCall(int call, Runnable act) {
            this.call = call;
            this.act = act;
        }

        @Override
        public void before(Method method, Object[] arguments) {
            if (calls++ == call) {
                at = Optional.of(method.getDeclaringClass().getSimpleName() + "." + method.getName());
                act.run();
            }
        }
    }
}
