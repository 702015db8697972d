package io.hybridsnapshot.testkit.contract;

import static io.hybridsnapshot.testkit.contract.Expectations.assertKind;
import static io.hybridsnapshot.testkit.contract.Expectations.await;
import static io.hybridsnapshot.testkit.contract.Expectations.orSkip;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.BaseSnapshot;
import io.hybridsnapshot.domain.window.ChangedRows;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowChanges;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import io.hybridsnapshot.testkit.data.HashedRows;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The promises of {@link WindowChanges}, for stores whose writers have that capability. A snapshot that was stored as
 * changes is the same snapshot as one that was stored whole. The subclass supplies the store under test. Each fact uses
 * datasets of its own under fresh names, so all facts can share one database. No fact cleans up.
 */
@Timeout(120)
public abstract class WindowChangesContract {
    private static final Instant DAY = Instant.parse("2026-03-01T06:00:00.123456Z");
    private static final Schema SCHEMA =
            Schema.of(new Column("record_uuid", ColumnType.UUID), new Column("STYLE", ColumnType.TEXT));
    /** The texts of a row follow from its hash, so that the texts of each version are known. */
    private static final List<String> CARRIED = List.of("AAG ORDER NUMBER", "CUSTOMER [NAME]");

    private static final int BATCH_ROWS = 300;

    private WindowStore store;
    private ExecutorService background;

    /** The store under test, requested once per fact. */
    protected abstract WindowStore store();

    /**
     * The changes that a foreign writer makes to the current table past the port. Empty if the test has no means to
     * make them; the facts about them are then skipped.
     */
    protected Optional<ForeignStatements> foreignStatements() {
        return Optional.empty();
    }

    /**
     * An action that breaks the session of the partition's present writer, as the death of its connection would. Empty
     * if the test has no means to break a session; the fact is then skipped.
     */
    protected Optional<Runnable> sessionBreaker(Dataset dataset, Partition partition) {
        return Optional.empty();
    }

    @BeforeEach
    final void openStore() {
        store = store();
        background = Executors.newCachedThreadPool();
    }

    @AfterEach
    final void stopThreads() {
        background.shutdownNow();
    }

    /** Snapshots that are published. */
    @Nested
    class Publishing {
        @Test
        void changesMakeTheSameSnapshotAsWholeRows() {
            Dataset dataset = prepared();
            HashedRows first = HashedRows.random(1, 1_000);
            HashedRows second = first.nextDay(2);
            WindowSnapshot before = whole(dataset, Partition.ALL, first, day(0), 2);

            WindowSnapshot after = changed(dataset, Partition.ALL, first, second, day(1), 2);

            assertEquals(SnapshotState.CURRENT, after.state());
            assertEquals(second.size(), after.rowCount());
            assertEquals(Optional.of(second.fingerprint()), after.fingerprint());
            assertTrue(after.publishedAt().isPresent());
            assertEquals(Optional.of(after), store.findCurrent(dataset, Partition.ALL));
            assertEquals(List.of(after, before.in(SnapshotState.PREVIOUS)), store.snapshots(dataset, Optional.empty()));
            assertRows(dataset, second, after);
            assertRows(dataset, first, before);
        }

        @Test
        void snapshotWithoutChangesIsASnapshotOfItsOwn() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(3, 500);
            WindowSnapshot before = whole(dataset, Partition.ALL, rows, day(0), 2);

            WindowSnapshot after = changed(dataset, Partition.ALL, rows, rows, day(1), 2);

            assertNotEquals(before.id(), after.id());
            assertRows(dataset, rows, after);
            assertRows(dataset, rows, before);
        }

        @Test
        void allRowsMayGoAndComeBack() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(4, 400);
            whole(dataset, Partition.ALL, rows, day(0), 3);

            WindowSnapshot empty = changed(dataset, Partition.ALL, rows, HashedRows.none(), day(1), 3);
            assertRows(dataset, HashedRows.none(), empty);

            WindowSnapshot again = changed(dataset, Partition.ALL, HashedRows.none(), rows, day(2), 3);
            assertRows(dataset, rows, again);
            assertEquals(3, store.snapshots(dataset, Optional.empty()).size());
        }

        @Test
        void everyKeptSnapshotStaysWhole() {
            Dataset dataset = prepared();
            Map<SnapshotId, HashedRows> written = new LinkedHashMap<>();
            HashedRows rows = HashedRows.random(5, 400);
            written.put(whole(dataset, Partition.ALL, rows, day(0), 4).id().orElseThrow(), rows);
            for (int i = 1; i < 8; i++) {
                HashedRows next = rows.nextDay(50 + i);
                written.put(
                        changed(dataset, Partition.ALL, rows, next, day(i), 4)
                                .id()
                                .orElseThrow(),
                        next);
                rows = next;
            }

            assertVisible(dataset, written, 4);
            store.removeBeyond(dataset, Optional.empty(), 2);
            assertVisible(dataset, written, 2);
            changed(dataset, Partition.ALL, rows, rows, day(9), 1);
            assertEquals(1, store.snapshots(dataset, Optional.empty()).size());
        }

        @Test
        void wholeSnapshotsAndChangesMayAlternate() {
            Dataset dataset = prepared();
            Random random = new Random(6);
            Map<SnapshotId, HashedRows> written = new LinkedHashMap<>();
            HashedRows rows = HashedRows.random(7, 200);
            written.put(whole(dataset, Partition.ALL, rows, day(0), 3).id().orElseThrow(), rows);
            for (int i = 1; i < 14; i++) {
                HashedRows next = rows.nextDay(70 + i);
                WindowSnapshot published = random.nextInt(3) == 0
                        ? whole(dataset, Partition.ALL, next, day(i), 3)
                        : changed(dataset, Partition.ALL, rows, next, day(i), 3);
                written.put(published.id().orElseThrow(), next);
                rows = next;
                assertVisible(dataset, written, 3);
            }
        }

        @Test
        void otherPartitionsKeepTheirRows() {
            Dataset dataset = prepared();
            Partition greyson = new Partition("GREYSON");
            HashedRows first = HashedRows.random(8, 300);
            HashedRows second = first.nextDay(9);
            WindowSnapshot all = whole(dataset, Partition.ALL, first, day(0), 2);
            whole(dataset, greyson, first, day(0), 2);

            WindowSnapshot changed = changed(dataset, greyson, first, second, day(1), 2);

            assertRows(dataset, first, all);
            assertRows(dataset, second, changed);
            assertEquals(Optional.of(all), store.findCurrent(dataset, Partition.ALL));
        }

        @Test
        void readersSeeOneWholeSnapshotWhileChangesArePublished() throws Exception {
            Dataset dataset = prepared();
            Map<SnapshotId, HashedRows> written = new HashMap<>();
            HashedRows first = HashedRows.random(10, 600);
            written.put(whole(dataset, Partition.ALL, first, day(0), 2).id().orElseThrow(), first);
            List<HashedRows> days = new ArrayList<>(List.of(first));
            List<SnapshotId> ids = new ArrayList<>();
            for (int i = 1; i < 9; i++) {
                days.add(days.get(i - 1).nextDay(80 + i));
                ids.add(SnapshotId.random());
                written.put(ids.get(i - 1), days.get(i));
            }
            Future<Object> writing = background.submit(() -> {
                for (int i = 1; i < 9; i++) {
                    changed(dataset, Partition.ALL, ids.get(i - 1), days.get(i - 1), days.get(i), day(i), 2);
                }
                return null;
            });
            boolean last;
            do {
                last = writing.isDone();
                for (WindowSnapshot snapshot : store.snapshots(dataset, Optional.empty())) {
                    try {
                        assertEquals(written.get(snapshot.id().orElseThrow()), rows(dataset, snapshot));
                    } catch (SnapshotException gone) {
                        assertEquals(Kind.CONFLICT, gone.kind());
                    }
                }
            } while (!last);
            await(writing);
        }
    }

    /** Snapshots that are staged and not published yet. */
    @Nested
    class Staging {
        @Test
        void stagedChangesAreInvisibleAndMayBeDiscarded() {
            Dataset dataset = prepared();
            HashedRows first = HashedRows.random(11, 300);
            HashedRows second = first.nextDay(12);
            WindowSnapshot before = whole(dataset, Partition.ALL, first, day(0), 2);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                BaseSnapshot base = base(writer);
                sealed(dataset, writer, id, base, first, second, day(1));
                assertEquals(SnapshotState.STAGED, state(dataset, id));
                assertOnly(dataset, before, first);

                writer.discard(id);

                assertEquals(SnapshotState.UNDONE, state(dataset, id));
                assertOnly(dataset, before, first);
                assertEquals(base, base(writer));
            }
        }

        @Test
        void sealedChangesOfAnEarlierWriterArePublished() {
            Dataset dataset = prepared();
            HashedRows first = HashedRows.random(13, 300);
            HashedRows second = first.nextDay(14);
            HashedRows third = second.nextDay(15);
            whole(dataset, Partition.ALL, first, day(0), 2);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                sealed(dataset, writer, id, base(writer), first, second, day(1));
            }
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                assertEquals(
                        List.of(Optional.of(id)),
                        writer.unfinished().stream().map(WindowSnapshot::id).toList());
                Optional<WindowSnapshot> published = changes(writer).publish(id, Optional.of(new ArchiveId(7)), 2);
                assertEquals(
                        Optional.of(new ArchiveId(7)), published.orElseThrow().archiveId());
                assertRows(dataset, second, published.get());
            }
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                SnapshotId next = SnapshotId.random();
                sealed(dataset, writer, next, base(writer), second, third, day(2));
                assertRows(dataset, third, writer.publish(next, Optional.empty(), 2));
            }
        }

        @Test
        void writerThatLostItsLockCannotPublishChanges() {
            Dataset dataset = prepared();
            HashedRows first = HashedRows.random(41, 100);
            WindowSnapshot before = whole(dataset, Partition.ALL, first, day(0), 2);
            Runnable breaker = orSkip(sessionBreaker(dataset, Partition.ALL), "no means to break a session");
            SnapshotId id = SnapshotId.random();
            WindowWriter lost = writer(dataset, Partition.ALL);
            sealed(dataset, lost, id, base(lost), first, first.nextDay(42), day(1));
            breaker.run();

            assertKind(Kind.CONFLICT, () -> changes(lost).publish(id, Optional.empty(), 2));

            lost.close();
            assertOnly(dataset, before, first);
        }

        @Test
        void wholeSnapshotIsPublishedByTheSameCall() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(16, 100);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.begin(request(id, day(0)));
                stage(dataset, writer, id, rows);
                writer.seal(id, rows.size(), rows.fingerprint());
                assertRows(
                        dataset,
                        rows,
                        changes(writer).publish(id, Optional.empty(), 2).orElseThrow());
            }
        }

        @Test
        void changesOtherThanTheSealedOnesAreCorruptAndNotPublished() {
            Dataset dataset = prepared();
            HashedRows first = HashedRows.random(17, 300);
            HashedRows second = first.nextDay(18);
            WindowSnapshot before = whole(dataset, Partition.ALL, first, day(0), 2);
            DeltaSummary counts = second.summarySince(first);
            for (ChangeKind kind : List.of(ChangeKind.NEW, ChangeKind.CHANGED, ChangeKind.DELETED)) {
                DeltaSummary other = new DeltaSummary(
                        counts.added() + (kind == ChangeKind.NEW ? 1 : 0),
                        counts.changed() + (kind == ChangeKind.CHANGED ? 1 : 0),
                        counts.unchanged(),
                        counts.deleted() + (kind == ChangeKind.DELETED ? 1 : 0));
                assertNotPublished(dataset, before, first, second, first, other);
            }
        }

        @Test
        void rowsThatTheBaseHasInAnotherVersionAreCorruptAndNotPublished() {
            Dataset dataset = prepared();
            HashedRows first = HashedRows.random(19, 300);
            HashedRows second = first.nextDay(20);
            WindowSnapshot before = whole(dataset, Partition.ALL, first, day(0), 2);
            // The staged former hashes are those of a day that the base never had.
            HashedRows wrong = HashedRows.of(first.hashes().entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, row -> reversed(row.getValue()))));
            assertNotPublished(dataset, before, first, second, wrong, second.summarySince(first));
        }

        private void assertNotPublished(
                Dataset dataset,
                WindowSnapshot before,
                HashedRows first,
                HashedRows second,
                HashedRows former,
                DeltaSummary counts) {
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                BaseSnapshot base = base(writer);
                writer.begin(request(id, day(1)));
                stageChanges(dataset, changes(writer), id, first, second, former);
                changes(writer).seal(id, base, counts, second.fingerprint());
                assertKind(Kind.CORRUPT, () -> changes(writer).publish(id, Optional.empty(), 2));
                assertOnly(dataset, before, first);
                writer.discard(id);
            }
        }
    }

    /** The base of changes. */
    @Nested
    class Bases {
        @Test
        void partitionWithoutACurrentSnapshotHasNoBase() {
            Dataset dataset = prepared();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                assertEquals(Optional.empty(), changes(writer).base());
            }
        }

        @Test
        void baseIsTheCurrentSnapshotInTheSameStateUntilRowsChange() {
            Dataset dataset = prepared();
            HashedRows first = HashedRows.random(21, 200);
            HashedRows second = first.nextDay(22);
            WindowSnapshot whole = whole(dataset, Partition.ALL, first, day(0), 2);
            BaseSnapshot base;
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                base = base(writer);
                assertEquals(whole.id(), Optional.of(base.snapshot()));
                assertEquals(base, base(writer));
            }
            store.linkArchive(dataset, base.snapshot(), new ArchiveId(3));
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                assertEquals(base, base(writer));
            }
            WindowSnapshot changed = changed(dataset, Partition.ALL, first, second, day(1), 2);
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                BaseSnapshot next = base(writer);
                assertEquals(changed.id(), Optional.of(next.snapshot()));
                assertNotEquals(base.token(), next.token());
            }
        }

        @Test
        void otherCarriedColumnsNeedAllRows() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(23, 50);
            whole(dataset, Partition.ALL, rows, day(0), 2);
            Dataset fewer = dataset.withCarriedColumns(CARRIED.subList(0, 1));
            store.prepare(fewer);
            try (WindowWriter writer = writer(fewer, Partition.ALL)) {
                assertEquals(Optional.empty(), changes(writer).base());
            }
        }

        @Test
        void changesOfABaseThatIsNoLongerCurrentAreNotPublished() {
            Dataset dataset = prepared();
            HashedRows first = HashedRows.random(24, 200);
            HashedRows second = first.nextDay(25);
            HashedRows third = first.nextDay(26);
            whole(dataset, Partition.ALL, first, day(0), 3);
            SnapshotId late = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                sealed(dataset, writer, late, base(writer), first, second, day(2));
                SnapshotId early = SnapshotId.random();
                sealed(dataset, writer, early, base(writer), first, third, day(1));
                WindowSnapshot published =
                        changes(writer).publish(early, Optional.empty(), 3).orElseThrow();

                assertEquals(Optional.empty(), changes(writer).publish(late, Optional.empty(), 3));
                assertKind(Kind.CONFLICT, () -> writer.publish(late, Optional.empty(), 3));

                assertEquals(SnapshotState.STAGED, state(dataset, late));
                assertEquals(Optional.of(published), store.findCurrent(dataset, Partition.ALL));
                assertRows(dataset, third, published);
            }
        }

        @Test
        void changesOfARestagedSnapshotAreReplacedByItsRows() {
            Dataset dataset = prepared();
            HashedRows first = HashedRows.random(27, 200);
            HashedRows second = first.nextDay(28);
            WindowSnapshot before = whole(dataset, Partition.ALL, first, day(0), 2);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                sealed(dataset, writer, id, base(writer), first, second, day(1));
                WindowSnapshot sealed = store.find(dataset, id).orElseThrow();

                changes(writer).restage(id);

                WindowSnapshot again = store.find(dataset, id).orElseThrow();
                assertEquals(SnapshotState.STAGING, again.state());
                assertEquals(sealed.attempt(), again.attempt());
                assertEquals(sealed.fingerprint(), again.fingerprint());
                assertOnly(dataset, before, first);
                stage(dataset, writer, id, second);
                writer.seal(id, second.size(), second.fingerprint());
                WindowSnapshot published =
                        changes(writer).publish(id, Optional.empty(), 2).orElseThrow();
                assertRows(dataset, second, published);
                assertRows(dataset, first, before);
            }
        }
    }

    /** A snapshot that is taken back. */
    @Nested
    class TakingBack {
        @Test
        void takingBackChangesBringsTheFormerRowsBack() {
            Dataset dataset = prepared();
            HashedRows first = HashedRows.random(29, 300);
            HashedRows second = first.nextDay(30);
            HashedRows third = second.nextDay(31);
            WindowSnapshot one = whole(dataset, Partition.ALL, first, day(0), 3);
            WindowSnapshot two = changed(dataset, Partition.ALL, first, second, day(1), 3);
            WindowSnapshot three = changed(dataset, Partition.ALL, second, third, day(2), 3);
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.takeBack(three.id().orElseThrow(), two.id());
                assertEquals(two.id(), Optional.of(base(writer).snapshot()));
            }
            assertRows(dataset, second, two);
            assertRows(dataset, first, one);

            WindowSnapshot again = changed(dataset, Partition.ALL, second, third.nextDay(32), day(3), 3);

            assertRows(dataset, third.nextDay(32), again);
            assertRows(dataset, second, two);
            assertRows(dataset, first, one);
        }

        @Test
        void snapshotThatIsTakenBackLeavesNothingToLaterOnes() {
            Dataset dataset = prepared();
            HashedRows first = HashedRows.random(33, 200);
            HashedRows second = first.nextDay(34);
            WindowSnapshot one = whole(dataset, Partition.ALL, first, day(0), 3);
            WindowSnapshot two = changed(dataset, Partition.ALL, first, second, day(1), 3);
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.takeBack(two.id().orElseThrow(), one.id());
            }
            WindowSnapshot whole = whole(dataset, Partition.ALL, second, day(2), 3);
            assertRows(dataset, second, whole);
            assertRows(dataset, first, one);
        }
    }

    /** Foreign statements that change the current table between the steps of a snapshot. */
    @Nested
    class ForeignChanges {
        @Test
        void rowsThatAForeignStatementChangedAreNoBase() {
            for (ForeignAct act : foreignActs()) {
                Dataset dataset = prepared();
                HashedRows rows = HashedRows.random(35, 100);
                whole(dataset, Partition.ALL, rows, day(0), 2);
                act.on(dataset, rows);
                try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                    assertEquals(Optional.empty(), changes(writer).base());
                }
            }
        }

        @Test
        void archiveNumberThatAForeignStatementSetsIsNoChange() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(36, 100);
            whole(dataset, Partition.ALL, rows, day(0), 2);
            BaseSnapshot base;
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                base = base(writer);
            }
            foreign()
                    .stamp(
                            dataset,
                            Partition.ALL,
                            rows.hashes().keySet(),
                            Optional.empty(),
                            OptionalLong.empty(),
                            Optional.of(new ArchiveId(12)));
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                assertEquals(base, base(writer));
            }
        }

        @Test
        void foreignWriteBeforePublishKeepsTheChangesFromBeingPublished() {
            for (ForeignAct act : foreignActs()) {
                Dataset dataset = prepared();
                HashedRows first = HashedRows.random(37, 200);
                HashedRows second = first.nextDay(38);
                whole(dataset, Partition.ALL, first, day(0), 2);
                SnapshotId id = SnapshotId.random();
                try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                    sealed(dataset, writer, id, base(writer), first, second, day(1));
                    act.on(dataset, first);
                    Optional<WindowSnapshot> found = writer.current();

                    assertEquals(Optional.empty(), changes(writer).publish(id, Optional.empty(), 2));

                    assertEquals(SnapshotState.STAGED, state(dataset, id));
                    assertEquals(found, writer.current());
                    changes(writer).restage(id);
                    stage(dataset, writer, id, second);
                    writer.seal(id, second.size(), second.fingerprint());
                    WindowSnapshot published =
                            changes(writer).publish(id, Optional.empty(), 2).orElseThrow();
                    assertRows(dataset, second, published);
                    assertEquals(published.id(), Optional.of(base(writer).snapshot()));
                }
            }
        }

        @Test
        void rowsThatAForeignStatementDeletesAreNotMissingFromPreviousSnapshotsUnnoticed() {
            Dataset dataset = prepared();
            HashedRows first = HashedRows.random(39, 200);
            HashedRows second = first.nextDay(40);
            WindowSnapshot before = whole(dataset, Partition.ALL, first, day(0), 2);
            changed(dataset, Partition.ALL, first, second, day(1), 2);

            foreign().delete(dataset, Partition.ALL, second.hashes().keySet());

            assertWholeOrRefused(dataset, before, first);
            // A new snapshot on top does not make the rows of the previous one fewer.
            whole(dataset, Partition.ALL, second, day(2), 3);
            assertWholeOrRefused(dataset, before, first);
        }

        /** Statements of a foreign writer, each of which changes the state of the current rows. */
        private List<ForeignAct> foreignActs() {
            return List.of(
                    (dataset, rows) -> foreign().delete(dataset, Partition.ALL, List.of(anyOf(rows))),
                    (dataset, rows) -> foreign().replace(dataset, Partition.ALL, day(0), rows.hashes()),
                    (dataset, rows) -> foreign()
                            .add(
                                    dataset,
                                    Partition.ALL,
                                    day(0),
                                    HashedRows.random(99, 1).hashes()),
                    (dataset, rows) -> foreign()
                            .rehash(
                                    dataset,
                                    Partition.ALL,
                                    anyOf(rows),
                                    reversed(rows.hashes().get(anyOf(rows)))),
                    (dataset, rows) -> foreign()
                            .carry(dataset, Partition.ALL, anyOf(rows), CARRIED.get(1), Optional.of("by hand")));
        }

        private void assertWholeOrRefused(Dataset dataset, WindowSnapshot snapshot, HashedRows rows) {
            try {
                assertEquals(rows, rows(dataset, snapshot));
            } catch (SnapshotException refused) {
                assertTrue(
                        refused.kind() == Kind.CORRUPT || refused.kind() == Kind.CONFLICT,
                        () -> "refused with " + refused.kind() + ": " + refused.getMessage());
            }
        }
    }

    /** A foreign change to the current rows of a dataset. */
    @FunctionalInterface
    private interface ForeignAct {
        void on(Dataset dataset, HashedRows current);
    }

    // Helpers of the facts

    private static String freshName() {
        return "WCC_"
                + UUID.randomUUID().toString().replace("-", "").substring(0, 16).toUpperCase(Locale.ROOT);
    }

    private Dataset prepared() {
        Dataset dataset = Dataset.of(freshName(), List.of("record_uuid")).withCarriedColumns(CARRIED);
        store.prepare(dataset);
        return dataset;
    }

    private static Instant day(int days) {
        return DAY.plus(days, ChronoUnit.DAYS);
    }

    private WindowWriter writer(Dataset dataset, Partition partition) {
        return store.openWriter(dataset, partition, new WriterRequest("contract", Duration.ofSeconds(30)));
    }

    private static WindowChanges changes(WindowWriter writer) {
        return writer.changes().orElseThrow(() -> new AssertionError("the writer cannot stage changes"));
    }

    private static BaseSnapshot base(WindowWriter writer) {
        return changes(writer).base().orElseThrow(() -> new AssertionError("the current snapshot is no base"));
    }

    private static StagingRequest request(SnapshotId id, Instant date) {
        return new StagingRequest(id, date, "hsr1", SCHEMA);
    }

    private ForeignStatements foreign() {
        return orSkip(foreignStatements(), "no statements of a foreign writer");
    }

    private WindowSnapshot whole(Dataset dataset, Partition partition, HashedRows rows, Instant date, int keepCount) {
        SnapshotId id = SnapshotId.random();
        try (WindowWriter writer = writer(dataset, partition)) {
            writer.begin(request(id, date));
            stage(dataset, writer, id, rows);
            writer.seal(id, rows.size(), rows.fingerprint());
            return writer.publish(id, Optional.empty(), keepCount);
        }
    }

    private WindowSnapshot changed(
            Dataset dataset, Partition partition, HashedRows before, HashedRows after, Instant date, int keepCount) {
        return changed(dataset, partition, SnapshotId.random(), before, after, date, keepCount);
    }

    private WindowSnapshot changed(
            Dataset dataset,
            Partition partition,
            SnapshotId id,
            HashedRows before,
            HashedRows after,
            Instant date,
            int keepCount) {
        try (WindowWriter writer = writer(dataset, partition)) {
            sealed(dataset, writer, id, base(writer), before, after, date);
            return changes(writer)
                    .publish(id, Optional.empty(), keepCount)
                    .orElseThrow(() -> new AssertionError("the base is not current"));
        }
    }

    private static void sealed(
            Dataset dataset,
            WindowWriter writer,
            SnapshotId id,
            BaseSnapshot base,
            HashedRows before,
            HashedRows after,
            Instant date) {
        writer.begin(request(id, date));
        stageChanges(dataset, changes(writer), id, before, after, before);
        changes(writer).seal(id, base, after.summarySince(before), after.fingerprint());
    }

    private static void stage(Dataset dataset, WindowWriter writer, SnapshotId id, HashedRows rows) {
        for (KeyedHashes batch : rows.batches(BATCH_ROWS)) {
            writer.stage(id, sourceRows(dataset, batch), batch);
        }
    }

    /**
     * Stages the changes between two days.
     *
     * @param former the hashes that are given as those of the base
     */
    private static void stageChanges(
            Dataset dataset,
            WindowChanges changes,
            SnapshotId id,
            HashedRows before,
            HashedRows after,
            HashedRows former) {
        Map<UUID, String> written = new LinkedHashMap<>();
        Map<UUID, String> gone = new LinkedHashMap<>();
        for (HashedRows.Change change : after.changesSince(before)) {
            if (change.kind() == ChangeKind.DELETED) {
                gone.put(change.identity(), former.hashes().get(change.identity()));
            } else {
                written.put(change.identity(), after.hashes().get(change.identity()));
            }
        }
        for (KeyedHashes batch : HashedRows.of(written).batches(BATCH_ROWS)) {
            Map<UUID, String> hashes = new LinkedHashMap<>();
            BitSet added = new BitSet();
            for (int row = 0; row < batch.size(); row++) {
                UUID identity = batch.identity(row);
                added.set(row, !before.hashes().containsKey(identity));
                hashes.put(identity, former.hashes().getOrDefault(identity, "0".repeat(64)));
            }
            changes.stage(
                    id,
                    new ChangedRows(
                            sourceRows(dataset, batch),
                            batch,
                            HashedRows.of(hashes).batch(),
                            added));
        }
        HashedRows.of(gone).batches(BATCH_ROWS).forEach(batch -> changes.stageDeleted(id, batch));
    }

    private static RowBatch sourceRows(Dataset dataset, KeyedHashes rows) {
        List<Column> columns = new ArrayList<>(SCHEMA.columns());
        dataset.carriedColumns().forEach(column -> columns.add(new Column(column, ColumnType.TEXT)));
        Schema schema = Schema.of(columns);
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, rows.size());
        for (int row = 0; row < rows.size(); row++) {
            ((UuidVector) vectors.get(0)).append(rows.identity(row));
            ((BytesVector) vectors.get(1)).append("never stored");
            for (int i = 2; i < vectors.size(); i++) {
                BytesVector texts = (BytesVector) vectors.get(i);
                text(i - 2, rows.hex(row)).ifPresentOrElse(texts::append, texts::appendNull);
            }
        }
        return new RowBatch(schema, vectors);
    }

    private static Optional<String> text(int position, String hash) {
        if (position == 0) {
            return Optional.of("JOO-" + hash);
        }
        return hash.charAt(0) < '4' ? Optional.empty() : Optional.of("größe '" + hash.substring(0, 3));
    }

    private static UUID anyOf(HashedRows rows) {
        return rows.hashes().keySet().iterator().next();
    }

    private static String reversed(String hash) {
        byte[] bytes = HexFormat.of().parseHex(hash);
        bytes[0] ^= (byte) 0xFF;
        return HexFormat.of().formatHex(bytes);
    }

    private SnapshotState state(Dataset dataset, SnapshotId id) {
        return store.find(dataset, id).orElseThrow().state();
    }

    private HashedRows rows(Dataset dataset, WindowSnapshot snapshot) {
        Map<UUID, String> rows = new HashMap<>();
        try (KeyedRowStream stream = store.openRows(dataset, snapshot)) {
            for (Optional<KeyedHashes> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                for (int row = 0; row < batch.get().size(); row++) {
                    UUID identity = batch.get().identity(row);
                    assertEquals(null, rows.put(identity, batch.get().hex(row)), () -> "twice: " + identity);
                }
            }
        }
        return HashedRows.of(rows);
    }

    /** A snapshot has these rows with the texts that follow from their hashes. */
    private void assertRows(Dataset dataset, HashedRows expected, WindowSnapshot snapshot) {
        assertEquals(expected, rows(dataset, snapshot));
        Optional<RowStream> carried = store.openCarried(dataset, snapshot);
        if (carried.isEmpty()) {
            return;
        }
        Map<UUID, List<Optional<String>>> texts = new HashMap<>();
        try (RowStream stream = carried.get()) {
            for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                for (int row = 0; row < batch.get().rowCount(); row++) {
                    List<Optional<String>> found = new ArrayList<>();
                    for (int i = 1; i < batch.get().schema().size(); i++) {
                        BytesVector vector = (BytesVector) batch.get().vector(i);
                        found.add(vector.isNull(row) ? Optional.empty() : Optional.of(vector.text(row)));
                    }
                    UuidVector identities = (UuidVector) batch.get().vector(0);
                    texts.put(new UUID(identities.high(row), identities.low(row)), found);
                }
            }
        }
        Map<UUID, List<Optional<String>>> wanted = new HashMap<>();
        expected.hashes().forEach((identity, hash) -> {
            List<Optional<String>> row = new ArrayList<>();
            for (int i = 0; i < dataset.carriedColumns().size(); i++) {
                row.add(text(i, hash));
            }
            wanted.put(identity, row);
        });
        assertEquals(wanted, texts);
    }

    private void assertOnly(Dataset dataset, WindowSnapshot current, HashedRows rows) {
        assertEquals(Optional.of(current), store.findCurrent(dataset, Partition.ALL));
        assertRows(dataset, rows, current);
    }

    /** The newest snapshots are visible and whole, and no others are. */
    private void assertVisible(Dataset dataset, Map<SnapshotId, HashedRows> written, int keepCount) {
        List<SnapshotId> ids = new ArrayList<>(written.keySet());
        List<WindowSnapshot> visible = store.snapshots(dataset, Optional.empty());
        assertEquals(Math.min(keepCount, ids.size()), visible.size());
        for (int i = 0; i < visible.size(); i++) {
            SnapshotId expected = ids.get(ids.size() - 1 - i);
            assertEquals(Optional.of(expected), visible.get(i).id());
            assertRows(dataset, written.get(expected), visible.get(i));
        }
    }
}
