package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.engine.internal.recovery.OrphanedArchives;
import io.hybridsnapshot.engine.internal.recovery.Outbox;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.Optional;

/**
 * Archives a sealed snapshot as the request's archive mode says: in the archive, in the outbox for later, or not at
 * all. One thread.
 */
final class SaveArchiving {
    /** The number of times that an archive of an undone attempt may intervene before a save gives up. */
    private static final int STORE_TRIES = 3;

    private final SnapshotEnvironment environment;
    private final SaveRequest request;
    private final WindowWriter writer;
    private final OrphanedArchives orphans;
    private final Outbox outbox;
    private final SnapshotId id;
    private final int number;

    /**
     * Makes the archiving of an attempt.
     *
     * @param number the attempt, from 1
     */
    SaveArchiving(SnapshotEnvironment environment, SaveRequest request, WindowWriter writer, int number) {
        this.environment = environment;
        this.request = request;
        this.writer = writer;
        this.orphans = new OrphanedArchives(environment);
        this.outbox = new Outbox(environment.workDirectory());
        this.id = request.id();
        this.number = number;
    }

    /** The outcome of the archiving. */
    record Archived(Optional<ArchivedSnapshot> snapshot, Optional<SnapshotException> failure) {
        /** The outcome where no archive was wanted. */
        static final Archived NOT = new Archived(Optional.empty(), Optional.empty());
    }

    /**
     * Archives a snapshot, and undoes it where that fails for good.
     *
     * @throws SnapshotException why it is not archived, where the archive mode does not let the save go on
     */
    Archived archive(ArchiveSubmission submission) {
        long size = submission.file().size();
        request.progress().at(Progress.Step.ARCHIVING, 0, size);
        try {
            ArchivedSnapshot stored = store(submission);
            request.progress().at(Progress.Step.ARCHIVING, size, size);
            return new Archived(Optional.of(stored), Optional.empty());
        } catch (SnapshotException e) {
            boolean unreachable = e.isStoreOut() || e.kind() == SnapshotException.Kind.OUTCOME_UNKNOWN;
            if (request.archiveMode() == ArchiveMode.BEST_EFFORT && unreachable) {
                keepForLater(submission, e);
                writer.awaitArchive(id, outbox.location());
                return new Archived(Optional.empty(), Optional.of(e));
            }
            discard(e);
            throw e;
        }
    }

    /**
     * Stores the file. It replaces any archive of an earlier attempt that was undone, even one that is committed at
     * this moment.
     */
    private ArchivedSnapshot store(ArchiveSubmission submission) {
        for (int tries = 1; number > 1; tries++) {
            orphans.removeUpTo(id, number - 1);
            try {
                return send(submission);
            } catch (SnapshotException e) {
                // Only after a conflict: an archive that cannot be asked would hide that the outcome is unknown.
                boolean overtaken = e.kind() == SnapshotException.Kind.CONFLICT
                        && environment
                                .archive()
                                .find(id)
                                .filter(archive -> archive.attempt() < number)
                                .isPresent();
                if (!overtaken || tries == STORE_TRIES) {
                    throw e;
                }
            }
        }
        return send(submission);
    }

    private ArchivedSnapshot send(ArchiveSubmission submission) {
        long size = submission.file().size();
        return environment
                .archive()
                .store(submission, sent -> request.progress().at(Progress.Step.ARCHIVING, sent, size));
    }

    private void keepForLater(ArchiveSubmission submission, SnapshotException unreachable) {
        try {
            outbox.put(submission);
        } catch (SnapshotException e) {
            if (unreachable.kind() == SnapshotException.Kind.OUTCOME_UNKNOWN) {
                // The archive may exist; recovery asks for it.
                unreachable.addSuppressed(e);
                throw unreachable;
            }
            e.addSuppressed(unreachable);
            discard(e);
            discardFile(e);
            throw e;
        }
    }

    private void discardFile(RuntimeException cause) {
        try {
            outbox.removeRemnant(request.dataset().name(), id);
        } catch (SnapshotException e) {
            // The next recovery sweeps the file.
            cause.addSuppressed(e);
        }
    }

    /**
     * Removes the archive, or the file in the outbox, of this attempt if the ledger says that the attempt was
     * undone. In that case the writer lost its partition before its archive was committed, and a recovery ran since
     * then.
     */
    void removeIfUndone(SnapshotException cause) {
        try {
            boolean undone = environment
                    .window()
                    .find(request.dataset(), id)
                    .filter(entry -> OrphanedArchives.isUndone(entry, number))
                    .isPresent();
            if (!undone) {
                return;
            }
            if (request.archiveMode() != ArchiveMode.OFF) {
                orphans.removeUpTo(id, number);
            }
            outbox.find(request.dataset().name(), id)
                    .filter(entry -> entry.attempt() == number)
                    .ifPresent(entry -> outbox.remove(request.dataset().name(), id));
        } catch (SnapshotException e) {
            // The next save or recovery that finds the archive removes it.
            cause.addSuppressed(e);
        }
    }

    /** Removes what the attempt staged, because of a failure. */
    void discard(RuntimeException cause) {
        if (cause instanceof SnapshotException known && known.kind() == SnapshotException.Kind.OUTCOME_UNKNOWN) {
            // No clean-up after a commit with an unknown outcome; recovery asks for the outcome first.
            return;
        }
        try {
            writer.discard(id);
        } catch (RuntimeException e) {
            // The remnants are invisible, and the next save or recovery removes them.
            cause.addSuppressed(e);
        }
    }
}
