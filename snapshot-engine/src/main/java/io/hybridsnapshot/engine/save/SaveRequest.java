package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.LegacySpec;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.pass.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A request to take a snapshot. Immutable; {@link #of} has the defaults and each {@code with} method changes one part.
 *
 * @param dataset the dataset to save
 * @param partition the partition to save
 * @param id the batch id: saving the same id again ends with one snapshot
 * @param idGiven whether the caller chose the id; no store can know a fresh one
 * @param date the snapshot's date in UTC, cut to microseconds; empty: now
 * @param archiveMode the treatment of the archive
 * @param consents the unusual cases that the user accepts
 * @param tags noted with the archive
 * @param retentionUntil the first day on which the archive may be removed
 * @param patience how long to wait for another writer of the partition
 * @param details the wanted details of the changed rows; empty: the counts alone
 * @param progress receives the progress
 * @param foreignHashes the way in which a foreign writer hashed the rows of the current snapshot; empty: it is unknown,
 *     or the snapshot is the platform's own
 */
public record SaveRequest(
        Dataset dataset,
        Partition partition,
        SnapshotId id,
        boolean idGiven,
        Optional<Instant> date,
        ArchiveMode archiveMode,
        Set<Consent> consents,
        Map<String, String> tags,
        Optional<LocalDate> retentionUntil,
        Duration patience,
        Optional<DetailRequest> details,
        Progress progress,
        Optional<LegacySpec> foreignHashes) {
    /** The default time that a save waits for another writer. */
    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(60);

    public SaveRequest {
        Objects.requireNonNull(dataset, "dataset");
        partition.requireNamed();
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(date, "date");
        Objects.requireNonNull(archiveMode, "archiveMode");
        consents = Set.copyOf(consents);
        tags = Map.copyOf(tags);
        Objects.requireNonNull(retentionUntil, "retentionUntil");
        Objects.requireNonNull(patience, "patience");
        Objects.requireNonNull(details, "details");
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(foreignHashes, "foreignHashes");
    }

    /** Returns a save of a partition under a fresh id, dated now, archived, with no consents. */
    public static SaveRequest of(Dataset dataset, Partition partition) {
        return new SaveRequest(
                dataset,
                partition,
                SnapshotId.random(),
                false,
                Optional.empty(),
                ArchiveMode.REQUIRED,
                Set.of(),
                Map.of(),
                Optional.empty(),
                DEFAULT_PATIENCE,
                Optional.empty(),
                Progress.NONE,
                Optional.empty());
    }

    /** Returns the same request under another id. */
    public SaveRequest withId(SnapshotId other) {
        return new SaveRequest(
                dataset,
                partition,
                other,
                true,
                date,
                archiveMode,
                consents,
                tags,
                retentionUntil,
                patience,
                details,
                progress,
                foreignHashes);
    }

    /** Returns the same request dated otherwise. */
    public SaveRequest withDate(Instant moment) {
        return new SaveRequest(
                dataset,
                partition,
                id,
                idGiven,
                Optional.of(moment),
                archiveMode,
                consents,
                tags,
                retentionUntil,
                patience,
                details,
                progress,
                foreignHashes);
    }

    /** Returns the same request with another archive mode. */
    public SaveRequest withArchiveMode(ArchiveMode mode) {
        return new SaveRequest(
                dataset,
                partition,
                id,
                idGiven,
                date,
                mode,
                consents,
                tags,
                retentionUntil,
                patience,
                details,
                progress,
                foreignHashes);
    }

    /** Returns the same request with these consents. */
    public SaveRequest withConsents(Set<Consent> given) {
        return new SaveRequest(
                dataset,
                partition,
                id,
                idGiven,
                date,
                archiveMode,
                given,
                tags,
                retentionUntil,
                patience,
                details,
                progress,
                foreignHashes);
    }

    /** Returns the same request with these tags. */
    public SaveRequest withTags(Map<String, String> noted) {
        return new SaveRequest(
                dataset,
                partition,
                id,
                idGiven,
                date,
                archiveMode,
                consents,
                noted,
                retentionUntil,
                patience,
                details,
                progress,
                foreignHashes);
    }

    /** Returns the same request kept until a day. */
    public SaveRequest withRetentionUntil(LocalDate day) {
        return new SaveRequest(
                dataset,
                partition,
                id,
                idGiven,
                date,
                archiveMode,
                consents,
                tags,
                Optional.of(day),
                patience,
                details,
                progress,
                foreignHashes);
    }

    /** Returns the same request with another patience. */
    public SaveRequest withPatience(Duration wait) {
        return new SaveRequest(
                dataset,
                partition,
                id,
                idGiven,
                date,
                archiveMode,
                consents,
                tags,
                retentionUntil,
                wait,
                details,
                progress,
                foreignHashes);
    }

    /** Returns the same request, looking up the cells of the rows that changed. */
    public SaveRequest withDetails(DetailRequest wanted) {
        return new SaveRequest(
                dataset,
                partition,
                id,
                idGiven,
                date,
                archiveMode,
                consents,
                tags,
                retentionUntil,
                patience,
                Optional.of(wanted),
                progress,
                foreignHashes);
    }

    /** Returns the same request with a listener for its progress. */
    public SaveRequest withProgress(Progress listener) {
        return new SaveRequest(
                dataset,
                partition,
                id,
                idGiven,
                date,
                archiveMode,
                consents,
                tags,
                retentionUntil,
                patience,
                details,
                listener,
                foreignHashes);
    }

    /**
     * Returns the same request over a current snapshot that a foreign writer hashed so; the snapshot taken is hashed as
     * always.
     */
    public SaveRequest withForeignHashes(LegacySpec spec) {
        return new SaveRequest(
                dataset,
                partition,
                id,
                idGiven,
                date,
                archiveMode,
                consents,
                tags,
                retentionUntil,
                patience,
                details,
                progress,
                Optional.of(spec));
    }
}
