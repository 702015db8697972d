package io.hybridsnapshot.engine.recovery;

import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowChanges;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.internal.recovery.OrphanedArchives;
import io.hybridsnapshot.engine.internal.recovery.Outbox;
import io.hybridsnapshot.engine.internal.recovery.PublishedMarks;
import io.hybridsnapshot.engine.internal.staging.WholeStaging;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finishes or undoes interrupted saves, and delivers archives that wait in the outbox. A save does the same for its
 * partition before it begins. Idempotent.
 *
 * <p>The rule: a snapshot is finished if all its rows are staged and its archive is committed (or waits in the outbox),
 * unless a newer one has been published since. Any other snapshot is undone. An archive is never committed before all
 * rows are staged, so there is no third case. A writer that has lost its partition may still commit an archive after
 * its snapshot was undone. The snapshot stays UNDONE in the ledger, so the archive is recognised and removed.
 *
 * <p>Stateless; any number of threads may use it at once if the environment's parts allow it. Recoveries and saves of
 * one partition take turns.
 */
public final class RecoverSnapshots {
    private final SnapshotEnvironment environment;
    private final Outbox outbox;
    private final OrphanedArchives orphans;
    private final PublishedMarks marks;

    /** Makes the use case in an environment. */
    public RecoverSnapshots(SnapshotEnvironment environment) {
        this.environment = environment;
        this.orphans = new OrphanedArchives(environment);
        this.marks = new PublishedMarks(environment);
        this.outbox = new Outbox(environment.workDirectory());
    }

    /**
     * Recovers every partition of a dataset with an interrupted save. A partition with a live writer is PENDING and
     * does not keep others from being recovered.
     *
     * @param patience how long to wait for writers, of all partitions together
     * @return the interrupted saves and the outcome of each; empty where there were none
     */
    public List<Recovery> recover(Dataset dataset, Duration patience) {
        Map<Partition, List<WindowSnapshot>> left = environment.window().unfinished(dataset).stream()
                .collect(Collectors.groupingBy(WindowSnapshot::partition, LinkedHashMap::new, Collectors.toList()));
        List<Recovery> recoveries = new ArrayList<>();
        long start = System.nanoTime();
        left.forEach((partition, snapshots) -> {
            Duration rest = patience.minusNanos(System.nanoTime() - start);
            try {
                recoveries.addAll(recover(dataset, partition, rest.isNegative() ? Duration.ZERO : rest));
            } catch (SnapshotException e) {
                if (e.kind() != SnapshotException.Kind.CONFLICT) {
                    throw e;
                }
                snapshots.forEach(snapshot -> recoveries.add(
                        new Recovery(snapshot.id().orElseThrow(), partition, Recovery.Outcome.PENDING, e.text())));
            }
        });
        environment.window().sweep(dataset);
        recoveries.addAll(orphans.remove(dataset, Optional.empty()));
        recoveries.addAll(delivered(dataset, List.of(Optional.empty())));
        return recoveries;
    }

    /**
     * Recovers some partitions of a dataset.
     *
     * @param patience how long to wait for a writer of a partition
     * @return the interrupted saves and the outcome of each; empty where there were none
     * @throws SnapshotException CONFLICT if a partition stays locked: its writer is alive and nothing is to be
     *     recovered there
     */
    public List<Recovery> recover(Dataset dataset, List<Partition> partitions, Duration patience) {
        List<Recovery> recoveries = new ArrayList<>();
        for (Partition partition : partitions) {
            recoveries.addAll(recover(dataset, partition, patience));
            recoveries.addAll(orphans.remove(dataset, Optional.of(partition)));
        }
        environment.window().sweep(dataset);
        recoveries.addAll(
                delivered(dataset, partitions.stream().map(Optional::of).toList()));
        return recoveries;
    }

    /**
     * Delivers the waiting files, and marks the archives that were published without it. An archive that may be out is
     * not asked a second time: the marks wait as the files do.
     */
    private List<Recovery> delivered(Dataset dataset, List<Optional<Partition>> partitions) {
        List<Recovery> recoveries = deliver(dataset);
        if (recoveries.stream().noneMatch(recovery -> recovery.outcome() == Recovery.Outcome.PENDING)) {
            partitions.forEach(partition -> recoveries.addAll(marks.mend(dataset, partition)));
        }
        return recoveries;
    }

    private List<Recovery> recover(Dataset dataset, Partition partition, Duration patience) {
        WriterRequest request = new WriterRequest(environment.holder(), patience);
        try (WindowWriter writer = environment.window().openWriter(dataset, partition, request)) {
            return recover(dataset, writer);
        }
    }

    /**
     * Recovers the partition of a writer, removes archives that its last writers committed after their snapshots were
     * undone, and marks the archive of the current snapshot if a save was interrupted before it did.
     */
    public List<Recovery> recoverWithOrphans(Dataset dataset, Partition partition, WindowWriter writer) {
        List<Recovery> recoveries = new ArrayList<>(recover(dataset, writer));
        recoveries.addAll(orphans.removeNewest(dataset, partition));
        marks.mend(writer.current());
        return recoveries;
    }

    private List<Recovery> recover(Dataset dataset, WindowWriter writer) {
        List<Recovery> recoveries = new ArrayList<>();
        for (WindowSnapshot left : writer.unfinished()) {
            SnapshotId id = left.id().orElseThrow();
            recoveries.add(
                    left.state() == SnapshotState.STAGED
                            ? finish(dataset, writer, left, id)
                            : undo(writer, left, id, RemedyText.plain("its rows were not all staged")));
        }
        return recoveries;
    }

    private Recovery finish(Dataset dataset, WindowWriter writer, WindowSnapshot left, SnapshotId id) {
        Optional<WindowSnapshot> current = writer.current();
        Optional<ArchivedSnapshot> archive =
                environment.archive().find(id).filter(stored -> OrphanedArchives.isOf(left, stored));
        if (current.isPresent() && !current.get().date().isBefore(left.date())) {
            removeNeverPublished(archive);
            return undo(writer, left, id, RemedyText.plain("a newer snapshot has been published since"));
        }
        if (archive.isEmpty()) {
            Optional<RemedyText> missing = missing(dataset, id);
            if (missing.isPresent()) {
                return undo(writer, left, id, missing.get());
            }
            writer.awaitArchive(id, outbox.location());
        }
        Optional<ArchiveId> archiveId = archive.map(ArchivedSnapshot::id);
        if (!publishStaged(dataset, writer, id, archiveId)) {
            Optional<RemedyText> failed = restage(dataset, writer, left, archive);
            if (failed.isPresent()) {
                removeNeverPublished(archive);
                return undo(writer, left, id, failed.get());
            }
            writer.publish(id, archiveId, dataset.keepCount());
        }
        archive.ifPresent(marks::set);
        return new Recovery(
                id, left.partition(), Recovery.Outcome.FINISHED, "all its rows were staged and its file was safe");
    }

    /** A held archive stays. The hold must not keep the partition from its next snapshot. */
    private void removeNeverPublished(Optional<ArchivedSnapshot> archive) {
        Instant now = environment.clock().instant();
        archive.filter(stored -> stored.hold().filter(hold -> hold.holdsAt(now)).isEmpty())
                .ifPresent(stored -> environment.archive().remove(List.of(stored.id()), Tombstone.NEVER_PUBLISHED));
    }

    /** Publishes what is staged; false if it is changes against rows that are no longer current. */
    private static boolean publishStaged(
            Dataset dataset, WindowWriter writer, SnapshotId id, Optional<ArchiveId> archiveId) {
        Optional<WindowChanges> changes = writer.changes();
        if (changes.isEmpty()) {
            writer.publish(id, archiveId, dataset.keepCount());
            return true;
        }
        return changes.get().publish(id, archiveId, dataset.keepCount()).isPresent();
    }

    /**
     * Stages all rows of a snapshot from its file, because its changes no longer fit the current rows.
     *
     * @return why that was not possible; empty: they are staged and sealed
     */
    private Optional<RemedyText> restage(
            Dataset dataset, WindowWriter writer, WindowSnapshot left, Optional<ArchivedSnapshot> archive) {
        SnapshotId id = left.id().orElseThrow();
        HashSpec spec = dataset.hashSpec();
        if (!left.hashSpecId().equals(Optional.of(spec.id()))) {
            return Optional.of(notRestaged(RemedyText.plain("the dataset hashes rows by other rules now")));
        }
        try (Scratch scratch = Scratch.in(environment.workDirectory());
                RowHashing hashing = new RowHashing(scratch.directory(), environment.rowsInMemory());
                SnapshotReader file = environment.codec().openReader(bytes(dataset, id, archive))) {
            dataset.requireColumnsIn(file.schema());
            WholeStaging.restage(writer, id, dataset, spec, left.fingerprint().orElseThrow(), file, hashing);
            return Optional.empty();
        } catch (SnapshotException e) {
            if (e.kind() == SnapshotException.Kind.CORRUPT || e.kind() == SnapshotException.Kind.INVALID_REQUEST) {
                return Optional.of(notRestaged(e.text()));
            }
            throw e;
        }
    }

    /** Opens the file of a sealed snapshot: its archive, or the file that waits to become one. */
    private SeekableBytes bytes(Dataset dataset, SnapshotId id, Optional<ArchivedSnapshot> archive) {
        return archive.isPresent()
                ? environment.archive().open(archive.get().id())
                : FileBytes.open(
                        outbox.find(dataset.name(), id).orElseThrow().file().file());
    }

    private static RemedyText notRestaged(RemedyText reason) {
        return RemedyText.of(
                "another program changed the window's rows after its changes were staged, and all its rows could not"
                        + " be staged again: {0}",
                reason);
    }

    /** Returns the reason why no archive can be made from the waiting file; empty: a sound file waits. */
    private Optional<RemedyText> missing(Dataset dataset, SnapshotId id) {
        try {
            Optional<ArchiveSubmission> entry = outbox.find(dataset.name(), id);
            boolean sound = entry.isPresent() && outbox.requireSound(entry.get());
            return sound ? Optional.empty() : Optional.of(RemedyText.plain("it has no archive"));
        } catch (SnapshotException e) {
            if (e.kind() != SnapshotException.Kind.CORRUPT) {
                throw e;
            }
            return Optional.of(
                    RemedyText.of("it has no archive, and its file in the outbox was damaged: {0}", e.text()));
        }
    }

    private Recovery undo(WindowWriter writer, WindowSnapshot left, SnapshotId id, RemedyText reason) {
        // The file is removed first, since no later search would find the file of a snapshot that was undone.
        outbox.remove(left.dataset(), id);
        writer.discard(id);
        return new Recovery(id, left.partition(), Recovery.Outcome.UNDONE, reason);
    }

    /**
     * Delivers the waiting files of a dataset, oldest date first. A file that cannot be delivered now stays. If the
     * archive becomes unreachable, the remaining files wait as well.
     */
    public List<Recovery> deliver(Dataset dataset) {
        List<Recovery> recoveries = new ArrayList<>();
        Outbox.Contents contents = outbox.contents(dataset.name());
        Optional<SnapshotException> unreachable = Optional.empty();
        for (ArchiveSubmission entry : contents.readable()) {
            if (unreachable.isPresent()) {
                recoveries.add(pending(entry, unreachable.get().text()));
                continue;
            }
            try {
                deliver(dataset, entry).ifPresent(recoveries::add);
            } catch (SnapshotException e) {
                if (e.kind() == SnapshotException.Kind.CORRUPT) {
                    recoveries.add(
                            new Recovery(entry.snapshotId(), entry.partition(), Recovery.Outcome.DAMAGED, e.text()));
                    continue;
                }
                recoveries.add(pending(entry, e.text()));
                if (e.isStoreOut() || e.kind() == SnapshotException.Kind.OUTCOME_UNKNOWN) {
                    unreachable = Optional.of(e);
                }
            }
        }
        contents.damaged().forEach(damaged -> damaged(dataset, damaged).ifPresent(recoveries::add));
        contents.remnants().forEach(remnant -> sweep(dataset, remnant).ifPresent(recoveries::add));
        Scratch.sweepAbandoned(environment.workDirectory());
        return recoveries;
    }

    /** The archive has another snapshot in the file's place, which no later recovery changes: a user has to decide. */
    private Recovery refused(ArchiveSubmission entry, SnapshotException conflict) {
        RemedyText there = environment
                .archive()
                .find(entry.snapshotId())
                .map(stored ->
                        RemedyText.of("archive {0} of {1} has its batch id and other rows", stored.id(), stored.date()))
                .orElse(conflict.text());
        return new Recovery(
                entry.snapshotId(),
                entry.partition(),
                Recovery.Outcome.REFUSED,
                RemedyText.of(
                        "the archive refuses the file of {0}: {1}. While this snapshot is the newest, undo it, which"
                                + " deletes the file, and save the rows under another batch id; else move the"
                                + " file away: {2}",
                        entry.date(), there, entry.file().file()));
    }

    private static Recovery pending(ArchiveSubmission entry, RemedyText reason) {
        return new Recovery(entry.snapshotId(), entry.partition(), Recovery.Outcome.PENDING, reason);
    }

    /**
     * Reports a file that cannot be read. A damaged file that may belong to any dataset is reported; a file that only
     * another user may read is not.
     */
    private Optional<Recovery> damaged(Dataset dataset, Outbox.Damaged damaged) {
        Optional<WindowSnapshot> snapshot = environment.window().find(dataset, damaged.id());
        boolean corrupt = damaged.reason().kind() == SnapshotException.Kind.CORRUPT;
        if (!corrupt && !damaged.isOfDataset() && snapshot.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Recovery(
                damaged.id(),
                snapshot.map(WindowSnapshot::partition).orElse(Partition.ALL),
                corrupt ? Recovery.Outcome.DAMAGED : Recovery.Outcome.PENDING,
                damaged.reason().text()));
    }

    /**
     * Deletes files left by interrupted deliveries. Files that belong to an unfinished save stay; recovery handles
     * them.
     */
    private Optional<Recovery> sweep(Dataset dataset, Outbox.Remnant remnant) {
        SnapshotId id = remnant.id();
        Optional<WindowSnapshot> snapshot = environment.window().find(dataset, id);
        if (snapshot.isPresent() && snapshot.get().state().isUnfinished()) {
            return Optional.empty();
        }
        // A snapshot is visible only after its complete entry was put. A remnant of it is therefore being removed.
        if (!outbox.removeRemnant(dataset.name(), id)) {
            return Optional.empty();
        }
        return Optional.of(new Recovery(
                id,
                snapshot.map(WindowSnapshot::partition)
                        .or(() -> remnant.description().map(ArchiveSubmission::partition))
                        .orElse(Partition.ALL),
                snapshot.filter(entry -> entry.publishedAt().isPresent()).isPresent()
                        ? Recovery.Outcome.DELIVERED
                        : Recovery.Outcome.UNDONE,
                "what was left of its file is deleted"));
    }

    /** Delivers one file; empty where another process has done so meanwhile. */
    private Optional<Recovery> deliver(Dataset dataset, ArchiveSubmission entry) {
        SnapshotId id = entry.snapshotId();
        Optional<WindowSnapshot> snapshot = environment.window().find(dataset, id);
        if (snapshot.isPresent() && OrphanedArchives.isUndone(snapshot.get(), entry.attempt())) {
            outbox.remove(dataset.name(), id);
            return Optional.of(new Recovery(
                    id, entry.partition(), Recovery.Outcome.UNDONE, "its save was undone; its file is deleted"));
        }
        if (snapshot.isPresent() && snapshot.get().state().isUnfinished()) {
            return Optional.of(pending(entry, RemedyText.plain("its save is under way or has to be recovered")));
        }
        ArchivedSnapshot stored;
        try {
            stored = environment.archive().store(entry);
        } catch (SnapshotException e) {
            if (e.kind() == SnapshotException.Kind.INVALID_REQUEST
                    && outbox.find(dataset.name(), id).isEmpty()) {
                return Optional.empty();
            }
            if (e.kind() == SnapshotException.Kind.CONFLICT) {
                return Optional.of(refused(entry, e));
            }
            throw e;
        }
        // The file of an undone snapshot is not delivered, so this one was published.
        environment.archive().publish(stored.id());
        if (snapshot.filter(known -> known.state().isVisible()).isPresent()) {
            environment.window().linkArchive(dataset, id, stored.id());
        }
        outbox.remove(dataset.name(), id);
        return Optional.of(new Recovery(id, entry.partition(), Recovery.Outcome.DELIVERED, "archive " + stored.id()));
    }
}
