package io.hybridsnapshot.engine.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.save.ArchiveMode;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The promises of verifying over any stores with untouched contents; the subclass holds the stores. */
public abstract class VerifySnapshotsContract {
    @TempDir
    public Path directory;

    protected ArchiveHistory history;

    /** An empty window. */
    protected abstract WindowStore window();

    /** An empty archive. */
    protected abstract ArchiveStore archive();

    /** The codec of archived files. */
    protected abstract SnapshotCodec codec();

    /** The statements of others on the window's current table. */
    protected abstract ForeignStatements foreignStatements();

    @BeforeEach
    public void openStores() {
        history = new ArchiveHistory(window(), archive(), codec(), directory);
    }

    /** Stores without a finding. */
    @Nested
    class SoundStores {
        @Test
        void aSoundStoreOfManySavesRemovalsAndRedactionsHasNoFinding() {
            history.live(7, 40);
            List<ChainHead> early = history.verify().heads();
            history.live(8, 10);
            VerificationReport report = history.verify(
                    VerifyRequest.of(Orders.DATASET, ArchiveHistory.ALL_LEVELS).withAnchors(early));
            assertEquals(List.of(), report.findings());
            assertEquals(3, report.heads().size());
            Coverage catalogue = report.coverage().get(0);
            ArchiveStore archive = history.environment().archive();
            ArchiveQuery all = ArchiveQuery.of(Orders.DATASET.name());
            int redactions = archive.audit().orElseThrow().redactions(all).size();
            int tombstones = archive.tombstones(all).size();
            assertTrue(redactions > 3 && tombstones > 3, redactions + " redactions, " + tombstones + " tombstones");
            assertEquals(history.archives().size() + tombstones + redactions, catalogue.checked());
            assertEquals(catalogue.known(), catalogue.checked());
            Coverage content = report.coverage().get(3);
            assertEquals(history.archives().size(), content.checked());
            long archived = history.archives().stream()
                    .mapToLong(known -> known.rowCount().orElseThrow())
                    .sum();
            long inWindow = history.environment().window().snapshots(Orders.DATASET, Optional.empty()).stream()
                    .mapToLong(WindowSnapshot::rowCount)
                    .sum();
            assertEquals(archived + inWindow, content.rows());
        }

        @Test
        void anEmptyStoreHasNoFinding() {
            VerificationReport report = history.verifyAll();
            assertEquals(List.of(), report.findings());
            assertEquals(List.of(), report.heads());
            assertEquals(List.of(), report.leftOut());
        }

        @Test
        void onePartitionIsVerifiedAlone() {
            history.live(9, 5);
            Partition greyson = new Partition("GREYSON");
            VerificationReport report = history.verify(
                    VerifyRequest.of(Orders.DATASET, ArchiveHistory.ALL_LEVELS).in(greyson));
            assertEquals(List.of(), report.findings());
            assertEquals(
                    List.of(greyson),
                    report.heads().stream().map(ChainHead::partition).toList());
            assertEquals(
                    history.archives().stream()
                            .filter(archive -> archive.partition().equals(greyson))
                            .count(),
                    report.coverage().get(2).known());
        }

        @Test
        void aWindowWithoutArchivesHasNoFinding() {
            new SaveSnapshot(history.environment())
                    .save(
                            SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.OFF),
                            Orders.numbered(3).source());
            assertEquals(List.of(), history.verifyAll().findings());
        }
    }

    /** Samples and limits of time. */
    @Nested
    class SamplesAndLimits {
        @Test
        void aSampleCanBeRepeatedAndSaysWhatItLeftOut() {
            history.saves(12);
            VerifyRequest request =
                    VerifyRequest.of(Orders.DATASET, Set.of(VerificationLevel.DIGEST, VerificationLevel.CONTENT));
            VerificationReport first = history.verify(request.withSampling(new Sampling(0.4, 5)));
            VerificationReport again = history.verify(request.withSampling(new Sampling(0.4, 5)));
            VerificationReport other = history.verify(request.withSampling(new Sampling(0.4, 6)));
            assertEquals(first.leftOut(), again.leftOut());
            assertFalse(first.leftOut().equals(other.leftOut()), "another seed is another choice");
            for (LeftOut left : first.leftOut()) {
                assertEquals(LeftOut.Reason.NOT_SAMPLED, left.reason());
                Coverage covered = first.coverage().stream()
                        .filter(coverage -> coverage.level() == left.level())
                        .findFirst()
                        .orElseThrow();
                assertEquals(12, covered.checked() + left.count());
                assertEquals(left.count(), left.archives().size());
            }
            assertEquals(2, first.leftOut().size());
        }

        @Test
        void whatTheTimeDoesNotSufficeForIsSaid() {
            history.saves(6);
            history.slowDown(Duration.ofSeconds(1));
            VerificationReport report = history.verify(
                    VerifyRequest.of(Orders.DATASET, ArchiveHistory.ALL_LEVELS).within(Duration.ofSeconds(12)));
            assertEquals(List.of(), report.findings());
            List<LeftOut> late = report.leftOut().stream()
                    .filter(left -> left.reason() == LeftOut.Reason.TIME_IS_UP)
                    .toList();
            assertTrue(late.stream().anyMatch(left -> left.level() == VerificationLevel.CONTENT), report.toString());
            long content = late.stream()
                    .filter(left -> left.level() == VerificationLevel.CONTENT)
                    .mapToLong(left -> left.archives().size())
                    .sum();
            assertEquals(6, content + report.coverage().get(3).checked());
            VerificationReport none = history.verify(
                    VerifyRequest.of(Orders.DATASET, ArchiveHistory.ALL_LEVELS).within(Duration.ZERO));
            assertEquals(0, none.coverage().get(2).checked());
            assertEquals(6, none.coverage().get(0).checked());
        }

        @Test
        void aLimitThatIsAlwaysTooShortLeavesNothingUnseenForEver() {
            List<ArchiveId> ids =
                    history.saves(6).stream().map(ArchivedSnapshot::id).toList();
            history.slowDown(Duration.ofSeconds(1));
            Map<VerificationLevel, Set<ArchiveId>> seen = new EnumMap<>(VerificationLevel.class);
            boolean windowSeen = false;
            boolean windowLeftOut = false;
            for (long seed = 1; seed <= 40; seed++) {
                VerificationReport report = limited(seed);
                assertEquals(List.of(), report.findings());
                assertEquals(report.leftOut(), limited(seed).leftOut(), "a seed is an order");
                Set<ArchiveId> leftOut = new HashSet<>();
                long inWindow = 0;
                for (LeftOut left : report.leftOut()) {
                    assertEquals(LeftOut.Reason.TIME_IS_UP, left.reason());
                    leftOut.addAll(left.archives());
                    Set<ArchiveId> looked = new HashSet<>(ids);
                    left.archives().forEach(looked::remove);
                    seen.computeIfAbsent(left.level(), level -> new HashSet<>()).addAll(looked);
                    inWindow += left.count() - left.archives().size();
                }
                assertFalse(leftOut.isEmpty(), "the time is too short with every seed");
                windowSeen |= inWindow < 2;
                windowLeftOut |= inWindow > 0;
            }
            assertEquals(
                    Map.of(VerificationLevel.DIGEST, Set.copyOf(ids), VerificationLevel.CONTENT, Set.copyOf(ids)),
                    seen);
            assertTrue(windowSeen && windowLeftOut, "the window's rows have a turn as everything else has");
        }

        /** Verifies with time enough for a fourth of the tasks. */
        private VerificationReport limited(long seed) {
            return history.verify(
                    VerifyRequest.of(Orders.DATASET, Set.of(VerificationLevel.DIGEST, VerificationLevel.CONTENT))
                            .withSampling(new Sampling(1, seed))
                            .within(Duration.ofSeconds(9)));
        }

        @Test
        void everyArchiveIsTakenByTheSampleThatIsAll() {
            List<ArchiveId> ids = new ArrayList<>();
            for (long i = 1; i <= 1_000; i++) {
                ids.add(new ArchiveId(i));
            }
            assertEquals(new HashSet<>(ids), new HashSet<>(Sampling.ALL.choose(ids)));
            List<ArchiveId> tenth = new Sampling(0.1, 42).choose(ids);
            assertTrue(tenth.size() > 70 && tenth.size() < 130, tenth.size() + " of 1,000");
            List<ArchiveId> half = ids.subList(0, 500);
            assertEquals(
                    tenth.stream().filter(half::contains).collect(Collectors.toList()),
                    new Sampling(0.1, 42).choose(half),
                    "archives that come do not change the choice among the others");
            assertEquals(1, new Sampling(1e-9, 1).choose(ids).size());
        }
    }

    /** Other hash specs and keys. */
    @Nested
    class HashSpecs {
        @Test
        void anotherHashSpecOrKeyIsSaidAndIsNoFinding() {
            history.saves(2);
            HashSpec other = HashSpec.HSR1.ignoring(List.of("NOTE"));
            VerificationReport spec = history.verify(
                    VerifyRequest.of(Orders.DATASET.withHashSpec(other), Set.of(VerificationLevel.CONTENT)));
            assertEquals(List.of(), spec.findings());
            assertEquals(LeftOut.Reason.OTHER_HASH_SPEC, spec.leftOut().get(0).reason());
            assertEquals(2, spec.leftOut().get(0).count());
        }

        /**
         * Content is verified even if the caller's definition does not name the columns left out, now or when the
         * snapshot was saved.
         */
        @Test
        void whatTheHashLeavesOutMayBeNamedAnotherWaySinceTheSave() {
            HashSpec trimmed = new HashSpec(Map.of("NOTE", ColumnRules.NONE.with(ColumnRules.Flag.TRIM)));
            List<HashSpec> plain = List.of(HashSpec.HSR1, HashSpec.ALL_COLUMNS);
            List<HashSpec> ruled = List.of(trimmed, trimmed.leavingOut(List.of()));
            for (List<HashSpec> specs : List.of(plain, ruled)) {
                for (HashSpec saved : specs) {
                    Dataset dataset = Orders.DATASET.withHashSpec(saved).withCarriedColumns(List.of("CUSTOMER"));
                    Partition partition = new Partition(saved.id());
                    new SaveSnapshot(history.environment())
                            .save(
                                    SaveRequest.of(dataset, partition),
                                    Orders.numbered(3).source());
                }
            }
            for (List<HashSpec> specs : List.of(plain, ruled)) {
                for (HashSpec now : specs) {
                    Dataset dataset = Orders.DATASET.withHashSpec(now).withCarriedColumns(List.of("CUSTOMER"));
                    VerificationReport report = history.verify(
                            VerifyRequest.of(dataset, Set.of(VerificationLevel.CROSS, VerificationLevel.CONTENT)));
                    assertEquals(List.of(), report.findings());
                    for (VerificationLevel level : List.of(VerificationLevel.CROSS, VerificationLevel.CONTENT)) {
                        long unknown = report.leftOut().stream()
                                .filter(left -> left.level() == level)
                                .filter(left -> left.reason() == LeftOut.Reason.OTHER_HASH_SPEC)
                                .mapToLong(LeftOut::count)
                                .sum();
                        assertEquals(2, unknown, level + " by " + now.id() + ": those with other rules, and no others");
                    }
                }
            }
        }
    }

    /** References of the window to the archive. */
    @Nested
    class References {
        @Test
        void aReferenceToNothingOrToAnotherSnapshotIsFound() {
            ArchivedSnapshot archived = history.save(Orders.numbered(5), "GREYSON");
            SaveSnapshot save = new SaveSnapshot(history.environment());
            WindowStore window = history.environment().window();
            WindowSnapshot unarchived = save.save(
                            SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.OFF),
                            Orders.numbered(3).source())
                    .snapshot();
            window.linkArchive(Orders.DATASET, unarchived.id().orElseThrow(), new ArchiveId(4_711));
            assertEquals(
                    Set.of(FindingType.REFERENCE_DANGLING),
                    ArchiveHistory.types(history.verify(VerificationLevel.CROSS)));
            WindowSnapshot another = save.save(
                            SaveRequest.of(Orders.DATASET, new Partition("OTHER"))
                                    .withArchiveMode(ArchiveMode.OFF),
                            Orders.numbered(3).source())
                    .snapshot();
            window.linkArchive(Orders.DATASET, another.id().orElseThrow(), archived.id());
            assertEquals(
                    Set.of(FindingType.REFERENCE_DANGLING, FindingType.REFERENCE_MISPLACED),
                    ArchiveHistory.types(history.verify(VerificationLevel.CROSS)));
        }

        @Test
        void aReferenceToARemovedArchiveIsFound() {
            ArchivedSnapshot archived = history.saves(1).get(0);
            history.remove(archived.id());
            VerificationReport report = history.verifyAll();
            assertEquals(Set.of(FindingType.REFERENCE_TO_REMOVED), ArchiveHistory.types(report));
            assertEquals(Optional.of(archived.id()), report.findings().get(0).archive());
        }
    }

    /** Rows of the window that a foreign statement made or deleted. */
    @Nested
    class ForeignRows {
        private static Map<UUID, String> hashed(List<UUID> identities, String hash) {
            Map<UUID, String> rows = new HashMap<>();
            identities.forEach(identity -> rows.put(identity, hash));
            return rows;
        }

        @Test
        void aRetiredForeignSnapshotIsLeftOutAndSaidWhateverTheFormOfItsHashes() {
            for (String hash : List.of("ab".repeat(32), "d41d8cd98f00b204e9800998ecf8427e")) {
                history.saves(2);
                Instant date = history.environment().clock().instant().plusSeconds(1);
                foreignStatements()
                        .replace(Orders.DATASET, Partition.ALL, date, hashed(identities(Partition.ALL), hash));
                assertForeignIsLeftOut();
                // The save retires it: the window gives it an id, and its writer left no fingerprint.
                history.save(Orders.numbered(20).put("JOO-1", "NEXT", 1, null));
                List<WindowSnapshot> visible =
                        history.environment().window().snapshots(Orders.DATASET, Optional.empty());
                assertTrue(visible.get(1).isForeign() && visible.get(1).id().isPresent(), visible.toString());
                assertForeignIsLeftOut();
            }
        }

        private void assertForeignIsLeftOut() {
            VerificationReport report = history.verifyAll();
            assertEquals(List.of(), report.findings());
            for (VerificationLevel level : List.of(VerificationLevel.CROSS, VerificationLevel.CONTENT)) {
                assertTrue(
                        report.leftOut().contains(new LeftOut(level, LeftOut.Reason.FOREIGN_SNAPSHOT, 1, List.of())),
                        report.leftOut().toString());
            }
        }

        @Test
        void currentRowsThatWereDeletedAreAnErrorAtEveryLevelThatLooksAtTheWindow() {
            history.save(Orders.numbered(30), "GREYSON");
            WindowSnapshot current = history.environment()
                    .window()
                    .findCurrent(Orders.DATASET, new Partition("GREYSON"))
                    .orElseThrow();
            history.save(Orders.numbered(5));
            Partition greyson = new Partition("GREYSON");
            List<UUID> identities = identities(greyson);
            for (List<UUID> gone : List.of(identities.subList(0, 1), identities)) {
                foreignStatements().delete(Orders.DATASET, greyson, gone);
                for (Set<VerificationLevel> levels : List.of(
                        Set.of(VerificationLevel.CROSS),
                        Set.of(VerificationLevel.CONTENT),
                        Set.of(VerificationLevel.CROSS, VerificationLevel.CONTENT))) {
                    List<Finding> findings = history.verify(VerifyRequest.of(Orders.DATASET, levels))
                            .findings();
                    assertEquals(
                            List.of(FindingType.WINDOW_ROWS_MISSING),
                            findings.stream().map(Finding::type).toList(),
                            findings.toString());
                    assertEquals(Severity.ERROR, findings.get(0).severity());
                    assertEquals(greyson, findings.get(0).partition());
                    assertEquals(current.id(), findings.get(0).snapshot());
                    assertTrue(findings.get(0).detail().contains("the ledger counts 30 rows"), findings.toString());
                }
            }
            assertEquals(
                    List.of(),
                    history.verify(VerifyRequest.of(Orders.DATASET, Set.of(VerificationLevel.CROSS))
                                    .in(Partition.ALL))
                            .findings());
        }

        @Test
        void aForeignWriterThatStoppedHalfwayIsFound() {
            history.save(Orders.numbered(30));
            List<UUID> identities = identities(Partition.ALL);
            Instant date = history.environment().clock().instant().plusSeconds(1);
            // Its DELETE and a part of its INSERT in place of some rows.
            foreignStatements().delete(Orders.DATASET, Partition.ALL, identities.subList(0, 10));
            foreignStatements()
                    .add(Orders.DATASET, Partition.ALL, date, hashed(identities.subList(0, 4), "ab".repeat(32)));
            assertEquals(
                    Set.of(FindingType.WINDOW_ROWS_MISSING),
                    ArchiveHistory.types(history.verify(VerificationLevel.CROSS)));
            // All of ours, and rows of another beside them.
            foreignStatements().delete(Orders.DATASET, Partition.ALL, identities);
            assertEquals(
                    Set.of(FindingType.WINDOW_ROWS_MISSING),
                    ArchiveHistory.types(history.verify(VerificationLevel.CONTENT)));
            history.save(Orders.numbered(30));
            foreignStatements()
                    .add(Orders.DATASET, Partition.ALL, date, hashed(List.of(new UUID(7, 7)), "ab".repeat(32)));
            assertEquals(
                    Set.of(FindingType.WINDOW_ROWS_NOT_THEIRS),
                    ArchiveHistory.types(history.verify(VerificationLevel.CROSS, VerificationLevel.CONTENT)));
        }
    }

    /** Stamps and carried texts. */
    @Nested
    class StampsAndTexts {
        @Test
        void stampsThatWereChangedByHandAreFound() {
            history.saves(3);
            List<UUID> identities = identities(Partition.ALL);
            Instant otherDate = Instant.parse("2020-01-01T00:00:00Z");
            stamp(identities.subList(0, 2), Optional.of(otherDate), OptionalLong.empty(), Optional.empty());
            assertStampsFound("2 are not dated");
            stamp(identities.subList(3, 4), Optional.empty(), OptionalLong.of(7), Optional.empty());
            assertStampsFound("2 are not dated", "1 does not say 20 rows");
            stamp(identities.subList(4, 9), Optional.empty(), OptionalLong.empty(), Optional.of(new ArchiveId(4_711)));
            assertStampsFound("2 are not dated", "1 does not say 20 rows", "5 do not refer to archive");
        }

        @Test
        void theArchiveThatAForeignWriterSetsInAllRowsIsLegitimateIfItIsThisSnapshots() {
            WindowSnapshot unarchived = new SaveSnapshot(history.environment())
                    .save(
                            SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.OFF),
                            Orders.numbered(3).source())
                    .snapshot();
            ArchivedSnapshot other = history.save(Orders.numbered(3), "GREYSON");
            List<UUID> identities = identities(Partition.ALL);
            stamp(identities, Optional.empty(), OptionalLong.empty(), Optional.of(other.id()));
            assertStampsFound("3 refer to an archive where the ledger has none, but all to archive " + other.id());
            ArchivedSnapshot own = history.environment().archive().store(submission(unarchived, other));
            stamp(identities, Optional.empty(), OptionalLong.empty(), Optional.of(own.id()));
            assertEquals(
                    Set.of(FindingType.REFERENCE_MISSING),
                    ArchiveHistory.types(history.verify(VerificationLevel.CROSS)));
        }

        /** A file for the snapshot: that of another one with the same rows. */
        private ArchiveSubmission submission(WindowSnapshot snapshot, ArchivedSnapshot like) {
            Path file = directory.resolve("submitted");
            try (SnapshotReader reader =
                            codec().openReader(history.environment().archive().open(like.id()));
                    RowStream rows = reader.rows(ReadOptions.ALL);
                    SnapshotWriter writer = codec().openWriter(file, reader.schema(), Map.of())) {
                for (Optional<RowBatch> batch = rows.next(); batch.isPresent(); batch = rows.next()) {
                    writer.append(batch.get());
                }
                return ArchiveSubmission.builder(
                                snapshot.id().orElseThrow(),
                                snapshot.dataset(),
                                snapshot.partition(),
                                snapshot.date(),
                                writer.finish())
                        .sourceDatabase(like.sourceDatabase())
                        .columnCount(reader.schema().size())
                        .schemaHash(reader.schema().hash())
                        .hashSpecId(snapshot.hashSpecId().orElseThrow())
                        .fingerprint(snapshot.fingerprint().orElseThrow())
                        .build();
            }
        }

        private void stamp(
                List<UUID> identities, Optional<Instant> date, OptionalLong rowCount, Optional<ArchiveId> archive) {
            foreignStatements().stamp(Orders.DATASET, Partition.ALL, identities, date, rowCount, archive);
        }

        private void assertStampsFound(String... details) {
            List<Finding> findings = history.verify(VerificationLevel.CROSS).findings();
            assertEquals(
                    List.of(FindingType.WINDOW_STAMPS_DIFFER),
                    findings.stream().map(Finding::type).toList(),
                    findings.toString());
            for (String detail : details) {
                assertTrue(findings.get(0).detail().contains(detail), findings.toString());
            }
            assertEquals(Severity.ERROR, findings.get(0).severity());
        }

        @Test
        void carriedTextsThatWereChangedByHandAreFound() {
            history.saves(3);
            assertEquals(List.of(), history.verifyAll().findings());
            List<UUID> identities = identities(Partition.ALL);
            carry(identities.get(0), Optional.of("by hand"));
            assertTextsFound("1 of 20 rows");
            carry(identities.get(1), Optional.empty());
            carry(identities.get(2), Optional.of(""));
            assertTextsFound("3 of 20 rows");
            // A redaction of other rows hides nothing of these.
            history.redact(history.archives().get(2).id(), 1);
            assertEquals(
                    Set.of(FindingType.WINDOW_TEXTS_DIFFER),
                    ArchiveHistory.types(history.verify(VerificationLevel.CROSS)));
            // The window keeps them as those of the previous snapshot; the new one has its own.
            history.save(Orders.numbered(20).put("JOO-1", "NEXT", 1, null));
            WindowSnapshot previous = history.environment()
                    .window()
                    .snapshots(Orders.DATASET, Optional.empty())
                    .get(1);
            List<Finding> findings = history.verify(VerificationLevel.CROSS).findings();
            assertEquals(
                    List.of(previous.id()),
                    findings.stream().map(Finding::snapshot).toList(),
                    findings.toString());
        }

        private void carry(UUID identity, Optional<String> text) {
            foreignStatements().carry(Orders.DATASET, Partition.ALL, identity, "CUSTOMER", text);
        }

        private void assertTextsFound(String detail) {
            List<Finding> findings = history.verify(VerificationLevel.CROSS).findings();
            assertEquals(
                    List.of(FindingType.WINDOW_TEXTS_DIFFER),
                    findings.stream().map(Finding::type).toList(),
                    findings.toString());
            assertTrue(findings.get(0).detail().contains(detail), findings.toString());
            assertEquals(Severity.ERROR, findings.get(0).severity());
        }

        @Test
        void charactersThatAStoreCannotHoldAreNoFinding() {
            history.save(Orders.numbered(3)
                    .put("JOO-1", "a\0b\0", 1, null)
                    .put("JOO-2", "lone \uD83D surrogate", 2, null)
                    .put("JOO-3", "", 3, null)
                    .put("JOO-4", null, 4, null));
            VerificationReport report = history.verifyAll();
            assertEquals(List.of(), report.findings());
            assertEquals(List.of(), report.leftOut());
        }

        @Test
        void carriedTextsThatCannotBeComparedAreLeftOutAndSaid() {
            history.saves(1);
            Dataset more = Orders.DATASET.withCarriedColumns(List.of("ORDER", "CUSTOMER", "NOTE"));
            VerificationReport since = history.verify(VerifyRequest.of(more, Set.of(VerificationLevel.CROSS)));
            assertEquals(List.of(), since.findings(), "NOTE is carried from the next save on");
            Dataset keyed = Dataset.of(Orders.DATASET.name(), List.of("NOTE")).withCarriedColumns(List.of("CUSTOMER"));
            assertReasons(
                    Set.of(LeftOut.Reason.KEY_UNKNOWN),
                    history.verify(VerifyRequest.of(
                            Dataset.of(Orders.DATASET.name(), List.of("nowhere"))
                                    .withCarriedColumns(List.of("CUSTOMER")),
                            Set.of(VerificationLevel.CROSS))));
            assertEquals(
                    List.of(),
                    history.verify(VerifyRequest.of(keyed, Set.of(VerificationLevel.CROSS)))
                            .findings(),
                    "another key is no finding");
            assertReasons(
                    Set.of(LeftOut.Reason.OTHER_HASH_SPEC),
                    history.verify(VerifyRequest.of(
                            Orders.DATASET.withHashSpec(HashSpec.HSR1.ignoring(List.of("NOTE"))),
                            Set.of(VerificationLevel.CROSS))));
            new SaveSnapshot(history.environment())
                    .save(
                            SaveRequest.of(Orders.DATASET, new Partition("OTHER"))
                                    .withArchiveMode(ArchiveMode.OFF),
                            Orders.numbered(3).source());
            assertReasons(Set.of(LeftOut.Reason.NO_CELLS), history.verify(VerificationLevel.CROSS));
        }

        private static void assertReasons(Set<LeftOut.Reason> expected, VerificationReport report) {
            assertEquals(List.of(), report.findings());
            assertEquals(
                    expected,
                    report.leftOut().stream().map(LeftOut::reason).collect(Collectors.toSet()),
                    report.leftOut().toString());
        }
    }

    // Helpers of the facts

    /** The identities of the window's current rows. */
    private List<UUID> identities(Partition partition) {
        WindowStore window = history.environment().window();
        List<UUID> identities = new ArrayList<>();
        try (KeyedRowStream rows = window.openRows(
                Orders.DATASET, window.findCurrent(Orders.DATASET, partition).orElseThrow())) {
            for (Optional<KeyedHashes> next = rows.next(); next.isPresent(); next = rows.next()) {
                for (int row = 0; row < next.get().size(); row++) {
                    identities.add(next.get().identity(row));
                }
            }
        }
        return identities;
    }
}
