package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.RowStamps;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Compares the number and the stamps of the window's rows with the window's ledger. A difference is read again before
 * it becomes a finding, since a foreign writer may be between its DELETE and its INSERT. One thread; used once.
 */
final class StampCheck {
    private final SnapshotEnvironment environment;
    private final Dataset dataset;
    private final Optional<Partition> partition;
    private final Verification verification;
    private final List<RowStamps> stamps;
    private final Set<Partition> mixed = new HashSet<>();

    StampCheck(
            SnapshotEnvironment environment,
            Dataset dataset,
            Optional<Partition> partition,
            Verification verification) {
        this.environment = environment;
        this.dataset = dataset;
        this.partition = partition;
        this.verification = verification;
        List<RowStamps> read = environment.window().stamps(dataset, partition);
        this.stamps = read.stream().allMatch(StampCheck::agrees) ? read : confirmed(read);
    }

    /** Reads once more. Differences that remain in the same snapshot are confirmed. */
    private List<RowStamps> confirmed(List<RowStamps> first) {
        Map<SnapshotId, RowStamps> differing = first.stream()
                .filter(stamp -> !agrees(stamp))
                .collect(Collectors.toMap(StampCheck::id, Function.identity()));
        return environment.window().stamps(dataset, partition).stream()
                .filter(stamp -> agrees(stamp) || differing.containsKey(id(stamp)))
                .toList();
    }

    private static SnapshotId id(RowStamps stamp) {
        return stamp.snapshot().id().orElseThrow();
    }

    private static boolean agrees(RowStamps stamp) {
        return hasItsRows(stamp)
                && stamp.otherDates() == 0
                && stamp.otherCounts() == 0
                && stamp.otherArchives() == 0
                && stamp.earlier().stream().allMatch(earlier -> earlier.otherArchives() == 0);
    }

    /**
     * Checks whether a snapshot has the rows that the ledger counts, or all of them were replaced as a foreign writer
     * does it.
     */
    private static boolean hasItsRows(RowStamps stamp) {
        return stamp.isReplaced() || stamp.rows() == stamp.snapshot().rowCount() && stamp.strangers() == 0;
    }

    /**
     * Returns the partitions with current rows that are neither the ledger's nor all of a foreign writer; known after
     * {@link #checkRows}.
     */
    Set<Partition> mixed() {
        return mixed;
    }

    /** Checks whether every snapshot has the rows that the ledger counts. */
    void checkRows() {
        for (RowStamps stamp : stamps) {
            if (hasItsRows(stamp)) {
                continue;
            }
            WindowSnapshot snapshot = stamp.snapshot();
            if (snapshot.state() == SnapshotState.CURRENT) {
                mixed.add(snapshot.partition());
            }
            verification.add(Finding.of(
                    stamp.rows() < snapshot.rowCount()
                            ? FindingType.WINDOW_ROWS_MISSING
                            : FindingType.WINDOW_ROWS_NOT_THEIRS,
                    snapshot,
                    "the ledger counts " + Counted.of(snapshot.rowCount(), "row") + " of the snapshot of "
                            + snapshot.date() + " ("
                            + snapshot.state() + "), the window has "
                            + (stamp.rows() == 0 && stamp.strangers() == 0 ? "none" : stamp.rows())
                            + (stamp.strangers() == 0 ? "" : " and " + stamp.strangers() + " of another writer")));
        }
    }

    /** Checks whether the rows of every snapshot of this platform have the stamps of its ledger entry. */
    void checkStamps(List<WindowSnapshot> visible, ArchiveRecords records) {
        if (stamps.isEmpty()) {
            visible.stream()
                    .filter(snapshot -> !snapshot.isForeign())
                    .forEach(snapshot -> verification.leaveOut(VerificationLevel.CROSS, LeftOut.Reason.NO_STAMPS));
        }
        Map<ArchiveId, ArchivedSnapshot> archives = records.byId();
        for (RowStamps stamp : stamps) {
            if (stamp.rows() == 0 || stamp.snapshot().isForeign()) {
                continue;
            }
            List<String> other = new ArrayList<>();
            note(
                    stamp.otherDates(),
                    (stamp.otherDates() == 1 ? "is" : "are") + " not dated "
                            + stamp.snapshot().date(),
                    other);
            note(
                    stamp.otherCounts(),
                    (stamp.otherCounts() == 1 ? "does" : "do") + " not say "
                            + Counted.of(stamp.snapshot().rowCount(), "row"),
                    other);
            noteArchives(stamp, archives, other);
            if (!other.isEmpty()) {
                verification.add(Finding.of(
                        FindingType.WINDOW_STAMPS_DIFFER,
                        stamp.snapshot(),
                        "of the " + Counted.of(stamp.rows(), "row") + " of the window's snapshot of "
                                + stamp.snapshot().date() + ", " + String.join(", ", other)
                                + (stamp.earlier().isEmpty()
                                        ? ""
                                        : " (each row is compared with the snapshot in which it appeared)")));
            }
        }
    }

    private void noteArchives(RowStamps stamp, Map<ArchiveId, ArchivedSnapshot> archives, List<String> other) {
        long own = isArchiveOf(id(stamp), stamp.archive(), stamp, archives) ? 0 : stamp.otherArchives();
        long earlier = stamp.earlier().stream()
                .filter(rows -> !isArchiveOf(rows.snapshot(), rows.archive(), stamp, archives))
                .mapToLong(RowStamps.Earlier::otherArchives)
                .sum();
        if (earlier == 0) {
            note(own, archiveText(stamp), other);
        } else {
            String expected = stamp.snapshot()
                    .archiveId()
                    .map(id -> "archive " + id + " or that of an earlier snapshot")
                    .orElse("the archive of an earlier snapshot");
            note(own + earlier, (own + earlier == 1 ? "does" : "do") + " not refer to " + expected, other);
        }
    }

    /**
     * Checks whether an archive that rows refer to is that of their snapshot. The existing statement of a foreign
     * writer sets the archive in all rows of a batch and knows no ledger.
     */
    private boolean isArchiveOf(
            SnapshotId snapshot,
            Optional<ArchiveId> referred,
            RowStamps stamp,
            Map<ArchiveId, ArchivedSnapshot> archives) {
        return referred.flatMap(id -> Optional.ofNullable(archives.get(id))
                        .or(() -> environment.archive().find(id)))
                .filter(archive -> archive.snapshotId().equals(Optional.of(snapshot))
                        && archive.partition().equals(stamp.snapshot().partition())
                        && Objects.equals(archive.dataset(), stamp.snapshot().dataset()))
                .isPresent();
    }

    private static String archiveText(RowStamps stamp) {
        boolean one = stamp.otherArchives() == 1;
        String expected = stamp.snapshot()
                .archiveId()
                .map(id -> (one ? "does" : "do") + " not refer to archive " + id)
                .orElse((one ? "refers" : "refer") + " to an archive where the ledger has none");
        return expected
                + stamp.archive()
                        .map(id ->
                                ", but " + (one ? "" : "all ") + "to archive " + id + ", which is not this snapshot's")
                        .orElse("");
    }

    private static void note(long rows, String text, List<String> other) {
        if (rows > 0) {
            other.add(rows + " " + text);
        }
    }
}
