package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The archive's record of a snapshot, without the bytes. Records of the Python pipeline lack the values that the
 * pipeline did not know. Immutable.
 *
 * @param id the archive's number
 * @param snapshotId the batch id
 * @param dataset the dataset's name ({@code source_table})
 * @param sourceDatabase the database of the table
 * @param partition the partition
 * @param date the snapshot's date in UTC
 * @param rowCount rows in it
 * @param size bytes of the file
 * @param uncompressedSize bytes before compression
 * @param columnCount columns of the source
 * @param schemaHash {@link io.hybridsnapshot.domain.schema.Schema#hash()} of the source's columns
 * @param md5 lower-case hex MD5 of the file ({@code file_checksum})
 * @param sha256 lower-case hex SHA-256 of the file
 * @param hashSpecId the id of the hash spec of its rows
 * @param fingerprint over its rows by that spec
 * @param createdAt when it was archived
 * @param retentionUntil the first day on which it may be removed
 * @param tags notes of users and pipelines
 * @param hold the hold that keeps it from being removed, or that has ended; empty: there is no hold
 * @param changes the changes from the snapshot before it; empty where its writer did not know them
 * @param chunks the parts in which its file is kept; {@link Chunks#NONE} where it is kept as a whole
 * @param link the place of its record in the partition's chain; empty where the store keeps none for it
 * @param attempt the window's attempt at the batch id that stored it, from 1
 * @param published whether its snapshot was published: it is part of the partition's history. False for the archive of
 *     a save that is under way or was interrupted. True for archives of other writers
 */
public record ArchivedSnapshot(
        ArchiveId id,
        Optional<SnapshotId> snapshotId,
        String dataset,
        String sourceDatabase,
        Partition partition,
        Instant date,
        OptionalLong rowCount,
        long size,
        OptionalLong uncompressedSize,
        OptionalInt columnCount,
        Optional<String> schemaHash,
        Optional<String> md5,
        Optional<String> sha256,
        Optional<String> hashSpecId,
        Optional<Fingerprint> fingerprint,
        Optional<Instant> createdAt,
        Optional<LocalDate> retentionUntil,
        Map<String, String> tags,
        Optional<Hold> hold,
        Optional<DeltaSummary> changes,
        Chunks chunks,
        Optional<ChainLink> link,
        int attempt,
        boolean published) {
    public ArchivedSnapshot {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(date, "date");
        tags = Map.copyOf(tags);
        Objects.requireNonNull(hold, "hold");
        Objects.requireNonNull(changes, "changes");
        Objects.requireNonNull(chunks, "chunks");
        Objects.requireNonNull(link, "link");
    }

    /**
     * Computes the record of a submission that joins a chain. The store keeps the record and the chain's new end,
     * {@code head.followedBy(record.link())}, in one transaction. The file is kept as a whole.
     *
     * @param id the number that the store gives the archive
     * @param createdAt the present time, whole microseconds
     * @param head the end of the chain of the submission's dataset and partition, read under the lock or in the
     *     transaction that stores the record; {@link ChainHead#none} for the first link
     * @throws IllegalArgumentException if the head is that of another chain
     */
    public static ArchivedSnapshot of(ArchiveSubmission submission, ArchiveId id, Instant createdAt, ChainHead head) {
        return of(submission, id, createdAt, Chunks.NONE, head);
    }

    /** Computes the same record for a store that keeps the file in parts. */
    public static ArchivedSnapshot of(
            ArchiveSubmission submission, ArchiveId id, Instant createdAt, Chunks chunks, ChainHead head) {
        head.requireOf(submission.dataset(), submission.partition());
        ArchivedSnapshot record =
                of(submission, id, createdAt).toBuilder().chunks(chunks).build();
        String digest = RecordDigest.of(record, head.number() + 1, head.digest());
        return record.toBuilder().link(Optional.of(head.next(digest))).build();
    }

    /** Computes the record of a submission for a store that keeps no chains. */
    public static ArchivedSnapshot of(ArchiveSubmission submission, ArchiveId id, Instant createdAt) {
        return builder(id, submission.dataset(), submission.partition(), submission.date())
                .snapshotId(Optional.of(submission.snapshotId()))
                .sourceDatabase(submission.sourceDatabase())
                .rowCount(OptionalLong.of(submission.file().rowCount()))
                .size(submission.file().size())
                .uncompressedSize(OptionalLong.of(submission.file().uncompressedSize()))
                .columnCount(OptionalInt.of(submission.columnCount()))
                .schemaHash(Optional.of(submission.schemaHash()))
                .md5(Optional.of(submission.file().md5()))
                .sha256(Optional.of(submission.file().sha256()))
                .hashSpecId(Optional.of(submission.hashSpecId()))
                .fingerprint(Optional.of(submission.fingerprint()))
                .createdAt(Optional.of(createdAt))
                .retentionUntil(submission.retentionUntil())
                .tags(submission.tags())
                .changes(submission.changes())
                .attempt(submission.attempt())
                .build();
    }

    /**
     * Computes the records of this archive's redaction. The archive keeps its place in the chain; the audit record
     * joins the chain's end. The store replaces the file and keeps both records and the chain's new end, {@code
     * head.followedBy(redaction.link())}, in one transaction. The new file is kept as a whole.
     *
     * @param at the present time, whole microseconds
     * @param by the user of the store
     * @param head the end of the chain of this archive's dataset and partition, read under the lock or in the
     *     transaction that stores the records
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if this archive is held, or its record is not
     *     the one that the file was made from
     * @throws IllegalArgumentException if the submission or the head belongs to another archive or chain
     */
    public RedactedArchive redactedBy(RedactionSubmission submission, Instant at, String by, ChainHead head) {
        return redactedBy(submission, at, by, Chunks.NONE, head);
    }

    /** Computes the same records for a store that keeps the file in parts. */
    public RedactedArchive redactedBy(
            RedactionSubmission submission, Instant at, String by, Chunks newChunks, ChainHead head) {
        if (!submission.archive().equals(id)) {
            throw new IllegalArgumentException("archive " + submission.archive() + " is not archive " + id);
        }
        head.requireOf(dataset, partition);
        ArchiveConflicts.requireNotHeld(List.of(this), at);
        ArchiveConflicts.requireUnchanged(submission, this);
        ChainLink place = link.orElseThrow();
        ArchivedSnapshot rewritten = toBuilder()
                .rowCount(OptionalLong.of(submission.file().rowCount()))
                .size(submission.file().size())
                .uncompressedSize(OptionalLong.of(submission.file().uncompressedSize()))
                .md5(Optional.of(submission.file().md5()))
                .sha256(Optional.of(submission.file().sha256()))
                .fingerprint(submission.fingerprint())
                .chunks(newChunks)
                .build();
        String recordDigest = RecordDigest.of(rewritten, place.number(), place.previousDigest());
        ArchivedSnapshot after = rewritten.toBuilder()
                .link(Optional.of(new ChainLink(place.number(), place.previousDigest(), recordDigest)))
                .build();
        Redaction unlinked = new Redaction(
                id,
                dataset,
                partition,
                head.next(""),
                submission.replacedDigest(),
                recordDigest,
                at,
                by,
                submission.reason(),
                submission.erasedRows());
        return new RedactedArchive(after, unlinked.with(head.next(RecordDigest.of(unlinked))));
    }

    /**
     * Makes the tombstone of this archive, which the store keeps when it removes the archive. The tombstone holds this
     * record with its place in the chain, so the chain stays complete.
     *
     * @param at the present time, whole microseconds
     * @param by the user of the store
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if this archive is held
     */
    public Tombstone removedBy(String by, Instant at, String reason) {
        ArchiveConflicts.requireNotHeld(List.of(this), at);
        return new Tombstone(this, at, by, Optional.of(reason));
    }

    /** Returns compressed by uncompressed size; empty where the latter is unknown or zero. */
    public Optional<Double> compressionRatio() {
        return uncompressedSize.isPresent() && uncompressedSize.getAsLong() > 0
                ? Optional.of((double) size / uncompressedSize.getAsLong())
                : Optional.empty();
    }

    /**
     * Starts a record with its required values.
     *
     * @param id the archive's number
     * @param dataset the dataset's name ({@code source_table})
     * @param partition the partition
     * @param date the snapshot's date in UTC
     */
    public static Builder builder(ArchiveId id, String dataset, Partition partition, Instant date) {
        return new Builder(id, dataset, partition, date);
    }

    /** Starts a copy with all values of this record. */
    public Builder toBuilder() {
        Builder copy = new Builder(id, dataset, partition, date);
        copy.snapshotId = snapshotId;
        copy.sourceDatabase = sourceDatabase;
        copy.rowCount = rowCount;
        copy.size = size;
        copy.uncompressedSize = uncompressedSize;
        copy.columnCount = columnCount;
        copy.schemaHash = schemaHash;
        copy.md5 = md5;
        copy.sha256 = sha256;
        copy.hashSpecId = hashSpecId;
        copy.fingerprint = fingerprint;
        copy.createdAt = createdAt;
        copy.retentionUntil = retentionUntil;
        copy.tags = tags;
        copy.hold = hold;
        copy.changes = changes;
        copy.chunks = chunks;
        copy.link = link;
        copy.attempt = attempt;
        copy.published = published;
        return copy;
    }

    /**
     * Makes a record, value by value. {@link #sourceDatabase} and {@link #size} are required as well. Not safe to share
     * between threads.
     */
    public static final class Builder {
        private ArchiveId id;
        private Optional<SnapshotId> snapshotId = Optional.empty();
        private String dataset;
        private @Nullable String sourceDatabase;
        private Partition partition;
        private Instant date;
        private OptionalLong rowCount = OptionalLong.empty();
        private @Nullable Long size;
        private OptionalLong uncompressedSize = OptionalLong.empty();
        private OptionalInt columnCount = OptionalInt.empty();
        private Optional<String> schemaHash = Optional.empty();
        private Optional<String> md5 = Optional.empty();
        private Optional<String> sha256 = Optional.empty();
        private Optional<String> hashSpecId = Optional.empty();
        private Optional<Fingerprint> fingerprint = Optional.empty();
        private Optional<Instant> createdAt = Optional.empty();
        private Optional<LocalDate> retentionUntil = Optional.empty();
        private Map<String, String> tags = Map.of();
        private Optional<Hold> hold = Optional.empty();
        private Optional<DeltaSummary> changes = Optional.empty();
        private Chunks chunks = Chunks.NONE;
        private Optional<ChainLink> link = Optional.empty();
        private int attempt = 1;
        private boolean published = true;

        private Builder(ArchiveId id, String dataset, Partition partition, Instant date) {
            this.id = id;
            this.dataset = dataset;
            this.partition = partition;
            this.date = date;
        }

        /** Sets the archive's number. */
        public Builder id(ArchiveId value) {
            id = value;
            return this;
        }

        /** Sets the batch id. */
        public Builder snapshotId(Optional<SnapshotId> value) {
            snapshotId = value;
            return this;
        }

        /** Sets the dataset's name ({@code source_table}). */
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

        /** Sets the snapshot's date in UTC. */
        public Builder date(Instant value) {
            date = value;
            return this;
        }

        /** Sets the number of rows. */
        public Builder rowCount(OptionalLong value) {
            rowCount = value;
            return this;
        }

        /** Sets the size of the file in bytes. */
        public Builder size(long value) {
            size = value;
            return this;
        }

        /** Sets the number of bytes before compression. */
        public Builder uncompressedSize(OptionalLong value) {
            uncompressedSize = value;
            return this;
        }

        /** Sets the number of the source's columns. */
        public Builder columnCount(OptionalInt value) {
            columnCount = value;
            return this;
        }

        /** Sets the {@link io.hybridsnapshot.domain.schema.Schema#hash() hash} of the source's columns. */
        public Builder schemaHash(Optional<String> value) {
            schemaHash = value;
            return this;
        }

        /** Sets the MD5 of the file in lower-case hex ({@code file_checksum}). */
        public Builder md5(Optional<String> value) {
            md5 = value;
            return this;
        }

        /** Sets the SHA-256 of the file in lower-case hex. */
        public Builder sha256(Optional<String> value) {
            sha256 = value;
            return this;
        }

        /** Sets the id of the hash spec of its rows. */
        public Builder hashSpecId(Optional<String> value) {
            hashSpecId = value;
            return this;
        }

        /** Sets the fingerprint over the rows by that spec. */
        public Builder fingerprint(Optional<Fingerprint> value) {
            fingerprint = value;
            return this;
        }

        /** Sets the moment at which the snapshot was archived. */
        public Builder createdAt(Optional<Instant> value) {
            createdAt = value;
            return this;
        }

        /** Sets the first day on which it may be removed. */
        public Builder retentionUntil(Optional<LocalDate> value) {
            retentionUntil = value;
            return this;
        }

        /** Sets the tags: notes of users and pipelines. */
        public Builder tags(Map<String, String> value) {
            tags = value;
            return this;
        }

        /** Sets the hold that keeps it from being removed, or that has ended; empty: there is no hold. */
        public Builder hold(Optional<Hold> value) {
            hold = value;
            return this;
        }

        /** Sets the changes from the snapshot before it; empty where its writer did not know them. */
        public Builder changes(Optional<DeltaSummary> value) {
            changes = value;
            return this;
        }

        /** Sets the parts in which its file is kept; {@link Chunks#NONE} where it is kept as a whole. */
        public Builder chunks(Chunks value) {
            chunks = value;
            return this;
        }

        /**
         * Sets the place of its record in the partition's chain; empty where the store keeps none for it.
         */
        public Builder link(Optional<ChainLink> value) {
            link = value;
            return this;
        }

        /** Sets the window's attempt at the batch id that stored it, from 1. */
        public Builder attempt(int value) {
            attempt = value;
            return this;
        }

        /** Sets whether its snapshot was published. Unless it is set, it was. */
        public Builder published(boolean value) {
            published = value;
            return this;
        }

        /**
         * Makes the record.
         *
         * @throws IllegalStateException if a required value is missing
         */
        public ArchivedSnapshot build() {
            if (sourceDatabase == null) {
                throw new IllegalStateException("no sourceDatabase");
            }
            if (size == null) {
                throw new IllegalStateException("no size");
            }
            return new ArchivedSnapshot(
                    id,
                    snapshotId,
                    dataset,
                    sourceDatabase,
                    partition,
                    date,
                    rowCount,
                    size,
                    uncompressedSize,
                    columnCount,
                    schemaHash,
                    md5,
                    sha256,
                    hashSpecId,
                    fingerprint,
                    createdAt,
                    retentionUntil,
                    tags,
                    hold,
                    changes,
                    chunks,
                    link,
                    attempt,
                    published);
        }
    }
}
