package io.hybridsnapshot.app.backup;

import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;

/**
 * Writes both stores into one file, as they are at one moment. Writers wait for that moment only; they go on while the
 * file is written. Thread-safe.
 */
public final class BackUpStores {
    private static final String TASK = "backing up";

    private final BackedUpStores stores;
    private final Clock clock;

    /** Backs up these stores. */
    public BackUpStores(BackedUpStores stores, Clock clock) {
        this.stores = Objects.requireNonNull(stores, "stores");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * The outcome of a backup.
     *
     * @param contents the contents of the file
     * @param bytes the size of the file
     * @param awaited how many snapshots wait for an archive whose file is in an outbox, and so not in the backup
     */
    public record Result(BackupSummary contents, long bytes, long awaited) {
        public Result {
            Objects.requireNonNull(contents, "contents");
        }
    }

    /**
     * Writes a backup to any output.
     *
     * @param output closed by the caller
     * @throws SnapshotException INVALID_REQUEST if both stores are empty, CONFLICT if writers hold a store for longer
     *     than a minute, UNAVAILABLE if a store cannot be read or the file cannot be written
     */
    public Result write(PendingOutput output) {
        return write(output, () -> {});
    }

    /**
     * Writes a backup to a regular file. The file is read again before it gets its name, and every member is compared
     * with its digest.
     *
     * @param output closed by the caller
     * @throws SnapshotException as {@link #write(PendingOutput)}; CORRUPT if the disk returns other bytes
     */
    public Result writeChecked(PendingOutput output) {
        return write(output, () -> {
            output.complete();
            try (BackupFile written = BackupFile.open(output.file(), Path.of(output.name()))) {
                written.check();
            }
        });
    }

    private Result write(PendingOutput output, Runnable check) {
        try (StoreConnection archive = StoreConnection.open(Store.ARCHIVE, stores.settings(Store.ARCHIVE), TASK);
                StoreConnection window = StoreConnection.open(Store.WINDOW, stores.settings(Store.WINDOW), TASK)) {
            Instant moment = beginTogether(archive, window);
            if (archive.filledTables().isEmpty() && window.filledTables().isEmpty()) {
                throw SnapshotException.invalidRequest("there is nothing to back up")
                        .actual("an archive and a window without rows")
                        .expected("a store that something was saved to")
                        .nextStep("check with 'snapshot config' that these are the stores that you mean")
                        .build();
            }
            Manifest manifest = write(archive, window, moment, output);
            long awaited = window.awaited();
            check.run();
            return new Result(BackupSummary.of(manifest), output.finish(), awaited);
        }
    }

    /**
     * No commit falls between the beginnings of both transactions, because writers are locked out of both stores.
     *
     * @return a moment between the beginnings and the next commit
     */
    private Instant beginTogether(StoreConnection archive, StoreConnection window) {
        // An upload holds the archive for longer than a publish holds the window, so the archive comes first.
        try (StoreConnection archiveLock = StoreConnection.open(Store.ARCHIVE, stores.settings(Store.ARCHIVE), TASK);
                StoreConnection windowLock = StoreConnection.open(Store.WINDOW, stores.settings(Store.WINDOW), TASK)) {
            archiveLock.lockWriters();
            windowLock.lockWriters();
            archive.beginReading(archiveLock.existing(archiveLock.datasets()));
            window.beginReading(windowLock.existing(windowLock.datasets()));
            return clock.instant().truncatedTo(ChronoUnit.SECONDS);
        }
    }

    private Manifest write(StoreConnection archive, StoreConnection window, Instant moment, PendingOutput output) {
        try {
            BackupWriter writer = new BackupWriter(output.stream());
            List<Manifest.StoreContents> contents =
                    List.of(new StoreReader(archive).read(writer), new StoreReader(window).read(writer));
            Manifest manifest = new Manifest(moment, contents, writer.list());
            writer.finish(manifest);
            return manifest;
        } catch (IOException e) {
            throw FullDisk.unwritable("the backup cannot be written", Path.of(output.name()), e)
                    .build();
        }
    }
}
