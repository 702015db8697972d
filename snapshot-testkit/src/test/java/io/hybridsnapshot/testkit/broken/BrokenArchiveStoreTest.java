package io.hybridsnapshot.testkit.broken;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.testkit.contract.ArchiveStoreContract;
import io.hybridsnapshot.testkit.data.FileDigests;
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
import org.junit.jupiter.api.Test;

/** The archive's contract can fail: each store here has one fault, and the facts about it find it. */
class BrokenArchiveStoreTest {
    @Test
    void storeWithoutFaultPasses() {
        ContractRun.of(WithoutFault.class).assertAllPassed();
    }

    static class WithoutFault extends ArchiveStoreContract {
        @Override
        protected ArchiveStore store() {
            return new ForwardingArchiveStore();
        }
    }

    @Test
    void digestsThatAreNotCheckedAreFound() {
        ContractRun.of(TrustsFiles.class)
                .assertFailed(
                        "bytesWithOtherDigestsThanSubmittedAreCorruptAndNotStored",
                        "fileThatWasChangedOrCutAfterItWasWrittenIsCorruptAndNotStored");
    }

    static class TrustsFiles extends ArchiveStoreContract {
        @Override
        protected ArchiveStore store() {
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

    static class DatesInMillis extends ArchiveStoreContract {
        @Override
        protected ArchiveStore store() {
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

    static class FoldsCase extends ArchiveStoreContract {
        @Override
        protected ArchiveStore store() {
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

    static class LosesTags extends ArchiveStoreContract {
        @Override
        protected ArchiveStore store() {
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

    static class SameIdIsEnough extends ArchiveStoreContract {
        @Override
        protected ArchiveStore store() {
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

    /** Looks whether the date is taken and stores later: of two at once, the second gets the conflict of a date. */
    static class ChecksThenStores extends ArchiveStoreContract {
        @Override
        protected ArchiveStore store() {
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

    static class OldestFirst extends ArchiveStoreContract {
        @Override
        protected ArchiveStore store() {
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

    static class ExclusiveBound extends ArchiveStoreContract {
        @Override
        protected ArchiveStore store() {
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

    static class IgnoresTags extends ArchiveStoreContract {
        @Override
        protected ArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public List<ArchivedSnapshot> list(ArchiveQuery query) {
                    return super.list(
                            new ArchiveQuery(query.dataset(), query.partition(), query.from(), query.to(), Map.of()));
                }
            };
        }
    }

    @Test
    void readingPastTheEndThatIsFilledUpIsFound() {
        ContractRun.of(FillsUp.class).assertFailed("readingPastTheEndIsCorrupt");
    }

    static class FillsUp extends ArchiveStoreContract {
        @Override
        protected ArchiveStore store() {
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
    static class WrongAcrossChunks extends ArchiveStoreContract {
        @Override
        protected ArchiveStore store() {
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

    static class WritesBeside extends ArchiveStoreContract {
        @Override
        protected ArchiveStore store() {
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

    static class StopsAtUnknown extends ArchiveStoreContract {
        @Override
        protected ArchiveStore store() {
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

    static class TellsTwice extends ArchiveStoreContract {
        @Override
        protected ArchiveStore store() {
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
        return new ArchiveSubmission(
                submission.snapshotId(),
                submission.dataset(),
                submission.sourceDatabase(),
                partition,
                date,
                submission.columnCount(),
                submission.schemaHash(),
                submission.hashSpecId(),
                submission.fingerprint(),
                file,
                submission.retentionUntil(),
                tags,
                submission.changes());
    }
}
