package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotDates;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.internal.catalogue.RemovedArchives;
import io.hybridsnapshot.engine.internal.recovery.OrphanedArchives;
import io.hybridsnapshot.engine.internal.recovery.Outbox;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.AwaitedArchive;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Compares the window's ledger with the archive's records. Both change while they are read, so a difference is read
 * again before it becomes a finding.
 */
final class CrossCheck {
    private final SnapshotEnvironment environment;
    private final Dataset dataset;
    private final ArchiveRecords records;
    private final Map<ArchiveId, ArchivedSnapshot> archives;
    private final Verification verification;
    private final OrphanedArchives orphans;
    private final Outbox outbox;

    CrossCheck(SnapshotEnvironment environment, Dataset dataset, ArchiveRecords records, Verification verification) {
        this.environment = environment;
        this.dataset = dataset;
        this.records = records;
        this.archives = records.byId();
        this.verification = verification;
        this.orphans = new OrphanedArchives(environment);
        this.outbox = new Outbox(environment.workDirectory());
    }

    /**
     * Compares every snapshot of the window with the archive's records.
     *
     * @param visible the snapshots
     * @param mixed partitions with current rows that are known to be neither the ledger's nor all of another writer
     */
    void check(List<WindowSnapshot> visible, Set<Partition> mixed) {
        long checked = 0;
        for (WindowSnapshot snapshot : visible) {
            if (!SnapshotDates.isPossible(snapshot.date())) {
                verification.add(Finding.of(
                        FindingType.WINDOW_DATE_IMPOSSIBLE,
                        snapshot,
                        "the window's snapshot of " + Counted.of(snapshot.rowCount(), "row") + " is dated "
                                + SnapshotDates.text(snapshot.date()) + ", expected a year from 1 to 9999"));
            }
            if (snapshot.id().isEmpty()) {
                if (!mixed.contains(snapshot.partition())) {
                    checkForeign(snapshot);
                }
                continue;
            }
            if (snapshot.isForeign()) {
                verification.leaveOut(VerificationLevel.CROSS, LeftOut.Reason.FOREIGN_SNAPSHOT);
            } else {
                checked++;
            }
            if (snapshot.archiveId().isEmpty()) {
                checkUnlinked(snapshot);
            } else {
                checkReference(snapshot, snapshot.archiveId().get());
            }
        }
        checkNewest(visible);
        checkOrphans();
        verification.covered(VerificationLevel.CROSS, checked, visible.size(), 0, 0);
    }

    /**
     * A foreign writer dates its rows itself. Only rows of this platform that have become fewer have the date of an
     * archive.
     */
    private void checkForeign(WindowSnapshot snapshot) {
        Optional<ArchivedSnapshot> ours = records.archives().stream()
                .filter(archive -> archive.partition().equals(snapshot.partition())
                        && archive.date().equals(snapshot.date())
                        && archive.fingerprint().isPresent())
                .findFirst();
        if (ours.isEmpty()) {
            verification.leaveOut(VerificationLevel.CROSS, LeftOut.Reason.FOREIGN_SNAPSHOT);
        } else if (environment
                .window()
                .findCurrent(dataset, snapshot.partition())
                .equals(Optional.of(snapshot))) {
            verification.add(Finding.of(
                    FindingType.WINDOW_ROWS_NOT_THEIRS,
                    snapshot,
                    "the window's rows (" + snapshot.rowCount() + ") are dated " + snapshot.date() + " like archive "
                            + ours.get().id() + " and are not those of its ledger"));
        }
    }

    private void checkUnlinked(WindowSnapshot snapshot) {
        SnapshotId id = snapshot.id().orElseThrow();
        Optional<AwaitedArchive> awaited = outbox.awaited(snapshot);
        // Read after the outbox, since a delivered file leaves the outbox last.
        Optional<ArchivedSnapshot> archive = environment.archive().find(id);
        if (!isStill(snapshot)) {
            return;
        }
        if (archive.isPresent()) {
            verification.add(Finding.of(
                    FindingType.REFERENCE_MISSING,
                    archive.get(),
                    "the window's snapshot of " + snapshot.date() + " does not refer to it"));
            return;
        }
        awaited.ifPresent(where -> addAwaited(snapshot, where));
    }

    private void addAwaited(WindowSnapshot snapshot, AwaitedArchive where) {
        String place = where == AwaitedArchive.HERE
                ? outbox.location()
                : snapshot.archiveAwaited().orElseThrow();
        boolean lost = where == AwaitedArchive.LOST;
        verification.add(Finding.of(
                lost ? FindingType.AWAITED_ARCHIVE_LOST : FindingType.ARCHIVE_AWAITED,
                snapshot,
                "the window's snapshot of " + snapshot.date() + " has no archive yet; its file "
                        + (lost ? "is no longer in " : "waits in ") + place));
    }

    private void checkReference(WindowSnapshot snapshot, ArchiveId id) {
        Optional<ArchivedSnapshot> archive = Optional.ofNullable(archives.get(id))
                .or(() -> environment.archive().find(id));
        if (archive.isPresent()) {
            compare(snapshot, archive.get());
            requireMark(snapshot, archive.get());
            return;
        }
        if (!isStill(snapshot)) {
            verification.leaveOut(VerificationLevel.CROSS, LeftOut.Reason.LEFT_WINDOW);
            return;
        }
        Optional<Tombstone> removed = records.tombstones().stream()
                .filter(tombstone -> tombstone.archive().id().equals(id))
                .findFirst();
        verification.add(Finding.of(
                removed.filter(Tombstone::isOfPublished).isPresent()
                        ? FindingType.REFERENCE_TO_REMOVED
                        : FindingType.REFERENCE_DANGLING,
                snapshot,
                "the window's snapshot of " + snapshot.date() + " refers to archive " + id
                        + removed.map(tombstone -> "; " + RemovedArchives.text(tombstone))
                                .orElse(", which is not there")));
    }

    private boolean isStill(WindowSnapshot snapshot) {
        return environment
                .window()
                .find(dataset, snapshot.id().orElseThrow())
                .filter(now -> now.state().isVisible() && now.archiveId().equals(snapshot.archiveId()))
                .isPresent();
    }

    private void compare(WindowSnapshot snapshot, ArchivedSnapshot archive) {
        List<Finding> findings = differences(snapshot, archive);
        if (!findings.isEmpty() && !environment.archive().find(archive.id()).equals(Optional.of(archive))) {
            verification.leaveOut(VerificationLevel.CROSS, LeftOut.Reason.CHANGED_MEANWHILE, List.of(archive.id()));
            return;
        }
        findings.forEach(verification::add);
    }

    private List<Finding> differences(WindowSnapshot snapshot, ArchivedSnapshot archive) {
        List<String> misplaced = new ArrayList<>();
        note(archive.dataset(), snapshot.dataset(), "dataset", misplaced);
        note(archive.partition(), snapshot.partition(), "partition", misplaced);
        note(
                archive.snapshotId().map(SnapshotId::toString).orElse("none"),
                snapshot.id().orElseThrow().toString(),
                "batch id",
                misplaced);
        note(archive.date(), snapshot.date(), "date", misplaced);
        if (!misplaced.isEmpty()) {
            return List.of(Finding.of(
                    FindingType.REFERENCE_MISPLACED,
                    snapshot,
                    "the window refers to archive " + archive.id() + ", whose " + String.join(", ", misplaced)));
        }
        List<Finding> findings = new ArrayList<>();
        Optional<Long> erased = records.erasedRows(archive.id());
        if (archive.rowCount().isPresent()) {
            long rows = archive.rowCount().getAsLong();
            if (snapshot.rowCount() < rows || snapshot.rowCount() > rows + erased.orElse(0L)) {
                findings.add(Finding.of(
                        FindingType.WINDOW_ROW_COUNT_DIFFERS,
                        snapshot,
                        "the window counts " + Counted.of(snapshot.rowCount(), "row") + ", archive " + archive.id()
                                + " " + rows
                                + erased.map(count -> " and " + count + " erased")
                                        .orElse("")));
            }
        }
        if (erased.isPresent()) {
            verification.leaveOut(VerificationLevel.CROSS, LeftOut.Reason.REDACTED, List.of(archive.id()));
        } else {
            different(
                    FindingType.WINDOW_FINGERPRINT_DIFFERS,
                    "fingerprint",
                    snapshot,
                    snapshot.fingerprint(),
                    archive.fingerprint(),
                    findings);
        }
        different(
                FindingType.WINDOW_HASH_SPEC_DIFFERS,
                "hash spec",
                snapshot,
                snapshot.hashSpecId(),
                archive.hashSpecId(),
                findings);
        // The ledger drops the columns of a snapshot that leaves the window, even if an undo brings the snapshot back.
        if (snapshot.schema().isPresent() || snapshot.state() != SnapshotState.INCOMPLETE) {
            different(
                    FindingType.WINDOW_SCHEMA_DIFFERS,
                    "schema hash",
                    snapshot,
                    snapshot.schema().map(Schema::hash),
                    archive.schemaHash(),
                    findings);
        }
        return findings;
    }

    /** A save marks its archive after its snapshot is visible, maybe at this moment. */
    private void requireMark(WindowSnapshot snapshot, ArchivedSnapshot archive) {
        Optional<ArchivedSnapshot> now =
                archive.published() ? Optional.empty() : environment.archive().find(archive.id());
        now.filter(unmarked -> !unmarked.published())
                .ifPresent(unmarked -> verification.add(Finding.of(
                        FindingType.ARCHIVE_NOT_MARKED,
                        unmarked,
                        "the window's snapshot of " + snapshot.date()
                                + " is published, its archive is not marked so")));
    }

    private static void note(Object actual, Object expected, String what, List<String> misplaced) {
        if (!actual.equals(expected)) {
            misplaced.add(what + " is " + actual + ", expected " + expected);
        }
    }

    private static void different(
            FindingType type,
            String what,
            WindowSnapshot snapshot,
            Optional<?> inWindow,
            Optional<?> inArchive,
            List<Finding> findings) {
        if (!Objects.equals(inWindow, inArchive)) {
            findings.add(Finding.of(
                    type,
                    snapshot,
                    "the window has " + what + " "
                            + inWindow.map(Object::toString).orElse("none") + ", its archive "
                            + inArchive.map(Object::toString).orElse("none")));
        }
    }

    /** Checks the other direction: whether the archive has a newer snapshot of a partition than the window. */
    private void checkNewest(List<WindowSnapshot> visible) {
        Map<Partition, Instant> newest = new HashMap<>();
        visible.stream()
                .filter(snapshot -> snapshot.state() != SnapshotState.PREVIOUS)
                .forEach(snapshot -> newest.put(snapshot.partition(), snapshot.date()));
        newest.forEach((partition, date) -> records.archives().stream()
                .filter(archive -> archive.partition().equals(partition)
                        && archive.fingerprint().isPresent()
                        && archive.date().isAfter(date))
                .max(Comparator.comparing(ArchivedSnapshot::date))
                .filter(archive -> !isVisible(archive)
                        && !orphans.isOrphan(dataset, archive)
                        && environment.archive().find(archive.id()).isPresent())
                .ifPresent(archive -> verification.add(Finding.of(
                        FindingType.ARCHIVE_AHEAD_OF_WINDOW,
                        archive,
                        "it is of " + archive.date() + ", the window's newest snapshot of " + date))));
    }

    private void checkOrphans() {
        orphans.find(dataset, Optional.empty()).stream()
                .filter(orphan -> archives.containsKey(orphan.archive().id()))
                .forEach(orphan -> verification.add(Finding.of(
                        FindingType.ARCHIVE_ORPHANED,
                        orphan.archive(),
                        "the window's ledger says that attempt "
                                + orphan.archive().attempt() + " at its batch id was undone")));
    }

    private boolean isVisible(ArchivedSnapshot archive) {
        return archive.snapshotId()
                .flatMap(id -> environment.window().find(dataset, id))
                .filter(snapshot -> snapshot.state().isVisible())
                .isPresent();
    }
}
