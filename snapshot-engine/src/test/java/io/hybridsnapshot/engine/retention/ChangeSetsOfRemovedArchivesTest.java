package io.hybridsnapshot.engine.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChangeSet;
import io.hybridsnapshot.domain.archive.ChangeSetStore;
import io.hybridsnapshot.domain.archive.ChangeSetSubmission;
import io.hybridsnapshot.domain.changeset.ChangeSetCounts;
import io.hybridsnapshot.domain.changeset.RowFilter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.retention.RetentionRule;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.Stores;
import io.hybridsnapshot.engine.recovery.UndoSnapshot;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.engine.verification.ArchiveHistory;
import io.hybridsnapshot.engine.verification.VerificationLevel;
import io.hybridsnapshot.engine.verification.VerifyRequest;
import io.hybridsnapshot.engine.verification.VerifySnapshots;
import io.hybridsnapshot.testkit.data.FileDigests;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever removes or rewrites an archive takes its change sets along, and the chain stays whole. */
class ChangeSetsOfRemovedArchivesTest {
    private static final Dataset ORDERS = Stores.dataset("orders");

    @TempDir
    Path directory;

    private Stores stores;
    private final List<ArchivedSnapshot> archives = new ArrayList<>();

    @BeforeEach
    void saveFive() throws IOException {
        stores = new Stores(directory);
        for (int i = 0; i < 5; i++) {
            archives.add(stores.save("orders"));
        }
        addChangeSets(stores.archive(), archives);
    }

    private void addChangeSets(InMemoryArchiveStore archive, List<ArchivedSnapshot> of) throws IOException {
        byte[] bytes = {1, 2, 3, 4};
        Path file = directory.resolve("changes");
        Files.write(file, bytes);
        WrittenFile written = new WrittenFile(file, 1, 4, 4, FileDigests.md5(bytes), FileDigests.sha256(bytes));
        for (int i = 1; i < of.size(); i++) {
            archive.changeSets()
                    .orElseThrow()
                    .add(
                            of.get(i).id(),
                            new ChangeSetSubmission(
                                    of.get(i - 1).id(),
                                    written,
                                    new ChangeSetCounts(1, 0, 0, 0),
                                    RowFilter.of(List.of())));
        }
    }

    private List<ArchiveId> kept() {
        return kept(stores.archive().changeSets().orElseThrow(), "orders");
    }

    private static List<ArchiveId> kept(ChangeSetStore changeSets, String dataset) {
        return changeSets.list(ArchiveQuery.of(dataset)).stream()
                .map(ChangeSet::archive)
                .toList();
    }

    private void assertNothingFound() {
        VerifyRequest all = VerifyRequest.of(ORDERS, Set.of(VerificationLevel.values()));
        assertEquals(
                List.of(), new VerifySnapshots(stores.environment()).verify(all).findings());
        assertEquals(
                4,
                stores.archive()
                        .changeSets()
                        .orElseThrow()
                        .records(ArchiveQuery.of("orders"))
                        .size());
    }

    @Test
    void changeSetsGoWithTheArchivesThatACleanUpRemoves() {
        CleanUpSnapshots cleanUp = new CleanUpSnapshots(stores.environment());
        RetentionRule rule = RetentionRule.ofAge(2, 0);
        String digest = cleanUp.plan(ORDERS, Optional.empty(), rule).digest();
        assertEquals(
                3,
                cleanUp.apply(ORDERS, Optional.empty(), rule, digest).removals().size());
        assertEquals(List.of(archives.get(4).id()), kept());
        assertNothingFound();
    }

    @Test
    void changeSetGoesWithASnapshotThatIsTakenBack() {
        UndoSnapshot undo = new UndoSnapshot(stores.environment());
        undo.apply(ORDERS, Partition.ALL, undo.plan(ORDERS, Partition.ALL).digest(), Duration.ZERO);
        assertEquals(
                List.of(
                        archives.get(3).id(),
                        archives.get(2).id(),
                        archives.get(1).id()),
                kept());
        assertNothingFound();
    }

    @Test
    void changeSetsGoWithAForgottenDataset() {
        ForgetDataset forget = new ForgetDataset(stores.environment());
        forget.apply(ORDERS, forget.plan(ORDERS).digest(), Duration.ZERO);
        assertEquals(List.of(), kept());
        assertNothingFound();
    }

    @Test
    void changeSetsOnBothSidesGoWithARedaction() throws IOException {
        InMemoryArchiveStore archive = new InMemoryArchiveStore();
        ArchiveHistory history = new ArchiveHistory(
                new InMemoryWindowStore(), archive, new InMemorySnapshotCodec(), directory.resolve("other"));
        List<ArchivedSnapshot> saved = history.saves(5);
        addChangeSets(archive, saved);
        history.redact(saved.get(2).id(), 1);
        ChangeSetStore changeSets = archive.changeSets().orElseThrow();
        assertEquals(List.of(saved.get(4).id(), saved.get(1).id()), kept(changeSets, Orders.DATASET.name()));
        assertEquals(4, changeSets.records(ArchiveQuery.ALL).size());
        assertEquals(List.of(), history.verifyAll().findings());
    }

    @Test
    void savesMarkTheirArchivesAsPublished() {
        assertTrue(archives.stream().allMatch(ArchivedSnapshot::published));
        assertTrue(stores.archive().list(ArchiveQuery.ALL).stream().allMatch(ArchivedSnapshot::published));
        assertTrue(new SaveSnapshot(stores.environment())
                .save(
                        SaveRequest.of(ORDERS, Partition.ALL)
                                .withId(archives.get(4).snapshotId().orElseThrow()),
                        Orders.numbered(1).source())
                .archive()
                .orElseThrow()
                .published());
    }
}
