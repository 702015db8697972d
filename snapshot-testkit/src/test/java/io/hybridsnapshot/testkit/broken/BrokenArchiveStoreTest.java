package io.hybridsnapshot.testkit.broken;

import io.hybridsnapshot.domain.archive.ArchiveHolds;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.Damage;
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
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.testkit.data.FileDigests;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The archive's contract can fail: each store here has one fault, and the facts about it find it. */
class BrokenArchiveStoreTest {
    /** For faults that only files of several mebibytes show. */
    private static final int FULL_SIZE = (5 << 20) + 12_345;

    @Test
    void storeWithoutFaultPasses() {
        ContractRun.of(WithoutFault.class).assertAllPassed();
    }

    static class WithoutFault extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore();
        }
    }

    @Test
    void damageThatIsNeverFoundIsFound() {
        ContractRun.of(AlwaysSound.class).assertFailed("flippedByteIsDamage");
    }

    static class AlwaysSound extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public Optional<Damage> findDamage(ArchiveId id) {
                    super.findDamage(id);
                    return Optional.empty();
                }
            };
        }
    }

    @Test
    void removedFilesThatAreKeptAreFound() {
        ContractRun.of(KeepsRemovedFiles.class).assertFailed("noByteOfARemovedFileRemains");
    }

    static class KeepsRemovedFiles extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new Attic() {
                @Override
                public List<ArchivedSnapshot> remove(Collection<ArchiveId> ids, String reason) {
                    ids.stream().filter(id -> find(id).isPresent()).forEach(this::keep);
                    return super.remove(ids, reason);
                }
            };
        }
    }

    @Test
    void filesThatAreKeptAfterARedactionAreFound() {
        ContractRun.of(KeepsRedactedFiles.class).assertFailed("noByteOfTheFileBeforeARedactionRemains");
    }

    static class KeepsRedactedFiles extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new Attic() {
                @Override
                public ArchivedSnapshot redact(RedactionSubmission submission) {
                    find(submission.archive()).ifPresent(archive -> keep(archive.id()));
                    return super.redact(submission);
                }
            };
        }
    }

    /** A store that can keep files which are archived no longer. */
    private static class Attic extends ForwardingArchiveStore {
        private final InMemoryArchiveStore attic = new InMemoryArchiveStore();
        private final Map<ArchiveId, ArchiveSubmission> stored = new ConcurrentHashMap<>();

        @Override
        public ArchivedSnapshot store(ArchiveSubmission submission) {
            ArchivedSnapshot archive = super.store(submission);
            stored.putIfAbsent(archive.id(), submission);
            return archive;
        }

        void keep(ArchiveId id) {
            Optional.ofNullable(stored.get(id))
                    .filter(submission -> Files.exists(submission.file().file()))
                    .filter(submission -> attic.find(submission.snapshotId()).isEmpty())
                    .ifPresent(attic::store);
        }

        @Override
        boolean contains(byte[] bytes) {
            return super.contains(bytes) || attic.contains(bytes);
        }
    }

    @Test
    void storeThatForgetsIsFound() {
        ContractRun.of(Forgets.class)
                .assertFailed(
                        "archivesAndTombstonesAreThereAfterReopening",
                        "holdsAreThereAfterReopening",
                        "chainsAndRedactionsAreThereAfterReopening");
    }

    static class Forgets extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                void reopen() {
                    right = new InMemoryArchiveStore();
                }
            };
        }
    }

    @Test
    void markThatIsNotKeptIsFound() {
        ContractRun.of(NeverPublished.class)
                .assertFailed("archiveIsPublishedOnceItIsMarked", "markingIsHarmlessWhateverIsThere");
    }

    static class NeverPublished extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public void publish(ArchiveId id) {
                    // Left out, as by a store that wraps another one and does not forward the method.
                }
            };
        }
    }

    @Test
    void limitThatIsNotKeptIsFound() {
        ContractRun.of(WithoutLimit.class).assertFailed("newestArchivesAreTheBeginningOfTheWholeList");
    }

    static class WithoutLimit extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public List<ArchivedSnapshot> list(ArchiveQuery query) {
                    return super.list(new ArchiveQuery(
                            query.dataset(),
                            query.partition(),
                            query.from(),
                            query.to(),
                            query.tags(),
                            OptionalInt.empty()));
                }
            };
        }
    }

    @Test
    void limitThatIsAppliedBeforeTheTagsIsFound() {
        ContractRun.of(LimitBeforeTags.class).assertFailed("newestArchivesAreTheBeginningOfTheWholeList");
    }

    static class LimitBeforeTags extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public List<ArchivedSnapshot> list(ArchiveQuery query) {
                    return super.list(query.tagged(Map.of())).stream()
                            .filter(query::matches)
                            .toList();
                }
            };
        }
    }

    @Test
    void datasetsOfRemovedArchivesAreFound() {
        ContractRun.of(NamesForEver.class).assertFailed("datasetsAreThoseWithAnArchiveByName");
    }

    static class NamesForEver extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public List<String> datasets() {
                    return right.chainHeads(ArchiveQuery.ALL).stream()
                            .map(ChainHead::dataset)
                            .distinct()
                            .sorted()
                            .toList();
                }
            };
        }
    }

    @Test
    void capabilityThatIsNotOfferedIsFound() {
        ContractRun.of(WithoutHolds.class).assertFailed("capabilitiesAreTheDeclaredOnes");
    }

    static class WithoutHolds extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public Optional<ArchiveHolds> holds() {
                    return Optional.empty();
                }
            };
        }
    }

    @Test
    void digestsThatAreNotCheckedAreFound() {
        ContractRun.of(TrustsFiles.class)
                .assertFailed(
                        "bytesWithOtherDigestsThanSubmittedAreCorruptAndNotStored",
                        "fileThatWasChangedOrCutAfterItWasWrittenIsCorruptAndNotStored");
    }

    static class TrustsFiles extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public ArchivedSnapshot store(ArchiveSubmission submission) {
                    WrittenFile file = submission.file();
                    byte[] bytes;
                    try {
                        bytes = Files.exists(file.file()) ? Files.readAllBytes(file.file()) : new byte[0];
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    return super.store(with(
                            submission,
                            submission.partition(),
                            submission.date(),
                            new WrittenFile(
                                    file.file(),
                                    file.rowCount(),
                                    file.size(),
                                    file.uncompressedSize(),
                                    FileDigests.md5(bytes),
                                    FileDigests.sha256(bytes)),
                            submission.tags()));
                }
            };
        }
    }

    @Test
    void datesThatLoseTheirMicrosecondsAreFound() {
        ContractRun.of(DatesInMillis.class)
                .assertFailed(
                        "archiveKeepsEveryFieldOfItsSubmission",
                        "snapshotsThatDifferByDateOrPartitionOrDatasetAloneAreAllKept");
    }

    static class DatesInMillis extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public ArchivedSnapshot store(ArchiveSubmission submission) {
                    return super.store(with(
                            submission,
                            submission.partition(),
                            submission.date().truncatedTo(ChronoUnit.MILLIS),
                            submission.file(),
                            submission.tags()));
                }
            };
        }
    }

    @Test
    void partitionsThatLoseTheirCaseAreFound() {
        ContractRun.of(FoldsCase.class).assertFailed("snapshotsThatDifferByDateOrPartitionOrDatasetAloneAreAllKept");
    }

    static class FoldsCase extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public ArchivedSnapshot store(ArchiveSubmission submission) {
                    Partition folded =
                            new Partition(submission.partition().name().toUpperCase(Locale.ROOT));
                    return super.store(
                            with(submission, folded, submission.date(), submission.file(), submission.tags()));
                }
            };
        }
    }

    @Test
    void tagsThatAreLostAreFound() {
        ContractRun.of(LosesTags.class).assertFailed("archiveKeepsEveryFieldOfItsSubmission");
    }

    static class LosesTags extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public ArchivedSnapshot store(ArchiveSubmission submission) {
                    return super.store(
                            with(submission, submission.partition(), submission.date(), submission.file(), Map.of()));
                }
            };
        }
    }

    @Test
    void conflictOfFingerprintsThatIsPassedOverIsFound() {
        ContractRun.of(SameIdIsEnough.class).assertFailed("batchIdWithAnotherFingerprintIsAConflict");
    }

    static class SameIdIsEnough extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public ArchivedSnapshot store(ArchiveSubmission submission) {
                    return find(submission.snapshotId()).orElseGet(() -> super.store(submission));
                }
            };
        }
    }

    @Test
    void batchIdThatIsStoredTwiceAtOnceIsFound() {
        ContractRun.of(ChecksThenStores.class).assertFailed("oneBatchIdStoredBySeveralThreadsEndsWithOneArchive");
    }

    /**
     * Checks whether the date is taken and stores later. Of two concurrent stores, the second gets the conflict of a
     * date.
     */
    static class ChecksThenStores extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public ArchivedSnapshot store(ArchiveSubmission submission) {
                    Optional<ArchivedSnapshot> known = find(submission.snapshotId());
                    try {
                        Thread.sleep(20);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    if (known.isEmpty() && find(submission.snapshotId()).isPresent()) {
                        throw SnapshotException.conflict("duplicate key").build();
                    }
                    return super.store(submission);
                }
            };
        }
    }

    @Test
    void listInTheWrongOrderIsFound() {
        ContractRun.of(OldestFirst.class).assertFailed("archivesAreListedNewestFirstAndThenHighestNumberFirst");
    }

    static class OldestFirst extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public List<ArchivedSnapshot> list(ArchiveQuery query) {
                    List<ArchivedSnapshot> turned = new ArrayList<>(super.list(query));
                    Collections.reverse(turned);
                    return turned;
                }
            };
        }
    }

    @Test
    void filterWithAnExclusiveBoundIsFound() {
        ContractRun.of(ExclusiveBound.class).assertFailed("listAgreesWithTheQuerysOwnMatch");
    }

    static class ExclusiveBound extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public List<ArchivedSnapshot> list(ArchiveQuery query) {
                    return super.list(query).stream()
                            .filter(archive ->
                                    query.to().map(archive.date()::isBefore).orElse(true))
                            .toList();
                }
            };
        }
    }

    @Test
    void filterThatPassesOverTagsIsFound() {
        ContractRun.of(IgnoresTags.class).assertFailed("listAgreesWithTheQuerysOwnMatch");
    }

    static class IgnoresTags extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public List<ArchivedSnapshot> list(ArchiveQuery query) {
                    return super.list(query.tagged(Map.of()));
                }
            };
        }
    }

    @Test
    void readingPastTheEndThatIsFilledUpIsFound() {
        ContractRun.of(FillsUp.class).assertFailed("readingPastTheEndIsCorrupt");
    }

    static class FillsUp extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new Reading() {
                @Override
                void read(SeekableBytes right, long position, byte[] target, int offset, int length) {
                    long there = Math.max(0, Math.min(length, right.length() - position));
                    right.read(Math.min(position, right.length()), target, offset, (int) there);
                }
            };
        }
    }

    @Test
    void rangesThatAreWrongAcrossChunksAreFound() {
        ContractRun.of(WrongAcrossChunks.class).assertFailed("rangesOfALargeFileComeBackAsTheyAre");
    }

    /** Forgets that a range can reach into the next MiB but one. */
    static class WrongAcrossChunks extends ForwardingContract {
        @Override
        protected int largeFile() {
            return FULL_SIZE;
        }

        @Override
        protected ForwardingArchiveStore store() {
            return new Reading() {
                @Override
                void read(SeekableBytes right, long position, byte[] target, int offset, int length) {
                    right.read(position, target, offset, length);
                    long chunk = 1 << 20;
                    if (length > 0 && (position + length - 1) / chunk - position / chunk > 1) {
                        target[offset + length - 1] ^= 1;
                    }
                }
            };
        }
    }

    @Test
    void bytesWrittenBesideTheTargetsRangeAreFound() {
        ContractRun.of(WritesBeside.class).assertFailed("rangesOfALargeFileComeBackAsTheyAre");
    }

    static class WritesBeside extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new Reading() {
                @Override
                void read(SeekableBytes right, long position, byte[] target, int offset, int length) {
                    right.read(position, target, offset, length);
                    if (offset + length < target.length) {
                        target[offset + length] = 0;
                    }
                }
            };
        }
    }

    @Test
    void removalThatStopsAtAnUnknownNumberIsFound() {
        ContractRun.of(StopsAtUnknown.class)
                .assertFailed("removedArchivesAreGoneAndReturned", "removingWhatIsNotThereRemovesNothing");
    }

    static class StopsAtUnknown extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public List<ArchivedSnapshot> remove(Collection<ArchiveId> ids, String reason) {
                    for (ArchiveId id : ids) {
                        open(id).close();
                    }
                    return super.remove(ids, reason);
                }
            };
        }
    }

    @Test
    void removalThatTellsMoreThanItRemovedIsFound() {
        ContractRun.of(TellsTwice.class).assertFailed("removedArchivesAreGoneAndReturned");
    }

    static class TellsTwice extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public List<ArchivedSnapshot> remove(Collection<ArchiveId> ids, String reason) {
                    List<ArchivedSnapshot> told = new ArrayList<>();
                    ids.forEach(id -> find(id).ifPresent(told::add));
                    super.remove(ids, reason);
                    return told;
                }
            };
        }
    }

    @Test
    void changesThatAreLostAreFound() {
        ContractRun.of(LosesChanges.class)
                .assertFailed("archiveKeepsEveryFieldOfItsSubmission", "recordOfAnythingHasItsDigest");
    }

    static class LosesChanges extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new Retelling() {
                @Override
                ArchivedSnapshot retell(ArchivedSnapshot archive) {
                    return with(archive, archive.hold(), Optional.empty(), archive.link());
                }
            };
        }
    }

    @Test
    void holdsThatLoseOwnerAndEndAreFound() {
        ContractRun.of(LosesOwners.class)
                .assertFailed("holdIsKeptWithOwnerReasonAndEnd", "holdEndsWithTheDayBeforeItsEndInUtc");
    }

    static class LosesOwners extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public ArchivedSnapshot hold(ArchiveId id, Hold hold) {
                    return super.hold(id, ownerless(hold));
                }

                @Override
                public ArchivedSnapshot replaceHold(ArchiveId id, Hold hold) {
                    return super.replaceHold(id, ownerless(hold));
                }

                private Hold ownerless(Hold hold) {
                    return new Hold(Optional.empty(), hold.reason(), Optional.empty());
                }
            };
        }
    }

    @Test
    void holdThatIsCheckedBeforeItIsSetIsFound() {
        ContractRun.of(ChecksFirst.class).assertFailed("ofTwoOwnersAtOnceOneGetsTheArchiveAndTheOtherTheError");
    }

    /** As a command does that reads the hold in one call and sets it in another. */
    static class ChecksFirst extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public ArchivedSnapshot hold(ArchiveId id, Hold hold) {
                    find(id).flatMap(ArchivedSnapshot::hold)
                            .filter(there -> there.holdsAt(Instant.now())
                                    && !there.owner().equals(hold.owner()))
                            .ifPresent(there -> {
                                throw there.against(id, hold.owner());
                            });
                    pause();
                    return super.replaceHold(id, hold);
                }

                private void pause() {
                    try {
                        Thread.sleep(20);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            };
        }
    }

    @Test
    void releaseOfAnotherOwnersHoldIsFound() {
        ContractRun.of(ReleasesForAnybody.class)
                .assertFailed("holdOfAnotherOwnerStaysUntilItIsReplacedOrReleasedOnPurpose");
    }

    static class ReleasesForAnybody extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public ArchivedSnapshot release(ArchiveId id, String owner) {
                    return super.release(id);
                }
            };
        }
    }

    @Test
    void holdThatLastsADayTooLongIsFound() {
        ContractRun.of(HoldsADayLonger.class).assertFailed("holdEndsWithTheDayBeforeItsEndInUtc");
    }

    static class HoldsADayLonger extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new Holding() {
                @Override
                Optional<Hold> understood(Hold hold) {
                    return Optional.of(
                            new Hold(hold.owner(), hold.reason(), hold.until().map(day -> day.plusDays(1))));
                }
            };
        }
    }

    @Test
    void holdThatIsOnlyNotedIsFound() {
        ContractRun.of(OnlyNotesHolds.class)
                .assertFailed(
                        "heldArchiveIsNotRemovedAndNeitherAreThoseBesideIt",
                        "holdEndsWithTheDayBeforeItsEndInUtc",
                        "heldArchiveIsNotRedacted");
    }

    static class OnlyNotesHolds extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new Holding() {
                @Override
                Optional<Hold> understood(Hold hold) {
                    return Optional.empty();
                }
            };
        }
    }

    @Test
    void removalOfWhatIsBesideAHeldArchiveIsFound() {
        ContractRun.of(RemovesOneByOne.class).assertFailed("heldArchiveIsNotRemovedAndNeitherAreThoseBesideIt");
    }

    static class RemovesOneByOne extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public List<ArchivedSnapshot> remove(Collection<ArchiveId> ids, String reason) {
                    List<ArchivedSnapshot> removed = new ArrayList<>();
                    ids.forEach(id -> removed.addAll(super.remove(List.of(id), reason)));
                    return removed;
                }
            };
        }
    }

    @Test
    void tombstonesThatLoseTheirReasonAndTagsAreFound() {
        ContractRun.of(BareTombstones.class)
                .assertFailed("tombstoneKeepsAllThatWasKnown", "tombstonesAreThoseOfTheQueryNewestFirst");
    }

    static class BareTombstones extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public List<Tombstone> tombstones(ArchiveQuery query) {
                    return super.tombstones(query).stream()
                            .map(each ->
                                    new Tombstone(each.archive(), each.removedAt(), each.removedBy(), Optional.empty()))
                            .toList();
                }
            };
        }
    }

    @Test
    void tombstonesOfEverythingAreFound() {
        ContractRun.of(EveryTombstone.class).assertFailed("tombstonesAreThoseOfTheQueryNewestFirst");
    }

    static class EveryTombstone extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public List<Tombstone> tombstones(ArchiveQuery query) {
                    return super.tombstones(new ArchiveQuery(
                            query.dataset(),
                            query.partition(),
                            Optional.empty(),
                            Optional.empty(),
                            Map.of(),
                            query.limit()));
                }
            };
        }
    }

    @Test
    void chainWithGapsIsFound() {
        ContractRun.of(ChainWithGaps.class)
                .assertFailed("whatIsNotStoredLeavesNoGap", "archivesStoredAtOnceFormOneChainAPartition");
    }

    /** Takes a number for each attempt, stored or not. */
    static class ChainWithGaps extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new Retelling() {
                @Override
                ArchivedSnapshot retell(ArchivedSnapshot archive) {
                    ChainLink link = archive.link().orElseThrow();
                    long number = 2 * link.number() - 1;
                    return with(
                            archive,
                            archive.hold(),
                            archive.changes(),
                            Optional.of(new ChainLink(
                                    number,
                                    link.previousDigest(),
                                    RecordDigest.of(archive, number, link.previousDigest()))));
                }
            };
        }
    }

    @Test
    void digestOverLessThanTheRecordIsFound() {
        ContractRun.of(DigestsBytesOnly.class)
                .assertFailed("recordOfAnythingHasItsDigest", "everyArchiveIsTheNextLinkOfItsPartitionsChain");
    }

    static class DigestsBytesOnly extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new Retelling() {
                @Override
                ArchivedSnapshot retell(ArchivedSnapshot archive) {
                    ChainLink link = archive.link().orElseThrow();
                    return with(
                            archive,
                            archive.hold(),
                            archive.changes(),
                            Optional.of(new ChainLink(
                                    link.number(),
                                    link.previousDigest(),
                                    archive.sha256().orElseThrow())));
                }
            };
        }
    }

    @Test
    void headsOfOtherPartitionsAreFound() {
        ContractRun.of(EveryHead.class).assertFailed("headsAreThoseOfTheQueryByTheirNames");
    }

    static class EveryHead extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public List<ChainHead> chainHeads(ArchiveQuery query) {
                    return super.chainHeads(
                            query.dataset().map(ArchiveQuery::of).orElse(ArchiveQuery.ALL));
                }
            };
        }
    }

    @Test
    void changeOfTagsThatLeavesNoNoteIsFound() {
        ContractRun.of(NotesNoTags.class)
                .assertFailed(
                        "notesStateBothValuesAndFollowOneAnother",
                        "notesAreThoseOfTheDatasetAndPartitionAndOutliveTheArchive");
    }

    static class NotesNoTags extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public List<TagNote> tagNotes(ArchiveQuery query) {
                    return List.of();
                }
            };
        }
    }

    @Test
    void tagThatIsReplacedUnaskedIsFound() {
        ContractRun.of(ReplacesUnasked.class).assertFailed("existingTagKeepsItsValueUntilItIsReplacedOnPurpose");
    }

    static class ReplacesUnasked extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public ArchivedSnapshot changeTags(ArchiveId id, TagChange change) {
                    return super.changeTags(
                            id, new TagChange(change.set(), change.removed(), TagChange.Existing.REPLACE));
                }
            };
        }
    }

    @Test
    void redactionThatKeepsTheOldBytesIsFound() {
        ContractRun.of(KeepsOldBytes.class).assertFailed("redactedArchiveHasTheNewFileUnderItsOldNumber");
    }

    static class KeepsOldBytes extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                private final Map<ArchiveId, SeekableBytes> old = new ConcurrentHashMap<>();

                @Override
                public ArchivedSnapshot redact(RedactionSubmission submission) {
                    SeekableBytes before = super.open(submission.archive());
                    ArchivedSnapshot redacted = super.redact(submission);
                    old.put(submission.archive(), before);
                    return redacted;
                }

                @Override
                public SeekableBytes open(ArchiveId id) {
                    return old.containsKey(id) ? old.get(id) : super.open(id);
                }
            };
        }
    }

    @Test
    void redactionOfWhateverIsThereIsFound() {
        ContractRun.of(RedactsAnything.class)
                .assertFailed(
                        "redactionOfAnotherRecordThanTheOneThatIsThereIsAConflict",
                        "oneRecordIsRedactedOnceByThoseWhoTryAtOnce");
    }

    static class RedactsAnything extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public synchronized ArchivedSnapshot redact(RedactionSubmission submission) {
                    String present = find(submission.archive())
                            .flatMap(ArchivedSnapshot::link)
                            .map(ChainLink::digest)
                            .orElse("");
                    return super.redact(new RedactionSubmission(
                            submission.archive(),
                            present,
                            submission.file(),
                            submission.fingerprint(),
                            submission.erasedRows(),
                            submission.reason()));
                }
            };
        }
    }

    @Test
    void redactionThatLeavesNoRecordIsFound() {
        ContractRun.of(RedactsInSilence.class)
                .assertFailed(
                        "redactionIsALinkOfTheChain",
                        "redactionsFollowOneAnotherAndOutliveTheArchive",
                        "redactionsAreThoseOfTheDatasetAndPartition");
    }

    static class RedactsInSilence extends ForwardingContract {
        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public List<Redaction> redactions(ArchiveQuery query) {
                    return List.of();
                }
            };
        }
    }

    @Test
    void damageThatIsSeenWhereNoneIsAndMissingArchivesThatAreSoundAreFound() {
        ContractRun.of(SeesDamage.class)
                .assertFailed("soundArchivesHaveNoDamage", "lookingForDamageInWhatIsNotThereIsInvalid");
    }

    static class SeesDamage extends ForwardingContract {
        @Override
        protected int largeFile() {
            return FULL_SIZE;
        }

        @Override
        protected ForwardingArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public Optional<Damage> findDamage(ArchiveId id) {
                    return find(id).filter(archive -> archive.size() > 1 << 20)
                            .map(archive -> new Damage(Damage.Kind.CHUNKS, "more than one"));
                }
            };
        }
    }

    /** Shows each archive as changed by its subclass. */
    private abstract static class Retelling extends ForwardingArchiveStore {
        abstract ArchivedSnapshot retell(ArchivedSnapshot archive);

        private List<ArchivedSnapshot> retell(List<ArchivedSnapshot> archives) {
            return archives.stream().map(this::retell).toList();
        }

        @Override
        public ArchivedSnapshot store(ArchiveSubmission submission) {
            return retell(super.store(submission));
        }

        @Override
        public Optional<ArchivedSnapshot> find(ArchiveId id) {
            return super.find(id).map(this::retell);
        }

        @Override
        public Optional<ArchivedSnapshot> find(SnapshotId id) {
            return super.find(id).map(this::retell);
        }

        @Override
        public List<ArchivedSnapshot> list(ArchiveQuery query) {
            return retell(super.list(query));
        }

        @Override
        public List<ArchivedSnapshot> remove(Collection<ArchiveId> ids, String reason) {
            return retell(super.remove(ids, reason));
        }

        @Override
        public ArchivedSnapshot hold(ArchiveId id, Hold hold) {
            return retell(super.hold(id, hold));
        }

        @Override
        public ArchivedSnapshot replaceHold(ArchiveId id, Hold hold) {
            return retell(super.replaceHold(id, hold));
        }

        @Override
        public ArchivedSnapshot release(ArchiveId id, String owner) {
            return retell(super.release(id, owner));
        }

        @Override
        public ArchivedSnapshot release(ArchiveId id) {
            return retell(super.release(id));
        }

        @Override
        public List<Tombstone> tombstones(ArchiveQuery query) {
            return super.tombstones(query).stream()
                    .map(each ->
                            new Tombstone(retell(each.archive()), each.removedAt(), each.removedBy(), each.reason()))
                    .toList();
        }
    }

    /** Shows the holds as they were set, except for the subclass's changes. */
    private abstract static class Holding extends Retelling {
        private final Map<ArchiveId, Hold> put = new ConcurrentHashMap<>();

        abstract Optional<Hold> understood(Hold hold);

        @Override
        ArchivedSnapshot retell(ArchivedSnapshot archive) {
            return with(archive, Optional.ofNullable(put.get(archive.id())), archive.changes(), archive.link());
        }

        @Override
        public synchronized ArchivedSnapshot hold(ArchiveId id, Hold hold) {
            requireOwn(id, hold.owner());
            return replaceHold(id, hold);
        }

        @Override
        public synchronized ArchivedSnapshot replaceHold(ArchiveId id, Hold hold) {
            right.release(id);
            put.put(id, hold);
            understood(hold).ifPresent(kept -> right.replaceHold(id, kept));
            return find(id).orElseThrow();
        }

        @Override
        public synchronized ArchivedSnapshot release(ArchiveId id, String owner) {
            requireOwn(id, Optional.of(owner));
            return release(id);
        }

        private void requireOwn(ArchiveId id, Optional<String> owner) {
            Optional.ofNullable(put.get(id))
                    .filter(there ->
                            there.holdsAt(Instant.now()) && !there.owner().equals(owner))
                    .ifPresent(there -> {
                        throw there.against(id, owner);
                    });
        }

        @Override
        public ArchivedSnapshot release(ArchiveId id) {
            put.remove(id);
            return super.release(id);
        }
    }

    private static ArchivedSnapshot with(
            ArchivedSnapshot archive, Optional<Hold> hold, Optional<DeltaSummary> changes, Optional<ChainLink> link) {
        return archive.toBuilder().hold(hold).changes(changes).link(link).build();
    }

    /** Gives each read to its subclass to break. */
    private abstract static class Reading extends ForwardingArchiveStore {
        abstract void read(SeekableBytes right, long position, byte[] target, int offset, int length);

        @Override
        public SeekableBytes open(ArchiveId id) {
            SeekableBytes right = super.open(id);
            return new SeekableBytes() {
                @Override
                public long length() {
                    return right.length();
                }

                @Override
                public void read(long position, byte[] target, int offset, int length) {
                    Reading.this.read(right, position, target, offset, length);
                }

                @Override
                public String description() {
                    return right.description();
                }

                @Override
                public void close() {
                    right.close();
                }
            };
        }
    }

    private static ArchiveSubmission with(
            ArchiveSubmission submission,
            Partition partition,
            Instant date,
            WrittenFile file,
            Map<String, String> tags) {
        return submission.toBuilder()
                .partition(partition)
                .date(date)
                .file(file)
                .tags(tags)
                .build();
    }
}
