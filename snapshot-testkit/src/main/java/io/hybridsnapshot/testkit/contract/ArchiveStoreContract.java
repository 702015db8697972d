package io.hybridsnapshot.testkit.contract;

import static io.hybridsnapshot.testkit.contract.Expectations.assertKind;
import static io.hybridsnapshot.testkit.contract.Expectations.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.testkit.data.FileDigests;
import io.hybridsnapshot.testkit.data.HashedRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link ArchiveStore} promises. The subclass says how to get one. Each fact archives datasets of its own with fresh names, so
 * all of them can share one database; what a fact archives stays there. The largest file has 5 MiB and some bytes: a store that keeps large
 * files in another way than small ones extends the contract once with each.
 */
@Timeout(120)
public abstract class ArchiveStoreContract {
    private static final Instant DATE = Instant.parse("2026-03-01T06:00:00.123456Z");
    private static final int LARGE = (5 << 20) + 12_345;

    private static final Map<String, String> ODD_TAGS = Map.of(
            "größe 日本 😀", "it's \"quoted\" \\ and\tthen\nsome",
            "", "no name",
            "no value", "",
            "what? {0} % [x]", "'; DROP TABLE x; --",
            "number", "12",
            "json", "{\"a\": [1, null, true]}",
            "null", "null");

    @TempDir
    private Path directory;

    private ArchiveStore store;
    private ExecutorService background;
    private String dataset;
    private int files;

    /**
     * The store under test. Every call may give the same one, or another over the same or another database; it is asked once per fact.
     * What it needs (a server, a pool) is the subclass's to start and to stop.
     */
    protected abstract ArchiveStore store();

    @BeforeEach
    final void openStore() {
        store = store();
        background = Executors.newCachedThreadPool();
        dataset = freshName();
    }

    @AfterEach
    final void stopThreads() {
        background.shutdownNow();
    }

    // Storing and finding

    @Test
    void archiveKeepsEveryFieldOfItsSubmission() {
        ArchiveSubmission submission = new ArchiveSubmission(
                new SnapshotId(new UUID(-3, Long.MIN_VALUE + 5)),
                dataset,
                "SALES 'north'",
                new Partition("Bäcker & Söhne's \"№ 1\" 50% {0} ?"),
                DATE,
                276,
                "ab".repeat(32),
                "hsr1-0123456789abcdef",
                HashedRows.random(1, 5).fingerprint(),
                file(bytes(1, 4_000), 123_456_789_012L, 9_876),
                Optional.of(LocalDate.of(2033, 2, 28)),
                ODD_TAGS,
                Optional.of(new DeltaSummary(12, 3, 123_456_788_997L, 4)));
        ArchivedSnapshot stored = store.store(submission);
        assertEquals(Optional.of(submission.snapshotId()), stored.snapshotId());
        assertEquals(dataset, stored.dataset());
        assertEquals("SALES 'north'", stored.sourceDatabase());
        assertEquals(submission.partition(), stored.partition());
        assertEquals(DATE, stored.date());
        assertEquals(OptionalLong.of(123_456_789_012L), stored.rowCount());
        assertEquals(4_000, stored.size());
        assertEquals(OptionalLong.of(9_876), stored.uncompressedSize());
        assertEquals(OptionalInt.of(276), stored.columnCount());
        assertEquals(Optional.of("ab".repeat(32)), stored.schemaHash());
        assertEquals(Optional.of(submission.file().md5()), stored.md5());
        assertEquals(Optional.of(submission.file().sha256()), stored.sha256());
        assertEquals(Optional.of("hsr1-0123456789abcdef"), stored.hashSpecId());
        assertEquals(Optional.of(submission.fingerprint()), stored.fingerprint());
        assertTrue(stored.createdAt().isPresent());
        assertEquals(Optional.of(LocalDate.of(2033, 2, 28)), stored.retentionUntil());
        assertEquals(ODD_TAGS, stored.tags());
        assertEquals(Optional.of(stored), store.find(stored.id()));
        assertEquals(Optional.of(stored), store.find(submission.snapshotId()));
        assertEquals(List.of(stored), store.list(ArchiveQuery.of(dataset)));
    }

    @Test
    void archiveWithoutTagsAndRetentionHasNone() {
        ArchivedSnapshot stored = store.store(submission(Partition.ALL, DATE, bytes(2, 100)));
        assertEquals(Map.of(), stored.tags());
        assertEquals(Optional.empty(), stored.retentionUntil());
        assertEquals(Optional.of(stored), store.find(stored.id()));
    }

    @Test
    void whatIsNotThereIsNotFound() {
        ArchivedSnapshot stored = store.store(submission(Partition.ALL, DATE, bytes(3, 100)));
        assertEquals(Optional.empty(), store.find(SnapshotId.random()));
        assertEquals(Optional.empty(), store.find(new ArchiveId(stored.id().value() + 1_000_000)));
        assertEquals(Optional.empty(), store.find(new ArchiveId(-1)));
        assertEquals(List.of(), store.list(ArchiveQuery.of(freshName())));
    }

    @Test
    void sizesThatLeaveNothingToDivideByAreKept() {
        for (long uncompressed : List.of(0L, 1L)) {
            WrittenFile file = file(bytes(4, 5_000), 0, uncompressed);
            ArchivedSnapshot stored =
                    store.store(submission(SnapshotId.random(), Partition.ALL, minute(uncompressed), file));
            assertEquals(OptionalLong.of(uncompressed), stored.uncompressedSize());
            assertEquals(OptionalLong.of(0), stored.rowCount());
            assertEquals(Optional.of(stored), store.find(stored.id()));
        }
    }

    @Test
    void datesKeepTheirMicrosecondsAcrossGapsAndOverlapsOfTheLocalTime() {
        TimeZone zone = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
            List<Instant> dates = new ArrayList<>(List.of(
                    Instant.parse("1969-12-31T23:59:59.999999Z"),
                    Instant.parse("2026-03-29T01:00:00.000001Z"),
                    Instant.parse("2026-03-29T02:30:00.500000Z"),
                    Instant.parse("2026-10-25T00:30:00Z"),
                    Instant.parse("2026-10-25T01:30:00Z"),
                    Instant.parse("2199-12-31T23:59:59.999999Z")));
            for (Instant date : dates) {
                assertEquals(
                        date,
                        store.store(submission(Partition.ALL, date, bytes(5, 10)))
                                .date());
            }
            dates.sort(Comparator.reverseOrder());
            assertEquals(
                    dates,
                    store.list(ArchiveQuery.of(dataset)).stream()
                            .map(ArchivedSnapshot::date)
                            .toList());
        } finally {
            TimeZone.setDefault(zone);
        }
    }

    // Storing again

    @Test
    void storingABatchIdAgainReturnsTheArchiveThatIsThere() {
        byte[] bytes = bytes(6, 3_000);
        ArchiveSubmission submission = submission(Partition.ALL, DATE, bytes);
        ArchivedSnapshot first = store.store(submission);
        assertEquals(first, store.store(submission));
        assertEquals(List.of(first), store.list(ArchiveQuery.of(dataset)));
        assertArrayEquals(bytes, read(first.id()));
    }

    /** A second attempt encodes the same rows anew, and another codec version gives other bytes: the first file stays. */
    @Test
    void storingABatchIdAgainWithOtherBytesOfTheSameRowsReturnsTheArchiveThatIsThere() {
        byte[] bytes = bytes(7, 3_000);
        SnapshotId id = SnapshotId.random();
        ArchivedSnapshot first = store.store(submission(id, Partition.ALL, DATE, file(bytes, 10, 6_000)));
        ArchivedSnapshot second = store.store(submission(id, Partition.ALL, DATE, file(bytes(8, 2_900), 10, 6_000)));
        assertEquals(first, second);
        assertArrayEquals(bytes, read(first.id()));
    }

    @Test
    void batchIdWithAnotherFingerprintIsAConflict() {
        byte[] bytes = bytes(9, 300);
        ArchiveSubmission submission = submission(Partition.ALL, DATE, bytes);
        ArchivedSnapshot first = store.store(submission);
        assertKind(
                Kind.CONFLICT,
                () -> store.store(with(submission, HashedRows.random(10, 3).fingerprint())));
        assertEquals(List.of(first), store.list(ArchiveQuery.of(dataset)));
        assertArrayEquals(bytes, read(first.id()));
    }

    @Test
    void anotherSnapshotOfOneDatePartitionAndDatasetIsAConflict() {
        byte[] bytes = bytes(11, 300);
        ArchivedSnapshot first = store.store(submission(Partition.ALL, DATE, bytes));
        ArchiveSubmission second = submission(Partition.ALL, DATE, bytes(12, 300));
        assertKind(Kind.CONFLICT, () -> store.store(second));
        assertEquals(Optional.empty(), store.find(second.snapshotId()));
        assertEquals(List.of(first), store.list(ArchiveQuery.of(dataset)));
        assertArrayEquals(bytes, read(first.id()));
    }

    @Test
    void snapshotsThatDifferByDateOrPartitionOrDatasetAloneAreAllKept() {
        store.store(submission(Partition.ALL, DATE, bytes(13, 30)));
        store.store(submission(Partition.ALL, DATE.plus(1, ChronoUnit.MICROS), bytes(13, 30)));
        store.store(submission(new Partition("all"), DATE, bytes(13, 30)));
        String first = dataset;
        dataset = freshName();
        store.store(submission(Partition.ALL, DATE, bytes(13, 30)));
        assertEquals(3, store.list(ArchiveQuery.of(first)).size());
        assertEquals(1, store.list(ArchiveQuery.of(dataset)).size());
    }

    // Bytes

    @Test
    void bytesOfSmallFilesComeBackAsTheyAre() {
        for (int size : List.of(0, 1, 17, 1_000)) {
            byte[] bytes = bytes(14 + size, size);
            ArchivedSnapshot stored = store.store(submission(Partition.ALL, minute(size), bytes));
            assertEquals(size, stored.size());
            assertArrayEquals(bytes, read(stored.id()));
        }
    }

    @Test
    void rangesOfALargeFileComeBackAsTheyAre() {
        byte[] bytes = bytes(15, LARGE);
        ArchivedSnapshot stored = store.store(submission(Partition.ALL, DATE, bytes));
        assertEquals(LARGE, stored.size());
        Random random = new Random(16);
        try (SeekableBytes opened = store.open(stored.id())) {
            assertEquals(LARGE, opened.length());
            assertFalse(opened.description().isBlank());
            for (int boundary = 0; boundary < LARGE; boundary += 1 << 18) {
                assertRange(bytes, opened, Math.max(0, boundary - 3), 7);
            }
            for (int i = 0; i < 200; i++) {
                int position = random.nextInt(LARGE);
                int most = i % 10 == 0 ? 3 << 20 : 5_000;
                assertRange(bytes, opened, position, Math.min(LARGE - position, random.nextInt(most)));
            }
            assertRange(bytes, opened, LARGE - 8, 8);
            assertRange(bytes, opened, LARGE, 0);
            assertRange(bytes, opened, 0, LARGE);
        }
    }

    @Test
    void readingPastTheEndIsCorrupt() {
        for (int size : List.of(100, LARGE)) {
            ArchivedSnapshot stored = store.store(submission(Partition.ALL, minute(size), bytes(17, size)));
            try (SeekableBytes opened = store.open(stored.id())) {
                byte[] target = new byte[200];
                assertKind(Kind.CORRUPT, () -> opened.read(size - 1, target, 0, 2));
                assertKind(Kind.CORRUPT, () -> opened.read(size, target, 0, 1));
                assertKind(Kind.CORRUPT, () -> opened.read(size + 10_000_000L, target, 0, 200));
                opened.read(size - 1, target, 0, 1);
            }
        }
    }

    @Test
    void severalArchivesAreReadAtOnce() throws Exception {
        byte[] small = bytes(18, 3_000);
        byte[] large = bytes(19, LARGE);
        ArchiveId one = store.store(submission(Partition.ALL, DATE, small)).id();
        ArchiveId other =
                store.store(submission(Partition.ALL, minute(1), large)).id();
        try (SeekableBytes first = store.open(one);
                SeekableBytes second = store.open(other);
                SeekableBytes third = store.open(one)) {
            assertRange(large, second, 1 << 20, 100);
            assertRange(small, first, 10, 100);
            assertRange(small, third, 2_000, 1_000);
            assertRange(large, second, 10, 100);
        }
        List<Future<byte[]>> reading = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            reading.add(background.submit(() -> read(other)));
        }
        for (Future<byte[]> each : reading) {
            assertArrayEquals(large, await(each));
        }
    }

    @Test
    void openingWhatIsNotThereIsAnInvalidRequest() {
        assertKind(Kind.INVALID_REQUEST, () -> store.open(new ArchiveId(-1)).close());
    }

    // Damaged on the way in

    @Test
    void bytesWithOtherDigestsThanSubmittedAreCorruptAndNotStored() {
        for (int size : List.of(100, LARGE)) {
            WrittenFile right = file(bytes(20, size), 10, 2L * size);
            String wrongMd5 = flip(right.md5());
            String wrongSha256 = flip(right.sha256());
            assertNotStored(new WrittenFile(
                    right.file(), right.rowCount(), size, right.uncompressedSize(), wrongMd5, right.sha256()));
            assertNotStored(new WrittenFile(
                    right.file(), right.rowCount(), size, right.uncompressedSize(), right.md5(), wrongSha256));
        }
    }

    @Test
    void fileThatWasChangedOrCutAfterItWasWrittenIsCorruptAndNotStored() throws IOException {
        for (int size : List.of(100, LARGE)) {
            byte[] bytes = bytes(21, size);
            WrittenFile file = file(bytes, 10, 2L * size);
            byte[] changed = bytes.clone();
            changed[size / 2] ^= 1;
            Files.write(file.file(), changed);
            assertNotStored(file);
            Files.write(file.file(), Arrays.copyOf(bytes, size - 1));
            assertNotStored(file);
            Files.write(file.file(), Arrays.copyOf(bytes, size + 1));
            assertNotStored(file);
        }
    }

    @Test
    void missingFileIsAnErrorAndNothingIsStored() throws IOException {
        ArchiveSubmission submission = submission(Partition.ALL, DATE, bytes(22, 100));
        Files.delete(submission.file().file());
        assertThrows(SnapshotException.class, () -> store.store(submission));
        assertEquals(Optional.empty(), store.find(submission.snapshotId()));
        assertEquals(List.of(), store.list(ArchiveQuery.of(dataset)));
    }

    @Test
    void storingAgainWorksAfterAFailedAttempt() throws IOException {
        byte[] bytes = bytes(23, 2_000);
        ArchiveSubmission submission = submission(Partition.ALL, DATE, bytes);
        Files.write(submission.file().file(), Arrays.copyOf(bytes, 1_000));
        assertKind(Kind.CORRUPT, () -> store.store(submission));
        Files.write(submission.file().file(), bytes);
        ArchivedSnapshot stored = store.store(submission);
        assertArrayEquals(bytes, read(stored.id()));
        assertArrayEquals(bytes, readFile(submission.file().file()), "the file was changed");
    }

    // Listing

    @Test
    void archivesAreListedNewestFirstAndThenHighestNumberFirst() {
        List<Partition> partitions = List.of(new Partition("C"), Partition.ALL, new Partition("B"));
        Random random = new Random(24);
        for (Partition partition : partitions) {
            List<Integer> minutes = new ArrayList<>(List.of(0, 1, 2, 3));
            Collections.shuffle(minutes, random);
            for (int minute : minutes) {
                store.store(submission(partition, minute(minute), bytes(25, 20)));
            }
        }
        List<ArchivedSnapshot> listed = store.list(ArchiveQuery.of(dataset));
        List<ArchivedSnapshot> sorted = new ArrayList<>(listed);
        sorted.sort(Comparator.comparing(ArchivedSnapshot::date)
                .thenComparingLong(archive -> archive.id().value())
                .reversed());
        assertEquals(12, listed.size());
        assertEquals(sorted, listed);
    }

    @Test
    void listAgreesWithTheQuerysOwnMatch() {
        Random random = new Random(26);
        List<String> datasets = List.of(dataset, freshName(), dataset.toLowerCase(Locale.ROOT));
        List<String> partitions = List.of("ALL", "all", "M%", "Müller's");
        List<String> keys = List.of("env", "ENV", "größe \"😀\"", "a.b", "");
        List<String> values = List.of("1", "one", "it's", "", "{\"x\": 1}");
        List<ArchivedSnapshot> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Map<String, String> tags = new HashMap<>();
            for (String key : keys) {
                if (random.nextInt(3) == 0) {
                    tags.put(key, pick(values, random));
                }
            }
            ArchiveSubmission plain = submission(new Partition(pick(partitions, random)), minute(i / 4), bytes(i, 20));
            ArchiveSubmission submission = new ArchiveSubmission(
                    plain.snapshotId(),
                    pick(datasets, random),
                    plain.sourceDatabase(),
                    plain.partition(),
                    plain.date().plus(i, ChronoUnit.MICROS),
                    plain.columnCount(),
                    plain.schemaHash(),
                    plain.hashSpecId(),
                    plain.fingerprint(),
                    plain.file(),
                    plain.retentionUntil(),
                    tags,
                    Optional.empty());
            all.add(store.store(submission));
        }
        int found = 0;
        for (int i = 0; i < 200; i++) {
            ArchivedSnapshot some = all.get(random.nextInt(all.size()));
            ArchivedSnapshot other = all.get(random.nextInt(all.size()));
            Map<String, String> tags = new HashMap<>();
            some.tags().forEach((key, value) -> {
                if (random.nextInt(3) == 0) {
                    tags.put(key, value);
                }
            });
            ArchiveQuery query = new ArchiveQuery(
                    Optional.of(i % 5 == 0 ? pick(datasets, random) : some.dataset()),
                    random.nextInt(3) == 0 ? Optional.of(some.partition()) : Optional.empty(),
                    random.nextInt(3) == 0 ? Optional.of(some.date()) : Optional.empty(),
                    random.nextInt(3) == 0 ? Optional.of(other.date()) : Optional.empty(),
                    tags);
            List<ArchiveId> expected = numbers(all.stream().filter(query::matches));
            assertEquals(expected, numbers(store.list(query).stream()), query::toString);
            found += expected.size();
        }
        assertTrue(found > 200, "the queries find next to nothing");
        assertTrue(store.list(ArchiveQuery.ALL).containsAll(all));
    }

    // Removing

    @Test
    void removedArchivesAreGoneAndReturned() {
        List<ArchivedSnapshot> all = new ArrayList<>();
        for (int size : List.of(100, LARGE, 1)) {
            all.add(store.store(submission(Partition.ALL, minute(size), bytes(27, size))));
        }
        ArchivedSnapshot kept = all.get(2);
        List<ArchivedSnapshot> removed = store.remove(
                List.of(
                        all.get(0).id(),
                        new ArchiveId(-1),
                        all.get(1).id(),
                        all.get(0).id()),
                "test");
        assertEquals(2, removed.size());
        assertEquals(Set.copyOf(all.subList(0, 2)), Set.copyOf(removed));
        for (ArchivedSnapshot gone : removed) {
            assertEquals(Optional.empty(), store.find(gone.id()));
            assertEquals(Optional.empty(), store.find(gone.snapshotId().orElseThrow()));
            assertKind(Kind.INVALID_REQUEST, () -> store.open(gone.id()).close());
        }
        assertEquals(List.of(kept), store.list(ArchiveQuery.of(dataset)));
        assertEquals(1, read(kept.id()).length);
    }

    @Test
    void removingWhatIsNotThereRemovesNothing() {
        ArchivedSnapshot stored = store.store(submission(Partition.ALL, DATE, bytes(28, 100)));
        assertEquals(List.of(), store.remove(List.of(), "test"));
        assertEquals(List.of(), store.remove(List.of(new ArchiveId(-1), new ArchiveId(-2)), "test"));
        assertEquals(List.of(stored), store.list(ArchiveQuery.of(dataset)));
        assertEquals(List.of(stored), store.remove(List.of(stored.id()), "test"));
        assertEquals(List.of(), store.remove(List.of(stored.id()), "test"));
    }

    @Test
    void removedSnapshotCanBeArchivedAnewUnderANumberOfItsOwn() {
        byte[] bytes = bytes(29, 100);
        ArchiveSubmission submission = submission(Partition.ALL, DATE, bytes);
        ArchivedSnapshot first = store.store(submission);
        store.remove(List.of(first.id()), "test");
        ArchivedSnapshot second = store.store(submission);
        assertNotEquals(first.id(), second.id());
        assertArrayEquals(bytes, read(second.id()));
    }

    // Several at once

    @Test
    void oneBatchIdStoredBySeveralThreadsEndsWithOneArchive() throws Exception {
        for (int round = 0; round < 3; round++) {
            byte[] bytes = bytes(30 + round, 200_000);
            ArchiveSubmission submission = submission(Partition.ALL, minute(round), bytes);
            Set<ArchivedSnapshot> stored = new HashSet<>();
            for (Future<ArchivedSnapshot> one : atOnce(4, () -> store.store(submission))) {
                stored.add(await(one));
            }
            assertEquals(Set.copyOf(store.list(ArchiveQuery.of(dataset).since(minute(round)))), stored);
            assertEquals(1, stored.size());
            assertArrayEquals(bytes, read(stored.iterator().next().id()));
        }
    }

    @Test
    void oneDateStoredUnderSeveralBatchIdsAtOnceEndsWithOneArchive() throws Exception {
        List<ArchivedSnapshot> stored = new ArrayList<>();
        List<Future<ArchivedSnapshot>> storing =
                atOnce(4, () -> store.store(submission(Partition.ALL, DATE, bytes(33, 50_000))));
        for (Future<ArchivedSnapshot> one : storing) {
            try {
                stored.add(await(one));
            } catch (SnapshotException late) {
                assertEquals(Kind.CONFLICT, late.kind(), late::getMessage);
            }
        }
        assertEquals(1, stored.size());
        assertEquals(stored, store.list(ArchiveQuery.of(dataset)));
    }

    // What the facts are made of

    private static String freshName() {
        return "ASC_"
                + UUID.randomUUID().toString().replace("-", "").substring(0, 16).toUpperCase(Locale.ROOT);
    }

    private static Instant minute(long minutes) {
        return DATE.plus(minutes, ChronoUnit.MINUTES);
    }

    private static byte[] bytes(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private synchronized Path nextFile() {
        return directory.resolve("file-" + files++);
    }

    private WrittenFile file(byte[] bytes, long rowCount, long uncompressedSize) {
        try {
            Path file = nextFile();
            Files.write(file, bytes);
            return new WrittenFile(
                    file, rowCount, bytes.length, uncompressedSize, FileDigests.md5(bytes), FileDigests.sha256(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ArchiveSubmission submission(Partition partition, Instant date, byte[] bytes) {
        return submission(SnapshotId.random(), partition, date, file(bytes, 10, 2L * bytes.length));
    }

    private ArchiveSubmission submission(SnapshotId id, Partition partition, Instant date, WrittenFile file) {
        return new ArchiveSubmission(
                id,
                dataset,
                "ORDERS",
                partition,
                date,
                12,
                "0".repeat(64),
                "hsr1",
                HashedRows.none().fingerprint(),
                file,
                Optional.empty(),
                Map.of(),
                Optional.empty());
    }

    private static ArchiveSubmission with(ArchiveSubmission submission, Fingerprint fingerprint) {
        return new ArchiveSubmission(
                submission.snapshotId(),
                submission.dataset(),
                submission.sourceDatabase(),
                submission.partition(),
                submission.date(),
                submission.columnCount(),
                submission.schemaHash(),
                submission.hashSpecId(),
                fingerprint,
                submission.file(),
                submission.retentionUntil(),
                submission.tags(),
                submission.changes());
    }

    private byte[] read(ArchiveId id) {
        try (SeekableBytes opened = store.open(id)) {
            byte[] bytes = new byte[Math.toIntExact(opened.length())];
            opened.read(0, bytes, 0, bytes.length);
            return bytes;
        }
    }

    private static byte[] readFile(Path file) throws IOException {
        return Files.readAllBytes(file);
    }

    private static void assertRange(byte[] bytes, SeekableBytes opened, int position, int length) {
        byte[] target = new byte[length + 8];
        Arrays.fill(target, (byte) 0x55);
        byte[] expected = target.clone();
        System.arraycopy(bytes, position, expected, 3, length);
        opened.read(position, target, 3, length);
        assertArrayEquals(expected, target, () -> length + " bytes from " + position);
    }

    private void assertNotStored(WrittenFile file) {
        SnapshotId id = SnapshotId.random();
        assertKind(Kind.CORRUPT, () -> store.store(submission(id, Partition.ALL, DATE, file)));
        assertEquals(Optional.empty(), store.find(id));
        assertEquals(List.of(), store.list(ArchiveQuery.of(dataset)));
    }

    private static String flip(String hex) {
        return (hex.charAt(0) == '0' ? '1' : '0') + hex.substring(1);
    }

    private static List<ArchiveId> numbers(Stream<ArchivedSnapshot> archives) {
        return archives.map(ArchivedSnapshot::id)
                .sorted(Comparator.comparingLong(ArchiveId::value))
                .toList();
    }

    private static String pick(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    private <T> List<Future<T>> atOnce(int threads, Callable<T> call) {
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Future<T>> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            running.add(background.submit(() -> {
                start.await(30, TimeUnit.SECONDS);
                return call.call();
            }));
        }
        return running;
    }
}
