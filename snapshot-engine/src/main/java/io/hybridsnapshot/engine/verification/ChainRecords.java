package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChangeSet;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.snapshot.Partition;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * All records of a partition as of one moment. Immutable.
 *
 * @param dataset the dataset's name
 * @param partition the partition
 * @param archives the existing archives
 * @param tombstones the tombstones of removed archives
 * @param redactions the redactions
 * @param changeSets the records of change sets, removed ones too
 * @param head the chain's end; empty where the store has none
 */
record ChainRecords(
        String dataset,
        Partition partition,
        List<ArchivedSnapshot> archives,
        List<Tombstone> tombstones,
        List<Redaction> redactions,
        List<ChangeSet> changeSets,
        Optional<ChainHead> head) {
    public ChainRecords {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        archives = List.copyOf(archives);
        tombstones = List.copyOf(tombstones);
        redactions = List.copyOf(redactions);
        changeSets = List.copyOf(changeSets);
        Objects.requireNonNull(head, "head");
    }

    /** Returns how many records there are. */
    public long size() {
        return archives.size() + tombstones.size() + redactions.size() + changeSets.size();
    }
}
