package io.hybridsnapshot.engine.history;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Tells what happened to rows: in which archived snapshot each came, changed or went, with its cells before and after.
 * Change sets answer where they are; between two snapshots without one, the row is compared in both files. The
 * answer is the same either way. Stateless; safe to share if the environment's parts are.
 */
public final class FindHistory {
    private final SnapshotEnvironment environment;

    /** Makes the use case in an environment. */
    public FindHistory(SnapshotEnvironment environment) {
        this.environment = Objects.requireNonNull(environment, "environment");
    }

    /**
     * Answers a question. An archived row without an event in the question's columns and time has a history without
     * events.
     *
     * @throws SnapshotException INVALID_REQUEST if there is no archived snapshot, or none has one of the columns;
     *     CORRUPT if a file or a change set is damaged; UNAVAILABLE if the archive cannot be reached
     */
    public HistoryAnswer find(HistoryRequest request) {
        Map<String, List<ArchivedSnapshot>> byPartition = archives(request);
        List<RowHistory> histories = new ArrayList<>();
        int snapshots = 0;
        int changeSets = 0;
        int files = 0;
        for (List<ArchivedSnapshot> archives : byPartition.values()) {
            PartitionHistory history =
                    new PartitionHistory(environment, request, archives.get(0).partition(), archives);
            histories.addAll(history.find());
            snapshots += archives.size();
            changeSets += history.changeSets();
            files += history.files();
        }
        return new HistoryAnswer(histories, gaps(request, byPartition), snapshots, changeSets, files);
    }

    /**
     * Tells since when the cells of rows have their values. Columns that the dataset's comparison leaves out are not
     * among the cells.
     *
     * @param dataset the dataset
     * @param partition one partition; empty: all
     * @param rows the rows
     * @throws SnapshotException as {@link #find} throws
     */
    public BlameAnswer blame(Dataset dataset, Optional<Partition> partition, RowSelection rows) {
        HistoryRequest request = new HistoryRequest(dataset, partition, rows);
        HistoryAnswer history = find(request);
        Map<String, List<String>> columns = new HashMap<>();
        archives(request).forEach((name, archives) -> columns.put(name, covered(dataset, newest(archives))));
        return new BlameAnswer(
                history.rows().stream()
                        .map(row -> RowBlame.of(
                                row, columns.getOrDefault(row.partition().name(), List.of())))
                        .toList(),
                history);
    }

    private List<String> covered(Dataset dataset, ArchivedSnapshot archive) {
        return new ArchivedRows(environment, dataset)
                .schema(archive).names().stream()
                        .filter(dataset.hashSpec()::covers)
                        .toList();
    }

    private static ArchivedSnapshot newest(List<ArchivedSnapshot> archives) {
        return archives.get(archives.size() - 1);
    }

    /** Returns the archived snapshots that a question is about, by partition and then oldest first. */
    private Map<String, List<ArchivedSnapshot>> archives(HistoryRequest request) {
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
        byPartition
                .values()
                .forEach(archives -> archives.sort(Comparator.comparing(ArchivedSnapshot::date)
                        .thenComparing(archive -> archive.id().value())));
        requireColumns(request, byPartition.values());
        return byPartition;
    }

    /**
     * Checks that an archived snapshot has each column of a question. Of snapshots with equal schema hash, one is
     * opened; the newest ones come first.
     */
    private void requireColumns(HistoryRequest request, Collection<List<ArchivedSnapshot>> archives) {
        Set<String> missing = new TreeSet<>(request.columns());
        if (request.rows() instanceof RowSelection.WithValue wanted) {
            missing.add(wanted.column());
        }
        ArchivedRows files = new ArchivedRows(environment, request.dataset());
        Set<String> schemas = new HashSet<>();
        Set<String> names = new TreeSet<>();
        List<ArchivedSnapshot> newestFirst = archives.stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparing(ArchivedSnapshot::date).reversed())
                .toList();
        for (ArchivedSnapshot archive : newestFirst) {
            if (missing.isEmpty()) {
                return;
            }
            if (archive.schemaHash().isEmpty()
                    || schemas.add(archive.schemaHash().get())) {
                List<String> columns = files.schema(archive).names();
                names.addAll(columns);
                columns.forEach(missing::remove);
            }
        }
        if (!missing.isEmpty()) {
            String name = missing.iterator().next();
            throw SnapshotException.invalidRequest("no archived snapshot has the column")
                    .where("dataset '" + request.dataset().name() + "'")
                    .actual("'" + name + "'")
                    .expected(NearestName.among(names, name)
                            .map(nearest -> "a column of it (did you mean '" + nearest + "'?)")
                            .orElse("a column of it"))
                    .nextStep("{0} shows the columns", CommonRemedy.LIST_COLUMNS)
                    .build();
        }
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
