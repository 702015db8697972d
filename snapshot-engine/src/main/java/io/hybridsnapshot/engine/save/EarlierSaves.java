package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.engine.internal.recovery.OrphanedArchives;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.Recovery;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a batch id before it is saved: snapshots that were saved before are not saved again, and an id of
 * another snapshot is refused. One thread.
 */
final class EarlierSaves {
    private static final String LEFT_WINDOW = "the snapshot was saved before and has left the window since";

    private final SnapshotEnvironment environment;
    private final SaveRequest request;
    private final WindowWriter writer;
    private final List<Recovery> recovered;

    EarlierSaves(SnapshotEnvironment environment, SaveRequest request, WindowWriter writer, List<Recovery> recovered) {
        this.environment = environment;
        this.request = request;
        this.writer = writer;
        this.recovered = recovered;
    }

    /**
     * Returns the result where the batch id's snapshot was saved before; empty: it is to be saved.
     *
     * @throws SnapshotException CONFLICT if the id belongs to another snapshot
     */
    Optional<SaveResult> find() {
        Optional<WindowSnapshot> known = environment.window().find(request.dataset(), request.id());
        boolean again = known.filter(entry -> entry.state() == SnapshotState.UNDONE
                        && entry.partition().equals(request.partition()))
                .isPresent();
        if (again) {
            requireOwnArchive(known.get());
            return Optional.empty();
        }
        if (known.isPresent()) {
            return Optional.of(alreadySaved(known.get()));
        }
        return request.idGiven() ? savedInArchive() : Optional.empty();
    }

    /**
     * Searches the archive for a batch id that the window does not know. Such an id exists if the window's database was
     * restored from a backup, or if its ledger is from before removed snapshots stayed in it. Saving the id again would
     * replace newer rows by old ones.
     *
     * @throws SnapshotException CONFLICT if the archive knows it and the window's current snapshot is older, or of
     *     another partition
     * @return the result where the snapshot was saved before the current one; empty: the archive does not know the id
     */
    private Optional<SaveResult> savedInArchive() {
        Optional<ArchivedSnapshot> archive;
        Optional<ArchivedSnapshot> removed;
        try {
            archive = environment.archive().find(request.id());
            removed = environment.archive().tombstones(request.id()).stream()
                    .filter(Tombstone::isOfPublished)
                    .map(Tombstone::archive)
                    .findFirst();
        } catch (SnapshotException e) {
            if (!isNeeded(e)) {
                return Optional.empty();
            }
            throw e;
        }
        Optional<ArchivedSnapshot> known = archive.or(() -> removed);
        if (known.isEmpty()) {
            return Optional.empty();
        }
        Optional<WindowSnapshot> current = writer.current();
        boolean before = current.filter(newest -> !known.get().date().isAfter(newest.date()))
                .isPresent();
        if (before
                && known.get().dataset().equals(request.dataset().name())
                && known.get().partition().equals(request.partition())) {
            return Optional.of(new SaveResult(
                    SaveResult.Outcome.ALREADY_SAVED,
                    leftWindow(known.get()),
                    archive,
                    Optional.empty(),
                    recovered,
                    SaveResult.Dating.NOW,
                    List.of(LEFT_WINDOW),
                    Optional.empty()));
        }
        throw taken(known.get());
    }

    /**
     * Checks whether a save has to end because the archive cannot be asked. A save without an archive asks only where
     * that is possible.
     */
    private boolean isNeeded(SnapshotException failure) {
        return request.archiveMode() == ArchiveMode.REQUIRED
                || request.archiveMode() == ArchiveMode.BEST_EFFORT && !failure.isStoreOut();
    }

    /**
     * Refuses a batch id of an undone snapshot if the archive has another snapshot of that id, from before the window
     * was restored. The next attempt would replace that archive.
     */
    private void requireOwnArchive(WindowSnapshot undone) {
        Optional<ArchivedSnapshot> archive;
        try {
            archive = environment.archive().find(request.id());
        } catch (SnapshotException e) {
            if (isNeeded(e)) {
                throw e;
            }
            return;
        }
        archive.filter(stored -> stored.attempt() == undone.attempt() && !OrphanedArchives.isOf(undone, stored))
                .ifPresent(stored -> {
                    throw taken(stored);
                });
    }

    private SnapshotException taken(ArchivedSnapshot known) {
        return SnapshotException.conflict("the archive knows the batch id, the window does not")
                .where(SaveSnapshot.place(request))
                .actual("batch " + request.id() + " is archive " + known.id() + " of "
                        + known.date() + ", partition '" + known.partition()
                        + "'; the window's current snapshot is "
                        + writer.current().map(newest -> "of " + newest.date()).orElse("none"))
                .expected("a batch id of its own for every save")
                .nextStep(
                        "if the window's database was restored from a backup, save the newest rows under another batch"
                                + " id; the archive stays as it is")
                .build();
    }

    private static WindowSnapshot leftWindow(ArchivedSnapshot archive) {
        return WindowSnapshot.builder(archive.dataset(), archive.partition(), archive.date(), SnapshotState.REMOVED)
                .id(archive.snapshotId())
                .rowCount(archive.rowCount().orElse(0))
                .hashSpecId(archive.hashSpecId())
                .fingerprint(archive.fingerprint())
                .archiveId(Optional.of(archive.id()))
                .build();
    }

    private SaveResult alreadySaved(WindowSnapshot saved) {
        boolean published = saved.state().isVisible() || saved.state() == SnapshotState.REMOVED;
        if (!published || !saved.partition().equals(request.partition())) {
            throw SnapshotException.conflict("the batch id belongs to another snapshot")
                    .where("partition '" + saved.partition() + "'")
                    .actual(request.id() + ", " + saved.state())
                    .expected("a batch id of its own for every save")
                    .nextStep("give this save another batch id, or none")
                    .build();
        }
        Optional<ArchivedSnapshot> archive =
                saved.archiveId().flatMap(id -> environment.archive().find(id));
        List<String> remarks = saved.state() == SnapshotState.REMOVED ? List.of(LEFT_WINDOW) : List.of();
        return new SaveResult(
                SaveResult.Outcome.ALREADY_SAVED,
                saved,
                archive,
                Optional.empty(),
                recovered,
                SaveResult.Dating.NOW,
                remarks,
                Optional.empty());
    }
}
