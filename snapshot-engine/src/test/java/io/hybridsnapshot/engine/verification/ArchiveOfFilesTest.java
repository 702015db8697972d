package io.hybridsnapshot.engine.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.retention.RetentionPlan;
import io.hybridsnapshot.domain.retention.RetentionRule;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.catalogue.SnapshotCatalogue;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.UndoSnapshot;
import io.hybridsnapshot.engine.redaction.RedactArchives;
import io.hybridsnapshot.engine.redaction.RedactionRequest;
import io.hybridsnapshot.engine.redaction.RowKeys;
import io.hybridsnapshot.engine.retention.CleanUpSnapshots;
import io.hybridsnapshot.testkit.memory.FilesOnlyArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** An archive without capabilities serves every use case that needs none, and the others say what it lacks. */
class ArchiveOfFilesTest {
    @TempDir
    Path directory;

    private ArchiveHistory history;
    private SnapshotEnvironment environment;
    private List<ArchivedSnapshot> saved;

    @BeforeEach
    void saveFour() {
        history = new ArchiveHistory(
                new InMemoryWindowStore(), new FilesOnlyArchiveStore(), new InMemorySnapshotCodec(), directory);
        environment = history.environment();
        saved = history.saves(4);
    }

    @Test
    void verificationLeavesTheChainsOutAndChecksTheRest() {
        VerificationReport report = history.verifyAll();
        assertEquals(List.of(), report.findings());
        assertEquals(
                List.of(new LeftOut(VerificationLevel.CATALOGUE, LeftOut.Reason.NO_CHAIN, 1, List.of())),
                report.leftOut());
        assertEquals(List.of(), report.heads());
        assertEquals(
                new Coverage(VerificationLevel.CATALOGUE, 0, 4, 0, 0),
                report.coverage().get(0));
        assertEquals(4, report.coverage().get(2).checked(), "digests");
        assertEquals(4, report.coverage().get(3).checked(), "contents");
    }

    @Test
    void anAnchorOfAnArchiveWithoutChainsIsLeftOutAsWell() {
        ChainHead anchor = new ChainHead(Orders.DATASET.name(), new Partition("B"), 3, "ab".repeat(32));
        VerificationReport report = history.verify(
                VerifyRequest.of(Orders.DATASET, ArchiveHistory.ALL_LEVELS).withAnchors(List.of(anchor)));
        assertEquals(List.of(), report.findings());
        assertEquals(2, report.leftOut().get(0).count());
    }

    @Test
    void aMissingCapabilityIsOneClearError() {
        assertLacking("cannot hold archives", () -> environment.archiveHolds());
        assertLacking("cannot redact archives", () -> environment.archiveRedaction());
        assertLacking("cannot keep chains of its records", () -> environment.archiveAudit());
        RowKeys keys = RowKeys.of(1, List.of(List.of(Optional.of("JOO-1"))));
        RedactionRequest request = RedactionRequest.of(Orders.DATASET, keys);
        assertLacking("cannot redact archives", () -> new RedactArchives(environment).plan(request));
        assertLacking("cannot redact archives", () -> new RedactArchives(environment).apply(request, "request 7"));
        assertEquals(saved, history.archives());
    }

    private static void assertLacking(String what, Executable call) {
        SnapshotException error = assertThrows(SnapshotException.class, call);
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.problem().contains(what), error::getMessage);
        assertEquals(Optional.of("the archive of files alone"), error.where());
        assertTrue(error.nextStep().isPresent());
    }

    @Test
    void snapshotsAreListedCleanedUpAndTakenBack() {
        assertEquals(Set.of(Partition.ALL), new SnapshotCatalogue(environment).partitions(Orders.DATASET));
        String plan = new UndoSnapshot(environment)
                .plan(Orders.DATASET, Partition.ALL)
                .digest();
        new UndoSnapshot(environment).apply(Orders.DATASET, Partition.ALL, plan, Duration.ofSeconds(1));
        assertEquals(saved.subList(0, 3), history.archives());
        history.save(Orders.numbered(19));
        CleanUpSnapshots cleanUp = new CleanUpSnapshots(environment);
        RetentionRule rule = RetentionRule.ofAge(1, 0);
        RetentionPlan retention = cleanUp.plan(Orders.DATASET, Optional.empty(), rule);
        cleanUp.apply(Orders.DATASET, Optional.empty(), rule, retention.digest());
        assertEquals(4 - retention.removals().size(), history.archives().size());
        assertEquals(List.of(), history.verifyAll().findings());
    }
}
