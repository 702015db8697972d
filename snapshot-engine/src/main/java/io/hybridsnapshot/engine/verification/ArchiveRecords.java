package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ArchiveAudit;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChangeSet;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The archive's records of a dataset as of one moment, unless they change all the time. They are read by several calls.
 * The reading is repeated while a head has moved between its first and last call. A store without chains has no heads,
 * so its records are read once; they belong to no chain that could look broken.
 *
 * @param archives the existing archives, newest first
 * @param tombstones the tombstones of removed archives
 * @param redactions the redactions
 * @param changeSets the records of change sets, removed ones too
 * @param heads the chains' ends
 * @param changing partitions with records that are not of one moment
 */
record ArchiveRecords(
        List<ArchivedSnapshot> archives,
        List<Tombstone> tombstones,
        List<Redaction> redactions,
        List<ChangeSet> changeSets,
        List<ChainHead> heads,
        Set<Partition> changing) {
    private static final int ATTEMPTS = 10;

    static ArchiveRecords read(ArchiveStore store, ArchiveQuery query) {
        Optional<ArchiveAudit> audit = store.audit();
        for (int attempt = 1; ; attempt++) {
            List<ChainHead> before = heads(audit, query);
            // The archives are read first. An archive that is removed meanwhile is then in both results, and never in
            // neither.
            List<ArchivedSnapshot> archives = store.list(query);
            List<Tombstone> tombstones = store.tombstones(query);
            List<Redaction> redactions =
                    audit.map(chained -> chained.redactions(query)).orElse(List.of());
            List<ChangeSet> changeSets =
                    store.changeSets().map(kept -> kept.records(query)).orElse(List.of());
            List<ChainHead> after = heads(audit, query);
            if (after.equals(before) || attempt == ATTEMPTS) {
                return new ArchiveRecords(
                        withoutRemoved(store, archives, tombstones),
                        tombstones,
                        redactions,
                        changeSets,
                        after,
                        moved(before, after));
            }
        }
    }

    private static List<ChainHead> heads(Optional<ArchiveAudit> audit, ArchiveQuery query) {
        return audit.map(chained -> chained.chainHeads(query)).orElse(List.of());
    }

    private static List<ArchivedSnapshot> withoutRemoved(
            ArchiveStore store, List<ArchivedSnapshot> archives, List<Tombstone> tombstones) {
        Set<ArchiveId> removed =
                tombstones.stream().map(tombstone -> tombstone.archive().id()).collect(Collectors.toSet());
        return archives.stream()
                .filter(archive -> !removed.contains(archive.id())
                        || store.find(archive.id()).isPresent())
                .toList();
    }

    private static Set<Partition> moved(List<ChainHead> before, List<ChainHead> after) {
        Set<ChainHead> different = new HashSet<>(before);
        different.addAll(after);
        before.stream().filter(after::contains).forEach(different::remove);
        return different.stream().map(ChainHead::partition).collect(Collectors.toSet());
    }

    /**
     * Returns the records by partition, in order of their names; partitions of anchors are among them, be they empty.
     */
    List<ChainRecords> chains(String dataset, List<ChainHead> anchors) {
        Set<Partition> partitions = new TreeSet<>(Comparator.comparing(Partition::name));
        archives.forEach(archive -> partitions.add(archive.partition()));
        tombstones.forEach(tombstone -> partitions.add(tombstone.archive().partition()));
        redactions.forEach(redaction -> partitions.add(redaction.partition()));
        changeSets.forEach(changeSet -> partitions.add(changeSet.partition()));
        heads.forEach(head -> partitions.add(head.partition()));
        anchors.forEach(anchor -> partitions.add(anchor.partition()));
        Map<Partition, List<ArchivedSnapshot>> live =
                archives.stream().collect(Collectors.groupingBy(ArchivedSnapshot::partition));
        Map<Partition, List<Tombstone>> removed = tombstones.stream()
                .collect(Collectors.groupingBy(tombstone -> tombstone.archive().partition()));
        Map<Partition, List<Redaction>> rewritten =
                redactions.stream().collect(Collectors.groupingBy(Redaction::partition));
        Map<Partition, List<ChangeSet>> changes =
                changeSets.stream().collect(Collectors.groupingBy(ChangeSet::partition));
        Map<Partition, ChainHead> ends =
                heads.stream().collect(Collectors.toMap(ChainHead::partition, Function.identity(), (one, two) -> one));
        List<ChainRecords> chains = new ArrayList<>();
        for (Partition partition : partitions) {
            chains.add(new ChainRecords(
                    dataset,
                    partition,
                    live.getOrDefault(partition, List.of()),
                    removed.getOrDefault(partition, List.of()),
                    rewritten.getOrDefault(partition, List.of()),
                    changes.getOrDefault(partition, List.of()),
                    Optional.ofNullable(ends.get(partition))));
        }
        return chains;
    }

    /** Returns how many rows were erased from an archive; empty if it was never redacted. */
    Optional<Long> erasedRows(ArchiveId id) {
        List<Redaction> rewritten = redactions.stream()
                .filter(redaction -> redaction.archive().equals(id))
                .toList();
        return rewritten.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        rewritten.stream().mapToLong(Redaction::erasedRows).sum());
    }

    /** Checks whether an archive has a change set that was not removed. */
    boolean hasChangeSet(ArchiveId id) {
        return changeSets.stream()
                .anyMatch(changeSet ->
                        changeSet.archive().equals(id) && changeSet.removal().isEmpty());
    }

    /** Returns the archives by their numbers. */
    Map<ArchiveId, ArchivedSnapshot> byId() {
        Map<ArchiveId, ArchivedSnapshot> byId = new HashMap<>();
        archives.forEach(archive -> byId.put(archive.id(), archive));
        return byId;
    }

    /** Returns how many records there are. */
    long size() {
        return archives.size() + tombstones.size() + redactions.size() + changeSets.size();
    }
}
