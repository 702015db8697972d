package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.LegacySpec;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.expectation.Expectations;
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
 * @param expectations the rules that the changes are checked with
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
        Optional<LegacySpec> foreignHashes,
        Expectations expectations) {
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
        Objects.requireNonNull(expectations, "expectations");
    }

    /** Returns a save of a partition under a fresh id, dated now, archived, with no consents. */
    public static SaveRequest of(Dataset dataset, Partition partition) {
        return builder(dataset, partition).build();
    }

    /** Returns the same request under another id. */
    public SaveRequest withId(SnapshotId other) {
        return toBuilder().id(other).build();
    }

    /** Returns the same request dated otherwise. */
    public SaveRequest withDate(Instant moment) {
        return toBuilder().date(Optional.of(moment)).build();
    }

    /** Returns the same request with another archive mode. */
    public SaveRequest withArchiveMode(ArchiveMode mode) {
        return toBuilder().archiveMode(mode).build();
    }

    /** Returns the same request with these consents. */
    public SaveRequest withConsents(Set<Consent> given) {
        return toBuilder().consents(given).build();
    }

    /** Returns the same request with these tags. */
    public SaveRequest withTags(Map<String, String> noted) {
        return toBuilder().tags(noted).build();
    }

    /** Returns the same request kept until a day. */
    public SaveRequest withRetentionUntil(LocalDate day) {
        return toBuilder().retentionUntil(Optional.of(day)).build();
    }

    /** Returns the same request with another patience. */
    public SaveRequest withPatience(Duration wait) {
        return toBuilder().patience(wait).build();
    }

    /** Returns the same request, looking up the cells of the rows that changed. */
    public SaveRequest withDetails(DetailRequest wanted) {
        return toBuilder().details(Optional.of(wanted)).build();
    }

    /** Returns the same request with a listener for its progress. */
    public SaveRequest withProgress(Progress listener) {
        return toBuilder().progress(listener).build();
    }

    /**
     * Returns the same request over a current snapshot that a foreign writer hashed so; the snapshot taken is hashed as
     * always.
     */
    public SaveRequest withForeignHashes(LegacySpec spec) {
        return toBuilder().foreignHashes(Optional.of(spec)).build();
    }

    /**
     * Returns the same request with expectations. If one that does not only warn is broken or cannot be checked, the
     * save is refused before anything becomes visible, unless {@link Consent#UNEXPECTED} is given.
     */
    public SaveRequest withExpectations(Expectations expected) {
        return toBuilder().expectations(expected).build();
    }

    /**
     * Starts a request with its required values.
     *
     * @param dataset the dataset to save
     * @param partition the partition to save
     */
    public static Builder builder(Dataset dataset, Partition partition) {
        return new Builder(dataset, partition);
    }

    /** Starts a copy with all values of this request. */
    public Builder toBuilder() {
        Builder copy = new Builder(dataset, partition);
        copy.id = id;
        copy.idGiven = idGiven;
        copy.date = date;
        copy.archiveMode = archiveMode;
        copy.consents = consents;
        copy.tags = tags;
        copy.retentionUntil = retentionUntil;
        copy.patience = patience;
        copy.details = details;
        copy.progress = progress;
        copy.foreignHashes = foreignHashes;
        copy.expectations = expectations;
        return copy;
    }

    /** Makes a request, value by value. Not safe to share between threads. */
    public static final class Builder {
        private Dataset dataset;
        private Partition partition;
        private SnapshotId id = SnapshotId.random();
        private boolean idGiven;
        private Optional<Instant> date = Optional.empty();
        private ArchiveMode archiveMode = ArchiveMode.REQUIRED;
        private Set<Consent> consents = Set.of();
        private Map<String, String> tags = Map.of();
        private Optional<LocalDate> retentionUntil = Optional.empty();
        private Duration patience = DEFAULT_PATIENCE;
        private Optional<DetailRequest> details = Optional.empty();
        private Progress progress = Progress.NONE;
        private Optional<LegacySpec> foreignHashes = Optional.empty();
        private Expectations expectations = Expectations.NONE;

        private Builder(Dataset dataset, Partition partition) {
            this.dataset = dataset;
            this.partition = partition;
        }

        /** Sets the dataset to save. */
        public Builder dataset(Dataset value) {
            dataset = value;
            return this;
        }

        /** Sets the partition to save. */
        public Builder partition(Partition value) {
            partition = value;
            return this;
        }

        /** Sets the batch id, and notes that the caller chose it. Without it, the request has a fresh id. */
        public Builder id(SnapshotId value) {
            id = value;
            idGiven = true;
            return this;
        }

        /** Sets the snapshot's date in UTC, cut to microseconds; empty: now. */
        public Builder date(Optional<Instant> value) {
            date = value;
            return this;
        }

        /** Sets the treatment of the archive. */
        public Builder archiveMode(ArchiveMode value) {
            archiveMode = value;
            return this;
        }

        /** Sets the unusual cases that the user accepts. */
        public Builder consents(Set<Consent> value) {
            consents = value;
            return this;
        }

        /** Sets the tags that the archive gets. */
        public Builder tags(Map<String, String> value) {
            tags = value;
            return this;
        }

        /** Sets the first day on which the archive may be removed. */
        public Builder retentionUntil(Optional<LocalDate> value) {
            retentionUntil = value;
            return this;
        }

        /** Sets the longest wait for another writer of the partition. */
        public Builder patience(Duration value) {
            patience = value;
            return this;
        }

        /** Sets the wanted details of the changed rows; empty: the counts alone. */
        public Builder details(Optional<DetailRequest> value) {
            details = value;
            return this;
        }

        /** Sets the listener that receives the progress. */
        public Builder progress(Progress value) {
            progress = value;
            return this;
        }

        /**
         * Sets the way in which a foreign writer hashed the rows of the current snapshot; empty: it is
         * unknown, or the snapshot is the platform's own.
         */
        public Builder foreignHashes(Optional<LegacySpec> value) {
            foreignHashes = value;
            return this;
        }

        /** Sets what is expected of the changes. */
        public Builder expectations(Expectations value) {
            expectations = value;
            return this;
        }

        /**
         * Makes the request.
         *
         * @throws NullPointerException if a value is null
         */
        public SaveRequest build() {
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
                    foreignHashes,
                    expectations);
        }
    }
}
