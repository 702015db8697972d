package io.hybridsnapshot.engine.history;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Tells what happened to rows: in which archived snapshot each came, changed or went, and which cells changed from what
 * to what. Change sets answer where they are; between two snapshots without one, the row is compared in both files. The
 * answer is the same either way. Stateless; safe to share if the environment's parts are.
 */
public final class FindHistory {
    private final SnapshotEnvironment environment;

    /** Makes the use case in an environment. */
    public FindHistory(SnapshotEnvironment environment) {
        this.environment = Objects.requireNonNull(environment, "environment");
    }

    /**
     * Answers a question.
     *
     * @throws SnapshotException INVALID_REQUEST if the dataset, or the partition, has no archived snapshot; CORRUPT if
     *     a file or a change set is damaged; UNAVAILABLE if the archive cannot be reached
     */
    public HistoryAnswer find(HistoryRequest request) {
        Map<String, List<ArchivedSnapshot>> byPartition = new TreeMap<>();
        for (ArchivedSnapshot archive : environment.archive().list(request.query())) {
            boolean isInTime =
                    request.until().map(last -> !archive.date().isAfter(last)).orElse(true);
            if (archive.published() && isInTime) {
                byPartition
                        .computeIfAbsent(archive.partition().name(), name -> new ArrayList<>())
                        .add(archive);
            }
        }
        if (byPartition.isEmpty()) {
            throw SnapshotException.invalidRequest("the dataset has no archived snapshot to look into")
                    .where("dataset '" + request.dataset().name() + "'"
                            + request.partition()
                                    .map(partition -> ", partition '" + partition + "'")
                                    .orElse(""))
                    .expected("an archived snapshot"
                            + request.until()
                                    .map(last -> " of " + last + " or earlier")
                                    .orElse(""))
                    .build();
        }
        List<RowHistory> histories = new ArrayList<>();
        int snapshots = 0;
        int changeSets = 0;
        int files = 0;
        for (List<ArchivedSnapshot> archives : byPartition.values()) {
            archives.sort(Comparator.comparing(ArchivedSnapshot::date)
                    .thenComparing(archive -> archive.id().value()));
            Partition partition = archives.get(0).partition();
            PartitionHistory history = new PartitionHistory(environment, request, partition, archives);
            histories.addAll(history.find());
            snapshots += archives.size();
            changeSets += history.changeSets();
            files += history.files();
        }
        return new HistoryAnswer(histories, gaps(request, byPartition), snapshots, changeSets, files);
    }

    private List<HistoryGap> gaps(HistoryRequest request, Map<String, List<ArchivedSnapshot>> archives) {
        ArchiveQuery query = request.query();
        List<HistoryGap> gaps = new ArrayList<>();
        for (Tombstone tombstone : environment.archive().tombstones(query)) {
            if (tombstone.isOfPublished()) {
                gaps.add(new HistoryGap(
                        tombstone.archive().partition(),
                        HistoryGap.Kind.REMOVED,
                        tombstone.archive().date(),
                        Optional.of("archive " + tombstone.archive().id())));
            }
        }
        Map<ArchiveId, Instant> dates = new HashMap<>();
        archives.values().forEach(some -> some.forEach(archive -> dates.put(archive.id(), archive.date())));
        for (Redaction redaction : environment
                .archive()
                .audit()
                .map(audit -> audit.redactions(query))
                .orElse(List.of())) {
            Optional.ofNullable(dates.get(redaction.archive()))
                    .ifPresent(date -> gaps.add(new HistoryGap(
                            redaction.partition(),
                            HistoryGap.Kind.REDACTED,
                            date,
                            Optional.of("archive " + redaction.archive() + ", " + redaction.erasedRows()
                                    + (redaction.erasedRows() == 1 ? " row" : " rows")))));
        }
        gaps.addAll(windowAlone(request));
        return gaps.stream()
                .filter(gap -> request.asksFor(gap.date()))
                .distinct()
                .sorted(Comparator.comparing((HistoryGap gap) -> gap.partition().name())
                        .thenComparing(HistoryGap::date))
                .toList();
    }

    /** The snapshots of the window without an archive. A window that is out keeps no answer back. */
    private List<HistoryGap> windowAlone(HistoryRequest request) {
        List<HistoryGap> gaps = new ArrayList<>();
        try {
            for (WindowSnapshot snapshot : environment.window().snapshots(request.dataset(), request.partition())) {
                if (snapshot.archiveId().isEmpty()) {
                    gaps.add(new HistoryGap(
                            snapshot.partition(),
                            HistoryGap.Kind.NOT_ARCHIVED,
                            snapshot.date(),
                            snapshot.id().map(id -> "batch " + id)));
                }
            }
        } catch (SnapshotException e) {
            if (!e.isStoreOut()) {
                throw e;
            }
        }
        return gaps;
    }
}
