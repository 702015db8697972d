package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

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
        int attempt) {
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

    /** Makes an archive of the first attempt. */
    public ArchivedSnapshot(
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
            Optional<ChainLink> link) {
        this(
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
                1);
    }

    /** Returns compressed by uncompressed size; empty where the latter is unknown or zero. */
    public Optional<Double> compressionRatio() {
        return uncompressedSize.isPresent() && uncompressedSize.getAsLong() > 0
                ? Optional.of((double) size / uncompressedSize.getAsLong())
                : Optional.empty();
    }
}
