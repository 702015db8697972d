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
        int attempt) {
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
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt " + attempt);
        }
    }

    /** Makes a submission of the first attempt. */
    public ArchiveSubmission(
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
            Optional<DeltaSummary> changes) {
        this(
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
                1);
    }
}
