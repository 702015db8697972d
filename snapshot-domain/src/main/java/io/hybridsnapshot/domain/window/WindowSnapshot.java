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

    /** Returns the same snapshot in another state. */
    public WindowSnapshot in(SnapshotState other) {
        return toBuilder().state(other).build();
    }

    /**
     * Checks whether a writer other than this platform made the snapshot. A foreign current snapshot has no batch id; a
     * foreign previous one has an id that the window gave it. The hash spec of its rows is unknown in both cases.
     */
    public boolean isForeign() {
        return id.isEmpty() || startedAt.isEmpty() && hashSpecId.isEmpty() && fingerprint.isEmpty();
    }

    /**
     * Checks whether this current snapshot is still an earlier answer of the window. A foreign snapshot has no id: it
     * is the same as long as its date and its row count are.
     */
    public boolean isSameAs(WindowSnapshot earlier) {
        return id.equals(earlier.id) && (id.isPresent() || date.equals(earlier.date) && rowCount == earlier.rowCount);
    }

    /**
     * Starts a ledger entry with its required values.
     *
     * @param dataset the dataset's name
     * @param partition the partition
     * @param date the snapshot's date in UTC, whole microseconds
     * @param state how far it has come
     */
    public static Builder builder(String dataset, Partition partition, Instant date, SnapshotState state) {
        return new Builder(dataset, partition, date, state);
    }

    /** Starts a copy with all values of this ledger entry. */
    public Builder toBuilder() {
        Builder copy = new Builder(dataset, partition, date, state);
        copy.id = id;
        copy.rowCount = rowCount;
        copy.hashSpecId = hashSpecId;
        copy.fingerprint = fingerprint;
        copy.archiveId = archiveId;
        copy.schema = schema;
        copy.startedAt = startedAt;
        copy.publishedAt = publishedAt;
        copy.attempt = attempt;
        copy.archiveAwaited = archiveAwaited;
        return copy;
    }

    /** Makes a ledger entry, value by value. Not safe to share between threads. */
    public static final class Builder {
        private Optional<SnapshotId> id = Optional.empty();
        private String dataset;
        private Partition partition;
        private Instant date;
        private long rowCount = 0;
        private SnapshotState state;
        private Optional<String> hashSpecId = Optional.empty();
        private Optional<Fingerprint> fingerprint = Optional.empty();
        private Optional<ArchiveId> archiveId = Optional.empty();
        private Optional<Schema> schema = Optional.empty();
        private Optional<Instant> startedAt = Optional.empty();
        private Optional<Instant> publishedAt = Optional.empty();
        private int attempt = 1;
        private Optional<String> archiveAwaited = Optional.empty();

        private Builder(String dataset, Partition partition, Instant date, SnapshotState state) {
            this.dataset = dataset;
            this.partition = partition;
            this.date = date;
            this.state = state;
        }

        /** Sets the batch id; empty for a current snapshot that a foreign writer made. */
        public Builder id(Optional<SnapshotId> value) {
            id = value;
            return this;
        }

        /** Sets the dataset's name. */
        public Builder dataset(String value) {
            dataset = value;
            return this;
        }

        /** Sets the partition. */
        public Builder partition(Partition value) {
            partition = value;
            return this;
        }

        /** Sets the snapshot's date in UTC, whole microseconds. */
        public Builder date(Instant value) {
            date = value;
            return this;
        }

        /** Sets the number of rows; 0 while the snapshot is being staged. */
        public Builder rowCount(long value) {
            rowCount = value;
            return this;
        }

        /** Sets the state of the snapshot. */
        public Builder state(SnapshotState value) {
            state = value;
            return this;
        }

        /** Sets the id of the hash spec of its rows; empty where the spec is unknown (a foreign writer). */
        public Builder hashSpecId(Optional<String> value) {
            hashSpecId = value;
            return this;
        }

        /** Sets the fingerprint over the rows; empty while the snapshot is being staged, and for a foreign one. */
        public Builder fingerprint(Optional<Fingerprint> value) {
            fingerprint = value;
            return this;
        }

        /** Sets the archive's number; empty where there is no archive yet. */
        public Builder archiveId(Optional<ArchiveId> value) {
            archiveId = value;
            return this;
        }

        /** Sets the source's columns at the time of the snapshot; empty for a foreign one. */
        public Builder schema(Optional<Schema> value) {
            schema = value;
            return this;
        }

        /** Sets the moment at which the staging began; empty for a foreign snapshot. */
        public Builder startedAt(Optional<Instant> value) {
            startedAt = value;
            return this;
        }

        /** Sets the moment at which the snapshot became visible; empty before that, and for a foreign one. */
        public Builder publishedAt(Optional<Instant> value) {
            publishedAt = value;
            return this;
        }

        /**
         * Sets the number of the attempt at the batch id, from 1. A save of a batch id that was undone is the next
         * attempt.
         */
        public Builder attempt(int value) {
            attempt = value;
            return this;
        }

        /**
         * Sets the outbox in which its file waits to be archived, by host and directory; empty where no
         * file waits, because the snapshot is archived or was saved without an archive.
         */
        public Builder archiveAwaited(Optional<String> value) {
            archiveAwaited = value;
            return this;
        }

        /**
         * Makes the ledger entry.
         *
         * @throws NullPointerException if a value is null
         * @throws IllegalArgumentException if the attempt is less than 1
         */
        public WindowSnapshot build() {
            return new WindowSnapshot(
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
                    archiveAwaited);
        }
    }
}
