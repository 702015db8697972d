package io.hybridsnapshot.testkit.contract;

import static io.hybridsnapshot.testkit.contract.Expectations.assertKind;
import static io.hybridsnapshot.testkit.contract.Expectations.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.domain.archive.ArchiveAudit;
import io.hybridsnapshot.domain.archive.ArchiveHolds;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveRedaction;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchiveTags;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.archive.RecordDigest;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.RedactionSubmission;
import io.hybridsnapshot.domain.archive.TagChange;
import io.hybridsnapshot.domain.archive.TagNote;
import io.hybridsnapshot.domain.archive.Tombstone;
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
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
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
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promises of every {@link ArchiveStore}. The subclass supplies the store under test. Each fact archives datasets
 * of its own under fresh names, so all facts can share one database. No fact deletes its archives. The largest file is
 * slightly over 5 MiB. A store that keeps large files differently from small ones extends the contract once for each
 * way.
 */
@Timeout(120)
public abstract class ArchiveStoreContract {
    private static final Instant DATE = Instant.parse("2026-03-01T06:00:00.123456Z");
    private static final LocalDate FAR_DAY = LocalDate.of(2999, 12, 31);

    private static final int PIECE = 48;

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

    private final int large = largeFile();
    private ArchiveStore store;
    private ExecutorService background;
    private String dataset;
    private int files;

    /**
     * The store under test, requested once per fact. Calls may return the same store or different ones, over the same
     * or different databases. The subclass starts and stops the resources of the store, such as a server or a pool.
     */
    protected abstract ArchiveStore store();

    /**
     * The bytes of the largest file that the facts archive, a little more than 5 MiB. A test of a store that keeps all
     * files alike may return fewer, at least 50,000.
     */
    protected int largeFile() {
        return (5 << 20) + 12_345;
    }

    /** The capabilities that an archive may have. */
    public enum Capability {
        /** {@link ArchiveStore#holds}. */
        HOLDS,
        /** {@link ArchiveStore#tags}. */
        TAGS,
        /** {@link ArchiveStore#redaction}. */
        REDACTION,
        /** {@link ArchiveStore#audit}. */
        AUDIT,
        /** {@link ArchiveStore#publish} sets a mark, and a stored archive does not have it yet. */
        PUBLISHED_MARK,
        /** {@link ArchiveStore#changeSets}; {@link ChangeSetStoreContract} has the facts about it. */
        CHANGE_SETS
    }

    /** The capabilities of the store under test. By default it has all; the facts about others are skipped. */
    protected Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    /** Changes the stored files past the port, as a faulty disk would. */
    @FunctionalInterface
    public interface ByteFlipper {
        /**
         * Flips the lowest bit of one byte of an archive's stored file. Flipping it again restores the file.
         *
         * @param store a store that {@link ArchiveStoreContract#store} returned
         * @param position from 0 on, in the archive's file
         */
        void flip(ArchiveStore store, ArchiveId id, int position);
    }

    /** The means to damage a stored file. */
    protected abstract Hook<ByteFlipper> byteFlipper();

    /** Searches everything that the store keeps, past the port: files, tables, notes and remains. */
    @FunctionalInterface
    public interface BytesAtRest {
        /**
         * Checks whether these bytes stand anywhere in the store's own storage, one after the other. The bytes of an
         * archived file MUST be found while the archive exists.
         *
         * @param store a store that {@link ArchiveStoreContract#store} returned
         */
        boolean contain(ArchiveStore store, byte[] bytes);
    }

    /** The means to look at the bytes at rest. A store that compresses or encrypts its files has none. */
    protected abstract Hook<BytesAtRest> bytesAtRest();

    /** Opens another store over the same storage, as the next process does. The first store is not used again. */
    protected abstract Hook<UnaryOperator<ArchiveStore>> reopener();

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

    /** Storing and finding. */
    @Nested
    class StoringAndFinding {
        @Test
        void archiveKeepsEveryFieldOfItsSubmission() {
            ArchiveSubmission submission = ArchiveSubmission.builder(
                            new SnapshotId(new UUID(-3, Long.MIN_VALUE + 5)),
                            dataset,
                            new Partition("Bäcker & Söhne's \"№ 1\" 50% {0} ?"),
                            DATE,
                            file(bytes(1, 4_000), 123_456_789_012L, 9_876))
                    .sourceDatabase("SALES 'north'")
                    .columnCount(276)
                    .schemaHash("ab".repeat(32))
                    .hashSpecId("hsr1-0123456789abcdef")
                    .fingerprint(HashedRows.random(1, 5).fingerprint())
                    .retentionUntil(Optional.of(LocalDate.of(2033, 2, 28)))
                    .tags(ODD_TAGS)
                    .changes(Optional.of(new DeltaSummary(12, 3, 123_456_788_997L, 4)))
                    .build();
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
            assertEquals(Optional.empty(), stored.hold());
            assertEquals(submission.changes(), stored.changes());
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

        /** A store may leave the arithmetic to its database, which then has to compute the same. */
        @Test
        void storedRecordIsTheOneThatTheDomainComputes() {
            ChainHead head = ChainHead.none(dataset, Partition.ALL);
            for (int size : List.of(100, large)) {
                ArchiveSubmission submission = submission(Partition.ALL, minute(size), bytes(140, size));
                ArchivedSnapshot stored = store.store(submission);
                Instant createdAt = stored.createdAt().orElseThrow();
                if (capabilities().contains(Capability.AUDIT)) {
                    assertEquals(
                            ArchivedSnapshot.of(submission, stored.id(), createdAt, stored.chunks(), head).toBuilder()
                                    .published(stored.published())
                                    .build(),
                            stored);
                    head = head.followedBy(stored.link().orElseThrow());
                } else {
                    assertEquals(
                            ArchivedSnapshot.of(submission, stored.id(), createdAt).toBuilder()
                                    .chunks(stored.chunks())
                                    .published(stored.published())
                                    .build(),
                            stored);
                }
            }
        }
    }

    /** The mark of published snapshots. */
    @Nested
    class Publishing {
        @Test
        void archiveIsPublishedOnceItIsMarked() {
            requireCapability(Capability.PUBLISHED_MARK);
            ArchiveSubmission submission = submission(Partition.ALL, DATE, bytes(160, 100));
            ArchivedSnapshot stored = store.store(submission);
            ArchivedSnapshot other = store.store(submission(Partition.ALL, minute(1), bytes(161, 100)));
            assertFalse(stored.published());
            for (int time = 0; time < 2; time++) {
                store.publish(stored.id());
                assertEquals(Optional.of(stored.toBuilder().published(true).build()), store.find(stored.id()));
            }
            assertEquals(Optional.of(other), store.find(other.id()));
            assertTrue(store.store(submission).published(), "storing it again leaves the mark");
            assertEquals(
                    Optional.of(other),
                    store.list(ArchiveQuery.of(dataset)).stream().findFirst());
        }

        @Test
        void tombstoneKeepsTheMark() {
            requireCapability(Capability.PUBLISHED_MARK);
            ArchivedSnapshot marked = store.store(submission(Partition.ALL, DATE, bytes(162, 100)));
            ArchivedSnapshot plain = store.store(submission(Partition.ALL, minute(-1), bytes(163, 100)));
            store.publish(marked.id());
            store.remove(List.of(marked.id(), plain.id()), "test");
            assertEquals(
                    List.of(true, false),
                    store.tombstones(ArchiveQuery.of(dataset)).stream()
                            .map(tombstone -> tombstone.archive().published())
                            .toList());
        }

        /** A store without the mark takes all archives for published ones. */
        @Test
        void markingIsHarmlessWhateverIsThere() {
            ArchivedSnapshot stored = store.store(submission(Partition.ALL, DATE, bytes(164, 100)));
            store.publish(new ArchiveId(-1));
            store.publish(stored.id());
            assertTrue(store.find(stored.id()).orElseThrow().published());
            store.remove(List.of(stored.id()), "test");
            store.publish(stored.id());
            assertEquals(Optional.empty(), store.find(stored.id()));
            assertEquals(
                    stored.link(),
                    store.tombstones(ArchiveQuery.of(dataset)).get(0).archive().link());
        }
    }

    /** Storing again. */
    @Nested
    class StoringAgain {
        @Test
        void storingABatchIdAgainReturnsTheArchiveThatIsThere() {
            byte[] bytes = bytes(6, 3_000);
            ArchiveSubmission submission = submission(Partition.ALL, DATE, bytes);
            ArchivedSnapshot first = store.store(submission);
            assertEquals(first, store.store(submission));
            assertEquals(List.of(first), store.list(ArchiveQuery.of(dataset)));
            assertArrayEquals(bytes, read(first.id()));
        }

        /**
         * A second attempt encodes the same rows again, and another codec version produces other bytes. The first file
         * stays.
         */
        @Test
        void storingABatchIdAgainWithOtherBytesOfTheSameRowsReturnsTheArchiveThatIsThere() {
            byte[] bytes = bytes(7, 3_000);
            SnapshotId id = SnapshotId.random();
            ArchivedSnapshot first = store.store(submission(id, Partition.ALL, DATE, file(bytes, 10, 6_000)));
            ArchivedSnapshot second =
                    store.store(submission(id, Partition.ALL, DATE, file(bytes(8, 2_900), 10, 6_000)));
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
    }

    /** Bytes. */
    @Nested
    class BytesOfFiles {
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
            byte[] bytes = bytes(15, large);
            ArchivedSnapshot stored = store.store(submission(Partition.ALL, DATE, bytes));
            assertEquals(large, stored.size());
            Random random = new Random(16);
            try (SeekableBytes opened = store.open(stored.id())) {
                assertEquals(large, opened.length());
                assertFalse(opened.description().isBlank());
                for (int boundary = 0; boundary < large; boundary += 1 << 18) {
                    assertRange(bytes, opened, Math.max(0, boundary - 3), 7);
                }
                for (int i = 0; i < 200; i++) {
                    int position = random.nextInt(large);
                    int most = i % 10 == 0 ? 3 << 20 : 5_000;
                    assertRange(bytes, opened, position, Math.min(large - position, random.nextInt(most)));
                }
                assertRange(bytes, opened, large - 8, 8);
                assertRange(bytes, opened, large, 0);
                assertRange(bytes, opened, 0, large);
            }
        }

        @Test
        void readingPastTheEndIsCorrupt() {
            for (int size : List.of(100, large)) {
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
            byte[] largeFile = bytes(19, large);
            ArchiveId one = store.store(submission(Partition.ALL, DATE, small)).id();
            ArchiveId other =
                    store.store(submission(Partition.ALL, minute(1), largeFile)).id();
            try (SeekableBytes first = store.open(one);
                    SeekableBytes second = store.open(other);
                    SeekableBytes third = store.open(one)) {
                assertRange(largeFile, second, large / 5, 100);
                assertRange(small, first, 10, 100);
                assertRange(small, third, 2_000, 1_000);
                assertRange(largeFile, second, 10, 100);
            }
            List<Future<byte[]>> reading = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                reading.add(background.submit(() -> read(other)));
            }
            for (Future<byte[]> each : reading) {
                assertArrayEquals(largeFile, await(each));
            }
        }

        @Test
        void openingWhatIsNotThereIsAnInvalidRequest() {
            assertKind(Kind.INVALID_REQUEST, () -> store.open(new ArchiveId(-1)).close());
        }
    }

    /** Damaged on the way in. */
    @Nested
    class DamageOnTheWayIn {
        @Test
        void bytesWithOtherDigestsThanSubmittedAreCorruptAndNotStored() {
            for (int size : List.of(100, large)) {
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
            for (int size : List.of(100, large)) {
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
    }

    /** Listing. */
    @Nested
    class Listing {
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
                ArchiveSubmission plain =
                        submission(new Partition(pick(partitions, random)), minute(i / 4), bytes(i, 20));
                ArchiveSubmission submission = plain.toBuilder()
                        .dataset(pick(datasets, random))
                        .date(plain.date().plus(i, ChronoUnit.MICROS))
                        .tags(tags)
                        .build();
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
                        tags,
                        OptionalInt.empty());
                List<ArchiveId> expected = numbers(all.stream().filter(query::matches));
                assertEquals(expected, numbers(store.list(query).stream()), query::toString);
                found += expected.size();
            }
            assertTrue(found > 200, "the queries find next to nothing");
            assertTrue(store.list(ArchiveQuery.ALL).containsAll(all));
        }

        @Test
        void newestArchivesAreTheBeginningOfTheWholeList() {
            for (int i = 0; i < 12; i++) {
                ArchiveSubmission plain = submission(new Partition("P" + i % 2), minute(i / 2), bytes(141 + i, 20));
                store.store(with(plain, Map.of("third", String.valueOf(i % 3), "number", i % 4 == 0 ? "1.0" : "1")));
            }
            List<ArchiveQuery> queries = List.of(
                    ArchiveQuery.of(dataset),
                    ArchiveQuery.of(dataset).in(new Partition("P1")),
                    ArchiveQuery.of(dataset).since(minute(2)).until(minute(4)),
                    ArchiveQuery.of(dataset).until(minute(3).plusNanos(999)),
                    ArchiveQuery.of(dataset).tagged(Map.of("third", "2")),
                    ArchiveQuery.of(dataset).tagged(Map.of("number", "1.0")),
                    ArchiveQuery.of(dataset).tagged(Map.of("number", "1.0", "third", "0")),
                    ArchiveQuery.of(dataset).tagged(Map.of("third", "3")));
            for (ArchiveQuery query : queries) {
                assertNewest(query, store.list(query), store::list);
            }
            List<ArchivedSnapshot> all = store.list(ArchiveQuery.of(dataset));
            store.remove(all.stream().map(ArchivedSnapshot::id).toList(), "test");
            for (ArchiveQuery query : queries) {
                assertNewest(query, store.tombstones(query), store::tombstones);
            }
        }

        private static <T> void assertNewest(ArchiveQuery query, List<T> all, Function<ArchiveQuery, List<T>> reading) {
            for (int count : List.of(1, 3, 12, Integer.MAX_VALUE)) {
                assertEquals(
                        all.subList(0, Math.min(count, all.size())),
                        reading.apply(query.newest(count)),
                        query::toString);
            }
        }

        @Test
        void datasetsAreThoseWithAnArchiveByName() {
            List<String> names = new ArrayList<>();
            for (String suffix : List.of("_B", "_a", "_A", "_Ä", "")) {
                dataset = dataset.substring(0, 20) + suffix;
                names.add(dataset);
                store.store(submission(Partition.ALL, DATE, bytes(142, 10)));
                store.store(submission(new Partition("B"), DATE, bytes(143, 10)));
            }
            Collections.sort(names);
            assertEquals(names, datasets(names));
            List<ArchivedSnapshot> last = store.list(ArchiveQuery.of(dataset));
            store.remove(List.of(last.get(0).id()), "test");
            assertEquals(names, datasets(names));
            store.remove(List.of(last.get(1).id()), "test");
            assertEquals(names.stream().filter(name -> !name.equals(dataset)).toList(), datasets(names));
        }

        private List<String> datasets(List<String> among) {
            List<String> all = store.datasets();
            List<String> sorted = new ArrayList<>(all);
            Collections.sort(sorted);
            assertEquals(sorted, all);
            assertEquals(Set.copyOf(all).size(), all.size(), "each name once");
            return all.stream().filter(among::contains).toList();
        }
    }

    /** Removing. */
    @Nested
    class Removing {
        @Test
        void removedArchivesAreGoneAndReturned() {
            List<ArchivedSnapshot> all = new ArrayList<>();
            for (int size : List.of(100, large, 1)) {
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
    }

    /** Holding. */
    @Nested
    class Holding {
        @BeforeEach
        void skipWithoutCapability() {
            requireCapability(Capability.HOLDS);
        }

        @Test
        void holdIsKeptWithOwnerReasonAndEnd() {
            ArchivedSnapshot stored = store.store(submission(Partition.ALL, DATE, bytes(40, 100)));
            for (Hold hold : List.of(
                    new Hold(
                            Optional.of("Ärger & Söhne's \"legal\" 😀"),
                            "case № 7;\n'quoted' \\ ?",
                            Optional.of(FAR_DAY)),
                    new Hold(Optional.empty(), "no owner", Optional.of(LocalDate.of(1969, 12, 31))),
                    new Hold(Optional.of("no end"), "x", Optional.empty()))) {
                ArchivedSnapshot held = holds().replaceHold(stored.id(), hold);
                assertEquals(Optional.of(hold), held.hold());
                assertEquals(Optional.of(held), store.find(stored.id()));
                assertEquals(Optional.of(held), store.find(stored.snapshotId().orElseThrow()));
                assertEquals(List.of(held), store.list(ArchiveQuery.of(dataset)));
                assertEquals(stored, withHold(held, Optional.empty()), "a hold changes nothing else");
            }
        }

        @Test
        void releasedArchiveIsHeldByNobody() {
            ArchivedSnapshot stored = store.store(submission(Partition.ALL, DATE, bytes(41, 100)));
            assertEquals(stored, holds().release(stored.id()), "there was no hold to end");
            holds().hold(stored.id(), new Hold(Optional.of("audit"), "2026", Optional.of(FAR_DAY)));
            assertEquals(stored, holds().release(stored.id()));
            assertEquals(Optional.of(stored), store.find(stored.id()));
            assertEquals(List.of(stored), store.remove(List.of(stored.id()), "test"));
        }

        @Test
        void holdOfAnotherOwnerStaysUntilItIsReplacedOrReleasedOnPurpose() {
            ArchivedSnapshot stored = store.store(submission(Partition.ALL, DATE, bytes(48, 100)));
            Hold legal = new Hold(Optional.of("legal"), "case 7", Optional.of(FAR_DAY));
            Hold audit = new Hold(Optional.of("audit"), "2026", Optional.empty());
            Hold unnamed = new Hold(Optional.empty(), "no owner", Optional.empty());
            holds().hold(stored.id(), legal);
            SnapshotException refused = assertKind(Kind.CONFLICT, () -> holds().hold(stored.id(), audit));
            assertTrue(refused.getMessage().contains("owner legal"), refused.getMessage());
            assertKind(Kind.CONFLICT, () -> holds().hold(stored.id(), unnamed));
            assertKind(Kind.CONFLICT, () -> holds().release(stored.id(), "audit"));
            assertEquals(
                    Optional.of(legal), store.find(stored.id()).orElseThrow().hold());

            Hold again = new Hold(Optional.of("legal"), "case 8", Optional.empty());
            assertEquals(Optional.of(again), holds().hold(stored.id(), again).hold(), "an owner replaces its own hold");
            assertEquals(stored, holds().release(stored.id(), "legal"));
            assertEquals(stored, holds().release(stored.id(), "anybody"), "there is no hold to end");

            holds().hold(stored.id(), unnamed);
            assertKind(Kind.CONFLICT, () -> holds().hold(stored.id(), audit));
            assertKind(Kind.CONFLICT, () -> holds().release(stored.id(), "audit"));
            assertEquals(
                    Optional.of(audit), holds().replaceHold(stored.id(), audit).hold());
            assertEquals(stored, holds().release(stored.id()));
        }

        @Test
        void holdThatIsNoLongerInForceIsInNobodysWay() {
            ArchivedSnapshot stored = store.store(submission(Partition.ALL, DATE, bytes(49, 100)));
            Hold ended = new Hold(Optional.of("legal"), "over", Optional.of(LocalDate.of(2001, 1, 1)));
            Hold audit = new Hold(Optional.of("audit"), "2026", Optional.empty());
            holds().hold(stored.id(), ended);
            assertEquals(Optional.of(audit), holds().hold(stored.id(), audit).hold());
            holds().replaceHold(stored.id(), ended);
            assertEquals(stored, holds().release(stored.id(), "audit"));
        }

        @Test
        void ofTwoOwnersAtOnceOneGetsTheArchiveAndTheOtherTheError() throws Exception {
            ExecutorService owners = Executors.newFixedThreadPool(2);
            try {
                for (int round = 0; round < 10; round++) {
                    ArchiveId id = store.store(
                                    submission(Partition.ALL, DATE.plusSeconds(round), bytes(50 + round, 100)))
                            .id();
                    CyclicBarrier start = new CyclicBarrier(2);
                    List<Future<Optional<Hold>>> attempts = new ArrayList<>();
                    for (String owner : List.of("legal", "audit")) {
                        attempts.add(owners.submit(() -> {
                            start.await();
                            try {
                                return holds().hold(id, new Hold(Optional.of(owner), "wanted", Optional.empty()))
                                        .hold();
                            } catch (SnapshotException e) {
                                assertEquals(Kind.CONFLICT, e.kind(), e::getMessage);
                                return Optional.empty();
                            }
                        }));
                    }
                    List<Hold> won = new ArrayList<>();
                    for (Future<Optional<Hold>> attempt : attempts) {
                        await(attempt).ifPresent(won::add);
                    }
                    assertEquals(1, won.size(), () -> "both were told that they hold it: " + won);
                    assertEquals(
                            won, store.find(id).orElseThrow().hold().stream().toList());
                    assertRaceOfReleases(id, owners);
                }
            } finally {
                owners.shutdownNow();
            }
        }

        /**
         * One owner ends its hold and takes it again while another tries to end it: never is it gone without its owner.
         */
        private void assertRaceOfReleases(ArchiveId id, ExecutorService owners) throws Exception {
            String owner =
                    store.find(id).orElseThrow().hold().orElseThrow().owner().orElseThrow();
            CyclicBarrier start = new CyclicBarrier(2);
            Future<Optional<Hold>> other = owners.submit(() -> {
                start.await();
                try {
                    return holds().release(id, "another").hold();
                } catch (SnapshotException e) {
                    assertEquals(Kind.CONFLICT, e.kind(), e::getMessage);
                    return Optional.empty();
                }
            });
            Future<Optional<Hold>> own = owners.submit(() -> {
                start.await();
                return holds().hold(id, new Hold(Optional.of(owner), "renewed", Optional.empty()))
                        .hold();
            });
            await(other);
            assertEquals(await(own), store.find(id).orElseThrow().hold());
        }

        @Test
        void holdingOrReleasingWhatIsNotThereIsInvalid() {
            ArchivedSnapshot gone = store.store(submission(Partition.ALL, DATE, bytes(42, 100)));
            store.remove(List.of(gone.id()), "test");
            Hold hold = new Hold(Optional.empty(), "audit", Optional.empty());
            assertKind(Kind.INVALID_REQUEST, () -> holds().hold(gone.id(), hold));
            assertKind(Kind.INVALID_REQUEST, () -> holds().replaceHold(gone.id(), hold));
            assertKind(Kind.INVALID_REQUEST, () -> holds().release(gone.id()));
            assertKind(Kind.INVALID_REQUEST, () -> holds().release(gone.id(), "audit"));
            assertKind(Kind.INVALID_REQUEST, () -> holds().hold(new ArchiveId(-1), hold));
            assertKind(Kind.INVALID_REQUEST, () -> holds().release(new ArchiveId(-1)));
        }

        @Test
        void heldArchiveIsNotRemovedAndNeitherAreThoseBesideIt() {
            List<ArchivedSnapshot> all = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                all.add(store.store(submission(Partition.ALL, minute(i), bytes(43 + i, 100))));
            }
            ArchivedSnapshot held =
                    holds().hold(all.get(1).id(), new Hold(Optional.of("legal"), "case 4711", Optional.of(FAR_DAY)));
            List<ArchiveId> ids = all.stream().map(ArchivedSnapshot::id).toList();
            SnapshotException refused = assertThrows(SnapshotException.class, () -> store.remove(ids, "test"));
            assertEquals(Kind.CONFLICT, refused.kind());
            assertTrue(refused.getMessage().contains("case 4711"), refused.getMessage());
            assertEquals(List.of(all.get(2), held, all.get(0)), store.list(ArchiveQuery.of(dataset)));
            assertEquals(List.of(), store.tombstones(ArchiveQuery.of(dataset)));
            assertEquals(100, read(all.get(0).id()).length);
            holds().release(held.id());
            assertEquals(3, store.remove(ids, "test").size());
        }

        @Test
        void holdEndsWithTheDayBeforeItsEndInUtc() {
            LocalDate today = LocalDate.now(ZoneOffset.UTC);
            ArchivedSnapshot stored = store.store(submission(Partition.ALL, DATE, bytes(46, 100)));
            holds().hold(stored.id(), new Hold(Optional.empty(), "audit", Optional.of(today.plusDays(1))));
            try {
                store.remove(List.of(stored.id()), "test");
                assertNotEquals(today, LocalDate.now(ZoneOffset.UTC), "removed on the last day of its hold");
                return;
            } catch (SnapshotException held) {
                assertEquals(Kind.CONFLICT, held.kind());
            }
            ArchivedSnapshot ended = holds().hold(stored.id(), new Hold(Optional.empty(), "audit", Optional.of(today)));
            assertEquals(List.of(ended), store.remove(List.of(stored.id()), "test"));
        }
    }

    /** Changing the tags of stored archives. */
    @Nested
    class Tagging {
        @BeforeEach
        void skipWithoutCapability() {
            requireCapability(Capability.TAGS);
        }

        private ArchivedSnapshot tagged(Map<String, String> tags) {
            return store.store(with(submission(Partition.ALL, DATE, bytes(60, 100)), tags));
        }

        private List<TagNote> notes() {
            return tags().tagNotes(ArchiveQuery.of(dataset));
        }

        @Test
        void laterTagIsFoundAsATagOfTheSave() {
            ArchivedSnapshot stored = tagged(Map.of("run", "nightly"));
            ArchivedSnapshot after = tags().changeTags(stored.id(), setting(Map.of("approved", "yes")));
            assertEquals(Map.of("run", "nightly", "approved", "yes"), after.tags());
            assertEquals(
                    stored, after.toBuilder().tags(stored.tags()).build(), "a change of tags changes nothing else");
            assertEquals(Optional.of(after), store.find(stored.id()));
            assertEquals(List.of(after), store.list(ArchiveQuery.of(dataset).tagged(Map.of("approved", "yes"))));
            assertEquals(List.of(), store.list(ArchiveQuery.of(dataset).tagged(Map.of("approved", "no"))));
            assertEquals(Optional.empty(), store.findDamage(stored.id()));
        }

        @Test
        void tagsOfEverySpellingAreSetAndRemoved() {
            ArchivedSnapshot stored = tagged(Map.of());
            ArchivedSnapshot after = tags().changeTags(stored.id(), setting(ODD_TAGS));
            assertEquals(ODD_TAGS, after.tags());
            assertEquals(ODD_TAGS.size(), notes().size());
            TagChange removal = new TagChange(Map.of(), ODD_TAGS.keySet(), TagChange.Existing.KEEP);
            assertEquals(stored, tags().changeTags(stored.id(), removal));
            assertEquals(Optional.of(stored), store.find(stored.id()));
            assertEquals(2 * ODD_TAGS.size(), notes().size());
        }

        @Test
        void existingTagKeepsItsValueUntilItIsReplacedOnPurpose() {
            ArchivedSnapshot stored = tagged(Map.of("run", "nightly"));
            Map<String, String> wanted = Map.of("run", "weekly", "more", "x");
            SnapshotException refused =
                    assertKind(Kind.CONFLICT, () -> tags().changeTags(stored.id(), setting(wanted)));
            assertTrue(refused.getMessage().contains("run=nightly"), refused.getMessage());
            assertEquals(Optional.of(stored), store.find(stored.id()), "nothing was changed");
            assertEquals(List.of(), notes());
            TagChange replacing = new TagChange(wanted, Set.of(), TagChange.Existing.REPLACE);
            assertEquals(wanted, tags().changeTags(stored.id(), replacing).tags());
        }

        @Test
        void changeThatAltersNothingLeavesNoNote() {
            ArchivedSnapshot stored = tagged(Map.of("run", "nightly"));
            TagChange nothing = new TagChange(Map.of("run", "nightly"), Set.of("absent"), TagChange.Existing.KEEP);
            assertEquals(stored, tags().changeTags(stored.id(), nothing));
            assertEquals(List.of(), notes());
        }

        @Test
        void notesStateBothValuesAndFollowOneAnother() {
            ArchivedSnapshot stored = tagged(Map.of("run", "nightly", "gone", "soon"));
            tags().changeTags(stored.id(), setting(Map.of("b", "2", "a", "1")));
            tags().changeTags(
                            stored.id(),
                            new TagChange(Map.of("run", "weekly"), Set.of("gone"), TagChange.Existing.REPLACE));
            List<TagNote> notes = notes();
            assertEquals(
                    List.of("a:->1", "b:->2", "gone:soon>-", "run:nightly>weekly"),
                    notes.stream()
                            .map(note -> note.name() + ":" + note.before().orElse("-") + ">"
                                    + note.after().orElse("-"))
                            .toList());
            for (TagNote note : notes) {
                assertEquals(stored.id(), note.archive());
                assertEquals(dataset, note.dataset());
                assertEquals(Partition.ALL, note.partition());
                assertFalse(note.by().isBlank());
                assertFalse(note.at().isBefore(stored.createdAt().orElseThrow()), note::toString);
            }
            assertEquals(notes.get(0).at(), notes.get(1).at(), "one change has one time");
        }

        @Test
        void notesAreThoseOfTheDatasetAndPartitionAndOutliveTheArchive() {
            ArchivedSnapshot first = tagged(Map.of());
            Partition part = new Partition("GREYSON");
            ArchivedSnapshot second = store.store(submission(part, DATE, bytes(61, 100)));
            tags().changeTags(first.id(), setting(Map.of("a", "1")));
            tags().changeTags(second.id(), setting(Map.of("b", "2")));
            store.remove(List.of(first.id(), second.id()), "test");
            assertEquals(
                    List.of(first.id(), second.id()),
                    notes().stream().map(TagNote::archive).toList());
            List<TagNote> inPart = tags().tagNotes(ArchiveQuery.of(dataset).in(part));
            assertEquals(
                    List.of(second.id()), inPart.stream().map(TagNote::archive).toList());
            assertEquals(List.of(), tags().tagNotes(ArchiveQuery.of(freshName())));
            assertEquals(
                    Map.of("b", "2"),
                    store.tombstones(ArchiveQuery.of(dataset).in(part))
                            .get(0)
                            .archive()
                            .tags());
        }

        @Test
        void taggingWhatIsNotThereIsInvalid() {
            ArchivedSnapshot gone = tagged(Map.of());
            store.remove(List.of(gone.id()), "test");
            assertKind(Kind.INVALID_REQUEST, () -> tags().changeTags(gone.id(), setting(Map.of("a", "1"))));
            assertEquals(List.of(), notes());
        }

        @Test
        void heldArchiveIsTagged() {
            ArchivedSnapshot stored = tagged(Map.of());
            holds().hold(stored.id(), new Hold(Optional.of("audit"), "2026", Optional.of(FAR_DAY)));
            assertEquals(
                    Map.of("a", "1"),
                    tags().changeTags(stored.id(), setting(Map.of("a", "1"))).tags());
        }

        @Test
        void changesAtOnceLoseNoTag() throws Exception {
            ArchivedSnapshot stored = tagged(Map.of());
            AtomicInteger number = new AtomicInteger();
            List<Future<ArchivedSnapshot>> changing = atOnce(
                    4, () -> tags().changeTags(stored.id(), setting(Map.of("tag " + number.incrementAndGet(), "x"))));
            for (Future<ArchivedSnapshot> one : changing) {
                await(one);
            }
            assertEquals(4, store.find(stored.id()).orElseThrow().tags().size());
            assertEquals(4, notes().size());
        }
    }

    /** The tombstones of removed archives. */
    @Nested
    class Tombstones {
        @Test
        void tombstoneKeepsAllThatWasKnown() {
            Partition partition = new Partition("Bäcker & Söhne's \"№ 1\" 50% {0} ?");
            ArchiveSubmission submission = ArchiveSubmission.builder(
                            SnapshotId.random(),
                            dataset,
                            partition,
                            Instant.parse("1969-12-31T23:59:59.999999Z"),
                            file(bytes(47, large), 123_456_789_012L, 9_876))
                    .sourceDatabase("SALES 'north'")
                    .columnCount(276)
                    .schemaHash("ab".repeat(32))
                    .hashSpecId("hsr1-0123456789abcdef")
                    .fingerprint(HashedRows.random(1, 5).fingerprint())
                    .retentionUntil(Optional.of(LocalDate.of(2033, 2, 28)))
                    .tags(ODD_TAGS)
                    .changes(Optional.of(new DeltaSummary(12, 3, 123_456_788_997L, 4)))
                    .build();
            ArchivedSnapshot stored = store.store(submission);
            Hold ended = new Hold(Optional.of("audit"), "over", Optional.of(LocalDate.of(2001, 1, 1)));
            holds().hold(stored.id(), ended);
            String reason = "plan 'x'; DROP TABLE y; -- größe 😀";
            Instant before = Instant.now().minusSeconds(60);
            List<ArchivedSnapshot> removed = store.remove(List.of(stored.id()), reason);

            List<Tombstone> tombstones = store.tombstones(ArchiveQuery.of(dataset));
            assertEquals(1, tombstones.size());
            Tombstone tombstone = tombstones.get(0);
            assertEquals(withHold(stored, Optional.of(ended)), tombstone.archive());
            assertEquals(removed, List.of(tombstone.archive()));
            assertEquals(Optional.of(reason), tombstone.reason());
            assertFalse(tombstone.removedBy().isBlank());
            assertTrue(tombstone.removedAt().isAfter(before), tombstone::toString);
            assertTrue(tombstone.removedAt().isBefore(Instant.now().plusSeconds(60)), tombstone::toString);
        }

        @Test
        void tombstoneOfAnArchiveOfWhichLittleWasKnownSaysAsLittle() {
            ArchivedSnapshot stored = store.store(submission(Partition.ALL, DATE, bytes(48, 10)));
            store.remove(List.of(stored.id()), "test");
            assertEquals(
                    List.of(stored),
                    store.tombstones(ArchiveQuery.of(dataset)).stream()
                            .map(Tombstone::archive)
                            .toList());
        }

        @Test
        void tombstonesAreThoseOfTheQueryNewestFirst() {
            List<ArchivedSnapshot> all = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                ArchiveSubmission plain = submission(
                        i % 3 == 0 ? Partition.ALL : new Partition("P" + i % 3), minute(i / 2), bytes(49 + i, 20));
                all.add(store.store(with(plain, Map.of("parity", "" + i % 2))));
            }
            for (ArchivedSnapshot each : all) {
                store.remove(List.of(each.id()), "removed " + each.id());
            }
            List<ArchivedSnapshot> expected = all.stream()
                    .sorted(Comparator.comparing(ArchivedSnapshot::date)
                            .thenComparingLong(archive -> archive.id().value())
                            .reversed())
                    .toList();
            assertNotEquals(all, expected);
            for (ArchiveQuery query : List.of(
                    ArchiveQuery.of(dataset),
                    ArchiveQuery.of(dataset).in(new Partition("P1")),
                    ArchiveQuery.of(dataset).since(minute(2)),
                    ArchiveQuery.of(dataset).until(minute(2)),
                    ArchiveQuery.of(dataset).since(minute(1)).until(minute(4)).tagged(Map.of("parity", "1")),
                    ArchiveQuery.of(freshName()))) {
                List<Tombstone> found = store.tombstones(query);
                assertEquals(
                        expected.stream().filter(query::matches).toList(),
                        found.stream().map(Tombstone::archive).toList(),
                        query::toString);
                for (Tombstone each : found) {
                    assertEquals(Optional.of("removed " + each.archive().id()), each.reason());
                }
            }
            assertTrue(store.tombstones(ArchiveQuery.ALL).size() >= 12);
        }

        @Test
        void archiveThatIsStoredAndRemovedAgainHasTwoTombstones() {
            ArchiveSubmission submission = submission(Partition.ALL, DATE, bytes(62, 100));
            ArchivedSnapshot first = store.store(submission);
            store.remove(List.of(first.id()), "first");
            ArchivedSnapshot second = store.store(submission);
            store.remove(List.of(second.id(), first.id()), "second");
            assertEquals(
                    List.of(Optional.of("second"), Optional.of("first")),
                    store.tombstones(ArchiveQuery.of(dataset)).stream()
                            .map(Tombstone::reason)
                            .toList());
        }
    }

    /** The chain of records. */
    @Nested
    class Chain {
        @BeforeEach
        void skipWithoutCapability() {
            requireCapability(Capability.AUDIT);
        }

        @Test
        void everyArchiveIsTheNextLinkOfItsPartitionsChain() {
            List<Partition> partitions = List.of(Partition.ALL, new Partition("GREYSON"), new Partition("größe 😀 №"));
            Map<Partition, List<ArchivedSnapshot>> chains = new HashMap<>();
            for (int i = 0; i < 12; i++) {
                Partition partition = partitions.get(i % 3);
                chains.computeIfAbsent(partition, key -> new ArrayList<>())
                        .add(store.store(submission(partition, minute(-i), bytes(63 + i, i == 7 ? large : 30))));
            }
            for (Partition partition : partitions) {
                assertChained(partition, chains.get(partition));
            }
        }

        @Test
        void recordOfAnythingHasItsDigest() {
            Random random = new Random(64);
            List<String> names = List.of("A", "größe 日本 😀", "a=3:b\nc=-", "'; --\t\\", "x".repeat(255));
            List<Instant> dates = List.of(
                    Instant.parse("0001-01-01T00:00:00Z"),
                    Instant.parse("1582-10-10T12:00:00.000001Z"),
                    Instant.parse("1969-12-31T23:59:59.999999Z"),
                    Instant.EPOCH,
                    Instant.parse("2026-03-29T01:30:00.123456Z"),
                    Instant.parse("9999-12-31T23:59:59.999999Z"));
            for (int i = 0; i < 12; i++) {
                ArchiveSubmission submission = ArchiveSubmission.builder(
                                new SnapshotId(new UUID(random.nextLong(), random.nextLong())),
                                dataset,
                                new Partition(names.get(i % names.size())),
                                dates.get(i % dates.size()),
                                file(bytes(i, i * 10), random.nextLong(), random.nextLong()))
                        .sourceDatabase(names.get(random.nextInt(3)))
                        .columnCount(random.nextInt())
                        .schemaHash(pick(names, random).substring(0, 1))
                        .hashSpecId("hsr1")
                        .fingerprint(HashedRows.random(i, 3).fingerprint())
                        .changes(
                                i % 2 == 0
                                        ? Optional.empty()
                                        : Optional.of(new DeltaSummary(0, i, Long.MAX_VALUE, random.nextInt(1_000))))
                        .build();
                ArchivedSnapshot stored = store.store(submission);
                ChainLink link = stored.link().orElseThrow();
                assertEquals(RecordDigest.of(stored, link.number(), link.previousDigest()), link.digest());
                assertEquals(Optional.of(stored), store.find(stored.id()));
            }
        }

        @Test
        void whatIsNotStoredLeavesNoGap() {
            List<ArchivedSnapshot> stored = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                ArchiveSubmission submission = submission(Partition.ALL, minute(i), bytes(75 + i, 200));
                stored.add(store.store(submission));
                assertEquals(stored.get(i), store.store(submission));
                assertKind(Kind.CONFLICT, () -> store.store(submission(Partition.ALL, DATE, bytes(78, 200))));
                WrittenFile right = file(bytes(79, large), 10, 10);
                WrittenFile wrong =
                        new WrittenFile(right.file(), 10, right.size(), 10, right.md5(), flip(right.sha256()));
                assertKind(
                        Kind.CORRUPT,
                        () -> store.store(submission(SnapshotId.random(), Partition.ALL, minute(50), wrong)));
            }
            assertChained(Partition.ALL, stored);
        }

        @Test
        void removalLeavesTheChainAsItIs() {
            List<ArchivedSnapshot> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(store.store(submission(Partition.ALL, minute(i), bytes(80 + i, 50))));
            }
            store.remove(List.of(all.get(1).id(), all.get(3).id()), "test");
            all.add(store.store(submission(Partition.ALL, minute(9), bytes(84, 50))));
            assertChained(Partition.ALL, all);
            assertEquals(
                    List.of(all.get(3), all.get(1)),
                    store.tombstones(ArchiveQuery.of(dataset)).stream()
                            .map(Tombstone::archive)
                            .toList());
        }

        @Test
        void archivesStoredAtOnceFormOneChainAPartition() throws Exception {
            List<Partition> partitions = List.of(Partition.ALL, new Partition("GREYSON"));
            AtomicInteger next = new AtomicInteger();
            List<Future<List<ArchivedSnapshot>>> storing = atOnce(4, () -> {
                List<ArchivedSnapshot> mine = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    int number = next.getAndIncrement();
                    mine.add(store.store(
                            submission(partitions.get(number % 2), minute(number), bytes(85 + number, 5_000))));
                }
                return mine;
            });
            List<ArchivedSnapshot> stored = new ArrayList<>();
            for (Future<List<ArchivedSnapshot>> each : storing) {
                stored.addAll(await(each));
            }
            for (Partition partition : partitions) {
                List<ArchivedSnapshot> chain = stored.stream()
                        .filter(archive -> archive.partition().equals(partition))
                        .sorted(Comparator.comparingLong(
                                archive -> archive.link().orElseThrow().number()))
                        .toList();
                assertEquals(12, chain.size());
                assertChained(partition, chain);
            }
        }

        @Test
        void headsAreThoseOfTheQueryByTheirNames() {
            String first = dataset;
            List<ChainHead> expected = new ArrayList<>();
            for (String name : List.of(first, first + "_B")) {
                dataset = name;
                for (String partition : List.of("B", "a", "ä", "Z")) {
                    ArchivedSnapshot stored = store.store(submission(new Partition(partition), DATE, bytes(86, 10)));
                    expected.add(new ChainHead(
                            name,
                            stored.partition(),
                            1,
                            stored.link().orElseThrow().digest()));
                }
            }
            expected.sort(Comparator.comparing(ChainHead::dataset)
                    .thenComparing(head -> head.partition().name()));
            assertEquals(expected.subList(0, 4), audit().chainHeads(ArchiveQuery.of(first)));
            assertEquals(
                    expected.subList(0, 4),
                    audit().chainHeads(ArchiveQuery.of(first).since(DATE.plusSeconds(60))),
                    "dates do not count");
            assertEquals(
                    List.of(expected.get(1)),
                    audit().chainHeads(ArchiveQuery.of(first).in(expected.get(1).partition())));
            assertEquals(
                    expected,
                    audit().chainHeads(ArchiveQuery.ALL).stream()
                            .filter(head -> head.dataset().startsWith(first))
                            .toList());
            assertEquals(List.of(), audit().chainHeads(ArchiveQuery.of(freshName())));
        }
    }

    /** Redacting. */
    @Nested
    class Redacting {
        @BeforeEach
        void skipWithoutCapability() {
            requireCapability(Capability.REDACTION);
        }

        @Test
        void redactedArchiveHasTheNewFileUnderItsOldNumber() {
            int minute = 0;
            for (int size : List.of(900, large)) {
                for (int rewrittenSize : List.of(700, large - 777, 0)) {
                    ArchiveSubmission submission = with(
                            submission(Partition.ALL, minute(minute++), bytes(minute, size)), Map.of("kept", "yes"));
                    ArchivedSnapshot before = store.store(submission);
                    byte[] bytes = bytes(100 + minute, rewrittenSize);
                    RedactionSubmission redaction = redaction(before, file(bytes, 7, 3L * rewrittenSize), 3);
                    ArchivedSnapshot after = redaction().redact(redaction);

                    assertArrayEquals(bytes, read(before.id()));
                    assertEquals(rewrittenSize, after.size());
                    assertEquals(OptionalLong.of(7), after.rowCount());
                    assertEquals(OptionalLong.of(3L * rewrittenSize), after.uncompressedSize());
                    assertEquals(Optional.of(FileDigests.md5(bytes)), after.md5());
                    assertEquals(Optional.of(FileDigests.sha256(bytes)), after.sha256());
                    assertEquals(redaction.fingerprint(), after.fingerprint());
                    assertEquals(before, withFileOf(after, before), "a redaction changes nothing else");
                    assertEquals(Optional.of(after), store.find(before.id()));
                    assertEquals(Optional.empty(), store.findDamage(before.id()));
                }
            }
        }

        @Test
        void redactionIsALinkOfTheChain() {
            ArchivedSnapshot first = store.store(submission(Partition.ALL, minute(0), bytes(110, 90)));
            ArchivedSnapshot second = store.store(submission(Partition.ALL, minute(1), bytes(111, 90)));
            String reason = "erasure request № 7, 'quoted'\n😀";
            Instant start = Instant.now().minusSeconds(60);
            ArchivedSnapshot redacted = redaction()
                    .redact(new RedactionSubmission(
                            first.id(),
                            first.link().orElseThrow().digest(),
                            file(bytes(112, 50), 8, 60),
                            Optional.of(HashedRows.random(3, 4).fingerprint()),
                            2,
                            reason));

            ChainLink link = redacted.link().orElseThrow();
            assertEquals(1, link.number());
            assertEquals(ChainLink.NONE, link.previousDigest());
            assertEquals(RecordDigest.of(redacted, 1, ChainLink.NONE), link.digest());
            assertNotEquals(first.link().orElseThrow().digest(), link.digest());

            List<Redaction> redactions = audit().redactions(ArchiveQuery.of(dataset));
            assertEquals(1, redactions.size());
            Redaction redaction = redactions.get(0);
            assertEquals(first.id(), redaction.archive());
            assertEquals(dataset, redaction.dataset());
            assertEquals(Partition.ALL, redaction.partition());
            assertEquals(3, redaction.link().number());
            assertEquals(second.link().orElseThrow().digest(), redaction.link().previousDigest());
            assertEquals(RecordDigest.of(redaction), redaction.link().digest());
            assertEquals(first.link().orElseThrow().digest(), redaction.replacedDigest());
            assertEquals(link.digest(), redaction.recordDigest());
            assertEquals(reason, redaction.reason());
            assertEquals(2, redaction.erasedRows());
            assertFalse(redaction.by().isBlank());
            assertTrue(redaction.at().isAfter(start), redaction::toString);
            assertTrue(redaction.at().isBefore(Instant.now().plusSeconds(60)), redaction::toString);
            assertEquals(
                    List.of(new ChainHead(
                            dataset, Partition.ALL, 3, redaction.link().digest())),
                    audit().chainHeads(ArchiveQuery.of(dataset)));

            ChainLink next = store.store(submission(Partition.ALL, minute(2), bytes(113, 90)))
                    .link()
                    .orElseThrow();
            assertEquals(4, next.number());
            assertEquals(redaction.link().digest(), next.previousDigest());
            assertEquals(Optional.of(second), store.find(second.id()));
        }

        @Test
        void redactionsFollowOneAnotherAndOutliveTheArchive() {
            ArchivedSnapshot archive = store.store(submission(Partition.ALL, DATE, bytes(114, 90)));
            List<String> digests =
                    new ArrayList<>(List.of(archive.link().orElseThrow().digest()));
            for (int i = 0; i < 3; i++) {
                archive = redaction().redact(redaction(archive, file(bytes(115 + i, 80 - i), 5 - i, 100), 1));
                digests.add(archive.link().orElseThrow().digest());
            }
            store.remove(List.of(archive.id()), "test");
            List<Redaction> redactions = audit().redactions(ArchiveQuery.of(dataset));
            assertEquals(
                    List.of(2L, 3L, 4L),
                    redactions.stream().map(each -> each.link().number()).toList());
            for (int i = 0; i < 3; i++) {
                assertEquals(digests.get(i), redactions.get(i).replacedDigest());
                assertEquals(digests.get(i + 1), redactions.get(i).recordDigest());
            }
            assertEquals(
                    List.of(archive),
                    store.tombstones(ArchiveQuery.of(dataset)).stream()
                            .map(Tombstone::archive)
                            .toList());
        }

        @Test
        void redactionsAreThoseOfTheDatasetAndPartition() {
            for (String partition : List.of("A", "B")) {
                ArchivedSnapshot stored = store.store(submission(new Partition(partition), DATE, bytes(118, 90)));
                redaction().redact(redaction(stored, file(bytes(119, 80), 5, 100), 5));
            }
            ArchiveQuery query = ArchiveQuery.of(dataset);
            assertEquals(2, audit().redactions(query).size());
            assertEquals(
                    2, audit().redactions(query.since(DATE.plusSeconds(60))).size(), "dates do not count");
            assertEquals(
                    List.of(new Partition("B")),
                    audit().redactions(query.in(new Partition("B"))).stream()
                            .map(Redaction::partition)
                            .toList());
            assertEquals(List.of(), audit().redactions(ArchiveQuery.of(freshName())));
        }

        @Test
        void redactionOfAnotherRecordThanTheOneThatIsThereIsAConflict() {
            ArchivedSnapshot before = store.store(submission(Partition.ALL, DATE, bytes(120, large)));
            RedactionSubmission redaction = redaction(before, file(bytes(121, 80), 5, 100), 5);
            ArchivedSnapshot after = redaction().redact(redaction);
            assertRedactionRefused(Kind.CONFLICT, after, redaction(before, file(bytes(122, 70), 4, 100), 6));
            assertRedactionRefused(Kind.CONFLICT, after, redaction);
            assertArrayEquals(bytes(121, 80), read(before.id()));
        }

        @Test
        void heldArchiveIsNotRedacted() {
            ArchivedSnapshot stored = store.store(submission(Partition.ALL, DATE, bytes(123, 100)));
            ArchivedSnapshot held =
                    holds().hold(stored.id(), new Hold(Optional.of("legal"), "case", Optional.of(FAR_DAY)));
            RedactionSubmission redaction = redaction(stored, file(bytes(124, 80), 5, 100), 5);
            assertRedactionRefused(Kind.CONFLICT, held, redaction);
            assertArrayEquals(bytes(123, 100), read(stored.id()));
            holds().hold(stored.id(), new Hold(Optional.of("legal"), "over", Optional.of(LocalDate.of(2001, 1, 1))));
            assertEquals(80, redaction().redact(redaction).size());
        }

        @Test
        void redactionWithAFileThatChangedIsCorruptAndChangesNothing() {
            ArchivedSnapshot before = store.store(submission(Partition.ALL, DATE, bytes(125, large)));
            for (int size : List.of(80, large)) {
                WrittenFile right = file(bytes(126, size), 5, 100);
                assertRedactionRefused(
                        Kind.CORRUPT,
                        before,
                        redaction(
                                before,
                                new WrittenFile(right.file(), 5, size, 100, right.md5(), flip(right.sha256())),
                                5));
                assertRedactionRefused(
                        Kind.CORRUPT,
                        before,
                        redaction(
                                before,
                                new WrittenFile(right.file(), 5, size, 100, flip(right.md5()), right.sha256()),
                                5));
            }
            assertArrayEquals(bytes(125, large), read(before.id()));
        }

        @Test
        void redactingWhatIsNotThereIsInvalid() {
            ArchivedSnapshot gone = store.store(submission(Partition.ALL, DATE, bytes(127, 100)));
            store.remove(List.of(gone.id()), "test");
            assertKind(
                    Kind.INVALID_REQUEST, () -> redaction().redact(redaction(gone, file(bytes(128, 80), 5, 100), 5)));
            assertEquals(List.of(), audit().redactions(ArchiveQuery.of(dataset)));
        }

        @Test
        void oneRecordIsRedactedOnceByThoseWhoTryAtOnce() throws Exception {
            ArchivedSnapshot before = store.store(submission(Partition.ALL, DATE, bytes(129, 5_000)));
            List<Future<ArchivedSnapshot>> redacting =
                    atOnce(3, () -> redaction().redact(redaction(before, file(bytes(130, 4_000), 5, 100), 5)));
            List<ArchivedSnapshot> done = new ArrayList<>();
            for (Future<ArchivedSnapshot> one : redacting) {
                try {
                    done.add(await(one));
                } catch (SnapshotException late) {
                    assertEquals(Kind.CONFLICT, late.kind(), late::getMessage);
                }
            }
            assertEquals(List.of(store.find(before.id()).orElseThrow()), done);
            assertEquals(1, audit().redactions(ArchiveQuery.of(dataset)).size());
        }
    }

    /** Looking for damage. */
    @Nested
    class FindingDamage {
        @Test
        void soundArchivesHaveNoDamage() {
            int minute = 0;
            for (int size : List.of(0, 1, 5_000, large)) {
                ArchivedSnapshot stored = store.store(submission(Partition.ALL, minute(minute++), bytes(131, size)));
                assertEquals(Optional.empty(), store.findDamage(stored.id()), () -> size + " bytes");
            }
        }

        @Test
        void lookingForDamageInWhatIsNotThereIsInvalid() {
            ArchivedSnapshot gone = store.store(submission(Partition.ALL, DATE, bytes(132, 100)));
            store.remove(List.of(gone.id()), "test");
            assertKind(Kind.INVALID_REQUEST, () -> store.findDamage(gone.id()));
            assertKind(Kind.INVALID_REQUEST, () -> store.findDamage(new ArchiveId(-1)));
        }

        @Test
        void flippedByteIsDamage() {
            ByteFlipper flipper = byteFlipper().orSkip();
            int minute = 0;
            for (int size : List.of(1, 5_000, large)) {
                ArchiveId id = store.store(submission(Partition.ALL, minute(minute++), bytes(144, size)))
                        .id();
                ArchiveId beside = store.store(submission(Partition.ALL, minute(minute++), bytes(144, size)))
                        .id();
                for (int position : new TreeSet<>(List.of(0, size / 2, size - 1))) {
                    flipper.flip(store, id, position);
                    assertTrue(store.findDamage(id).isPresent(), () -> "byte " + position + " of " + size);
                    assertEquals(Optional.empty(), store.findDamage(beside));
                    flipper.flip(store, id, position);
                    assertEquals(Optional.empty(), store.findDamage(id));
                }
            }
        }
    }

    /** Bytes at rest. */
    @Nested
    class AtRest {
        /** A file of random bytes that no other file of any fact has. */
        private static byte[] unique(int size) {
            byte[] bytes = new byte[size];
            ThreadLocalRandom.current().nextBytes(bytes);
            return bytes;
        }

        /** The pieces of a file at rest. A piece that the store has cut in two is left out. */
        private List<byte[]> piecesAtRest(byte[] file) {
            List<byte[]> pieces = new ArrayList<>();
            for (int position = 0; position + PIECE <= file.length; position += file.length / 3) {
                byte[] piece = Arrays.copyOfRange(file, position, position + PIECE);
                if (bytesAtRest().orSkip().contain(store, piece)) {
                    pieces.add(piece);
                }
            }
            assertTrue(pieces.size() > 1, "the hook does not see the bytes of an archived file");
            return pieces;
        }

        private void assertNotAtRest(List<byte[]> pieces) {
            for (byte[] piece : pieces) {
                assertFalse(bytesAtRest().orSkip().contain(store, piece), "a piece of the file is still stored");
            }
        }

        @Test
        void noByteOfARemovedFileRemains() {
            bytesAtRest().orSkip();
            for (int size : List.of(5_000, large)) {
                byte[] bytes = unique(size);
                ArchivedSnapshot gone = store.store(submission(Partition.ALL, minute(size), bytes));
                byte[] other = unique(size);
                store.store(submission(Partition.ALL, minute(size + 1), other));
                List<byte[]> kept = piecesAtRest(other);
                List<byte[]> pieces = piecesAtRest(bytes);
                store.remove(List.of(gone.id()), "test");
                assertNotAtRest(pieces);
                assertEquals(kept.size(), piecesAtRest(other).size(), "the file beside it");
            }
        }

        @Test
        void noByteOfTheFileBeforeARedactionRemains() {
            bytesAtRest().orSkip();
            ArchiveRedaction redaction = redaction();
            int minute = 0;
            for (int size : List.of(5_000, large)) {
                for (int newSize : List.of(4_000, large - 1_000)) {
                    byte[] bytes = unique(size);
                    ArchivedSnapshot before = store.store(submission(Partition.ALL, minute(minute++), bytes));
                    List<byte[]> pieces = piecesAtRest(bytes);
                    byte[] rest = unique(newSize);
                    redaction.redact(redaction(before, file(rest, 5, 100), 5));
                    assertNotAtRest(pieces);
                    piecesAtRest(rest);
                    assertArrayEquals(rest, read(before.id()));
                }
            }
        }
    }

    /** After reopening. */
    @Nested
    class Reopening {
        @Test
        void archivesAndTombstonesAreThereAfterReopening() {
            UnaryOperator<ArchiveStore> reopener = reopener().orSkip();
            byte[] small = bytes(145, 300);
            byte[] big = bytes(146, large);
            ArchiveSubmission submission = with(submission(Partition.ALL, DATE, small), ODD_TAGS);
            ArchivedSnapshot one = store.store(submission);
            ArchivedSnapshot other = store.store(submission(new Partition("B"), minute(1), big));
            ArchivedSnapshot gone = store.store(submission(Partition.ALL, minute(2), bytes(147, 10)));
            store.remove(List.of(gone.id()), "test");
            List<Tombstone> tombstones = store.tombstones(ArchiveQuery.of(dataset));
            store = reopener.apply(store);
            assertEquals(List.of(other, one), store.list(ArchiveQuery.of(dataset)));
            assertEquals(Optional.of(one), store.find(one.id()));
            assertEquals(Optional.of(other), store.find(other.snapshotId().orElseThrow()));
            assertArrayEquals(small, read(one.id()));
            assertArrayEquals(big, read(other.id()));
            assertEquals(1, tombstones.size());
            assertEquals(tombstones, store.tombstones(ArchiveQuery.of(dataset)));
            assertEquals(Optional.empty(), store.find(gone.id()));
            assertEquals(List.of(dataset), datasetsOf(dataset));
            assertEquals(Optional.empty(), store.findDamage(other.id()));
            assertEquals(one, store.store(submission), "the batch id is known");
            ArchivedSnapshot next = store.store(submission(Partition.ALL, minute(3), bytes(148, 10)));
            assertTrue(next.id().value() > gone.id().value(), "a number is given once");
        }

        private List<String> datasetsOf(String name) {
            return store.datasets().stream().filter(name::equals).toList();
        }

        @Test
        void holdsAreThereAfterReopening() {
            UnaryOperator<ArchiveStore> reopener = reopener().orSkip();
            ArchivedSnapshot stored = store.store(submission(Partition.ALL, DATE, bytes(149, 300)));
            ArchivedSnapshot held = holds().hold(stored.id(), new Hold(Optional.of("legal"), "case", Optional.empty()));
            store = reopener.apply(store);
            assertEquals(Optional.of(held), store.find(stored.id()));
            assertKind(Kind.CONFLICT, () -> store.remove(List.of(stored.id()), "test"));
        }

        @Test
        void laterTagsAndTheirNotesAreThereAfterReopening() {
            UnaryOperator<ArchiveStore> reopener = reopener().orSkip();
            ArchivedSnapshot stored = store.store(submission(Partition.ALL, DATE, bytes(148, 300)));
            ArchivedSnapshot tagged = tags().changeTags(stored.id(), setting(Map.of("a", "1")));
            List<TagNote> notes = tags().tagNotes(ArchiveQuery.of(dataset));
            store = reopener.apply(store);
            assertEquals(Optional.of(tagged), store.find(stored.id()));
            assertEquals(notes, tags().tagNotes(ArchiveQuery.of(dataset)));
        }

        @Test
        void chainsAndRedactionsAreThereAfterReopening() {
            UnaryOperator<ArchiveStore> reopener = reopener().orSkip();
            ArchivedSnapshot first = store.store(submission(Partition.ALL, DATE, bytes(150, 300)));
            if (capabilities().contains(Capability.REDACTION)) {
                redaction().redact(redaction(first, file(bytes(151, 200), 5, 100), 5));
            }
            List<ChainHead> heads = audit().chainHeads(ArchiveQuery.of(dataset));
            List<Redaction> redactions = audit().redactions(ArchiveQuery.of(dataset));
            store = reopener.apply(store);
            assertEquals(heads, audit().chainHeads(ArchiveQuery.of(dataset)));
            assertEquals(redactions, audit().redactions(ArchiveQuery.of(dataset)));
            ArchivedSnapshot next = store.store(submission(Partition.ALL, minute(1), bytes(152, 300)));
            assertEquals(
                    heads.get(0).followedBy(next.link().orElseThrow()),
                    audit().chainHeads(ArchiveQuery.of(dataset)).get(0));
        }
    }

    /** Capabilities. */
    @Nested
    class Capabilities {
        @Test
        void capabilitiesAreTheDeclaredOnes() {
            assertEquals(
                    capabilities().contains(Capability.HOLDS), store.holds().isPresent(), "holds");
            assertEquals(capabilities().contains(Capability.TAGS), store.tags().isPresent(), "tags");
            assertEquals(
                    capabilities().contains(Capability.REDACTION),
                    store.redaction().isPresent(),
                    "redaction");
            assertEquals(
                    capabilities().contains(Capability.AUDIT), store.audit().isPresent(), "audit");
            assertEquals(
                    capabilities().contains(Capability.CHANGE_SETS),
                    store.changeSets().isPresent(),
                    "change sets");
            assertTrue(store.audit().isPresent() || store.redaction().isEmpty(), "a redaction is a link of the chain");
        }

        @Test
        void storeHasADescription() {
            assertFalse(store.description().isBlank());
        }
    }

    /** Several at once. */
    @Nested
    class SeveralAtOnce {
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
    }

    // Helpers of the facts

    private ArchiveHolds holds() {
        requireCapability(Capability.HOLDS);
        return store.holds().orElseThrow();
    }

    private ArchiveTags tags() {
        requireCapability(Capability.TAGS);
        return store.tags().orElseThrow();
    }

    private static TagChange setting(Map<String, String> tags) {
        return new TagChange(tags, Set.of(), TagChange.Existing.KEEP);
    }

    private ArchiveRedaction redaction() {
        requireCapability(Capability.REDACTION);
        return store.redaction().orElseThrow();
    }

    private ArchiveAudit audit() {
        requireCapability(Capability.AUDIT);
        return store.audit().orElseThrow();
    }

    /** Skips a fact about a capability that the store under test does not have. */
    private void requireCapability(Capability capability) {
        assumeTrue(capabilities().contains(capability), () -> "skipped: the store has no capability " + capability);
    }

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
        return ArchiveSubmission.builder(id, dataset, partition, date, file)
                .sourceDatabase("ORDERS")
                .columnCount(12)
                .schemaHash("0".repeat(64))
                .hashSpecId("hsr1")
                .fingerprint(HashedRows.none().fingerprint())
                .build();
    }

    private static ArchiveSubmission with(ArchiveSubmission submission, Fingerprint fingerprint) {
        return submission.toBuilder().fingerprint(fingerprint).build();
    }

    private static ArchiveSubmission with(ArchiveSubmission submission, Map<String, String> tags) {
        return submission.toBuilder().tags(tags).build();
    }

    private static RedactionSubmission redaction(ArchivedSnapshot archive, WrittenFile file, long erasedRows) {
        return new RedactionSubmission(
                archive.id(),
                archive.link().orElseThrow().digest(),
                file,
                Optional.of(HashedRows.random(erasedRows, 3).fingerprint()),
                erasedRows,
                "erasure request");
    }

    private void assertRedactionRefused(Kind kind, ArchivedSnapshot there, RedactionSubmission redaction) {
        List<Redaction> redactions = audit().redactions(ArchiveQuery.of(dataset));
        List<ChainHead> heads = audit().chainHeads(ArchiveQuery.of(dataset));
        assertKind(kind, () -> redaction().redact(redaction));
        assertEquals(Optional.of(there), store.find(there.id()));
        assertEquals(redactions, audit().redactions(ArchiveQuery.of(dataset)));
        assertEquals(heads, audit().chainHeads(ArchiveQuery.of(dataset)));
    }

    /** These are the links of a chain, in their order and all of them, and its end is noted. */
    private void assertChained(Partition partition, List<ArchivedSnapshot> links) {
        String previous = ChainLink.NONE;
        for (int i = 0; i < links.size(); i++) {
            ArchivedSnapshot archive = links.get(i);
            ChainLink link = archive.link().orElseThrow();
            assertEquals(i + 1, link.number(), archive::toString);
            assertEquals(previous, link.previousDigest(), archive::toString);
            assertEquals(RecordDigest.of(archive, i + 1, previous), link.digest(), archive::toString);
            previous = link.digest();
        }
        assertEquals(
                List.of(new ChainHead(dataset, partition, links.size(), previous)),
                audit().chainHeads(ArchiveQuery.of(dataset).in(partition)));
    }

    private static ArchivedSnapshot withHold(ArchivedSnapshot archive, Optional<Hold> hold) {
        return copy(archive, archive, hold);
    }

    /** An archive with the values that another archive's file determines. */
    private static ArchivedSnapshot withFileOf(ArchivedSnapshot archive, ArchivedSnapshot other) {
        return copy(archive, other, archive.hold());
    }

    private static ArchivedSnapshot copy(ArchivedSnapshot archive, ArchivedSnapshot file, Optional<Hold> hold) {
        return archive.toBuilder()
                .rowCount(file.rowCount())
                .size(file.size())
                .uncompressedSize(file.uncompressedSize())
                .md5(file.md5())
                .sha256(file.sha256())
                .fingerprint(file.fingerprint())
                .hold(hold)
                .chunks(file.chunks())
                .link(file.link())
                .build();
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
