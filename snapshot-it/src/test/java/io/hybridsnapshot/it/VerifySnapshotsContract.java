package io.hybridsnapshot.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.usecase.ArchiveMode;
import io.hybridsnapshot.domain.usecase.SaveRequest;
import io.hybridsnapshot.domain.usecase.SaveSnapshot;
import io.hybridsnapshot.domain.usecase.VerifyRequest;
import io.hybridsnapshot.domain.verification.Coverage;
import io.hybridsnapshot.domain.verification.FindingType;
import io.hybridsnapshot.domain.verification.LeftOut;
import io.hybridsnapshot.domain.verification.Sampling;
import io.hybridsnapshot.domain.verification.VerificationLevel;
import io.hybridsnapshot.domain.verification.VerificationReport;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What verifying promises over any stores whose contents nobody touched; the subclass holds the stores. */
abstract class VerifySnapshotsContract {
    @TempDir
    Path directory;

    protected ArchiveHistory history;

    /** An empty window. */
    protected abstract WindowStore window();

    /** An empty archive. */
    protected abstract ArchiveStore archive();

    /** The codec of archived files. */
    protected abstract SnapshotCodec codec();

    @BeforeEach
    void openStores() {
        history = new ArchiveHistory(window(), archive(), codec(), directory);
    }

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
        int redactions = archive.redactions(all).size();
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
                Map.of(VerificationLevel.DIGEST, Set.copyOf(ids), VerificationLevel.CONTENT, Set.copyOf(ids)), seen);
        assertTrue(windowSeen && windowLeftOut, "the window's rows have a turn as everything else has");
    }

    /** Time enough for a fourth of what there is to do. */
    private VerificationReport limited(long seed) {
        return history.verify(
                VerifyRequest.of(Orders.DATASET, Set.of(VerificationLevel.DIGEST, VerificationLevel.CONTENT))
                        .withSampling(new Sampling(1, seed))
                        .within(Duration.ofSeconds(9)));
    }

    @Test
    void anotherHashSpecOrKeyIsSaidAndIsNoFinding() {
        history.saves(2);
        HashSpec other = HashSpec.HSR1.ignoring(List.of("NOTE"));
        VerificationReport spec =
                history.verify(VerifyRequest.of(Orders.DATASET.withHashSpec(other), Set.of(VerificationLevel.CONTENT)));
        assertEquals(List.of(), spec.findings());
        assertEquals(LeftOut.Reason.OTHER_HASH_SPEC, spec.leftOut().get(0).reason());
        assertEquals(2, spec.leftOut().get(0).count());
    }

    @Test
    void aWindowWithoutArchivesHasNoFinding() {
        new SaveSnapshot(history.environment())
                .save(
                        SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.OFF),
                        Orders.numbered(3).source());
        assertEquals(List.of(), history.verifyAll().findings());
    }

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
                Set.of(FindingType.REFERENCE_DANGLING), ArchiveHistory.types(history.verify(VerificationLevel.CROSS)));
        WindowSnapshot another = save.save(
                        SaveRequest.of(Orders.DATASET, new Partition("OTHER")).withArchiveMode(ArchiveMode.OFF),
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
