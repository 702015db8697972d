package io.hybridsnapshot.engine.history;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChangeSet;
import io.hybridsnapshot.domain.archive.ChangeSetStore;
import io.hybridsnapshot.domain.changeset.FilterDigest;
import io.hybridsnapshot.domain.changeset.FilterEntry;
import io.hybridsnapshot.domain.changeset.LineKind;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.delta.CellChange;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.internal.changeset.ChangeSetContent;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.redaction.RowKeys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/** Finds the histories of rows in one partition. One thread; used for one question. */
final class PartitionHistory {
    private final SnapshotEnvironment environment;
    private final HistoryRequest request;
    private final Partition partition;
    /** The published archives, oldest first. */
    private final List<ArchivedSnapshot> archives;

    private final ArchivedRows files;
    private final Optional<ChangeSetStore> store;
    /** The change sets that turn the archive before into the one of the key; not those across other columns. */
    private final Map<ArchiveId, ChangeSet> steps = new HashMap<>();

    private final Map<ArchiveId, ChangeSetContent> contents = new HashMap<>();

    PartitionHistory(
            SnapshotEnvironment environment,
            HistoryRequest request,
            Partition partition,
            List<ArchivedSnapshot> archives) {
        this.environment = environment;
        this.request = request;
        this.partition = partition;
        this.archives = List.copyOf(archives);
        this.files = new ArchivedRows(environment, request.dataset());
        this.store = environment.archive().changeSets();
        store.ifPresent(sets -> findSteps(sets.list(query())));
    }

    private ArchiveQuery query() {
        return ArchiveQuery.of(request.dataset().name()).in(partition);
    }

    private void findSteps(List<ChangeSet> sets) {
        Map<ArchiveId, ChangeSet> byArchive = new HashMap<>();
        sets.forEach(set -> byArchive.put(set.archive(), set));
        for (int i = 1; i < archives.size(); i++) {
            ArchivedSnapshot before = archives.get(i - 1);
            ArchivedSnapshot after = archives.get(i);
            ChangeSet set = byArchive.get(after.id());
            boolean sameColumns =
                    before.schemaHash().isPresent() && before.schemaHash().equals(after.schemaHash());
            if (set != null && set.base().equals(before.id()) && sameColumns) {
                steps.put(after.id(), set);
            }
        }
    }

    int changeSets() {
        return contents.size();
    }

    int files() {
        return files.files();
    }

    List<RowHistory> find() {
        Set<UUID> identities = identities();
        files.want(identities);
        Set<ArchiveId> concerned = concerned(identities);
        return identities.stream()
                .map(Row::new)
                .filter(row -> row.isFound(concerned))
                .sorted(Comparator.comparing(Row::first)
                        .thenComparing(row -> row.key.values().toString())
                        .thenComparing(row -> row.identity))
                .map(Row::told)
                .toList();
    }

    private Set<UUID> identities() {
        if (request.rows() instanceof RowSelection.OfKeys keys) {
            return identitiesOf(keys.keys());
        }
        RowSelection.WithValue wanted = (RowSelection.WithValue) request.rows();
        Set<UUID> found = new LinkedHashSet<>();
        // A row that has the value in no file that is read came, went or lost it in a change set.
        for (int i = 0; i < archives.size(); i++) {
            boolean isStep = steps.containsKey(archives.get(i).id());
            boolean hasStep = i + 1 < archives.size()
                    && steps.containsKey(archives.get(i + 1).id());
            if (!hasStep || i > 0 && !isStep) {
                found.addAll(files.identities(archives.get(i), wanted.column(), wanted.value()));
            }
        }
        found.addAll(identitiesInSteps(wanted));
        return found;
    }

    /** A key has another identity where its columns have other types, so each form of the table is asked. */
    private Set<UUID> identitiesOf(RowKeys keys) {
        Set<UUID> found = new LinkedHashSet<>();
        Set<String> schemas = new HashSet<>();
        for (int i = archives.size() - 1; i >= 0; i--) {
            Optional<String> schema = archives.get(i).schemaHash();
            if (schema.isEmpty() || schemas.add(schema.get())) {
                found.addAll(files.identities(archives.get(i), keys));
            }
        }
        return found;
    }

    private Set<UUID> identitiesInSteps(RowSelection.WithValue wanted) {
        Set<UUID> found = new LinkedHashSet<>();
        if (steps.isEmpty()) {
            return found;
        }
        Optional<String> text = canonical(wanted);
        if (text.isEmpty()) {
            return found;
        }
        List<FilterEntry> entries = entries(digest -> Stream.of(digest.value(wanted.column(), text.get())));
        for (ChangeSet set : store.orElseThrow().mayHold(query(), entries)) {
            if (steps.containsKey(set.archive())) {
                ChangeSetContent content = content(set.archive());
                for (ChangeSetContent.Row row : content.rows()) {
                    content.cell(row, wanted.column())
                            .filter(cell ->
                                    cell.before().equals(text) || cell.after().equals(text))
                            .ifPresent(cell -> found.add(row.identity()));
                }
            }
        }
        return found;
    }

    private Optional<String> canonical(RowSelection.WithValue wanted) {
        Schema schema = files.schema(newest());
        if (schema.find(wanted.column()).isEmpty()) {
            return Optional.of(wanted.value());
        }
        ColumnType type = schema.column(schema.indexOf(wanted.column())).type();
        return ArchivedRows.canonical(type, wanted.value());
    }

    /** Returns entries by every function that a filter may have been made with. */
    private List<FilterEntry> entries(Function<FilterDigest, Stream<FilterEntry>> entries) {
        Stream<FilterDigest> digests = Stream.of(
                FilterDigest.PLAIN, FilterDigest.NONE, environment.codec().filterDigest());
        return digests.flatMap(entries).distinct().toList();
    }

    private ArchivedSnapshot newest() {
        return archives.get(archives.size() - 1);
    }

    /** Returns the archives with change sets that may concern one of these rows. */
    private Set<ArchiveId> concerned(Set<UUID> identities) {
        Set<ArchiveId> concerned = new HashSet<>();
        if (!steps.isEmpty() && !identities.isEmpty()) {
            List<FilterEntry> entries = entries(digest -> identities.stream().map(digest::identity));
            store.orElseThrow().mayHold(query(), entries).forEach(set -> concerned.add(set.archive()));
        }
        return concerned;
    }

    private ChangeSetContent content(ArchiveId archive) {
        return contents.computeIfAbsent(archive, id -> {
            try (SnapshotReader reader =
                    environment.codec().openReader(store.orElseThrow().open(archive))) {
                return ChangeSetContent.read(reader);
            }
        });
    }

    /** One row. */
    private final class Row {
        private final UUID identity;
        private final List<RowEvent> events = new ArrayList<>();
        private final Map<String, Optional<String>> key = new LinkedHashMap<>();

        Row(UUID identity) {
            this.identity = identity;
        }

        /** Collects the events; false if no snapshot has the row. */
        boolean isFound(Set<ArchiveId> concerned) {
            begin();
            for (int i = 1; i < archives.size(); i++) {
                ArchivedSnapshot after = archives.get(i);
                if (!steps.containsKey(after.id())) {
                    compare(archives.get(i - 1), after);
                } else if (concerned.contains(after.id())) {
                    step(after);
                }
            }
            return !events.isEmpty();
        }

        /** Returns the date of the first event. */
        Instant first() {
            return events.get(0).snapshot().date();
        }

        RowHistory told() {
            List<RowEvent> asked = events.stream()
                    .filter(event -> request.asksFor(event.snapshot().date()))
                    .map(this::asked)
                    .flatMap(Optional::stream)
                    .toList();
            return new RowHistory(partition, identity, key, asked);
        }

        /** Narrows an event to the columns that are asked for; empty if nothing of it is left. */
        private Optional<RowEvent> asked(RowEvent event) {
            RowEvent narrowed = new RowEvent(
                    event.kind(),
                    event.snapshot(),
                    event.cells().stream()
                            .filter(cell -> request.asksFor(cell.column()))
                            .toList(),
                    event.columnsCame().stream().filter(request::asksFor).toList(),
                    event.columnsWent().stream().filter(request::asksFor).toList());
            boolean isEmpty = event.kind() == RowEvent.Kind.CHANGED
                    && narrowed.cells().isEmpty()
                    && narrowed.columnsCame().isEmpty()
                    && narrowed.columnsWent().isEmpty();
            return isEmpty ? Optional.empty() : Optional.of(narrowed);
        }

        private void begin() {
            ArchivedSnapshot snapshot = archives.get(0);
            cells(snapshot).ifPresent(cells -> {
                takeKey(cells);
                add(RowEvent.Kind.FIRST, snapshot, present(Map.of(), cells));
            });
        }

        private Optional<Map<String, Optional<String>>> cells(ArchivedSnapshot snapshot) {
            return Optional.ofNullable(files.of(snapshot).rows().get(identity));
        }

        private void takeKey(Map<String, Optional<String>> cells) {
            if (key.isEmpty()) {
                for (String column : request.dataset().keyColumns()) {
                    key.put(column, Objects.requireNonNullElse(cells.get(column), Optional.empty()));
                }
            }
        }

        private void add(RowEvent.Kind kind, ArchivedSnapshot snapshot, List<CellChange> cells) {
            events.add(new RowEvent(kind, snapshot, cells, List.of(), List.of()));
        }

        /** The cells of both that are not NULL on both sides. */
        private List<CellChange> present(Map<String, Optional<String>> before, Map<String, Optional<String>> after) {
            Set<String> names = new LinkedHashSet<>(after.keySet());
            names.addAll(before.keySet());
            List<CellChange> cells = new ArrayList<>();
            for (String name : names) {
                Optional<String> left = before.getOrDefault(name, Optional.empty());
                Optional<String> right = after.getOrDefault(name, Optional.empty());
                if (left.isPresent() || right.isPresent()) {
                    cells.add(new CellChange(name, left, right));
                }
            }
            return cells;
        }

        /** Compares the row in the files of two snapshots. */
        private void compare(ArchivedSnapshot before, ArchivedSnapshot after) {
            Optional<Map<String, Optional<String>>> left = cells(before);
            Optional<Map<String, Optional<String>>> right = cells(after);
            if (right.isPresent()) {
                takeKey(right.get());
            }
            if (left.isEmpty() && right.isPresent()) {
                add(RowEvent.Kind.NEW, after, present(Map.of(), right.get()));
            } else if (left.isPresent() && right.isEmpty()) {
                add(RowEvent.Kind.DELETED, after, present(left.get(), Map.of()));
            } else if (left.isPresent() && !files.of(after).hasEqualRow(files.of(before), identity)) {
                List<CellChange> cells = present(left.get(), right.get()).stream()
                        .filter(cell -> !cell.before().equals(cell.after()))
                        .filter(cell -> request.dataset().hashSpec().covers(cell.column()))
                        .toList();
                List<String> came =
                        missing(files.of(after).schema(), files.of(before).schema());
                List<String> went =
                        missing(files.of(before).schema(), files.of(after).schema());
                if (!cells.isEmpty() || !came.isEmpty() || !went.isEmpty()) {
                    events.add(new RowEvent(RowEvent.Kind.CHANGED, after, cells, came, went));
                }
            }
        }

        private List<String> missing(Schema in, Schema from) {
            return in.names().stream().filter(name -> from.find(name).isEmpty()).toList();
        }

        /** Takes what a change set tells of the row. */
        private void step(ArchivedSnapshot after) {
            ChangeSetContent content = content(after.id());
            Optional<ChangeSetContent.Row> found = content.find(identity);
            if (found.isEmpty() || found.get().kind() == LineKind.TOUCHED) {
                return;
            }
            ChangeSetContent.Row row = found.get();
            List<CellChange> cells = new ArrayList<>();
            Map<String, Optional<String>> keys = new HashMap<>();
            for (String column : content.after().names()) {
                Optional<ChangeSetContent.CellTexts> cell = content.cell(row, column);
                cell.ifPresent(texts -> keys.put(column, texts.after().or(texts::before)));
                cell.filter(ChangeSetContent.CellTexts::differ)
                        .filter(texts -> row.kind() != LineKind.CHANGED
                                || request.dataset().hashSpec().covers(column))
                        .ifPresent(texts -> cells.add(new CellChange(column, texts.before(), texts.after())));
            }
            if (keys.keySet().containsAll(request.dataset().keyColumns())) {
                takeKey(keys);
            }
            add(
                    switch (row.kind()) {
                        case NEW -> RowEvent.Kind.NEW;
                        case DELETED -> RowEvent.Kind.DELETED;
                        default -> RowEvent.Kind.CHANGED;
                    },
                    after,
                    cells);
        }
    }
}
