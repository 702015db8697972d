package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.changeset.ChangeSetCounts;
import io.hybridsnapshot.domain.schema.Sha256;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;

/**
 * The archive's record of a change set, without the bytes: all that turns the snapshot of one archive into that of
 * another. The record is a link of the partition's chain, and stays there when the change set is removed. Immutable.
 *
 * @param number the change set's number in its store, from 1
 * @param archive the archive of the later snapshot
 * @param base the archive of the earlier snapshot
 * @param dataset their dataset
 * @param partition their partition
 * @param date the later snapshot's date in UTC
 * @param counts the rows in it
 * @param size bytes of the file
 * @param sha256 lower-case hex SHA-256 of the file
 * @param filterSha256 lower-case hex SHA-256 of the filter's bytes
 * @param createdAt when it was stored, in whole microseconds
 * @param link its place in the partition's chain; empty where the store keeps none
 * @param removal when and why file and filter were removed; empty: they are there
 */
public record ChangeSet(
        long number,
        ArchiveId archive,
        ArchiveId base,
        String dataset,
        Partition partition,
        Instant date,
        ChangeSetCounts counts,
        long size,
        String sha256,
        String filterSha256,
        Instant createdAt,
        Optional<ChainLink> link,
        Optional<Removal> removal) {
    public ChangeSet {
        Objects.requireNonNull(archive, "archive");
        Objects.requireNonNull(base, "base");
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(date, "date");
        Objects.requireNonNull(counts, "counts");
        Objects.requireNonNull(sha256, "sha256");
        Objects.requireNonNull(filterSha256, "filterSha256");
        Objects.requireNonNull(createdAt, "createdAt");
        Objects.requireNonNull(link, "link");
        Objects.requireNonNull(removal, "removal");
    }

    /**
     * The end of a change set.
     *
     * @param at when, in whole microseconds
     * @param by the user of the store
     * @param reason why, such as the removal of one of its archives
     */
    public record Removal(Instant at, String by, String reason) {
        public Removal {
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(by, "by");
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * Computes the record of a submission that joins a chain. The store keeps the record and the chain's new end,
     * {@code head.followedBy(record.link())}, in one transaction.
     *
     * @param later the archive of the later snapshot
     * @param number the number that the store gives the change set
     * @param createdAt the present time, whole microseconds
     * @param head the end of the chain of the archive's dataset and partition, read under the lock or in the
     *     transaction that stores the record
     */
    public static ChangeSet of(
            ChangeSetSubmission submission, ArchivedSnapshot later, long number, Instant createdAt, ChainHead head) {
        head.requireOf(later.dataset(), later.partition());
        ChangeSet unlinked = of(submission, later, number, createdAt);
        ChainLink place = head.next("");
        ChangeSet placed = unlinked.with(Optional.of(place));
        return unlinked.with(Optional.of(head.next(RecordDigest.of(placed))));
    }

    /** Computes the record of a submission for a store that keeps no chains. */
    public static ChangeSet of(ChangeSetSubmission submission, ArchivedSnapshot later, long number, Instant createdAt) {
        return new ChangeSet(
                number,
                later.id(),
                submission.base(),
                later.dataset(),
                later.partition(),
                later.date(),
                submission.counts(),
                submission.file().size(),
                submission.file().sha256(),
                HexFormat.of()
                        .formatHex(Sha256.digest().digest(submission.filter().bytes())),
                createdAt,
                Optional.empty(),
                Optional.empty());
    }

    /** Returns the record of this change set after its file and filter were removed. */
    public ChangeSet removedBy(String by, Instant at, String reason) {
        return new ChangeSet(
                number,
                archive,
                base,
                dataset,
                partition,
                date,
                counts,
                size,
                sha256,
                filterSha256,
                createdAt,
                link,
                Optional.of(new Removal(at, by, reason)));
    }

    /** Returns the same record at another place in the chain. */
    public ChangeSet with(Optional<ChainLink> place) {
        return new ChangeSet(
                number,
                archive,
                base,
                dataset,
                partition,
                date,
                counts,
                size,
                sha256,
                filterSha256,
                createdAt,
                place,
                removal);
    }
}
