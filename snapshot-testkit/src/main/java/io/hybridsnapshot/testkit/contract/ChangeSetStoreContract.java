package io.hybridsnapshot.testkit.contract;

import static io.hybridsnapshot.testkit.contract.Expectations.assertKind;
import static io.hybridsnapshot.testkit.contract.Expectations.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.domain.archive.ArchiveAudit;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.ChangeSet;
import io.hybridsnapshot.domain.archive.ChangeSetStore;
import io.hybridsnapshot.domain.archive.ChangeSetSubmission;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.archive.RecordDigest;
import io.hybridsnapshot.domain.archive.RedactionSubmission;
import io.hybridsnapshot.domain.changeset.ChangeSetCounts;
import io.hybridsnapshot.domain.changeset.FilterDigest;
import io.hybridsnapshot.domain.changeset.FilterEntry;
import io.hybridsnapshot.domain.changeset.RowFilter;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.testkit.contract.ArchiveStoreContract.ByteFlipper;
import io.hybridsnapshot.testkit.contract.ArchiveStoreContract.BytesAtRest;
import io.hybridsnapshot.testkit.data.FileDigests;
import io.hybridsnapshot.testkit.data.HashedRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promises of every {@link ChangeSetStore}. The subclass supplies the archive whose capability is tested. Each fact
 * archives datasets of its own under fresh names, so all facts can share one database. A store of change sets treats
 * their files as bytes, so the facts keep random ones. Facts about the chain, holds or redactions are skipped where the
 * archive lacks the capability.
 */
@Timeout(120)
public abstract class ChangeSetStoreContract {
    private static final Instant DATE = Instant.parse("2026-03-01T06:00:00.123456Z");
    private static final ChangeSetCounts COUNTS = new ChangeSetCounts(1, 2, 3, 4);
    private static final int PIECE = 48;

    @TempDir
    private Path directory;

    private ArchiveStore store;
    private ExecutorService background;
    private String dataset;
    private int files;

    /**
     * The archive under test, requested once per fact. It MUST have the capability. Calls may return the same store or
     * different ones, over the same or different databases.
     */
    protected abstract ArchiveStore store();

    /** The means to damage a stored change set; positions are those in its file. */
    protected abstract Hook<ByteFlipper> byteFlipper();

    /** The means to look at the bytes at rest, those of filters included. */
    protected abstract Hook<BytesAtRest> bytesAtRest();

    /** Opens another store over the same storage, as the next process does. The first store is not used again. */
    protected abstract Hook<UnaryOperator<ArchiveStore>> reopener();

    @BeforeEach
    final void openStore() {
        store = store();
        background = Executors.newCachedThreadPool();
        dataset = "CSC_"
                + UUID.randomUUID().toString().replace("-", "").substring(0, 16).toUpperCase(Locale.ROOT);
    }

    @AfterEach
    final void stopThreads() {
        background.shutdownNow();
    }

    /** Change sets that come with the archive of a save. */
    @Nested
    class StoredWithAnArchive {
        @Test
        void changeSetOfASaveIsKeptWithEveryField() {
            ArchivedSnapshot base = store(0);
            ChangeSetSubmission changes = new ChangeSetSubmission(
                    base.id(), file(bytes(1, 3_000)), new ChangeSetCounts(12, 123_456_789_012L, 0, 7), filter(1, 5));
            Instant start = Instant.now().minusSeconds(60);
            ArchivedSnapshot later = store(1, Partition.ALL, Optional.of(changes));
            ChangeSet kept = changeSets().find(later.id()).orElseThrow();
            assertEquals(later.id(), kept.archive());
            assertEquals(base.id(), kept.base());
            assertEquals(dataset, kept.dataset());
            assertEquals(Partition.ALL, kept.partition());
            assertEquals(later.date(), kept.date());
            assertEquals(changes.counts(), kept.counts());
            assertEquals(3_000, kept.size());
            assertEquals(changes.file().sha256(), kept.sha256());
            assertEquals(FileDigests.sha256(changes.filter().bytes()), kept.filterSha256());
            assertTrue(kept.createdAt().isAfter(start), kept::toString);
            assertTrue(kept.createdAt().isBefore(Instant.now().plusSeconds(60)), kept::toString);
            assertEquals(Optional.empty(), kept.removal());
            assertArrayEquals(bytes(1, 3_000), read(later.id()));
        }

        @Test
        void changeSetIsTheLinkBehindItsArchive() {
            ArchiveAudit audit = audit();
            ArchivedSnapshot base = store(0);
            ChangeSetSubmission changes = changes(base, 2);
            ArchivedSnapshot later = store(1, Partition.ALL, Optional.of(changes));
            ChangeSet kept = changeSets().find(later.id()).orElseThrow();
            ChainHead before = ChainHead.none(dataset, Partition.ALL)
                    .followedBy(base.link().orElseThrow())
                    .followedBy(later.link().orElseThrow());
            assertEquals(ChangeSet.of(changes, later, kept.number(), kept.createdAt(), before), kept);
            assertEquals(
                    List.of(before.followedBy(kept.link().orElseThrow())), audit.chainHeads(ArchiveQuery.of(dataset)));
            assertEquals(
                    kept.link().orElseThrow().digest(),
                    store(2).link().orElseThrow().previousDigest());
        }

        @Test
        void archiveWithoutAChangeSetHasNone() {
            ArchivedSnapshot alone = store(0);
            assertEquals(Optional.empty(), changeSets().find(alone.id()));
            assertEquals(List.of(), changeSets().list(ArchiveQuery.of(dataset)));
        }

        @Test
        void storingABatchIdAgainKeepsOneChangeSet() {
            ArchivedSnapshot base = store(0);
            ArchiveSubmission submission = submission(1, Partition.ALL, Optional.of(changes(base, 3)));
            ArchivedSnapshot later = store.store(submission);
            List<ChangeSet> kept = changeSets().records(ArchiveQuery.of(dataset));
            assertEquals(1, kept.size());
            assertEquals(later, store.store(submission));
            assertEquals(kept, changeSets().records(ArchiveQuery.of(dataset)));
        }

        @Test
        void changeSetWithoutItsBaseIsLeftOut() {
            ArchivedSnapshot gone = store(0);
            ArchivedSnapshot elsewhere = store(0, new Partition("B"), Optional.empty());
            store.remove(List.of(gone.id()), "test");
            int minute = 1;
            for (ArchivedSnapshot base : List.of(gone, elsewhere)) {
                ArchivedSnapshot later = store(minute++, Partition.ALL, Optional.of(changes(base, 4)));
                assertEquals(Optional.of(later), store.find(later.id()));
                assertEquals(Optional.empty(), changeSets().find(later.id()));
            }
            assertEquals(List.of(), changeSets().records(ArchiveQuery.of(dataset)));
        }

        @Test
        void changeSetThatWasDamagedOnTheWayIsCorruptAndNothingIsStored() {
            ArchivedSnapshot base = store(0);
            ChangeSetSubmission damaged = damaged(base);
            ArchiveSubmission submission = submission(1, Partition.ALL, Optional.of(damaged));
            assertKind(Kind.CORRUPT, () -> store.store(submission));
            assertEquals(List.of(base), store.list(ArchiveQuery.of(dataset)));
            assertEquals(List.of(), changeSets().records(ArchiveQuery.of(dataset)));
        }
    }

    /** Change sets that are added later. */
    @Nested
    class AddedLater {
        @Test
        void addedChangeSetIsTheEndOfTheChain() {
            ArchiveAudit audit = audit();
            ArchivedSnapshot base = store(0);
            ArchivedSnapshot later = store(1);
            store(2);
            ChainHead before = audit.chainHeads(ArchiveQuery.of(dataset)).get(0);
            ChangeSetSubmission changes = changes(base, 5);
            ChangeSet added = changeSets().add(later.id(), changes);
            assertEquals(ChangeSet.of(changes, later, added.number(), added.createdAt(), before), added);
            assertEquals(Optional.of(added), changeSets().find(later.id()));
            assertEquals(
                    List.of(before.followedBy(added.link().orElseThrow())), audit.chainHeads(ArchiveQuery.of(dataset)));
        }

        @Test
        void addingFromTheSameBaseAgainReturnsTheChangeSetThatIsThere() {
            ArchivedSnapshot base = store(0);
            ArchivedSnapshot later = store(1);
            ChangeSet added = changeSets().add(later.id(), changes(base, 6));
            assertEquals(added, changeSets().add(later.id(), changes(base, 7)));
            assertEquals(List.of(added), changeSets().records(ArchiveQuery.of(dataset)));
            assertArrayEquals(bytes(6, 2_000), read(later.id()));
        }

        @Test
        void addingFromAnotherBaseIsAConflict() {
            ArchivedSnapshot base = store(0);
            ArchivedSnapshot other = store(1);
            ArchivedSnapshot later = store(2);
            ChangeSet added = changeSets().add(later.id(), changes(other, 8));
            assertKind(Kind.CONFLICT, () -> changeSets().add(later.id(), changes(base, 8)));
            assertEquals(List.of(added), changeSets().records(ArchiveQuery.of(dataset)));
        }

        @Test
        void addingBetweenArchivesThatDoNotBelongTogetherIsInvalid() {
            ArchivedSnapshot archive = store(0);
            ArchivedSnapshot elsewhere = store(0, new Partition("B"), Optional.empty());
            ArchivedSnapshot gone = store(1);
            store.remove(List.of(gone.id()), "test");
            assertKind(Kind.INVALID_REQUEST, () -> changeSets().add(gone.id(), changes(archive, 9)));
            for (ArchivedSnapshot base : List.of(gone, elsewhere, archive)) {
                assertKind(Kind.INVALID_REQUEST, () -> changeSets().add(archive.id(), changes(base, 9)));
            }
            assertEquals(List.of(), changeSets().records(ArchiveQuery.of(dataset)));
        }

        @Test
        void changeSetThatWasDamagedOnTheWayIsCorruptAndNotAdded() {
            ArchivedSnapshot base = store(0);
            ArchivedSnapshot later = store(1);
            assertKind(Kind.CORRUPT, () -> changeSets().add(later.id(), damaged(base)));
            assertEquals(List.of(), changeSets().records(ArchiveQuery.of(dataset)));
            changeSets().add(later.id(), changes(base, 10));
            assertArrayEquals(bytes(10, 2_000), read(later.id()));
        }

        @Test
        void thoseWhoAddAtOnceGetOneChangeSet() throws Exception {
            ArchivedSnapshot base = store(0);
            for (int round = 0; round < 3; round++) {
                ArchivedSnapshot later = store(1 + round);
                CyclicBarrier start = new CyclicBarrier(4);
                List<Future<ChangeSet>> adding = IntStream.range(0, 4)
                        .mapToObj(i -> background.submit(() -> {
                            ChangeSetSubmission changes = changes(base, 11);
                            start.await(30, TimeUnit.SECONDS);
                            return changeSets().add(later.id(), changes);
                        }))
                        .toList();
                Set<ChangeSet> added = new HashSet<>();
                for (Future<ChangeSet> one : adding) {
                    added.add(await(one));
                }
                assertEquals(Set.of(changeSets().find(later.id()).orElseThrow()), added);
            }
            assertEquals(3, changeSets().records(ArchiveQuery.of(dataset)).size());
        }
    }

    /** The files that were compared. */
    @Nested
    class Compared {
        @Test
        void aChangeSetFromRecordsThatAreThereIsKept() {
            ArchivedSnapshot base = store(0);
            ArchivedSnapshot later = store(1);
            ChangeSetSubmission changes = changes(base, 1).comparing(List.of(base, later));
            assertEquals(base.id(), changeSets().add(later.id(), changes).base());
        }

        @Test
        void aChangeSetFromAnotherRecordOfAnArchiveIsNotKept() {
            ArchivedSnapshot base = store(0);
            ArchivedSnapshot later = store(1);
            for (ArchivedSnapshot changed : List.of(base, later)) {
                ChangeSetSubmission right = changes(base, 1);
                ChangeSetSubmission stale = new ChangeSetSubmission(
                        right.base(),
                        right.file(),
                        right.counts(),
                        right.filter(),
                        Map.of(changed.id(), "0".repeat(64)));
                assertKind(Kind.CONFLICT, () -> changeSets().add(later.id(), stale));
                assertEquals(Optional.empty(), changeSets().find(later.id()));
            }
            ChangeSetSubmission right = changes(base, 2);
            ArchivedSnapshot next = store(
                    2,
                    Partition.ALL,
                    Optional.of(new ChangeSetSubmission(
                            right.base(),
                            right.file(),
                            right.counts(),
                            right.filter(),
                            Map.of(base.id(), "0".repeat(64)))));
            assertEquals(Optional.empty(), changeSets().find(next.id()), "the archive is kept without");
        }
    }

    /** Reading and searching. */
    @Nested
    class Searching {
        @Test
        void bytesComeBackAsTheyAre() {
            ArchivedSnapshot base = store(0);
            int minute = 1;
            for (int size : List.of(0, 1, 100_000, 1_500_000)) {
                byte[] bytes = bytes(size, size);
                ArchivedSnapshot later = store(
                        minute++,
                        Partition.ALL,
                        Optional.of(new ChangeSetSubmission(base.id(), file(bytes), COUNTS, filter(1, 1))));
                assertArrayEquals(bytes, read(later.id()));
                if (size > 1_000) {
                    try (SeekableBytes opened = changeSets().open(later.id())) {
                        byte[] range = new byte[500];
                        opened.read(size - 700, range, 0, 500);
                        assertArrayEquals(Arrays.copyOfRange(bytes, size - 700, size - 200), range);
                        assertKind(Kind.CORRUPT, () -> opened.read(size - 100, range, 0, 101));
                    }
                }
            }
        }

        @Test
        void openingWhatIsNotThereIsInvalid() {
            ArchivedSnapshot alone = store(0);
            assertKind(Kind.INVALID_REQUEST, () -> changeSets().open(alone.id()));
            assertKind(Kind.INVALID_REQUEST, () -> changeSets().open(new ArchiveId(-1)));
        }

        @Test
        void changeSetsAreThoseOfTheQueryNewestFirst() {
            List<ChangeSet> all = new ArrayList<>();
            for (String name : List.of("A", "B")) {
                Partition partition = new Partition(name);
                ArchivedSnapshot before = store(0, partition, Optional.empty());
                for (int minute : List.of(1, 4, 2, 3)) {
                    before = store(minute, partition, Optional.of(changes(before, minute)));
                    all.add(changeSets().find(before.id()).orElseThrow());
                }
            }
            List<ChangeSet> expected = all.stream()
                    .sorted(Comparator.comparing(ChangeSet::date)
                            .thenComparingLong(each -> each.archive().value())
                            .reversed())
                    .toList();
            ArchiveQuery query = ArchiveQuery.of(dataset);
            assertEquals(expected, changeSets().list(query));
            assertEquals(expected.subList(0, 3), changeSets().list(query.newest(3)));
            assertEquals(expected, changeSets().list(query.newest(100)));
            Partition partition = new Partition("B");
            assertEquals(
                    expected.stream()
                            .filter(each -> each.partition().equals(partition))
                            .toList(),
                    changeSets().list(query.in(partition)));
            assertEquals(
                    expected.subList(2, 6),
                    changeSets().list(query.since(minute(2)).until(minute(3))));
            assertEquals(List.of(), changeSets().list(ArchiveQuery.of(dataset + "_OTHER")));
            assertEquals(all, changeSets().records(query.since(minute(3))), "records of all dates, by number");
            assertEquals(all.subList(4, 8), changeSets().records(query.in(partition)));
        }

        @Test
        void changeSetsThatMayHoldAnEntryAreThoseWhoseFiltersSaySo() {
            ArchivedSnapshot before = store(0);
            List<RowFilter> filters = new ArrayList<>();
            for (int minute = 1; minute <= 12; minute++) {
                RowFilter filter = filter(minute, minute % 4 == 0 ? 1_000 : minute);
                filters.add(filter);
                before = store(
                        minute,
                        Partition.ALL,
                        Optional.of(new ChangeSetSubmission(before.id(), file(bytes(minute, 10)), COUNTS, filter)));
            }
            List<ChangeSet> all = changeSets().records(ArchiveQuery.of(dataset));
            for (int seed = 0; seed < 60; seed++) {
                // The filters were made of the same entries, so that some of each set are held.
                List<FilterEntry> entries =
                        seed % 3 == 0 ? entries(1_000 + seed, 1 + seed * 4) : entries(1 + seed % 12, 1 + seed % 5);
                List<ChangeSet> expected = IntStream.range(0, 12)
                        .map(i -> 11 - i)
                        .filter(i -> entries.stream().anyMatch(filters.get(i)::mayHold))
                        .mapToObj(all::get)
                        .toList();
                assertEquals(expected, changeSets().mayHold(ArchiveQuery.of(dataset), entries));
                assertEquals(
                        expected.stream()
                                .filter(each -> !each.date().isBefore(minute(5)))
                                .limit(2)
                                .toList(),
                        changeSets()
                                .mayHold(
                                        ArchiveQuery.of(dataset)
                                                .since(minute(5))
                                                .newest(2),
                                        entries));
            }
            assertEquals(List.of(), changeSets().mayHold(ArchiveQuery.of(dataset), List.of()));
        }
    }

    /** Removing. */
    @Nested
    class Removing {
        @Test
        void removedChangeSetLeavesItsRecord() {
            ArchivedSnapshot base = store(0);
            ArchivedSnapshot later = store(1, Partition.ALL, Optional.of(changes(base, 20)));
            ArchivedSnapshot last = store(2, Partition.ALL, Optional.of(changes(later, 21)));
            ChangeSet kept = changeSets().find(later.id()).orElseThrow();
            Instant start = Instant.now().minusSeconds(60);
            String reason = "it's \"wrong\" 😀";
            List<ChangeSet> removed = changeSets().remove(List.of(later.id(), base.id()), reason);
            assertEquals(1, removed.size());
            ChangeSet.Removal removal = removed.get(0).removal().orElseThrow();
            assertEquals(reason, removal.reason());
            assertFalse(removal.by().isBlank());
            assertTrue(removal.at().isAfter(start), removal::toString);
            assertTrue(removal.at().isBefore(Instant.now().plusSeconds(60)), removal::toString);
            assertEquals(kept.removedBy(removal.by(), removal.at(), reason), removed.get(0));
            assertEquals(Optional.empty(), changeSets().find(later.id()));
            ChangeSet other = changeSets().find(last.id()).orElseThrow();
            assertEquals(List.of(other), changeSets().list(ArchiveQuery.of(dataset)));
            assertEquals(List.of(removed.get(0), other), changeSets().records(ArchiveQuery.of(dataset)));
            assertEquals(
                    List.of(), changeSets().mayHold(ArchiveQuery.of(dataset).until(minute(1)), entries(20, 3)));
            assertKind(Kind.INVALID_REQUEST, () -> changeSets().open(later.id()));
            assertEquals(List.of(), changeSets().remove(List.of(later.id()), "again"));
            assertEquals(List.of(), changeSets().remove(List.of(), "none"));
        }

        @Test
        void removedChangeSetCanBeAddedAnew() {
            ArchivedSnapshot base = store(0);
            ArchivedSnapshot later = store(1, Partition.ALL, Optional.of(changes(base, 22)));
            ChangeSet first = changeSets().remove(List.of(later.id()), "test").get(0);
            ChangeSet second = changeSets().add(later.id(), changes(base, 23));
            assertTrue(second.number() > first.number());
            assertEquals(List.of(first, second), changeSets().records(ArchiveQuery.of(dataset)));
            assertArrayEquals(bytes(23, 2_000), read(later.id()));
        }

        @Test
        void changeSetsOnBothSidesGoWithTheirArchive() {
            List<ArchivedSnapshot> archives = chain(4);
            List<ChangeSet> before = changeSets().records(ArchiveQuery.of(dataset));
            store.remove(List.of(archives.get(1).id()), "plan 7");
            assertOnlyLastIsKept(archives, before);
            List<ChangeSet> after = changeSets().records(ArchiveQuery.of(dataset));
            for (ChangeSet gone : after.subList(0, 2)) {
                String reason = gone.removal().orElseThrow().reason();
                assertTrue(reason.contains("plan 7"), reason);
            }
        }

        @Test
        void changeSetsOnBothSidesGoWithARedaction() {
            assumeTrue(store.redaction().isPresent(), "skipped: the store does not redact");
            List<ArchivedSnapshot> archives = chain(4);
            List<ChangeSet> before = changeSets().records(ArchiveQuery.of(dataset));
            ArchivedSnapshot second = archives.get(1);
            store.redaction()
                    .orElseThrow()
                    .redact(new RedactionSubmission(
                            second.id(),
                            second.link().orElseThrow().digest(),
                            file(bytes(30, 50)),
                            Optional.of(HashedRows.none().fingerprint()),
                            1,
                            "request"));
            assertOnlyLastIsKept(archives, before);
        }

        private void assertOnlyLastIsKept(List<ArchivedSnapshot> archives, List<ChangeSet> before) {
            ChangeSet last = changeSets().find(archives.get(3).id()).orElseThrow();
            assertEquals(List.of(last), changeSets().list(ArchiveQuery.of(dataset)));
            List<ChangeSet> after = changeSets().records(ArchiveQuery.of(dataset));
            assertEquals(3, after.size());
            for (int i = 0; i < 2; i++) {
                ChangeSet.Removal removal = after.get(i).removal().orElseThrow();
                assertEquals(before.get(i).removedBy(removal.by(), removal.at(), removal.reason()), after.get(i));
            }
            assertEquals(last, after.get(2));
            assertEquals(before.get(2), last);
        }

        @Test
        void refusedRemovalKeepsTheChangeSets() {
            assumeTrue(store.holds().isPresent(), "skipped: the store has no holds");
            List<ArchivedSnapshot> archives = chain(3);
            List<ChangeSet> before = changeSets().records(ArchiveQuery.of(dataset));
            store.holds()
                    .orElseThrow()
                    .hold(archives.get(2).id(), new Hold(Optional.of("audit"), "case", Optional.empty()));
            assertKind(
                    Kind.CONFLICT,
                    () -> store.remove(
                            List.of(archives.get(0).id(), archives.get(2).id()), "test"));
            assertEquals(before, changeSets().records(ArchiveQuery.of(dataset)));
            assertEquals(2, changeSets().list(ArchiveQuery.of(dataset)).size());
        }

        @Test
        void noByteOfARemovedChangeSetRemains() {
            BytesAtRest rest = bytesAtRest().orSkip();
            List<ArchivedSnapshot> archives = new ArrayList<>(List.of(store(0)));
            List<byte[]> pieces = new ArrayList<>();
            for (int minute = 1; minute <= 3; minute++) {
                byte[] bytes = new byte[5_000];
                ThreadLocalRandom.current().nextBytes(bytes);
                RowFilter filter = filter(ThreadLocalRandom.current().nextLong(), 500);
                ArchivedSnapshot before = archives.get(minute - 1);
                archives.add(store(
                        minute,
                        Partition.ALL,
                        Optional.of(new ChangeSetSubmission(before.id(), file(bytes), COUNTS, filter))));
                pieces.add(Arrays.copyOfRange(bytes, 4_000, 4_000 + PIECE));
                pieces.add(Arrays.copyOfRange(filter.bytes(), 100, 100 + PIECE));
            }
            for (byte[] piece : pieces) {
                assertTrue(rest.contain(store, piece), "the hook does not see the bytes of a change set");
            }
            changeSets().remove(List.of(archives.get(3).id()), "test");
            store.remove(List.of(archives.get(1).id()), "test");
            for (byte[] piece : pieces) {
                assertFalse(rest.contain(store, piece), "a piece of a change set is still stored");
            }
        }
    }

    /** Damage and the chain. */
    @Nested
    class Checking {
        @Test
        void soundChangeSetsHaveNoDamage() {
            for (ArchivedSnapshot archive : chain(3).subList(1, 3)) {
                assertEquals(Optional.empty(), changeSets().findDamage(archive.id()));
            }
        }

        @Test
        void lookingForDamageInWhatIsNotThereIsInvalid() {
            ArchivedSnapshot alone = store(0);
            assertKind(Kind.INVALID_REQUEST, () -> changeSets().findDamage(alone.id()));
            assertKind(Kind.INVALID_REQUEST, () -> changeSets().findDamage(new ArchiveId(-1)));
        }

        @Test
        void flippedByteOfAChangeSetIsDamage() {
            ByteFlipper flipper = byteFlipper().orSkip();
            List<ArchivedSnapshot> archives = chain(3);
            ArchiveId damaged = archives.get(1).id();
            for (int position : List.of(0, 1_000, 1_999)) {
                flipper.flip(store, damaged, position);
                assertTrue(changeSets().findDamage(damaged).isPresent(), "byte " + position);
                assertEquals(
                        Optional.empty(),
                        changeSets().findDamage(archives.get(2).id()));
                flipper.flip(store, damaged, position);
                assertEquals(Optional.empty(), changeSets().findDamage(damaged));
            }
        }

        @Test
        void archivesAndChangeSetsFormOneChainThatRemovalsDoNotChange() {
            ArchiveAudit audit = audit();
            List<ArchivedSnapshot> archives = chain(4);
            changeSets().remove(List.of(archives.get(3).id()), "test");
            store.remove(List.of(archives.get(1).id(), archives.get(0).id()), "test");
            changeSets().add(archives.get(3).id(), changes(archives.get(2), 40));
            List<ChangeSet> changeSets = changeSets().records(ArchiveQuery.of(dataset));
            assertEquals(4, changeSets.size());
            List<ChainLink> links = Stream.concat(
                            archives.stream().map(ArchivedSnapshot::link),
                            changeSets.stream().map(ChangeSet::link))
                    .map(Optional::orElseThrow)
                    .sorted(Comparator.comparingLong(ChainLink::number))
                    .toList();
            ChainHead end = ChainHead.none(dataset, Partition.ALL);
            for (ChainLink link : links) {
                end = end.followedBy(link);
            }
            assertEquals(List.of(end), audit.chainHeads(ArchiveQuery.of(dataset)));
            for (ChangeSet changeSet : changeSets) {
                assertEquals(
                        RecordDigest.of(changeSet),
                        changeSet.link().orElseThrow().digest());
            }
        }

        @Test
        void recordsOfManyNamesAndNumbersHaveTheirDigests() {
            audit();
            Random random = new Random(64);
            for (String name : List.of("A", "größe 日本 😀", "a=3:b\nc=-", "'; --\t\\", "x".repeat(255))) {
                Partition partition = new Partition(name);
                ArchivedSnapshot base = store(0, partition, Optional.empty());
                ArchivedSnapshot later = store(1, partition, Optional.empty());
                ChangeSetCounts counts = new ChangeSetCounts(
                        random.nextInt(10), Long.MAX_VALUE >> random.nextInt(60), 0, random.nextInt(1_000));
                ChangeSet added = changeSets()
                        .add(later.id(), new ChangeSetSubmission(base.id(), file(bytes(41, 9)), counts, filter(41, 2)));
                assertEquals(RecordDigest.of(added), added.link().orElseThrow().digest());
                assertEquals(counts, added.counts());
            }
        }

        @Test
        void changeSetsAreThereAfterReopening() {
            UnaryOperator<ArchiveStore> reopener = reopener().orSkip();
            List<ArchivedSnapshot> archives = chain(4);
            changeSets().remove(List.of(archives.get(1).id()), "test");
            List<ChangeSet> records = changeSets().records(ArchiveQuery.of(dataset));
            List<ChangeSet> listed = changeSets().list(ArchiveQuery.of(dataset));
            store = reopener.apply(store);
            assertEquals(records, changeSets().records(ArchiveQuery.of(dataset)));
            assertEquals(listed, changeSets().list(ArchiveQuery.of(dataset)));
            assertArrayEquals(bytes(3, 2_000), read(archives.get(3).id()));
            ChangeSet next = changeSets().add(archives.get(1).id(), changes(archives.get(0), 42));
            assertTrue(records.stream().allMatch(each -> each.number() < next.number()), "a number is given once");
        }
    }

    // Helpers of the facts

    private ChangeSetStore changeSets() {
        return store.changeSets().orElseThrow();
    }

    private ArchiveAudit audit() {
        assumeTrue(store.audit().isPresent(), "skipped: the store keeps no chains");
        return store.audit().orElseThrow();
    }

    /** Archives of consecutive minutes. All but the first have a change set, whose bytes have the minute as seed. */
    private List<ArchivedSnapshot> chain(int length) {
        List<ArchivedSnapshot> archives = new ArrayList<>(List.of(store(0)));
        for (int minute = 1; minute < length; minute++) {
            archives.add(store(minute, Partition.ALL, Optional.of(changes(archives.get(minute - 1), minute))));
        }
        return archives;
    }

    private ArchivedSnapshot store(int minute) {
        return store(minute, Partition.ALL, Optional.empty());
    }

    private ArchivedSnapshot store(int minute, Partition partition, Optional<ChangeSetSubmission> changes) {
        return store.store(submission(minute, partition, changes));
    }

    private ArchiveSubmission submission(int minute, Partition partition, Optional<ChangeSetSubmission> changes) {
        return ArchiveSubmission.builder(
                        SnapshotId.random(), dataset, partition, minute(minute), file(bytes(90 + minute, 100)))
                .sourceDatabase("ORDERS")
                .columnCount(12)
                .schemaHash("0".repeat(64))
                .hashSpecId("hsr1")
                .fingerprint(HashedRows.none().fingerprint())
                .changeSet(changes)
                .build();
    }

    private ChangeSetSubmission changes(ArchivedSnapshot base, int seed) {
        return new ChangeSetSubmission(base.id(), file(bytes(seed, 2_000)), COUNTS, filter(seed, 3));
    }

    private ChangeSetSubmission damaged(ArchivedSnapshot base) {
        WrittenFile right = file(bytes(91, 2_000));
        String sha256 = right.sha256();
        WrittenFile wrong = new WrittenFile(
                right.file(),
                right.rowCount(),
                right.size(),
                right.uncompressedSize(),
                right.md5(),
                (sha256.charAt(0) == '0' ? '1' : '0') + sha256.substring(1));
        return new ChangeSetSubmission(base.id(), wrong, COUNTS, filter(91, 3));
    }

    private static RowFilter filter(long seed, int count) {
        return RowFilter.of(entries(seed, count));
    }

    /** Entries by a seed; fewer of them are the beginning of more. */
    private static List<FilterEntry> entries(long seed, int count) {
        Random random = new Random(seed);
        List<FilterEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(FilterDigest.PLAIN.identity(new UUID(random.nextLong(), random.nextLong())));
        }
        return entries;
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

    private WrittenFile file(byte[] bytes) {
        try {
            Path file = nextFile();
            Files.write(file, bytes);
            return new WrittenFile(
                    file, 10, bytes.length, 2L * bytes.length, FileDigests.md5(bytes), FileDigests.sha256(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] read(ArchiveId archive) {
        try (SeekableBytes opened = changeSets().open(archive)) {
            byte[] bytes = new byte[Math.toIntExact(opened.length())];
            opened.read(0, bytes, 0, bytes.length);
            return bytes;
        }
    }
}
