package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.util.Objects;
import java.util.Optional;

/**
 * A fault that a verification reports. Immutable.
 *
 * @param type the type of fault
 * @param dataset the dataset
 * @param partition the partition
 * @param archive the archive concerned, if it is one
 * @param snapshot the snapshot concerned, if it is known
 * @param text the actual and the expected state, for people; names no row
 */
public record Finding(
        FindingType type,
        String dataset,
        Partition partition,
        Optional<ArchiveId> archive,
        Optional<SnapshotId> snapshot,
        RemedyText text) {
    public Finding {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(archive, "archive");
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(text, "text");
    }

    /** Makes a finding with a text without remedies. */
    public Finding(
            FindingType type,
            String dataset,
            Partition partition,
            Optional<ArchiveId> archive,
            Optional<SnapshotId> snapshot,
            String detail) {
        this(type, dataset, partition, archive, snapshot, RemedyText.plain(detail));
    }

    /** Returns a finding about an archive. */
    public static Finding of(FindingType type, ArchivedSnapshot archive, String detail) {
        return new Finding(
                type, archive.dataset(), archive.partition(), Optional.of(archive.id()), archive.snapshotId(), detail);
    }

    /** Returns a finding about an archive, with a text that may refer to remedies. */
    public static Finding of(FindingType type, ArchivedSnapshot archive, RemedyText text) {
        return new Finding(
                type, archive.dataset(), archive.partition(), Optional.of(archive.id()), archive.snapshotId(), text);
    }

    /** Returns a finding about a snapshot of the window. */
    public static Finding of(FindingType type, WindowSnapshot snapshot, String detail) {
        return of(type, snapshot, RemedyText.plain(detail));
    }

    /** Returns a finding about a snapshot of the window, with a text that may refer to remedies. */
    public static Finding of(FindingType type, WindowSnapshot snapshot, RemedyText text) {
        return new Finding(type, snapshot.dataset(), snapshot.partition(), snapshot.archiveId(), snapshot.id(), text);
    }

    /** Returns a finding about a chain. */
    public static Finding ofChain(FindingType type, String dataset, Partition partition, String detail) {
        return new Finding(type, dataset, partition, Optional.empty(), Optional.empty(), detail);
    }

    /** Returns how bad it is. */
    public Severity severity() {
        return type.severity();
    }

    /** Returns the actual and the expected state, in the words of the Java API. */
    public String detail() {
        return text.toString();
    }

    /** Returns the user's next step, in the words of the Java API. */
    public String nextStep() {
        return type.nextStep();
    }
}
