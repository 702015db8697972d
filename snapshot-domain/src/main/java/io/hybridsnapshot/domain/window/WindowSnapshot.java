package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The entry of a snapshot in the window's ledger. Immutable.
 *
 * @param id the batch id; empty for a current snapshot that a foreign writer made
 * @param dataset the dataset's name
 * @param partition the partition
 * @param date the snapshot's date in UTC, whole microseconds
 * @param rowCount rows in it; 0 while it is being staged
 * @param state how far it has come
 * @param hashSpecId the id of the hash spec of its rows; empty where the spec is unknown (a foreign writer)
 * @param fingerprint over its rows; empty while it is being staged or for a foreign one
 * @param archiveId its archive; empty where there is none (yet)
 * @param schema the source's columns at the time of the snapshot; empty for a foreign one
 * @param startedAt when its staging began; empty for a foreign one
 * @param publishedAt when it became visible; empty before, or for a foreign one
 * @param attempt counts the saves of the batch id, from 1: a save of a batch id that was undone is the next attempt
 * @param archiveAwaited the outbox in which its file waits to be archived, by host and directory; empty where no file
 *     waits, because the snapshot is archived or was saved without an archive
 */
public record WindowSnapshot(
        Optional<SnapshotId> id,
        String dataset,
        Partition partition,
        Instant date,
        long rowCount,
        SnapshotState state,
        Optional<String> hashSpecId,
        Optional<Fingerprint> fingerprint,
        Optional<ArchiveId> archiveId,
        Optional<Schema> schema,
        Optional<Instant> startedAt,
        Optional<Instant> publishedAt,
        int attempt,
        Optional<String> archiveAwaited) {
    public WindowSnapshot {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(date, "date");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(hashSpecId, "hashSpecId");
        Objects.requireNonNull(fingerprint, "fingerprint");
        Objects.requireNonNull(archiveId, "archiveId");
        Objects.requireNonNull(schema, "schema");
        Objects.requireNonNull(startedAt, "startedAt");
        Objects.requireNonNull(publishedAt, "publishedAt");
        Objects.requireNonNull(archiveAwaited, "archiveAwaited");
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt " + attempt);
        }
        // The note may outlive the wait, as it is made before the snapshot is published.
        archiveAwaited = archiveId.isPresent() ? Optional.empty() : archiveAwaited;
    }

    /** Makes a snapshot without a file that waits to be archived. */
    public WindowSnapshot(
            Optional<SnapshotId> id,
            String dataset,
            Partition partition,
            Instant date,
            long rowCount,
            SnapshotState state,
            Optional<String> hashSpecId,
            Optional<Fingerprint> fingerprint,
            Optional<ArchiveId> archiveId,
            Optional<Schema> schema,
            Optional<Instant> startedAt,
            Optional<Instant> publishedAt,
            int attempt) {
        this(
                id,
                dataset,
                partition,
                date,
                rowCount,
                state,
                hashSpecId,
                fingerprint,
                archiveId,
                schema,
                startedAt,
                publishedAt,
                attempt,
                Optional.empty());
    }

    /** Makes a snapshot of the first attempt, without a file that waits to be archived. */
    public WindowSnapshot(
            Optional<SnapshotId> id,
            String dataset,
            Partition partition,
            Instant date,
            long rowCount,
            SnapshotState state,
            Optional<String> hashSpecId,
            Optional<Fingerprint> fingerprint,
            Optional<ArchiveId> archiveId,
            Optional<Schema> schema,
            Optional<Instant> startedAt,
            Optional<Instant> publishedAt) {
        this(
                id,
                dataset,
                partition,
                date,
                rowCount,
                state,
                hashSpecId,
                fingerprint,
                archiveId,
                schema,
                startedAt,
                publishedAt,
                1);
    }

    /** Returns the same snapshot in another state. */
    public WindowSnapshot in(SnapshotState other) {
        return new WindowSnapshot(
                id,
                dataset,
                partition,
                date,
                rowCount,
                other,
                hashSpecId,
                fingerprint,
                archiveId,
                schema,
                startedAt,
                publishedAt,
                attempt,
                archiveAwaited);
    }

    /**
     * Checks whether a writer other than this platform made the snapshot. A foreign current snapshot has no batch id; a
     * foreign previous one has an id that the window gave it. The hash spec of its rows is unknown in both cases.
     */
    public boolean isForeign() {
        return id.isEmpty() || startedAt.isEmpty() && hashSpecId.isEmpty() && fingerprint.isEmpty();
    }
}
