package io.hybridsnapshot.engine.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Items that change during a verification are left out and reported as such, and never become a finding. */
class VerifyMeanwhileTest {
    @TempDir
    Path directory;

    private final WindowStore window = new InMemoryWindowStore();
    private final ArchiveStore archive = new InMemoryArchiveStore();
    private final Map<String, Consumer<Object>> events = new HashMap<>();
    private ArchiveHistory history;
    private ArchiveHistory verified;
    private List<ArchivedSnapshot> saved;

    @BeforeEach
    void saveSix() {
        history = new ArchiveHistory(window, archive, new InMemorySnapshotCodec(), directory);
        verified = new ArchiveHistory(
                watched(WindowStore.class, window),
                watched(ArchiveStore.class, archive),
                new InMemorySnapshotCodec(),
                directory);
        saved = history.saves(6);
    }

    @AfterEach
    void everyEventHappened() {
        assertEquals(Map.of(), events);
    }

    /** The store itself, with an event just before the first call of one of its methods. */
    private <T> T watched(Class<T> port, T store) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                    Consumer<Object> event = events.remove(port.getSimpleName() + "." + method.getName());
                    if (event != null) {
                        event.accept(arguments[0]);
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    /** Sets an event that happens once, before the call, and receives its first argument. */
    private void before(String call, Consumer<Object> event) {
        events.put(call, event);
    }

    private void saveAnother(String order) {
        history.save(Orders.numbered(20).put(order, "MEANWHILE", 1, null));
    }

    private static void assertLeftOut(
            VerificationReport report,
            VerificationLevel level,
            LeftOut.Reason reason,
            long count,
            List<ArchiveId> archives) {
        assertEquals(List.of(), report.findings());
        assertEquals(List.of(new LeftOut(level, reason, count, archives)), report.leftOut());
    }

    private static long checked(VerificationReport report, VerificationLevel level) {
        return report.coverage().stream()
                .filter(coverage -> coverage.level() == level)
                .findFirst()
                .orElseThrow()
                .checked();
    }

    @Test
    void anArchiveThatIsRemovedBeforeItsDigestIsComputedIsLeftOut() {
        List<ArchiveId> removed = new ArrayList<>();
        before("ArchiveStore.findDamage", id -> {
            removed.add((ArchiveId) id);
            history.remove((ArchiveId) id);
        });
        VerificationReport report = verified.verify(VerificationLevel.DIGEST);
        assertLeftOut(report, VerificationLevel.DIGEST, LeftOut.Reason.CHANGED_MEANWHILE, 1, removed);
        assertEquals(5, checked(report, VerificationLevel.DIGEST));
    }

    @Test
    void anArchiveThatIsRemovedBeforeItsFileIsReadIsLeftOut() {
        List<ArchiveId> removed = new ArrayList<>();
        before("ArchiveStore.open", id -> {
            removed.add((ArchiveId) id);
            history.remove((ArchiveId) id);
        });
        VerificationReport report = verified.verify(VerificationLevel.CONTENT);
        assertLeftOut(report, VerificationLevel.CONTENT, LeftOut.Reason.CHANGED_MEANWHILE, 1, removed);
        assertEquals(5, checked(report, VerificationLevel.CONTENT));
    }

    @Test
    void anArchiveThatIsRedactedBeforeItsFileIsReadIsLeftOut() {
        List<ArchiveId> redacted = new ArrayList<>();
        before("ArchiveStore.open", id -> {
            redacted.add((ArchiveId) id);
            history.redact((ArchiveId) id, 2);
        });
        VerificationReport report = verified.verify(VerificationLevel.CONTENT);
        assertLeftOut(report, VerificationLevel.CONTENT, LeftOut.Reason.CHANGED_MEANWHILE, 1, redacted);
        assertEquals(5, checked(report, VerificationLevel.CONTENT));
    }

    @Test
    void aLedgerThatDisagreesWithAnArchiveThatIsRewrittenMeanwhileIsLeftOut() {
        ArchiveId newest = saved.get(5).id();
        before("WindowStore.snapshots", dataset -> history.redact(newest, 2));
        WindowStore wrong = ledger(snapshot -> snapshot.archiveId().equals(Optional.of(newest))
                ? withRowCount(snapshot, snapshot.rowCount() + 1)
                : snapshot);
        VerificationReport report = new ArchiveHistory(
                        watched(WindowStore.class, wrong), archive, new InMemorySnapshotCodec(), directory)
                .verify(VerificationLevel.CROSS);
        assertLeftOut(report, VerificationLevel.CROSS, LeftOut.Reason.CHANGED_MEANWHILE, 1, List.of(newest));
    }

    private interface Change {
        WindowSnapshot of(WindowSnapshot snapshot);
    }

    /** The window, with changed ledger rows. */
    private WindowStore ledger(Change change) {
        return (WindowStore) Proxy.newProxyInstance(
                WindowStore.class.getClassLoader(), new Class<?>[] {WindowStore.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(window, arguments);
                    if (method.getName().equals("snapshots")) {
                        return ((List<?>) result)
                                .stream()
                                        .map(snapshot -> change.of((WindowSnapshot) snapshot))
                                        .toList();
                    }
                    if (method.getName().startsWith("find")) {
                        return ((Optional<?>) result).map(snapshot -> change.of((WindowSnapshot) snapshot));
                    }
                    return result;
                });
    }

    private static WindowSnapshot withRowCount(WindowSnapshot snapshot, long rowCount) {
        return snapshot.toBuilder().rowCount(rowCount).build();
    }

    @Test
    void snapshotsThatLeaveTheWindowBeforeTheirRowsAreReadAreLeftOut() {
        before("WindowStore.openRows", dataset -> {
            saveAnother("A");
            saveAnother("B");
        });
        VerificationReport report = verified.verify(VerificationLevel.CONTENT);
        assertLeftOut(report, VerificationLevel.CONTENT, LeftOut.Reason.LEFT_WINDOW, 2, List.of());
        assertEquals(6, checked(report, VerificationLevel.CONTENT));
    }

    @Test
    void aSnapshotThatLeavesTheWindowTogetherWithItsArchiveIsLeftOut() {
        // Saved after the records were read, so the archive is read separately, and is gone by then.
        before("WindowStore.snapshots", dataset -> saveAnother("A"));
        before("ArchiveStore.find", id -> {
            saveAnother("B");
            saveAnother("C");
            history.remove((ArchiveId) id);
        });
        VerificationReport report = verified.verify(VerificationLevel.CROSS);
        // Its reference, its carried texts, and those of the one before it.
        assertLeftOut(report, VerificationLevel.CROSS, LeftOut.Reason.LEFT_WINDOW, 3, List.of());
    }

    @Test
    void archivesWithoutTheKeyColumnsAreReadButTheirFingerprintIsLeftOut() {
        Dataset keyedOtherwise = Dataset.of(Orders.DATASET.name(), List.of("NOT THERE"));
        VerificationReport report = history.verify(VerifyRequest.of(keyedOtherwise, Set.of(VerificationLevel.CONTENT)));
        assertEquals(List.of(), report.findings());
        assertEquals(1, report.leftOut().size(), report.leftOut().toString());
        LeftOut left = report.leftOut().get(0);
        assertEquals(VerificationLevel.CONTENT, left.level());
        assertEquals(LeftOut.Reason.KEY_UNKNOWN, left.reason());
        assertEquals(saved.stream().map(ArchivedSnapshot::id).collect(Collectors.toSet()), Set.copyOf(left.archives()));
        assertEquals(6, left.count());
        assertEquals(6, checked(report, VerificationLevel.CONTENT));
    }

    @Test
    void aSnapshotOfAForeignWriterIsLeftOutOnBothLevels() {
        WindowStore taken =
                ledger(snapshot -> snapshot.state() == SnapshotState.CURRENT ? foreign(snapshot) : snapshot);
        VerificationReport report = new ArchiveHistory(taken, archive, new InMemorySnapshotCodec(), directory)
                .verify(VerificationLevel.CROSS, VerificationLevel.CONTENT);
        assertEquals(List.of(), report.findings());
        assertEquals(
                Set.of(
                        new LeftOut(VerificationLevel.CROSS, LeftOut.Reason.FOREIGN_SNAPSHOT, 1, List.of()),
                        new LeftOut(VerificationLevel.CONTENT, LeftOut.Reason.FOREIGN_SNAPSHOT, 1, List.of())),
                Set.copyOf(report.leftOut()));
        assertEquals(1, checked(report, VerificationLevel.CROSS));
    }

    /** The snapshot as {@link WindowStore} describes one of the pipeline: rows and a date of its own. */
    private static WindowSnapshot foreign(WindowSnapshot snapshot) {
        return WindowSnapshot.builder(
                        snapshot.dataset(), Partition.ALL, snapshot.date().plusSeconds(1), SnapshotState.CURRENT)
                .rowCount(snapshot.rowCount())
                .build();
    }
}
