package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot on its way into the archive.
 *
 * @param snapshotId the batch id, the idempotency key
 * @param dataset the dataset's name
 * @param sourceDatabase the database of the table
 * @param partition the partition
 * @param date the snapshot's date in UTC, whole microseconds
 * @param columnCount columns of the source
 * @param schemaHash hash of the source's columns
 * @param hashSpecId the id of the hash spec of its rows
 * @param fingerprint over its rows
 * @param file the complete file; it is read, never changed
 * @param retentionUntil the first day on which it may be removed; empty: no such day is set
 * @param tags notes of users and pipelines
 * @param changes the changes from the snapshot before it; empty where they are not known row by row
 * @param attempt the window's attempt at the batch id, from 1; the archive of another attempt is another archive
 * @param changeSet the change set from the archive before; empty: there is none. A store without {@link ChangeSetStore}
 *     ignores it
 */
public record ArchiveSubmission(
        SnapshotId snapshotId,
        String dataset,
        String sourceDatabase,
        Partition partition,
        Instant date,
        int columnCount,
        String schemaHash,
        String hashSpecId,
        Fingerprint fingerprint,
        WrittenFile file,
        Optional<LocalDate> retentionUntil,
        Map<String, String> tags,
        Optional<DeltaSummary> changes,
        int attempt,
        Optional<ChangeSetSubmission> changeSet) {
    public ArchiveSubmission {
        Objects.requireNonNull(snapshotId, "snapshotId");
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(sourceDatabase, "sourceDatabase");
        partition.requireNamed();
        Objects.requireNonNull(date, "date");
        Objects.requireNonNull(schemaHash, "schemaHash");
        Objects.requireNonNull(hashSpecId, "hashSpecId");
        Objects.requireNonNull(fingerprint, "fingerprint");
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(retentionUntil, "retentionUntil");
        tags = Map.copyOf(tags);
        Objects.requireNonNull(changes, "changes");
        Objects.requireNonNull(changeSet, "changeSet");
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt " + attempt);
        }
    }

    /**
     * Starts a submission with its required values.
     *
     * @param snapshotId the batch id, the idempotency key
     * @param dataset the dataset's name
     * @param partition the partition
     * @param date the snapshot's date in UTC, whole microseconds
     * @param file the complete file; it is read, never changed
     */
    public static Builder builder(
            SnapshotId snapshotId, String dataset, Partition partition, Instant date, WrittenFile file) {
        return new Builder(snapshotId, dataset, partition, date, file);
    }

    /** Starts a copy with all values of this submission. */
    public Builder toBuilder() {
        Builder copy = new Builder(snapshotId, dataset, partition, date, file);
        copy.sourceDatabase = sourceDatabase;
        copy.columnCount = columnCount;
        copy.schemaHash = schemaHash;
        copy.hashSpecId = hashSpecId;
        copy.fingerprint = fingerprint;
        copy.retentionUntil = retentionUntil;
        copy.tags = tags;
        copy.changes = changes;
        copy.attempt = attempt;
        copy.changeSet = changeSet;
        return copy;
    }

    /**
     * Makes a submission, value by value. {@link #sourceDatabase}, {@link #columnCount}, {@link #schemaHash}, {@link
     * #hashSpecId} and {@link #fingerprint} are required as well. Not safe to share between threads.
     */
    public static final class Builder {
        private SnapshotId snapshotId;
        private String dataset;
        private @Nullable String sourceDatabase;
        private Partition partition;
        private Instant date;
        private @Nullable Integer columnCount;
        private @Nullable String schemaHash;
        private @Nullable String hashSpecId;
        private @Nullable Fingerprint fingerprint;
        private WrittenFile file;
        private Optional<LocalDate> retentionUntil = Optional.empty();
        private Map<String, String> tags = Map.of();
        private Optional<DeltaSummary> changes = Optional.empty();
        private int attempt = 1;
        private Optional<ChangeSetSubmission> changeSet = Optional.empty();

        private Builder(SnapshotId snapshotId, String dataset, Partition partition, Instant date, WrittenFile file) {
            this.snapshotId = snapshotId;
            this.dataset = dataset;
            this.partition = partition;
            this.date = date;
            this.file = file;
        }

        /** Sets the batch id, the idempotency key. */
        public Builder snapshotId(SnapshotId value) {
            snapshotId = value;
            return this;
        }

        /** Sets the dataset's name. */
        public Builder dataset(String value) {
            dataset = value;
            return this;
        }

        /** Sets the database of the table. */
        public Builder sourceDatabase(String value) {
            sourceDatabase = value;
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

        /** Sets the number of the source's columns. */
        public Builder columnCount(int value) {
            columnCount = value;
            return this;
        }

        /** Sets the hash of the source's columns. */
        public Builder schemaHash(String value) {
            schemaHash = value;
            return this;
        }

        /** Sets the id of the hash spec of its rows. */
        public Builder hashSpecId(String value) {
            hashSpecId = value;
            return this;
        }

        /** Sets the fingerprint over the rows. */
        public Builder fingerprint(Fingerprint value) {
            fingerprint = value;
            return this;
        }

        /** Sets the complete file; it is read, never changed. */
        public Builder file(WrittenFile value) {
            file = value;
            return this;
        }

        /** Sets the first day on which it may be removed; empty: no such day is set. */
        public Builder retentionUntil(Optional<LocalDate> value) {
            retentionUntil = value;
            return this;
        }

        /** Sets the tags: notes of users and pipelines. */
        public Builder tags(Map<String, String> value) {
            tags = value;
            return this;
        }

        /** Sets the changes from the snapshot before it; empty where they are not known row by row. */
        public Builder changes(Optional<DeltaSummary> value) {
            changes = value;
            return this;
        }

        /**
         * Sets the window's attempt at the batch id, from 1; the archive of another attempt is another
         * archive.
         */
        public Builder attempt(int value) {
            attempt = value;
            return this;
        }

        /** Sets the change set from the archive before; empty: there is none. */
        public Builder changeSet(Optional<ChangeSetSubmission> value) {
            changeSet = value;
            return this;
        }

        /**
         * Makes the submission.
         *
         * @throws IllegalStateException if a required value is missing
         */
        public ArchiveSubmission build() {
            if (sourceDatabase == null) {
                throw new IllegalStateException("no sourceDatabase");
            }
            if (columnCount == null) {
                throw new IllegalStateException("no columnCount");
            }
            if (schemaHash == null) {
                throw new IllegalStateException("no schemaHash");
            }
            if (hashSpecId == null) {
                throw new IllegalStateException("no hashSpecId");
            }
            if (fingerprint == null) {
                throw new IllegalStateException("no fingerprint");
            }
            return new ArchiveSubmission(
                    snapshotId,
                    dataset,
                    sourceDatabase,
                    partition,
                    date,
                    columnCount,
                    schemaHash,
                    hashSpecId,
                    fingerprint,
                    file,
                    retentionUntil,
                    tags,
                    changes,
                    attempt,
                    changeSet);
        }
    }
}
