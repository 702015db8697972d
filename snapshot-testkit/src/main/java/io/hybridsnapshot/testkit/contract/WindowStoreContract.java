package io.hybridsnapshot.testkit.contract;

import static io.hybridsnapshot.testkit.contract.Expectations.assertKind;
import static io.hybridsnapshot.testkit.contract.Expectations.assertMisuse;
import static io.hybridsnapshot.testkit.contract.Expectations.await;
import static io.hybridsnapshot.testkit.contract.Expectations.orSkip;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaCursor;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
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
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.RowStamps;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowProbe;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import io.hybridsnapshot.testkit.data.HashedRows;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The promises of every {@link WindowStore}. The subclass supplies the store under test. Each fact uses datasets of its
 * own under fresh names, so all facts can share one database. No fact cleans up. Up to six connections are in use at a
 * time. Where the port's Javadoc leaves a choice, the fact's comment names the required one.
 */
@Timeout(120)
public abstract class WindowStoreContract {
    private static final Instant DAY = Instant.parse("2026-03-01T06:00:00.123456Z");
    private static final Partition GREYSON = new Partition("GREYSON");
    private static final int BATCH_ROWS = 700;

    /**
     * Names that break careless quoting in SQL, in JDBC's placeholders and in templates; all are legal in both
     * databases.
     */
    private static final List<String> ODD_NAMES = List.of(
            "AAG ORDER NUMBER",
            "it's \"quoted\"",
            "[brackets] and ]]",
            "what? 100% {0} {} ?::text",
            "größe_日本_😀",
            "select",
            " blank at both ends ",
            "back\\slash /* -- ; $1 :name",
            "QTY [pcs]",
            "Due/Date");

    private static final List<String> ODD_TEXTS = List.of(
            "",
            " ",
            "NULL",
            "\\N",
            "\\.",
            "plain",
            "it's \"quoted\", with, commas",
            "tab\tand\nline\r\nbreaks",
            "back\\slash \\\\ \\t",
            "größe 日本 😀 e\u0301",
            "{0} ? %s $1 :x",
            "'); DROP TABLE x; --",
            "x".repeat(200));

    private WindowStore store;
    private ExecutorService background;

    /**
     * The store under test, requested once per fact. Calls may return the same store or different ones, over the same
     * or different databases. The subclass starts and stops the resources of the store, such as a server or a pool.
     */
    protected abstract WindowStore store();

    /**
     * An action that breaks the session of the partition's present writer, as the death of its connection would. Empty
     * if the test has no means to break a session; the fact is then skipped.
     */
    protected Optional<Runnable> sessionBreaker(Dataset dataset, Partition partition) {
        return Optional.empty();
    }

    /**
     * The texts that the current snapshot carries, by identity and in the order of the dataset's carried columns. The
     * test reads them past the port. Empty if the test has no means to read them; the fact is then skipped.
     */
    protected Optional<Map<UUID, List<Optional<String>>>> carriedTexts(Dataset dataset, Partition partition) {
        return Optional.empty();
    }

    /**
     * The changes that a foreign writer makes to the current table past the port. Empty if the test has no means to
     * make them; the facts about them are then skipped.
     */
    protected Optional<ForeignStatements> foreignStatements() {
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

    /** The state before the first write. */
    @Nested
    class BeforeTheFirstWrite {
        @Test
        void datasetThatWasNeverPreparedHasNoSnapshots() {
            Dataset dataset = dataset();
            WindowSnapshot elsewhere = published(prepared(), Partition.ALL, HashedRows.random(1, 3), DAY);
            assertAll(
                    () -> assertEquals(Optional.empty(), store.findCurrent(dataset, Partition.ALL)),
                    () -> assertEquals(Optional.empty(), store.find(dataset, SnapshotId.random())),
                    () -> assertEquals(List.of(), store.snapshots(dataset, Optional.empty())),
                    () -> assertEquals(List.of(), store.snapshots(dataset, Optional.of(Partition.ALL))),
                    () -> assertEquals(List.of(), store.unfinished(dataset)),
                    () -> assertEquals(List.of(), store.beyond(dataset, Optional.empty(), 1)),
                    () -> assertEquals(List.of(), store.removeBeyond(dataset, Optional.empty(), 1)),
                    () -> assertKind(Kind.CONFLICT, () -> rows(dataset, elsewhere)),
                    () -> assertKind(
                            Kind.CONFLICT, () -> store.linkArchive(dataset, SnapshotId.random(), new ArchiveId(1))));
        }

        @Test
        void probeOfADatasetThatWasNeverPreparedFindsAllRowsNew() {
            Dataset dataset = dataset();
            HashedRows rows = HashedRows.random(2, 20);
            try (WindowProbe probe = store.openProbe(dataset, Partition.ALL)) {
                assertEquals(Optional.empty(), probe.current());
                probe.add(rows.batch());
                assertDelta(HashedRows.none(), rows, probe.delta());
            }
            assertEquals(List.of(), store.snapshots(dataset, Optional.empty()));
        }

        @Test
        void preparedDatasetHasNoSnapshots() {
            Dataset dataset = prepared();
            assertEquals(Optional.empty(), store.findCurrent(dataset, Partition.ALL));
            assertEquals(List.of(), store.snapshots(dataset, Optional.empty()));
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                assertEquals(Optional.empty(), writer.current());
                assertEquals(List.of(), writer.unfinished());
            }
        }

        @Test
        void preparingAgainChangesNothing() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(3, 30);
            WindowSnapshot snapshot = published(dataset, Partition.ALL, rows, DAY);
            store.prepare(dataset);
            assertEquals(Optional.of(snapshot), store.findCurrent(dataset, Partition.ALL));
            assertEquals(rows, rows(dataset, snapshot));
        }

        @Test
        void preparingInSeveralThreadsAtOnceEndsWithOneUsableDataset() throws Exception {
            Dataset dataset = dataset();
            CyclicBarrier start = new CyclicBarrier(4);
            List<Future<Object>> preparing = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                preparing.add(background.submit(() -> {
                    start.await(30, TimeUnit.SECONDS);
                    store.prepare(dataset);
                    return null;
                }));
            }
            for (Future<Object> one : preparing) {
                await(one);
            }
            HashedRows rows = HashedRows.random(4, 30);
            assertEquals(rows, rows(dataset, published(dataset, Partition.ALL, rows, DAY)));
        }

        /** Either two datasets, or the second is refused with both names; before the first is ever saved as well. */
        @Test
        void datasetsWhoseNamesDifferInCaseAreKeptApartOrTheSecondIsRefused() {
            Dataset first = prepared();
            Dataset second =
                    Dataset.of(swapCase(first.name()), first.keyColumns()).withCarriedColumns(ODD_NAMES);
            boolean keptApart = preparedOrRefused(first, second);
            HashedRows rows = HashedRows.random(4, 30);
            WindowSnapshot snapshot = published(first, Partition.ALL, rows, DAY);
            assertEquals(keptApart, preparedOrRefused(first, second));
            if (keptApart) {
                published(second, Partition.ALL, HashedRows.random(5, 20), day(1));
                store.removeBeyond(second, Optional.empty(), 1);
            } else {
                assertKind(Kind.INVALID_REQUEST, () -> writer(second, Partition.ALL));
                assertEquals(Optional.empty(), store.findCurrent(second, Partition.ALL));
                assertEquals(List.of(), store.snapshots(second, Optional.empty()));
            }
            store.prepare(first);
            assertOnlyVisible(first, snapshot, rows);
        }

        private boolean preparedOrRefused(Dataset first, Dataset second) {
            try {
                store.prepare(second);
                return true;
            } catch (SnapshotException e) {
                assertEquals(Kind.INVALID_REQUEST, e.kind());
                assertTrue(e.getMessage().contains(first.name()), e.getMessage());
                assertTrue(e.getMessage().contains(second.name()), e.getMessage());
                return false;
            }
        }

        private static String swapCase(String name) {
            String lower = name.toLowerCase(Locale.ROOT);
            return lower.equals(name) ? name.toUpperCase(Locale.ROOT) : lower;
        }
    }

    /** Staging and publishing. */
    @Nested
    class StagingAndPublishing {
        @Test
        void stagedRowsAreInvisibleUntilPublish() {
            Dataset dataset = prepared();
            HashedRows before = HashedRows.random(5, 50);
            WindowSnapshot earlier = published(dataset, Partition.ALL, before, DAY);
            HashedRows after = before.nextDay(6);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.begin(request(id, day(1)));
                assertOnlyVisible(dataset, earlier, before);
                stage(dataset, writer, id, after);
                assertOnlyVisible(dataset, earlier, before);
                writer.delta(id).summary();
                assertOnlyVisible(dataset, earlier, before);
                writer.seal(id, after.size(), after.fingerprint());
                assertOnlyVisible(dataset, earlier, before);
                WindowSnapshot later = writer.publish(id, Optional.empty(), 2);
                assertEquals(Optional.of(later), store.findCurrent(dataset, Partition.ALL));
                assertEquals(after, rows(dataset, later));
            }
        }

        @Test
        void publishMakesTheCurrentSnapshotAPreviousOne() {
            Dataset dataset = prepared();
            HashedRows before = HashedRows.random(7, 40);
            HashedRows after = before.nextDay(8);
            WindowSnapshot first = published(dataset, Partition.ALL, before, DAY);
            WindowSnapshot second = published(dataset, Partition.ALL, after, day(1));
            List<WindowSnapshot> visible = store.snapshots(dataset, Optional.of(Partition.ALL));
            assertEquals(List.of(second.id(), first.id()), ids(visible));
            assertEquals(SnapshotState.CURRENT, visible.get(0).state());
            assertEquals(SnapshotState.PREVIOUS, visible.get(1).state());
            assertEquals(after, rows(dataset, visible.get(0)));
            assertEquals(before, rows(dataset, visible.get(1)));
        }

        @Test
        void openRowsTakesASnapshotThatWasCurrentWhenItWasFound() {
            Dataset dataset = prepared();
            HashedRows before = HashedRows.random(9, 40);
            WindowSnapshot found = published(dataset, Partition.ALL, before, DAY);
            published(dataset, Partition.ALL, before.nextDay(10), day(1));
            assertEquals(before, rows(dataset, found));
        }

        @Test
        void publishPrunesWhatIsBeyondTheKeepCount() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(11, 20);
            List<WindowSnapshot> all = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                all.add(published(dataset, Partition.ALL, rows, day(i), 3));
                rows = rows.nextDay(12 + i);
            }
            assertEquals(
                    List.of(all.get(4).id(), all.get(3).id(), all.get(2).id()),
                    ids(store.snapshots(dataset, Optional.empty())));
            for (WindowSnapshot gone : all.subList(0, 2)) {
                assertEquals(SnapshotState.REMOVED, state(dataset, gone.id()));
                assertKind(Kind.CONFLICT, () -> rows(dataset, gone));
            }
        }

        @Test
        void publishWithAKeepCountOfOneLeavesTheCurrentSnapshotAlone() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(13, 20);
            published(dataset, Partition.ALL, rows, DAY, 3);
            published(dataset, Partition.ALL, rows.nextDay(14), day(1), 3);
            HashedRows last = rows.nextDay(15);
            WindowSnapshot current = published(dataset, Partition.ALL, last, day(2), 1);
            assertEquals(List.of(current), store.snapshots(dataset, Optional.empty()));
            assertEquals(last, rows(dataset, current));
        }

        /** The ledger's record of a removed snapshot is enough to recognise its batch id. */
        @Test
        void batchIdOfASnapshotThatHasLeftTheWindowIsNeverTakenAgain() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(13, 20);
            WindowSnapshot first = published(dataset, Partition.ALL, rows, DAY, 1);
            WindowSnapshot second = published(dataset, Partition.ALL, rows.nextDay(14), day(1), 1);
            SnapshotId id = first.id().orElseThrow();
            WindowSnapshot gone = store.find(dataset, id).orElseThrow();
            assertEquals(SnapshotState.REMOVED, gone.state());
            assertEquals(first.partition(), gone.partition());
            assertEquals(first.date(), gone.date());
            assertEquals(first.rowCount(), gone.rowCount());
            assertEquals(first.fingerprint(), gone.fingerprint());
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                assertKind(Kind.CONFLICT, () -> writer.begin(request(id, day(2))));
                writer.discard(id);
                assertEquals(List.of(), writer.unfinished());
            }
            assertEquals(SnapshotState.REMOVED, state(dataset, first.id()));
            assertEquals(List.of(second), store.snapshots(dataset, Optional.empty()));
        }

        @Test
        void publishKeepsTheArchiveGivenWithIt() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(16, 10);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                sealed(dataset, writer, id, rows, DAY);
                WindowSnapshot snapshot = writer.publish(id, Optional.of(new ArchiveId(Long.MAX_VALUE)), 2);
                assertEquals(Optional.of(new ArchiveId(Long.MAX_VALUE)), snapshot.archiveId());
            }
            assertEquals(
                    Optional.of(new ArchiveId(Long.MAX_VALUE)),
                    store.findCurrent(dataset, Partition.ALL).orElseThrow().archiveId());
        }

        @Test
        void emptySnapshotIsPublishedAndFollowed() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(17, 25);
            published(dataset, Partition.ALL, rows, DAY);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.begin(request(id, day(1)));
                assertDelta(rows, HashedRows.none(), writer.delta(id));
                writer.seal(id, 0, HashedRows.none().fingerprint());
                WindowSnapshot empty = writer.publish(id, Optional.empty(), 2);
                assertEquals(0, empty.rowCount());
                assertEquals(HashedRows.none(), rows(dataset, empty));
            }
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                SnapshotId next = SnapshotId.random();
                writer.begin(request(next, day(2)));
                stage(dataset, writer, next, rows);
                assertDelta(HashedRows.none(), rows, writer.delta(next));
            }
        }

        @Test
        void tenThousandRowsInBatchesComeBackAsTheyAre() {
            Dataset dataset = prepared();
            HashedRows before = HashedRows.random(18, 10_000);
            WindowSnapshot first = published(dataset, Partition.ALL, before, DAY);
            assertEquals(10_000, first.rowCount());
            assertEquals(before, rows(dataset, first));
            HashedRows after = before.nextDay(19);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.begin(request(id, day(1)));
                stage(dataset, writer, id, after);
                assertDelta(before, after, writer.delta(id));
                writer.seal(id, after.size(), after.fingerprint());
                assertEquals(after, rows(dataset, writer.publish(id, Optional.empty(), 2)));
            }
            assertEquals(before, rows(dataset, first));
        }

        @Test
        void oneWriterPublishesSeveralSnapshotsOneAfterTheOther() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(20, 30);
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                for (int i = 0; i < 3; i++) {
                    HashedRows later = rows.nextDay(21 + i);
                    SnapshotId id = SnapshotId.random();
                    sealed(dataset, writer, id, later, day(i));
                    assertEquals(
                            Optional.of(id),
                            writer.publish(id, Optional.empty(), 2).id());
                    assertEquals(Optional.of(id), writer.current().orElseThrow().id());
                    assertEquals(List.of(), writer.unfinished());
                    rows = later;
                }
            }
        }

        @Test
        void carriedColumnsWithOddNamesKeepTheTextOfTheirCells() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(24, 60);
            WindowSnapshot snapshot = published(dataset, Partition.ALL, rows, DAY);
            assertEquals(rows, rows(dataset, snapshot));
            Map<UUID, List<Optional<String>>> texts =
                    orSkip(carriedTexts(dataset, Partition.ALL), "the carried columns cannot be read past the port");
            Map<UUID, List<Optional<String>>> expected = new HashMap<>();
            rows.hashes().keySet().forEach(identity -> expected.put(identity, carried(identity)));
            assertEquals(expected, texts);
        }

        @Test
        void datasetThatCarriesNothingIsStoredAllTheSame() {
            Dataset dataset = dataset().withCarriedColumns(List.of());
            store.prepare(dataset);
            HashedRows rows = HashedRows.random(25, 30);
            assertEquals(rows, rows(dataset, published(dataset, Partition.ALL, rows, DAY)));
        }

        /**
         * A database that truncates long names would give both datasets one table. The store MAY refuse such a name
         * instead of keeping it.
         */
        @Test
        void datasetsWhoseLongNamesDifferAtTheEndOnlyAreApartOrRefused() {
            String stem = freshName() + "_" + "X".repeat(60);
            Dataset one = Dataset.of(stem + "_1", List.of("record_uuid"));
            Dataset other = Dataset.of(stem + "_2", List.of("record_uuid"));
            try {
                store.prepare(one);
                store.prepare(other);
            } catch (SnapshotException refused) {
                assertEquals(Kind.INVALID_REQUEST, refused.kind());
                return;
            }
            HashedRows rows = HashedRows.random(26, 10);
            WindowSnapshot snapshot = published(one, Partition.ALL, rows, DAY);
            assertEquals(Optional.empty(), store.findCurrent(other, Partition.ALL));
            published(other, Partition.ALL, rows.nextDay(27), DAY, 1);
            assertEquals(rows, rows(one, snapshot));
        }

        @Test
        void carriedColumnsWhoseLongNamesDifferAtTheEndOnlyAreApartOrRefused() {
            String stem = "column ".repeat(12);
            Dataset dataset = dataset().withCarriedColumns(List.of(stem + "1", stem + "2"));
            try {
                store.prepare(dataset);
            } catch (SnapshotException refused) {
                assertEquals(Kind.INVALID_REQUEST, refused.kind());
                return;
            }
            HashedRows rows = HashedRows.random(28, 10);
            assertEquals(rows, rows(dataset, published(dataset, Partition.ALL, rows, DAY)));
        }
    }

    /** The ledger's records. */
    @Nested
    class LedgerRecords {
        @Test
        void snapshotIsFoundByItsIdInEveryState() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(29, 12);
            SnapshotId id = SnapshotId.random();
            assertEquals(Optional.empty(), store.find(dataset, id));
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.begin(request(id, DAY));
                WindowSnapshot staging = store.find(dataset, id).orElseThrow();
                assertEquals(SnapshotState.STAGING, staging.state());
                assertEquals(0, staging.rowCount());
                assertEquals(Optional.empty(), staging.fingerprint());
                assertTrue(staging.startedAt().isPresent());
                assertEquals(Optional.empty(), staging.publishedAt());
                stage(dataset, writer, id, rows);
                writer.seal(id, rows.size(), rows.fingerprint());
                WindowSnapshot staged = store.find(dataset, id).orElseThrow();
                assertEquals(SnapshotState.STAGED, staged.state());
                assertEquals(rows.size(), staged.rowCount());
                assertEquals(Optional.of(rows.fingerprint()), staged.fingerprint());
                assertEquals(Optional.empty(), staged.publishedAt());
                WindowSnapshot current = writer.publish(id, Optional.empty(), 2);
                assertEquals(Optional.of(current), store.find(dataset, id));
                assertEquals(SnapshotState.CURRENT, current.state());
                assertTrue(current.publishedAt().isPresent());
            }
            published(dataset, Partition.ALL, rows, day(1));
            assertEquals(
                    SnapshotState.PREVIOUS,
                    store.find(dataset, id).orElseThrow().state());
            published(dataset, Partition.ALL, rows, day(2));
            assertEquals(SnapshotState.REMOVED, state(dataset, Optional.of(id)));
        }

        @Test
        void ledgerKeepsEveryFieldOfASnapshot() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(30, 12);
            SnapshotId id = new SnapshotId(new UUID(-2, Long.MIN_VALUE + 1));
            Partition partition = new Partition("Bäcker & Söhne's \"№ 1\" 50% {0} ?");
            Schema schema = everyType();
            StagingRequest request = new StagingRequest(id, DAY, "hsr1-0123456789abcdef", schema);
            WindowSnapshot published;
            try (WindowWriter writer = writer(dataset, partition)) {
                writer.begin(request);
                assertLedger(
                        dataset, partition, request, store.find(dataset, id).orElseThrow());
                stage(dataset, writer, id, rows);
                writer.seal(id, rows.size(), rows.fingerprint());
                assertLedger(
                        dataset, partition, request, store.find(dataset, id).orElseThrow());
                published = writer.publish(id, Optional.of(new ArchiveId(42)), 2);
            }
            assertLedger(dataset, partition, request, published);
            assertEquals(rows.size(), published.rowCount());
            assertEquals(SnapshotState.CURRENT, published.state());
            assertEquals(Optional.of(rows.fingerprint()), published.fingerprint());
            assertEquals(Optional.of(new ArchiveId(42)), published.archiveId());
            assertFalse(published
                    .publishedAt()
                    .orElseThrow()
                    .isBefore(published.startedAt().orElseThrow()));
            assertFalse(published.isForeign());
            assertEquals(Optional.of(published), store.findCurrent(dataset, partition));
            assertEquals(Optional.of(published), store.find(dataset, id));
            assertEquals(List.of(published), store.snapshots(dataset, Optional.of(partition)));
            try (WindowWriter writer = writer(dataset, partition)) {
                assertEquals(Optional.of(published), writer.current());
            }
        }

        @Test
        void datesKeepTheirMicrosecondsAcrossGapsAndOverlapsOfTheLocalTime() {
            TimeZone zone = TimeZone.getDefault();
            try {
                TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
                Dataset dataset = prepared();
                List<Instant> dates = List.of(
                        Instant.parse("1969-12-31T23:59:59.999999Z"),
                        Instant.parse("2026-03-29T01:00:00.000001Z"),
                        Instant.parse("2026-03-29T02:30:00.500000Z"),
                        Instant.parse("2026-10-25T00:30:00Z"),
                        Instant.parse("2026-10-25T01:30:00Z"),
                        Instant.parse("2026-10-25T02:30:00Z"),
                        Instant.parse("2199-12-31T23:59:59.999999Z"));
                for (Instant date : dates) {
                    published(dataset, Partition.ALL, HashedRows.none(), date, dates.size());
                }
                List<Instant> found = new ArrayList<>();
                store.snapshots(dataset, Optional.empty()).forEach(snapshot -> found.add(0, snapshot.date()));
                assertEquals(dates, found);
            } finally {
                TimeZone.setDefault(zone);
            }
        }

        /** Partition names are plain upper-case words here, which every collation sorts alike. */
        @Test
        void snapshotsAreListedByPartitionAndThenNewestFirst() {
            Dataset dataset = prepared();
            List<Optional<SnapshotId>> expected = new ArrayList<>(Collections.nCopies(9, Optional.empty()));
            List<String> names = List.of("CHARLIE", "ALL", "BRAVO");
            for (int i = 0; i < 3; i++) {
                for (String name : names) {
                    WindowSnapshot snapshot =
                            published(dataset, new Partition(name), HashedRows.random(31 + i, 3), day(i), 3);
                    int partition = List.of("ALL", "BRAVO", "CHARLIE").indexOf(name);
                    expected.set(3 * partition + 2 - i, snapshot.id());
                }
            }
            assertEquals(expected, ids(store.snapshots(dataset, Optional.empty())));
            assertEquals(expected.subList(3, 6), ids(store.snapshots(dataset, Optional.of(new Partition("BRAVO")))));
            assertEquals(List.of(), store.snapshots(dataset, Optional.of(new Partition("DELTA"))));
        }

        @Test
        void beginOfAKnownBatchIdIsAConflictAndLeavesWhatIsThere() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(34, 9);
            WindowSnapshot visible = published(dataset, Partition.ALL, rows, DAY);
            SnapshotId staged = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, GREYSON)) {
                sealed(dataset, writer, staged, rows, DAY);
            }
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                assertKind(
                        Kind.CONFLICT, () -> writer.begin(request(visible.id().orElseThrow(), day(1))));
                assertKind(Kind.CONFLICT, () -> writer.begin(request(staged, day(1))));
            }
            try (WindowWriter writer = writer(dataset, GREYSON)) {
                assertKind(Kind.CONFLICT, () -> writer.begin(request(staged, day(1))));
                assertEquals(rows, rows(dataset, writer.publish(staged, Optional.empty(), 2)));
            }
            assertEquals(Optional.of(visible), store.findCurrent(dataset, Partition.ALL));
            assertEquals(rows, rows(dataset, visible));
        }

        @Test
        void datasetsAreThoseOfTheLedgerByName() {
            List<Dataset> datasets = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                datasets.add(prepared());
            }
            datasets.sort(Comparator.comparing(Dataset::name));
            assertEquals(List.of(), namesAmong(datasets), "nothing was saved");
            Dataset published = datasets.get(2);
            published(published, Partition.ALL, HashedRows.random(160, 3), DAY);
            published(published, new Partition("B"), HashedRows.random(161, 3), DAY);
            assertEquals(List.of(published.name()), namesAmong(datasets));
            Dataset unfinished = datasets.get(0);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(unfinished, Partition.ALL)) {
                sealed(unfinished, writer, id, HashedRows.random(162, 3), DAY);
            }
            assertEquals(List.of(unfinished.name(), published.name()), namesAmong(datasets));
            try (WindowWriter writer = writer(unfinished, Partition.ALL)) {
                writer.discard(id);
            }
            assertEquals(List.of(unfinished.name(), published.name()), namesAmong(datasets), "an undone save is noted");
        }

        private List<String> namesAmong(List<Dataset> datasets) {
            List<String> all = store.datasets();
            List<String> sorted = new ArrayList<>(all);
            sorted.sort(Comparator.naturalOrder());
            assertEquals(sorted, all);
            assertEquals(Set.copyOf(all).size(), all.size(), "each name once");
            List<String> names = datasets.stream().map(Dataset::name).toList();
            return all.stream().filter(names::contains).toList();
        }
    }

    /** Delta. */
    @Nested
    class Delta {
        @Test
        void deltaAgreesWithANaiveComparison() {
            for (int seed = 0; seed < 6; seed++) {
                Dataset dataset = prepared();
                Random random = new Random(seed);
                HashedRows before = HashedRows.random(random.nextLong(), random.nextInt(400));
                HashedRows after = before.nextDay(random.nextLong());
                published(dataset, Partition.ALL, before, DAY);
                SnapshotId id = SnapshotId.random();
                try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                    writer.begin(request(id, day(1)));
                    stage(dataset, writer, id, after);
                    assertDelta(before, after, writer.delta(id));
                }
                try (WindowProbe probe = store.openProbe(dataset, Partition.ALL)) {
                    for (KeyedHashes batch : after.batches(BATCH_ROWS)) {
                        probe.add(batch);
                    }
                    assertDelta(before, after, probe.delta());
                }
            }
        }

        @Test
        void deltaOfTheFirstSnapshotIsAllNew() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(35, 80);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.begin(request(id, DAY));
                stage(dataset, writer, id, rows);
                assertDelta(HashedRows.none(), rows, writer.delta(id));
            }
        }

        @Test
        void deltaOfTheSameRowsIsEmpty() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(36, 80);
            published(dataset, Partition.ALL, rows, DAY);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.begin(request(id, day(1)));
                stage(dataset, writer, id, rows);
                SnapshotDelta delta = writer.delta(id);
                assertEquals(new DeltaSummary(0, 0, 80, 0), delta.summary());
                assertDelta(rows, rows, delta);
            }
        }

        @Test
        void deltaComparesWithTheCurrentSnapshotAndNotWithPreviousOnes() {
            Dataset dataset = prepared();
            HashedRows first = HashedRows.random(37, 60);
            HashedRows second = first.nextDay(38);
            published(dataset, Partition.ALL, first, DAY);
            published(dataset, Partition.ALL, second, day(1));
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.begin(request(id, day(2)));
                stage(dataset, writer, id, first);
                assertDelta(second, first, writer.delta(id));
            }
        }

        @Test
        void deltaIsOfTheStagedSnapshotAloneWhileAnotherIsUnfinished() {
            Dataset dataset = prepared();
            HashedRows before = HashedRows.random(39, 60);
            published(dataset, Partition.ALL, before, DAY);
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                sealed(dataset, writer, SnapshotId.random(), HashedRows.random(40, 30), day(1));
            }
            HashedRows after = before.nextDay(41);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.begin(request(id, day(2)));
                stage(dataset, writer, id, after);
                assertDelta(before, after, writer.delta(id));
            }
        }
    }

    /** Partitions. */
    @Nested
    class Partitions {
        @Test
        void partitionsAreIndependentAndMayShareRecords() {
            Dataset dataset = prepared();
            HashedRows all = HashedRows.random(42, 60);
            HashedRows greyson = all.nextDay(43);
            WindowSnapshot whole = published(dataset, Partition.ALL, all, DAY);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, GREYSON)) {
                assertEquals(Optional.empty(), writer.current());
                writer.begin(request(id, DAY));
                stage(dataset, writer, id, greyson);
                assertDelta(HashedRows.none(), greyson, writer.delta(id));
                writer.seal(id, greyson.size(), greyson.fingerprint());
                writer.publish(id, Optional.empty(), 1);
            }
            assertEquals(Optional.of(whole), store.findCurrent(dataset, Partition.ALL));
            assertEquals(all, rows(dataset, whole));
            assertEquals(
                    greyson, rows(dataset, store.findCurrent(dataset, GREYSON).orElseThrow()));
            try (WindowProbe probe = store.openProbe(dataset, GREYSON)) {
                probe.add(all.batch());
                assertDelta(greyson, all, probe.delta());
            }
        }

        /**
         * Names are compared exactly. A database that folds case or accents would let one partition overwrite another.
         */
        @Test
        void partitionsWhoseNamesDifferByCaseOrAccentOrPatternAreApart() {
            Dataset dataset = prepared();
            List<String> names = List.of("Muller", "MULLER", "Müller", "M_ller", "M%", "Muller's", "x".repeat(255));
            Map<String, HashedRows> rows = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                rows.put(names.get(i), HashedRows.random(44 + i, 9 + i));
                published(dataset, new Partition(names.get(i)), rows.get(names.get(i)), DAY, 1);
            }
            rows.forEach((name, expected) -> {
                WindowSnapshot current =
                        store.findCurrent(dataset, new Partition(name)).orElseThrow();
                assertEquals(name, current.partition().name());
                assertEquals(expected, rows(dataset, current), name);
            });
            assertEquals(
                    names.size(), store.snapshots(dataset, Optional.empty()).size());
        }

        @Test
        void datasetsAreIndependent() {
            Dataset one = prepared();
            Dataset other = prepared();
            HashedRows rows = HashedRows.random(52, 20);
            WindowSnapshot snapshot = published(one, Partition.ALL, rows, DAY);
            assertEquals(Optional.empty(), store.findCurrent(other, Partition.ALL));
            assertEquals(Optional.empty(), store.find(other, snapshot.id().orElseThrow()));
            published(other, Partition.ALL, rows.nextDay(53), DAY, 1);
            assertEquals(rows, rows(one, snapshot));
            assertEquals(List.of(snapshot), store.snapshots(one, Optional.empty()));
        }
    }

    /** The writer's lock. */
    @Nested
    class WriterLock {
        @Test
        void secondWriterOfAPartitionGetsAConflictThatNamesTheHolder() {
            Dataset dataset = prepared();
            String holder = "save@" + UUID.randomUUID();
            try (WindowWriter first =
                    store.openWriter(dataset, Partition.ALL, new WriterRequest(holder, Duration.ofSeconds(5)))) {
                SnapshotException conflict = assertKind(
                        Kind.CONFLICT,
                        () -> store.openWriter(dataset, Partition.ALL, new WriterRequest("second", Duration.ZERO))
                                .close());
                assertTrue(conflict.getMessage().contains(holder), () -> "no holder in: " + conflict.getMessage());
                assertEquals(Optional.empty(), first.current());
            }
        }

        @Test
        void secondWriterWaitsAsLongAsItsPatience() {
            Dataset dataset = prepared();
            try (WindowWriter first = writer(dataset, Partition.ALL)) {
                assertEquals(List.of(), first.unfinished());
                long start = System.nanoTime();
                assertKind(
                        Kind.CONFLICT,
                        () -> store.openWriter(
                                        dataset, Partition.ALL, new WriterRequest("second", Duration.ofMillis(600)))
                                .close());
                long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
                assertTrue(waited >= 550 && waited < 20_000, () -> "waited " + waited + " ms of 600");
            }
        }

        @Test
        void waitingWriterGetsThePartitionWhenTheFirstCloses() throws Exception {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(54, 20);
            Future<Optional<WindowSnapshot>> second;
            WindowSnapshot published;
            try (WindowWriter first = writer(dataset, Partition.ALL)) {
                second = background.submit(() -> {
                    try (WindowWriter writer = store.openWriter(
                            dataset, Partition.ALL, new WriterRequest("second", Duration.ofSeconds(60)))) {
                        return writer.current();
                    }
                });
                assertThrows(TimeoutException.class, () -> second.get(300, TimeUnit.MILLISECONDS));
                SnapshotId id = SnapshotId.random();
                sealed(dataset, first, id, rows, DAY);
                published = first.publish(id, Optional.empty(), 2);
            }
            assertEquals(Optional.of(published), await(second));
        }

        @Test
        void closingAWriterReleasesThePartition() {
            Dataset dataset = prepared();
            for (int i = 0; i < 3; i++) {
                try (WindowWriter writer =
                        store.openWriter(dataset, Partition.ALL, new WriterRequest("one of three", Duration.ZERO))) {
                    assertEquals(Optional.empty(), writer.current());
                }
            }
        }

        @Test
        void writersOfOtherPartitionsAndOtherDatasetsDoNotWait() {
            Dataset dataset = prepared();
            Dataset other = prepared();
            WriterRequest impatient = new WriterRequest("impatient", Duration.ZERO);
            try (WindowWriter first = store.openWriter(dataset, Partition.ALL, impatient);
                    WindowWriter second = store.openWriter(dataset, GREYSON, impatient);
                    WindowWriter third = store.openWriter(other, Partition.ALL, impatient)) {
                assertEquals(List.of(), first.unfinished());
                assertEquals(List.of(), second.unfinished());
                assertEquals(List.of(), third.unfinished());
            }
        }

        @Test
        void twoPartitionsAreWrittenInParallel() throws Exception {
            Dataset dataset = prepared();
            CyclicBarrier together = new CyclicBarrier(2);
            List<Future<HashedRows>> writing = new ArrayList<>();
            List<Partition> partitions = List.of(Partition.ALL, GREYSON);
            for (int i = 0; i < partitions.size(); i++) {
                Partition partition = partitions.get(i);
                HashedRows start = HashedRows.random(55 + i, 300);
                writing.add(background.submit(() -> {
                    HashedRows rows = start;
                    for (int day = 0; day < 3; day++) {
                        rows = rows.nextDay(day);
                        SnapshotId id = SnapshotId.random();
                        try (WindowWriter writer = writer(dataset, partition)) {
                            writer.begin(request(id, day(day)));
                            together.await(60, TimeUnit.SECONDS);
                            stage(dataset, writer, id, rows);
                            writer.delta(id).summary();
                            together.await(60, TimeUnit.SECONDS);
                            writer.seal(id, rows.size(), rows.fingerprint());
                            writer.publish(id, Optional.empty(), 2);
                        }
                    }
                    return rows;
                }));
            }
            for (int i = 0; i < partitions.size(); i++) {
                HashedRows expected = await(writing.get(i));
                assertEquals(
                        expected,
                        rows(
                                dataset,
                                store.findCurrent(dataset, partitions.get(i)).orElseThrow()));
                assertEquals(
                        2,
                        store.snapshots(dataset, Optional.of(partitions.get(i))).size());
            }
        }

        @Test
        void writersOfOnePartitionTakeTurns() throws Exception {
            Dataset dataset = prepared();
            CyclicBarrier start = new CyclicBarrier(4);
            List<Future<Instant>> writing = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                HashedRows rows = HashedRows.random(57 + i, 40);
                writing.add(background.submit(() -> {
                    start.await(30, TimeUnit.SECONDS);
                    try (WindowWriter writer = store.openWriter(
                            dataset, Partition.ALL, new WriterRequest("in turn", Duration.ofSeconds(90)))) {
                        Instant date = writer.current()
                                .map(current -> current.date().plusSeconds(1))
                                .orElse(DAY);
                        // Long enough for the others to intervene, if no lock kept them out.
                        Thread.sleep(50);
                        SnapshotId id = SnapshotId.random();
                        sealed(dataset, writer, id, rows, date);
                        return writer.publish(id, Optional.empty(), 4).date();
                    }
                }));
            }
            Set<Instant> dates = new HashSet<>();
            for (Future<Instant> one : writing) {
                dates.add(await(one));
            }
            assertEquals(Set.of(DAY, DAY.plusSeconds(1), DAY.plusSeconds(2), DAY.plusSeconds(3)), dates);
            assertEquals(4, store.snapshots(dataset, Optional.of(Partition.ALL)).size());
        }

        @Test
        void writerWhoseSessionBrokeCannotPublish() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(61, 30);
            SnapshotId id = SnapshotId.random();
            WindowWriter broken = writer(dataset, Partition.ALL);
            sealed(dataset, broken, id, rows, DAY);
            orSkip(sessionBreaker(dataset, Partition.ALL), "a writer's session cannot be broken here")
                    .run();
            HashedRows others = HashedRows.random(62, 30);
            WindowSnapshot current = published(dataset, Partition.ALL, others, day(1));
            assertKind(Kind.CONFLICT, () -> broken.publish(id, Optional.empty(), 2));
            try {
                broken.close();
            } catch (SnapshotException alreadyGone) {
                assertEquals(Kind.UNAVAILABLE, alreadyGone.kind());
            }
            assertEquals(List.of(current), store.snapshots(dataset, Optional.empty()));
            assertEquals(others, rows(dataset, current));
        }

        /** Rows of other writers may have such a partition. */
        @Test
        void anEmptyPartitionNameIsReadAndNeverWritten() {
            Dataset dataset = prepared();
            WindowSnapshot current = published(dataset, Partition.ALL, HashedRows.random(61, 3), DAY);
            Partition empty = new Partition("");
            assertEquals(Optional.empty(), store.findCurrent(dataset, empty));
            assertEquals(List.of(), store.snapshots(dataset, Optional.of(empty)));
            assertEquals(List.of(), store.removeBeyond(dataset, Optional.of(empty), 1));
            assertKind(Kind.INVALID_REQUEST, () -> writer(dataset, empty));
            assertEquals(List.of(current), store.snapshots(dataset, Optional.empty()));
        }
    }

    /** The remains of a writer. */
    @Nested
    class RemainsOfAWriter {
        @Test
        void unfinishedSnapshotsAreListedOldestFirst() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(63, 15);
            List<Optional<SnapshotId>> left = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                SnapshotId id = SnapshotId.random();
                left.add(Optional.of(id));
                try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                    writer.begin(request(id, day(i)));
                    stage(dataset, writer, id, rows);
                    if (i == 1) {
                        writer.seal(id, rows.size(), rows.fingerprint());
                    }
                }
            }
            SnapshotId ofGreyson = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, GREYSON)) {
                assertEquals(List.of(), writer.unfinished());
                writer.begin(request(ofGreyson, day(0)));
                stage(dataset, writer, ofGreyson, rows);
                // Listed while its writer is at it, too.
                List<Optional<SnapshotId>> all = new ArrayList<>(left);
                all.add(Optional.of(ofGreyson));
                assertEquals(all, ids(store.unfinished(dataset)));
                writer.discard(ofGreyson);
            }
            assertEquals(left, ids(store.unfinished(dataset)));
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                List<WindowSnapshot> unfinished = writer.unfinished();
                assertEquals(left, ids(unfinished));
                assertEquals(
                        List.of(SnapshotState.STAGING, SnapshotState.STAGED, SnapshotState.STAGING),
                        unfinished.stream().map(WindowSnapshot::state).toList());
                assertEquals(rows.size(), unfinished.get(1).rowCount());
                assertEquals(Optional.of(rows.fingerprint()), unfinished.get(1).fingerprint());
            }
        }

        @Test
        void sealedSnapshotOfAnEarlierWriterCanBePublished() {
            Dataset dataset = prepared();
            HashedRows before = HashedRows.random(64, 25);
            WindowSnapshot earlier = published(dataset, Partition.ALL, before, DAY);
            HashedRows rows = before.nextDay(65);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                sealed(dataset, writer, id, rows, day(1));
            }
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                assertEquals(List.of(Optional.of(id)), ids(writer.unfinished()));
                WindowSnapshot published = writer.publish(id, Optional.of(new ArchiveId(7)), 2);
                assertEquals(List.of(), writer.unfinished());
                assertEquals(List.of(), store.unfinished(dataset));
                assertEquals(rows, rows(dataset, published));
                assertEquals(day(1), published.date());
            }
            assertEquals(List.of(Optional.of(id), earlier.id()), ids(store.snapshots(dataset, Optional.empty())));
        }

        @Test
        void unfinishedSnapshotsCanBeDiscarded() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(66, 25);
            SnapshotId staging = SnapshotId.random();
            SnapshotId staged = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.begin(request(staging, DAY));
                stage(dataset, writer, staging, rows);
            }
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                sealed(dataset, writer, staged, rows, day(1));
            }
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.discard(staging);
                assertEquals(List.of(Optional.of(staged)), ids(writer.unfinished()));
                writer.discard(staged);
                assertEquals(List.of(), writer.unfinished());
                assertEquals(SnapshotState.UNDONE, state(dataset, Optional.of(staging)));
                assertEquals(SnapshotState.UNDONE, state(dataset, Optional.of(staged)));
                assertEquals(List.of(), store.snapshots(dataset, Optional.empty()));
                HashedRows others = rows.nextDay(67);
                sealed(dataset, writer, staging, others, day(2));
                assertEquals(others, rows(dataset, writer.publish(staging, Optional.empty(), 2)));
            }
        }

        /**
         * The next attempt contains nothing of an attempt that was undone. The ledger tells which attempts may have
         * been archived.
         */
        @Test
        void undoneSnapshotMayBeBegunAgainAsAnotherAttempt() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(69, 25);
            SnapshotId staged = SnapshotId.random();
            SnapshotId staging = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                assertEquals(1, writer.begin(request(staging, DAY)));
                stage(dataset, writer, staging, rows);
                writer.discard(staging);
                assertEquals(List.of(), ids(store.undone(dataset, Optional.empty())), "it was never sealed");
                sealed(dataset, writer, staged, rows, DAY);
                assertEquals(1, store.find(dataset, staged).orElseThrow().attempt());
                writer.discard(staged);
                assertEquals(List.of(Optional.of(staged)), ids(store.undone(dataset, Optional.of(Partition.ALL))));
                assertEquals(List.of(), store.undone(dataset, Optional.of(GREYSON)));
                assertEquals(2, writer.begin(request(staged, day(1))));
                WindowSnapshot again = store.find(dataset, staged).orElseThrow();
                assertEquals(2, again.attempt());
                assertEquals(SnapshotState.STAGING, again.state());
                assertEquals(Optional.empty(), again.fingerprint());
                assertEquals(day(1), again.date());
                assertEquals(List.of(Optional.of(staged)), ids(store.undone(dataset, Optional.empty())));
                HashedRows others = rows.nextDay(70);
                stage(dataset, writer, staged, others);
                writer.seal(staged, others.size(), others.fingerprint());
                assertEquals(others, rows(dataset, writer.publish(staged, Optional.empty(), 2)));
                assertEquals(2, store.find(dataset, staged).orElseThrow().attempt());
            }
            try (WindowWriter writer = writer(dataset, GREYSON)) {
                assertKind(Kind.CONFLICT, () -> writer.begin(request(staging, day(1))));
            }
        }
    }

    /** Taking back. */
    @Nested
    class TakingBack {
        @Test
        void takingBackMakesThePreviousSnapshotCurrentAgain() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(71, 25);
            WindowSnapshot oldest = published(dataset, Partition.ALL, rows, DAY, 3);
            WindowSnapshot previous = published(dataset, Partition.ALL, rows.nextDay(72), day(1), 3);
            WindowSnapshot current = published(dataset, Partition.ALL, rows.nextDay(73), day(2), 3);
            WindowSnapshot elsewhere = published(dataset, GREYSON, rows, DAY);
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                assertKind(Kind.CONFLICT, () -> writer.takeBack(previous.id().orElseThrow(), oldest.id()));
                assertKind(
                        Kind.CONFLICT,
                        () -> writer.takeBack(current.id().orElseThrow(), Optional.of(SnapshotId.random())));
                assertKind(Kind.CONFLICT, () -> writer.takeBack(current.id().orElseThrow(), elsewhere.id()));
                assertEquals(
                        List.of(current.id(), previous.id(), oldest.id()),
                        ids(store.snapshots(dataset, Optional.of(Partition.ALL))));
                writer.takeBack(current.id().orElseThrow(), previous.id());
                assertEquals(previous.id(), writer.current().flatMap(WindowSnapshot::id));
                assertDeltaOfNewRows(dataset, writer, rows.nextDay(72));
            }
            assertEquals(SnapshotState.UNDONE, state(dataset, current.id()));
            assertEquals(
                    List.of(previous.id(), oldest.id()), ids(store.snapshots(dataset, Optional.of(Partition.ALL))));
            assertEquals(
                    rows.nextDay(72),
                    rows(dataset, store.findCurrent(dataset, Partition.ALL).orElseThrow()));
            assertEquals(rows, rows(dataset, oldest));
            assertEquals(rows, rows(dataset, elsewhere));
            carriedTexts(dataset, Partition.ALL)
                    .ifPresent(texts -> assertEquals(rows.nextDay(72).size(), texts.size()));
            assertKind(Kind.CONFLICT, () -> rows(dataset, current));
        }

        private void assertDeltaOfNewRows(Dataset dataset, WindowWriter writer, HashedRows before) {
            SnapshotId id = SnapshotId.random();
            HashedRows after = before.nextDay(74);
            writer.begin(request(id, day(5)));
            stage(dataset, writer, id, after);
            assertDelta(before, after, writer.delta(id));
            writer.discard(id);
        }

        @Test
        void takingBackTheOnlySnapshotLeavesNone() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(75, 25);
            WindowSnapshot only = published(dataset, Partition.ALL, rows, DAY);
            SnapshotId id = only.id().orElseThrow();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.takeBack(id, Optional.empty());
                assertEquals(Optional.empty(), writer.current());
                assertEquals(Optional.empty(), writer.recorded());
                assertEquals(2, writer.begin(request(id, DAY)));
                stage(dataset, writer, id, rows);
                writer.seal(id, rows.size(), rows.fingerprint());
                assertEquals(rows, rows(dataset, writer.publish(id, Optional.empty(), 2)));
            }
        }

        @Test
        void removingThePreviousSnapshotsAndTakingTheCurrentOneBackEmptiesAPartition() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(78, 25);
            WindowSnapshot oldest = published(dataset, Partition.ALL, rows, DAY, 3);
            WindowSnapshot previous = published(dataset, Partition.ALL, rows.nextDay(79), day(1), 3);
            WindowSnapshot current = published(dataset, Partition.ALL, rows.nextDay(80), day(2), 3);
            WindowSnapshot elsewhere = published(dataset, GREYSON, rows, DAY);
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                assertEquals(
                        List.of(previous.id(), oldest.id()),
                        ids(store.removeBeyond(dataset, Optional.of(Partition.ALL), 1)));
                writer.takeBack(current.id().orElseThrow(), Optional.empty());
                assertEquals(Optional.empty(), writer.current());
            }
            assertEquals(List.of(), store.snapshots(dataset, Optional.of(Partition.ALL)));
            assertEquals(List.of(elsewhere.id()), ids(store.snapshots(dataset, Optional.empty())));
            assertEquals(SnapshotState.REMOVED, state(dataset, previous.id()));
            assertEquals(SnapshotState.UNDONE, state(dataset, current.id()));
            assertEquals(rows, rows(dataset, elsewhere));
            published(dataset, Partition.ALL, rows, day(3));
        }

        /** The rows of such a snapshot are in the archive only. The window reports that and does not count as empty. */
        @Test
        void takingBackToASnapshotThatHasLeftTheWindowLeavesItIncomplete() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(76, 25);
            WindowSnapshot gone = published(dataset, Partition.ALL, rows, DAY, 1);
            WindowSnapshot current = published(dataset, Partition.ALL, rows.nextDay(77), day(1), 1);
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.takeBack(current.id().orElseThrow(), gone.id());
            }
            WindowSnapshot incomplete =
                    store.findCurrent(dataset, Partition.ALL).orElseThrow();
            assertEquals(gone.id(), incomplete.id());
            assertEquals(SnapshotState.INCOMPLETE, incomplete.state());
            assertEquals(rows.size(), incomplete.rowCount());
            assertKind(Kind.CORRUPT, () -> rows(dataset, incomplete));
            published(dataset, Partition.ALL, rows, day(2));
            assertEquals(SnapshotState.REMOVED, state(dataset, gone.id()));
        }
    }

    /** Rows that a foreign statement deleted. */
    @Nested
    class DeletedRows {
        @Test
        void deletedRowsMakeTheCurrentSnapshotIncomplete() {
            for (int kept : List.of(0, BATCH_ROWS)) {
                Dataset dataset = prepared();
                HashedRows rows = HashedRows.random(78, BATCH_ROWS + 50);
                published(dataset, Partition.ALL, rows.nextDay(79), DAY);
                WindowSnapshot current = published(dataset, Partition.ALL, rows, day(1));
                List<UUID> identities = new ArrayList<>();
                KeyedHashes batch = rows.batch();
                for (int row = kept; row < batch.size(); row++) {
                    identities.add(batch.identity(row));
                }
                foreign().delete(dataset, Partition.ALL, identities);
                WindowSnapshot incomplete =
                        store.findCurrent(dataset, Partition.ALL).orElseThrow();
                assertEquals(SnapshotState.INCOMPLETE, incomplete.state());
                assertEquals(current.id(), incomplete.id());
                assertEquals(current.rowCount(), incomplete.rowCount());
                assertEquals(
                        incomplete,
                        store.snapshots(dataset, Optional.of(Partition.ALL)).get(0));
                assertEquals(SnapshotState.CURRENT, state(dataset, current.id()), "the ledger says what was published");
                assertKind(Kind.CORRUPT, () -> rows(dataset, incomplete));
                try (WindowProbe probe = store.openProbe(dataset, Partition.ALL)) {
                    assertEquals(Optional.of(incomplete), probe.current());
                }
                try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                    assertEquals(Optional.of(incomplete), writer.current());
                    assertEquals(current.id(), writer.recorded().flatMap(WindowSnapshot::id));
                    SnapshotId id = SnapshotId.random();
                    sealed(dataset, writer, id, rows, day(2));
                    assertEquals(rows, rows(dataset, writer.publish(id, Optional.empty(), 3)));
                }
                assertEquals(SnapshotState.REMOVED, state(dataset, current.id()), "its rows are no whole snapshot");
                assertEquals(
                        2, store.snapshots(dataset, Optional.of(Partition.ALL)).size());
            }
        }

        /**
         * The port defines the discard of a missing snapshot as a no-op. The same holds for a visible snapshot and for
         * a snapshot of another partition.
         */
        @Test
        void discardTouchesNothingVisibleNothingUnknownAndNoOtherPartition() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(68, 25);
            WindowSnapshot previous = published(dataset, Partition.ALL, rows, DAY);
            WindowSnapshot current = published(dataset, Partition.ALL, rows, day(1));
            SnapshotId elsewhere = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, GREYSON)) {
                sealed(dataset, writer, elsewhere, rows, DAY);
            }
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.discard(SnapshotId.random());
                writer.discard(previous.id().orElseThrow());
                writer.discard(current.id().orElseThrow());
                writer.discard(elsewhere);
            }
            assertEquals(List.of(current.id(), previous.id()), ids(store.snapshots(dataset, Optional.empty())));
            assertEquals(rows, rows(dataset, current));
            assertEquals(rows, rows(dataset, previous));
            try (WindowWriter writer = writer(dataset, GREYSON)) {
                assertEquals(rows, rows(dataset, writer.publish(elsewhere, Optional.empty(), 2)));
            }
        }

        @Test
        void snapshotThatWasNotSealedIsNotPublished() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(69, 25);
            WindowSnapshot current = published(dataset, Partition.ALL, rows, DAY);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.begin(request(id, day(1)));
                stage(dataset, writer, id, rows);
                assertMisuse(() -> writer.publish(id, Optional.empty(), 2));
                assertMisuse(() -> writer.publish(SnapshotId.random(), Optional.empty(), 2));
            }
            assertOnlyVisible(dataset, current, rows);
        }

        @Test
        void snapshotWithOtherRowsThanSealedIsCorruptAndNotPublished() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(70, 25);
            WindowSnapshot current = published(dataset, Partition.ALL, rows, DAY);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.begin(request(id, day(1)));
                stage(dataset, writer, id, rows);
                writer.seal(id, rows.size() + 1L, rows.fingerprint());
                assertKind(Kind.CORRUPT, () -> writer.publish(id, Optional.empty(), 2));
            }
            assertOnlyVisible(dataset, current, rows);
        }
    }

    /** The reference to the archive. */
    @Nested
    class ArchiveReference {
        @Test
        void archiveIsLinkedOnceAndForAll() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(71, 15);
            WindowSnapshot previous = published(dataset, Partition.ALL, rows, DAY);
            WindowSnapshot current = published(dataset, Partition.ALL, rows, day(1));
            for (WindowSnapshot snapshot : List.of(previous, current)) {
                SnapshotId id = snapshot.id().orElseThrow();
                ArchiveId archive =
                        new ArchiveId(1_000_000_000_000L + snapshot.date().getEpochSecond());
                assertEquals(
                        Optional.empty(), store.find(dataset, id).orElseThrow().archiveId());
                store.linkArchive(dataset, id, archive);
                assertEquals(
                        Optional.of(archive),
                        store.find(dataset, id).orElseThrow().archiveId());
                store.linkArchive(dataset, id, archive);
                assertKind(Kind.CONFLICT, () -> store.linkArchive(dataset, id, new ArchiveId(5)));
                assertEquals(
                        Optional.of(archive),
                        store.find(dataset, id).orElseThrow().archiveId());
            }
            assertEquals(rows, rows(dataset, current));
        }

        /**
         * The note distinguishes a snapshot with a waiting or lost file from a snapshot that was saved without an
         * archive.
         */
        @Test
        void noteThatAnArchiveIsAwaitedStaysUntilOneIsLinked() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(73, 15);
            WindowSnapshot without = published(dataset, Partition.ALL, rows, DAY);
            assertEquals(Optional.empty(), without.archiveAwaited());
            SnapshotId id = SnapshotId.random();
            Optional<String> where = Optional.of("host-1:/var/lib/Prüfung/outbox");
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                assertKind(Kind.INVALID_REQUEST, () -> writer.awaitArchive(id, "nowhere"));
                sealed(dataset, writer, id, rows, day(1));
                writer.awaitArchive(id, "elsewhere");
                writer.awaitArchive(id, where.get());
                assertEquals(where, writer.publish(id, Optional.empty(), 3).archiveAwaited());
            }
            assertEquals(where, store.find(dataset, id).orElseThrow().archiveAwaited());
            published(dataset, Partition.ALL, rows, day(2), 3);
            assertEquals(
                    List.of(Optional.empty(), where, Optional.empty()),
                    store.snapshots(dataset, Optional.empty()).stream()
                            .map(WindowSnapshot::archiveAwaited)
                            .toList());
            store.linkArchive(dataset, id, new ArchiveId(7));
            assertEquals(Optional.empty(), store.find(dataset, id).orElseThrow().archiveAwaited());
            SnapshotId archived = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                sealed(dataset, writer, archived, rows, day(3));
                writer.awaitArchive(archived, where.get());
                writer.publish(archived, Optional.of(new ArchiveId(8)), 2);
            }
            assertEquals(
                    Optional.empty(),
                    store.find(dataset, archived).orElseThrow().archiveAwaited());
        }

        /** Only visible snapshots can be linked, so a staged snapshot gets the same answer as a removed one. */
        @Test
        void archiveOfASnapshotThatIsGoneOrNotYetVisibleIsAConflict() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(72, 15);
            WindowSnapshot gone = published(dataset, Partition.ALL, rows, DAY);
            published(dataset, Partition.ALL, rows, day(1), 1);
            assertKind(Kind.CONFLICT, () -> store.linkArchive(dataset, gone.id().orElseThrow(), new ArchiveId(1)));
            assertKind(Kind.CONFLICT, () -> store.linkArchive(dataset, SnapshotId.random(), new ArchiveId(1)));
            SnapshotId staged = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                sealed(dataset, writer, staged, rows, day(2));
                assertKind(Kind.CONFLICT, () -> store.linkArchive(dataset, staged, new ArchiveId(1)));
            }
        }
    }

    /** Reading while others write. */
    @Nested
    class ReadingWhileOthersWrite {
        @Test
        void rowsAreReadAsOfOneMomentWhileAWriterReplacesThem() throws Exception {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(73, 10_000);
            WindowSnapshot snapshot = published(dataset, Partition.ALL, rows, DAY);
            Map<UUID, String> read = new HashMap<>();
            try (KeyedRowStream stream = store.openRows(dataset, snapshot)) {
                collect(stream.next().orElseThrow(), read);
                await(background.submit(() -> published(dataset, Partition.ALL, HashedRows.random(74, 10), day(1), 1)));
                for (Optional<KeyedHashes> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                    collect(batch.get(), read);
                }
            }
            assertEquals(rows, HashedRows.of(read));
            assertKind(Kind.CONFLICT, () -> rows(dataset, snapshot));
        }

        @Test
        void streamOfRowsMayBeClosedBeforeItsEnd() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(75, 10_000);
            WindowSnapshot snapshot = published(dataset, Partition.ALL, rows, DAY);
            for (int i = 0; i < 20; i++) {
                try (KeyedRowStream stream = store.openRows(dataset, snapshot)) {
                    assertTrue(stream.next().orElseThrow().size() > 0);
                }
            }
            assertEquals(rows, rows(dataset, snapshot));
        }

        @Test
        void readersAlwaysSeeOneWholeSnapshot() throws Exception {
            Dataset dataset = prepared();
            Map<SnapshotId, HashedRows> written = new LinkedHashMap<>();
            for (int i = 0; i < 8; i++) {
                written.put(SnapshotId.random(), HashedRows.random(76 + i, 300 + i));
            }
            Future<Object> writing = background.submit(() -> {
                int i = 0;
                for (Map.Entry<SnapshotId, HashedRows> next : written.entrySet()) {
                    try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                        sealed(dataset, writer, next.getKey(), next.getValue(), day(i++));
                        writer.publish(next.getKey(), Optional.empty(), 1);
                    }
                }
                return null;
            });
            boolean last;
            do {
                last = writing.isDone();
                List<WindowSnapshot> visible = store.snapshots(dataset, Optional.empty());
                assertTrue(visible.size() <= 1, () -> "visible at once: " + visible);
                for (WindowSnapshot snapshot : visible) {
                    assertEquals(SnapshotState.CURRENT, snapshot.state());
                    try {
                        assertEquals(written.get(snapshot.id().orElseThrow()), rows(dataset, snapshot));
                    } catch (SnapshotException replaced) {
                        assertEquals(Kind.CONFLICT, replaced.kind());
                    }
                }
            } while (!last);
            await(writing);
        }
    }

    /** Probes. */
    @Nested
    class Probes {
        @Test
        void probeLeavesNothingBehind() {
            Dataset dataset = prepared();
            HashedRows before = HashedRows.random(84, 50);
            WindowSnapshot current = published(dataset, Partition.ALL, before, DAY);
            HashedRows after = before.nextDay(85);
            for (int i = 0; i < 3; i++) {
                try (WindowProbe probe = store.openProbe(dataset, Partition.ALL)) {
                    probe.add(after.batch());
                    assertDelta(before, after, probe.delta());
                    assertEquals(Optional.of(current), probe.current());
                }
            }
            try (WindowProbe neverAsked = store.openProbe(dataset, Partition.ALL)) {
                neverAsked.add(after.batch());
            }
            assertOnlyVisible(dataset, current, before);
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                assertEquals(List.of(), writer.unfinished());
            }
        }

        @Test
        void probeWithoutRowsFindsAllDeleted() {
            Dataset dataset = prepared();
            HashedRows before = HashedRows.random(86, 50);
            published(dataset, Partition.ALL, before, DAY);
            try (WindowProbe probe = store.openProbe(dataset, Partition.ALL)) {
                assertDelta(before, HashedRows.none(), probe.delta());
            }
        }

        @Test
        void probesNeitherWaitForAWriterNorSeeWhatItStaged() {
            Dataset dataset = prepared();
            HashedRows before = HashedRows.random(87, 50);
            WindowSnapshot current = published(dataset, Partition.ALL, before, DAY);
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                sealed(dataset, writer, id, before.nextDay(88), day(1));
                HashedRows after = before.nextDay(89);
                try (WindowProbe one = store.openProbe(dataset, Partition.ALL);
                        WindowProbe another = store.openProbe(dataset, Partition.ALL)) {
                    one.add(after.batch());
                    another.add(before.batch());
                    assertDelta(before, after, one.delta());
                    assertDelta(before, before, another.delta());
                    assertEquals(Optional.of(current), one.current());
                }
            }
        }

        @Test
        void probeAnswersAsOfItsFirstDeltaWhileAWriterPublishes() throws Exception {
            Dataset dataset = prepared();
            HashedRows before = HashedRows.random(90, 400);
            HashedRows between = before.nextDay(91);
            HashedRows after = between.nextDay(92);
            published(dataset, Partition.ALL, before, DAY);
            try (WindowProbe probe = store.openProbe(dataset, Partition.ALL)) {
                for (KeyedHashes batch : after.batches(100)) {
                    probe.add(batch);
                }
                WindowSnapshot compared =
                        await(background.submit(() -> published(dataset, Partition.ALL, between, day(1), 1)));
                SnapshotDelta delta = probe.delta();
                await(background.submit(() -> published(dataset, Partition.ALL, HashedRows.none(), day(2), 1)));
                assertDelta(between, after, delta);
                assertEquals(
                        compared.id(), probe.current().map(WindowSnapshot::id).orElseThrow());
                assertDelta(between, after, probe.delta());
            }
            assertEquals(
                    0, store.findCurrent(dataset, Partition.ALL).orElseThrow().rowCount());
        }
    }

    /** Pruning. */
    @Nested
    class Pruning {
        @Test
        void removeBeyondRemovesWhatBeyondLists() {
            Dataset dataset = prepared();
            List<Optional<SnapshotId>> newest = new ArrayList<>();
            Set<Optional<SnapshotId>> older = new HashSet<>();
            for (Partition partition : List.of(Partition.ALL, GREYSON)) {
                for (int i = 0; i < 4; i++) {
                    WindowSnapshot snapshot =
                            published(dataset, partition, HashedRows.random(93 + i, 5 + i), day(i), 4);
                    if (i < 2) {
                        older.add(snapshot.id());
                    } else {
                        newest.add(newest.size() - i % 2, snapshot.id());
                    }
                }
            }
            List<WindowSnapshot> before = store.snapshots(dataset, Optional.empty());
            assertEquals(older, Set.copyOf(ids(store.beyond(dataset, Optional.empty(), 2))));
            assertEquals(before, store.snapshots(dataset, Optional.empty()));
            List<WindowSnapshot> planned = store.beyond(dataset, Optional.empty(), 2);
            List<WindowSnapshot> removed = store.removeBeyond(dataset, Optional.empty(), 2);
            assertEquals(planned, removed);
            assertEquals(newest, ids(store.snapshots(dataset, Optional.empty())));
            for (WindowSnapshot gone : removed) {
                assertKind(Kind.CONFLICT, () -> rows(dataset, gone));
                assertEquals(SnapshotState.REMOVED, state(dataset, gone.id()));
            }
            assertEquals(List.of(), store.removeBeyond(dataset, Optional.empty(), 2));
        }

        @Test
        void removeBeyondOfOnePartitionLeavesTheOthers() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(97, 6);
            for (Partition partition : List.of(Partition.ALL, GREYSON)) {
                for (int i = 0; i < 3; i++) {
                    published(dataset, partition, rows, day(i), 3);
                }
            }
            assertEquals(2, store.removeBeyond(dataset, Optional.of(GREYSON), 1).size());
            assertEquals(1, store.snapshots(dataset, Optional.of(GREYSON)).size());
            assertEquals(3, store.snapshots(dataset, Optional.of(Partition.ALL)).size());
            assertEquals(rows, rows(dataset, store.findCurrent(dataset, GREYSON).orElseThrow()));
            assertEquals(List.of(), store.removeBeyond(dataset, Optional.of(new Partition("NOBODY")), 1));
        }

        @Test
        void removeBeyondNeitherCountsNorTouchesUnfinishedSnapshots() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(98, 6);
            WindowSnapshot previous = published(dataset, Partition.ALL, rows, DAY);
            WindowSnapshot current = published(dataset, Partition.ALL, rows, day(1));
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                sealed(dataset, writer, id, rows, day(2));
            }
            assertEquals(List.of(), store.removeBeyond(dataset, Optional.empty(), 2));
            assertEquals(List.of(previous.id()), ids(store.removeBeyond(dataset, Optional.empty(), 1)));
            assertEquals(List.of(current), store.snapshots(dataset, Optional.empty()));
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                assertEquals(List.of(Optional.of(id)), ids(writer.unfinished()));
                assertEquals(rows, rows(dataset, writer.publish(id, Optional.empty(), 2)));
            }
        }

        /** A keep count comes from users, so it is answered with INVALID_REQUEST. */
        @Test
        void keepCountBelowOneIsRefused() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(99, 6);
            WindowSnapshot current = published(dataset, Partition.ALL, rows, DAY);
            SnapshotId id = SnapshotId.random();
            for (int keepCount : List.of(0, -1, Integer.MIN_VALUE)) {
                assertKind(Kind.INVALID_REQUEST, () -> store.beyond(dataset, Optional.empty(), keepCount));
                assertKind(Kind.INVALID_REQUEST, () -> store.removeBeyond(dataset, Optional.empty(), keepCount));
            }
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                sealed(dataset, writer, id, rows, day(1));
                assertKind(Kind.INVALID_REQUEST, () -> writer.publish(id, Optional.empty(), 0));
                assertEquals(List.of(current), store.snapshots(dataset, Optional.empty()));
                assertEquals(
                        Optional.of(id), writer.publish(id, Optional.empty(), 1).id());
            }
        }
    }

    /** Foreign changes to the current table. */
    @Nested
    class ForeignChanges {
        /** Hashes as other writers make them: shorter, in upper case, of another alphabet. */
        private static Map<UUID, String> foreignHashes(HashedRows rows) {
            List<String> forms = List.of(
                    "d41d8cd98f00b204e9800998ecf8427e",
                    "AB".repeat(32),
                    "not hex",
                    "1".repeat(63) + "G",
                    "0".repeat(64));
            Map<UUID, String> hashes = new HashMap<>();
            for (KeyedHashes batch : rows.batches(BATCH_ROWS)) {
                for (int row = 0; row < batch.size(); row++) {
                    hashes.put(batch.identity(row), forms.get(row % forms.size()));
                }
            }
            return hashes;
        }

        @Test
        void foreignSnapshotIsReadWhateverTheFormOfItsHashesAndStaysForeignWhenItIsRetired() {
            Dataset dataset = prepared();
            ForeignStatements foreign = foreign();
            HashedRows rows = HashedRows.random(101, 25);
            published(dataset, Partition.ALL, rows, day(1));
            foreign.replace(dataset, Partition.ALL, day(2), foreignHashes(rows));

            WindowSnapshot current = store.findCurrent(dataset, Partition.ALL).orElseThrow();
            assertTrue(current.isForeign());
            assertEquals(Optional.empty(), current.id());
            assertEquals(day(2), current.date());
            assertEquals(25, current.rowCount());
            HashedRows read = rows(dataset, current);
            assertEquals(25, read.size());
            try (WindowProbe probe = store.openProbe(dataset, Partition.ALL)) {
                rows.batches(BATCH_ROWS).forEach(probe::add);
                assertEquals(new DeltaSummary(0, 25, 0, 0), probe.delta().summary(), "a hash of another form differs");
            }

            WindowSnapshot next = published(dataset, Partition.ALL, rows, day(3));
            List<WindowSnapshot> visible = store.snapshots(dataset, Optional.empty());
            assertEquals(List.of(next), visible.subList(0, 1));
            WindowSnapshot retired = visible.get(1);
            assertTrue(retired.isForeign(), retired::toString);
            assertEquals(SnapshotState.PREVIOUS, retired.state());
            assertEquals(day(2), retired.date());
            assertEquals(Optional.empty(), retired.fingerprint());
            assertEquals(read, rows(dataset, retired));
            requireStamps(dataset);
            assertEquals(25, stamps(dataset, retired).rows());
        }

        @Test
        void snapshotUnderAddedRowsIsFoundWhileNoneOfItsRowsIsMissing() {
            Dataset dataset = prepared();
            ForeignStatements foreign = foreign();
            HashedRows rows = HashedRows.random(151, 25);
            assertEquals(Optional.empty(), store.findAddedTo(dataset, Partition.ALL));
            WindowSnapshot published = published(dataset, Partition.ALL, rows, day(1));
            assertEquals(Optional.empty(), store.findAddedTo(dataset, Partition.ALL), "nothing was added");

            foreign.add(
                    dataset, Partition.ALL, day(1), HashedRows.random(152, 2).hashes());
            assertTrue(store.findCurrent(dataset, Partition.ALL).orElseThrow().isForeign());
            assertEquals(Optional.of(published), store.findAddedTo(dataset, Partition.ALL));

            foreign.delete(
                    dataset,
                    Partition.ALL,
                    List.of(rows.hashes().keySet().iterator().next()));
            assertTrue(store.findCurrent(dataset, Partition.ALL).orElseThrow().isForeign());
            assertEquals(Optional.empty(), store.findAddedTo(dataset, Partition.ALL), "a row is missing");

            foreign.replace(dataset, Partition.ALL, day(2), foreignHashes(rows));
            assertEquals(Optional.empty(), store.findAddedTo(dataset, Partition.ALL), "all rows are another writer's");
        }

        /** A comparison in the database and one of the streamed rows tell the same changes, whatever the texts are. */
        @Test
        void oddHashesDifferAlikeInTheDatabaseAndInTheStream() {
            for (long seed = 0; seed < 8; seed++) {
                Random random = new Random(seed);
                Dataset dataset = prepared();
                HashedRows rows = HashedRows.random(130 + seed, 60);
                Map<UUID, String> odd = new HashMap<>();
                rows.hashes()
                        .forEach((identity, hash) ->
                                OddHash.of(random).in(hash, rows.hashes()).ifPresent(text -> odd.put(identity, text)));
                odd.put(new UUID(1, seed), "short");
                foreign().replace(dataset, Partition.ALL, day(1), odd);
                HashedRows streamed =
                        rows(dataset, store.findCurrent(dataset, Partition.ALL).orElseThrow());
                long same = odd.entrySet().stream()
                        .filter(row -> row.getValue().equals(rows.hashes().get(row.getKey())))
                        .count();
                assertEquals(same, rows.summarySince(streamed).unchanged(), "seed " + seed);
                try (WindowProbe probe = store.openProbe(dataset, Partition.ALL)) {
                    probe.add(rows.batch());
                    assertDelta(streamed, rows, probe.delta());
                }
            }
        }

        /** The texts that a foreign writer may have in place of a row hash. */
        private enum OddHash {
            SAME,
            UPPER_CASE,
            SHORT,
            TRAILING_BLANKS,
            OF_ANOTHER_ROW,
            NONE;

            static OddHash of(Random random) {
                return values()[random.nextInt(values().length)];
            }

            Optional<String> in(String hash, Map<UUID, String> all) {
                return switch (this) {
                    case SAME -> Optional.of(hash);
                    case UPPER_CASE -> Optional.of(hash.toUpperCase(Locale.ROOT));
                    case SHORT -> Optional.of(hash.substring(0, 32));
                    case TRAILING_BLANKS -> Optional.of(hash.substring(0, 61) + "   ");
                    case OF_ANOTHER_ROW -> Optional.of(all.values().iterator().next());
                    case NONE -> Optional.empty();
                };
            }
        }

        /** Afterwards the rows are those of the foreign writer again, in the form in which it wrote them. */
        @Test
        void takingBackATakeOverMakesTheForeignSnapshotCurrentAgain() {
            Dataset dataset = prepared();
            ForeignStatements foreign = foreign();
            HashedRows rows = HashedRows.random(121, 25);
            published(dataset, Partition.ALL, rows, day(1));
            foreign.replace(dataset, Partition.ALL, day(2), foreignHashes(rows));
            WindowSnapshot before = store.findCurrent(dataset, Partition.ALL).orElseThrow();
            HashedRows read = rows(dataset, before);

            WindowSnapshot takenOver = published(dataset, Partition.ALL, rows.nextDay(122), day(3));
            WindowSnapshot retired = store.snapshots(dataset, Optional.empty()).get(1);
            assertTrue(retired.isForeign(), retired::toString);
            try (WindowWriter writer = writer(dataset, Partition.ALL)) {
                writer.takeBack(takenOver.id().orElseThrow(), retired.id());
                assertEquals(Optional.of(before), writer.current());
            }
            assertEquals(Optional.of(before), store.findCurrent(dataset, Partition.ALL));
            assertEquals(List.of(before), store.snapshots(dataset, Optional.empty()));
            assertEquals(read, rows(dataset, before));
            assertEquals(SnapshotState.UNDONE, state(dataset, takenOver.id()));

            foreign.replace(dataset, Partition.ALL, day(4), foreignHashes(rows));
            assertEquals(
                    day(4),
                    store.findCurrent(dataset, Partition.ALL).orElseThrow().date());
        }

        /**
         * In March, Berlin is one hour ahead of UTC. On the last Sunday of October, its clocks show the hour from two
         * to three twice.
         */
        @Test
        void dateOfAForeignSnapshotIsTheTimeOnTheClockOfItsWritersZone() {
            Dataset dataset = prepared();
            ForeignStatements foreign = foreign();
            HashedRows rows = HashedRows.random(111, 5);
            published(dataset, Partition.ALL, rows, day(1));
            foreign.replace(dataset, Partition.ALL, day(2), foreignHashes(rows));
            WindowStore inBerlin = store.withForeignZone(ZoneId.of("Europe/Berlin"));
            Instant meant = day(2).minus(1, ChronoUnit.HOURS);
            WindowSnapshot current =
                    inBerlin.findCurrent(dataset, Partition.ALL).orElseThrow();
            assertTrue(current.isForeign());
            assertEquals(meant, current.date());
            assertEquals(
                    day(2),
                    store.findCurrent(dataset, Partition.ALL).orElseThrow().date());
            try (WindowProbe probe = inBerlin.openProbe(dataset, Partition.ALL);
                    KeyedRowStream read = inBerlin.openRows(dataset, current)) {
                assertEquals(Optional.of(current), probe.current());
                assertEquals(5, read.next().orElseThrow().size());
            }

            SnapshotId id = SnapshotId.random();
            WriterRequest request = new WriterRequest("contract", Duration.ofSeconds(30));
            try (WindowWriter writer = inBerlin.openWriter(dataset, Partition.ALL, request)) {
                assertEquals(Optional.of(current), writer.current());
                sealed(dataset, writer, id, rows, day(3));
                writer.publish(id, Optional.empty(), 2);
            }
            WindowSnapshot retired = store.snapshots(dataset, Optional.empty()).get(1);
            assertTrue(retired.isForeign());
            assertEquals(meant, retired.date());
            store.stamps(dataset, Optional.empty())
                    .forEach(stamps -> assertEquals(0, stamps.otherDates(), "its rows have its date too"));
            assertEquals(
                    day(3),
                    inBerlin.findCurrent(dataset, Partition.ALL).orElseThrow().date(),
                    "no foreign one");

            foreign.replace(dataset, Partition.ALL, Instant.parse("2026-10-25T02:30:00Z"), foreignHashes(rows));
            assertEquals(
                    Instant.parse("2026-10-25T00:30:00Z"),
                    inBerlin.findCurrent(dataset, Partition.ALL).orElseThrow().date());
        }

        @Test
        void rowsOfEveryVisibleSnapshotAreCountedAndHaveTheStampsOfTheLedger() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(102, 30);
            WindowSnapshot first = published(dataset, Partition.ALL, rows, day(1), 3);
            WindowSnapshot second = published(dataset, Partition.ALL, HashedRows.random(103, 20), day(2), 3);
            WindowSnapshot other = published(dataset, GREYSON, rows, day(1), 3);
            requireStamps(dataset);
            for (SnapshotId id : List.of(
                    first.id().orElseThrow(),
                    second.id().orElseThrow(),
                    other.id().orElseThrow())) {
                WindowSnapshot entry = store.find(dataset, id).orElseThrow();
                assertEquals(
                        new RowStamps(entry, entry.rowCount(), 0, 0, 0, 0, Optional.empty()), stamps(dataset, entry));
            }
            store.linkArchive(dataset, second.id().orElseThrow(), new ArchiveId(7));
            WindowSnapshot linked =
                    store.find(dataset, second.id().orElseThrow()).orElseThrow();
            assertEquals(new RowStamps(linked, 20, 0, 0, 0, 0, Optional.of(new ArchiveId(7))), stamps(dataset, linked));
            assertEquals(3, store.stamps(dataset, Optional.empty()).size());
            assertEquals(
                    List.of(other),
                    store.stamps(dataset, Optional.of(GREYSON)).stream()
                            .map(RowStamps::snapshot)
                            .toList());
            Dataset unprepared = dataset();
            assertEquals(List.of(), store.stamps(unprepared, Optional.empty()));
        }

        @Test
        void rowsThatAForeignStatementDeletedOrAddedAreCounted() {
            Dataset dataset = prepared();
            ForeignStatements foreign = foreign();
            HashedRows rows = HashedRows.random(104, 30);
            List<UUID> identities = new ArrayList<>(foreignHashes(rows).keySet());
            WindowSnapshot ours = published(dataset, Partition.ALL, rows, day(1));
            WindowSnapshot beside = published(dataset, GREYSON, rows, day(1));
            requireStamps(dataset);

            foreign.delete(dataset, Partition.ALL, identities.subList(0, 4));
            assertCounted(26, 0, stamps(dataset, ours));
            foreign.add(dataset, Partition.ALL, day(2), Map.of(new UUID(5, 5), "x", new UUID(5, 6), "y"));
            assertCounted(26, 2, stamps(dataset, ours));
            foreign.delete(dataset, Partition.ALL, List.of(new UUID(5, 5), new UUID(5, 6)));
            foreign.delete(dataset, Partition.ALL, identities);
            assertEquals(Optional.of(ours.in(SnapshotState.INCOMPLETE)), store.findCurrent(dataset, Partition.ALL));
            RowStamps gone = stamps(dataset, ours);
            assertCounted(0, 0, gone);
            assertEquals(SnapshotState.CURRENT, gone.snapshot().state());
            assertFalse(gone.isReplaced());
            assertCounted(30, 0, stamps(dataset, beside));
            foreign.replace(dataset, Partition.ALL, day(3), Map.of(new UUID(6, 6), "z"));
            assertCounted(0, 1, stamps(dataset, ours));
            assertTrue(stamps(dataset, ours).isReplaced());
        }

        private static void assertCounted(long rows, long strangers, RowStamps stamps) {
            assertEquals(rows, stamps.rows());
            assertEquals(strangers, stamps.strangers());
        }

        @Test
        void stampsThatAForeignStatementChangedAreCounted() {
            Dataset dataset = prepared();
            ForeignStatements foreign = foreign();
            HashedRows rows = HashedRows.random(105, 30);
            List<UUID> identities = new ArrayList<>(foreignHashes(rows).keySet());
            WindowSnapshot ours = published(dataset, Partition.ALL, rows, day(1));
            requireStamps(dataset);
            foreign.stamp(
                    dataset,
                    Partition.ALL,
                    identities.subList(0, 3),
                    Optional.of(day(9)),
                    OptionalLong.empty(),
                    Optional.empty());
            foreign.stamp(
                    dataset,
                    Partition.ALL,
                    identities.subList(2, 7),
                    Optional.empty(),
                    OptionalLong.of(4_711),
                    Optional.empty());
            foreign.stamp(
                    dataset,
                    Partition.ALL,
                    identities.subList(7, 9),
                    Optional.empty(),
                    OptionalLong.empty(),
                    Optional.of(new ArchiveId(9)));
            assertEquals(new RowStamps(ours, 30, 0, 3, 5, 2, Optional.empty()), stamps(dataset, ours));
            foreign.stamp(
                    dataset,
                    Partition.ALL,
                    identities,
                    Optional.empty(),
                    OptionalLong.empty(),
                    Optional.of(new ArchiveId(9)));
            assertEquals(new RowStamps(ours, 30, 0, 3, 5, 30, Optional.of(new ArchiveId(9))), stamps(dataset, ours));
            assertEquals(
                    Optional.of(ours), store.findCurrent(dataset, Partition.ALL), "its rows are ours all the same");
        }

        @Test
        void carriedTextsOfEveryVisibleSnapshotAreStreamedAsTheTablesHaveThem() {
            Dataset dataset = prepared();
            HashedRows first = HashedRows.random(106, 1_500);
            HashedRows second = HashedRows.random(107, 40);
            WindowSnapshot previous = published(dataset, Partition.ALL, first, day(1));
            WindowSnapshot current = published(dataset, Partition.ALL, second, day(2));
            published(dataset, GREYSON, first, day(1));
            assertEquals(expectedTexts(first), texts(dataset, previous));
            assertEquals(expectedTexts(second), texts(dataset, current));

            UUID identity = second.hashes().keySet().iterator().next();
            ForeignStatements foreign = foreign();
            foreign.carry(dataset, Partition.ALL, identity, ODD_NAMES.get(0), Optional.of("by hand"));
            foreign.carry(dataset, Partition.ALL, identity, ODD_NAMES.get(2), Optional.empty());
            Map<UUID, List<Optional<String>>> expected = new HashMap<>(expectedTexts(second));
            List<Optional<String>> changed = new ArrayList<>(expected.get(identity));
            changed.set(0, Optional.of("by hand"));
            changed.set(2, Optional.empty());
            expected.put(identity, changed);
            assertEquals(expected, texts(dataset, current));
        }

        @Test
        void columnThatIsCarriedSinceIsNotAmongTheTextsOfAnEarlierSnapshot() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(108, 10);
            WindowSnapshot current = published(dataset, Partition.ALL, rows, day(1));
            List<String> more = new ArrayList<>(ODD_NAMES.subList(1, ODD_NAMES.size()));
            more.add("carried since");
            Dataset later = dataset.withCarriedColumns(more);
            store.prepare(later);
            try (RowStream texts = orSkip(store.openCarried(later, current), "the store tells no carried texts")) {
                List<String> names = new ArrayList<>(texts.schema().names());
                names.remove(WindowStore.IDENTITY_COLUMN);
                assertEquals(ODD_NAMES.subList(1, ODD_NAMES.size()), names);
            }
        }

        @Test
        void carriedTextsOfASnapshotThatIsGoneAreAConflict() {
            Dataset dataset = prepared();
            HashedRows rows = HashedRows.random(109, 10);
            WindowSnapshot gone = published(dataset, Partition.ALL, rows, day(1), 1);
            orSkip(store.openCarried(dataset, gone), "the store tells no carried texts")
                    .close();
            published(dataset, Partition.ALL, rows, day(2), 1);
            assertKind(Kind.CONFLICT, () -> store.openCarried(dataset, gone));
        }

        private static Map<UUID, List<Optional<String>>> expectedTexts(HashedRows rows) {
            Map<UUID, List<Optional<String>>> texts = new HashMap<>();
            rows.hashes().keySet().forEach(identity -> texts.put(identity, carried(identity)));
            return texts;
        }

        private Map<UUID, List<Optional<String>>> texts(Dataset dataset, WindowSnapshot snapshot) {
            Map<UUID, List<Optional<String>>> texts = new HashMap<>();
            try (RowStream stream = orSkip(store.openCarried(dataset, snapshot), "the store tells no carried texts")) {
                int identity = stream.schema().indexOf(WindowStore.IDENTITY_COLUMN);
                for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                    RowBatch batch = next.get();
                    assertTrue(batch.rowCount() > 0, "an empty batch");
                    for (int row = 0; row < batch.rowCount(); row++) {
                        List<Optional<String>> carried = new ArrayList<>();
                        for (String column : dataset.carriedColumns()) {
                            BytesVector vector =
                                    (BytesVector) batch.vector(stream.schema().indexOf(column));
                            carried.add(vector.isNull(row) ? Optional.empty() : Optional.of(vector.text(row)));
                        }
                        UuidVector identities = (UuidVector) batch.vector(identity);
                        texts.put(new UUID(identities.high(row), identities.low(row)), carried);
                    }
                }
            }
            return texts;
        }

        private RowStamps stamps(Dataset dataset, WindowSnapshot snapshot) {
            return store.stamps(dataset, Optional.empty()).stream()
                    .filter(stamps -> stamps.snapshot().id().equals(snapshot.id()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no stamps of " + snapshot));
        }

        /** A store that cannot tell stamps gives none of a sound snapshot either. */
        private void requireStamps(Dataset dataset) {
            orSkip(store.stamps(dataset, Optional.empty()).stream().findAny(), "the store tells no stamps");
        }
    }

    // Helpers of the facts

    private static String freshName() {
        return "WSC_"
                + UUID.randomUUID().toString().replace("-", "").substring(0, 16).toUpperCase(Locale.ROOT);
    }

    private static Dataset dataset() {
        return Dataset.of(freshName(), List.of("record_uuid")).withCarriedColumns(ODD_NAMES);
    }

    private Dataset prepared() {
        Dataset dataset = dataset();
        store.prepare(dataset);
        return dataset;
    }

    private static Instant day(int days) {
        return DAY.plus(days, ChronoUnit.DAYS).plus(days, ChronoUnit.MICROS);
    }

    private WindowWriter writer(Dataset dataset, Partition partition) {
        return store.openWriter(dataset, partition, new WriterRequest("contract", Duration.ofSeconds(30)));
    }

    private static StagingRequest request(SnapshotId id, Instant date) {
        return new StagingRequest(id, date, "hsr1", everyType());
    }

    private WindowSnapshot published(Dataset dataset, Partition partition, HashedRows rows, Instant date) {
        return published(dataset, partition, rows, date, 2);
    }

    private WindowSnapshot published(
            Dataset dataset, Partition partition, HashedRows rows, Instant date, int keepCount) {
        SnapshotId id = SnapshotId.random();
        try (WindowWriter writer = writer(dataset, partition)) {
            sealed(dataset, writer, id, rows, date);
            return writer.publish(id, Optional.empty(), keepCount);
        }
    }

    private static void sealed(Dataset dataset, WindowWriter writer, SnapshotId id, HashedRows rows, Instant date) {
        writer.begin(request(id, date));
        stage(dataset, writer, id, rows);
        writer.seal(id, rows.size(), rows.fingerprint());
    }

    private static void stage(Dataset dataset, WindowWriter writer, SnapshotId id, HashedRows rows) {
        for (KeyedHashes batch : rows.batches(BATCH_ROWS)) {
            writer.stage(id, sourceRows(dataset, batch), batch);
        }
    }

    /**
     * The rows as a source would return them: the key, a column that is not carried, and the carried columns in another
     * order.
     */
    private static RowBatch sourceRows(Dataset dataset, KeyedHashes identities) {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("not carried", ColumnType.TEXT));
        for (int i = dataset.carriedColumns().size() - 1; i >= 0; i--) {
            columns.add(new Column(dataset.carriedColumns().get(i), carriedType(i)));
        }
        columns.add(new Column("record_uuid", ColumnType.UUID));
        Schema schema = Schema.of(columns);
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, identities.size());
        for (int row = 0; row < identities.size(); row++) {
            UUID identity = identities.identity(row);
            ((BytesVector) vectors.get(0)).append("never stored");
            for (int i = 0; i < dataset.carriedColumns().size(); i++) {
                appendCarried(identity, i, vectors.get(vectors.size() - 2 - i));
            }
            ((UuidVector) vectors.get(vectors.size() - 1)).append(identity);
        }
        return new RowBatch(schema, vectors);
    }

    private static ColumnType carriedType(int position) {
        if (position == ODD_NAMES.indexOf("QTY [pcs]")) {
            return ColumnType.decimal(10, 2);
        }
        return position == ODD_NAMES.indexOf("Due/Date") ? ColumnType.DATE : ColumnType.TEXT;
    }

    /** The business key, which is the first carried column, is never NULL; every other one is NULL now and then. */
    private static boolean isNull(UUID identity, int position) {
        return position > 0 && Math.floorMod(identity.hashCode() + position, 5) == 0;
    }

    private static void appendCarried(UUID identity, int position, ColumnVector vector) {
        if (isNull(identity, position)) {
            vector.appendNull();
        } else if (vector instanceof BytesVector texts) {
            texts.append(oddText(identity, position));
        } else if (carriedType(position).equals(ColumnType.DATE)) {
            ((LongVector) vector).append(dueDay(identity));
        } else {
            ((LongVector) vector).append(quantity(identity));
        }
    }

    private static List<Optional<String>> carried(UUID identity) {
        List<Optional<String>> texts = new ArrayList<>();
        for (int i = 0; i < ODD_NAMES.size(); i++) {
            if (isNull(identity, i)) {
                texts.add(Optional.empty());
            } else if (carriedType(i).equals(ColumnType.DATE)) {
                texts.add(Optional.of(LocalDate.ofEpochDay(dueDay(identity)).toString()));
            } else if (carriedType(i).equals(ColumnType.TEXT)) {
                texts.add(Optional.of(oddText(identity, i)));
            } else {
                texts.add(Optional.of(BigDecimal.valueOf(quantity(identity), 2).toPlainString()));
            }
        }
        return texts;
    }

    private static String oddText(UUID identity, int position) {
        int pick = Math.floorMod(identity.hashCode() + 7 * position, ODD_TEXTS.size());
        return position == 0 ? "JOO-" + identity.hashCode() + ODD_TEXTS.get(pick) : ODD_TEXTS.get(pick);
    }

    private static long quantity(UUID identity) {
        return identity.hashCode();
    }

    private static long dueDay(UUID identity) {
        return Math.floorMod(identity.hashCode(), 60_000) - 20_000L;
    }

    private static Schema everyType() {
        return Schema.of(
                new Column("record_uuid", ColumnType.UUID),
                new Column("it's \"odd\" [name] {0} ? % \\ \n größe 日本 😀", ColumnType.TEXT),
                new Column(" ", ColumnType.BINARY),
                new Column("case", ColumnType.BOOLEAN),
                new Column("CASE", ColumnType.INT8),
                new Column("i16", ColumnType.INT16),
                new Column("i32", ColumnType.INT32),
                new Column("i64", ColumnType.INT64),
                new Column("d", ColumnType.decimal(38, 10)),
                new Column("f32", ColumnType.FLOAT32),
                new Column("f64", ColumnType.FLOAT64),
                new Column("date", ColumnType.DATE),
                new Column("t", ColumnType.time(0)),
                new Column("ts", ColumnType.timestamp(7)),
                new Column("at", ColumnType.instant(9)));
    }

    private HashedRows rows(Dataset dataset, WindowSnapshot snapshot) {
        Map<UUID, String> rows = new HashMap<>();
        try (KeyedRowStream stream = store.openRows(dataset, snapshot)) {
            for (Optional<KeyedHashes> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                assertTrue(batch.get().size() > 0, "an empty batch of hashes");
                collect(batch.get(), rows);
            }
        }
        return HashedRows.of(rows);
    }

    private static void collect(KeyedHashes batch, Map<UUID, String> rows) {
        for (int row = 0; row < batch.size(); row++) {
            String twin = rows.put(batch.identity(row), batch.hex(row));
            assertEquals(null, twin, () -> "an identity came twice");
        }
    }

    private void assertOnlyVisible(Dataset dataset, WindowSnapshot expected, HashedRows rows) {
        assertEquals(Optional.of(expected), store.findCurrent(dataset, Partition.ALL));
        assertEquals(List.of(expected), store.snapshots(dataset, Optional.empty()));
        assertEquals(rows, rows(dataset, expected));
    }

    private static void assertLedger(
            Dataset dataset, Partition partition, StagingRequest request, WindowSnapshot snapshot) {
        assertEquals(Optional.of(request.id()), snapshot.id());
        assertEquals(dataset.name(), snapshot.dataset());
        assertEquals(partition, snapshot.partition());
        assertEquals(request.date(), snapshot.date());
        assertEquals(Optional.of(request.hashSpecId()), snapshot.hashSpecId());
        assertEquals(Optional.of(request.schema()), snapshot.schema());
        assertTrue(snapshot.startedAt().isPresent());
    }

    private static void assertDelta(HashedRows before, HashedRows after, SnapshotDelta delta) {
        assertEquals(after.summarySince(before), delta.summary());
        List<HashedRows.Change> changes = new ArrayList<>();
        try (DeltaCursor cursor = delta.openChanges()) {
            while (cursor.next()) {
                assertFalse(cursor.kind() == ChangeKind.UNCHANGED, "UNCHANGED is no change");
                assertEquals(new UUID(cursor.identityHigh(), cursor.identityLow()), cursor.identity());
                changes.add(new HashedRows.Change(cursor.identity(), cursor.kind()));
            }
            assertFalse(cursor.next(), "a row after the end");
        }
        assertEquals(after.changesSince(before), changes);
    }

    private static List<Optional<SnapshotId>> ids(List<WindowSnapshot> snapshots) {
        return snapshots.stream().map(WindowSnapshot::id).toList();
    }

    private SnapshotState state(Dataset dataset, Optional<SnapshotId> id) {
        return store.find(dataset, id.orElseThrow()).orElseThrow().state();
    }

    private ForeignStatements foreign() {
        return orSkip(foreignStatements(), "no statements of a foreign writer");
    }
}
