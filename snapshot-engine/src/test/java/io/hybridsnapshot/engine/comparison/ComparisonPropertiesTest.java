package io.hybridsnapshot.engine.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.CellChange;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.ColumnChanges;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.schema.SchemaDrift;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.Consent;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Properties of every comparison of two archives, checked against maps: no change, all changes and the inverse; with
 * few rows in memory.
 */
class ComparisonPropertiesTest {
    private static final Dataset DATASET = Dataset.of("random", List.of("K"));

    @TempDir
    Path directory;

    private final Set<Path> spilled = new HashSet<>();

    private SnapshotEnvironment environment(int rowsInMemory) {
        return new SnapshotEnvironment(
                new InMemoryWindowStore(),
                new InMemoryArchiveStore(),
                new InMemorySnapshotCodec(),
                directory.resolve("work"),
                Clock.systemUTC(),
                "test",
                rowsInMemory);
    }

    private static ArchiveId archived(SnapshotEnvironment environment, RandomOrders orders) {
        SaveRequest request = SaveRequest.of(DATASET, Partition.ALL).withConsents(Set.of(Consent.values()));
        return new SaveSnapshot(environment)
                .save(request, orders.cells().source("random"))
                .archive()
                .orElseThrow()
                .id();
    }

    /** A report and all changes reported to its listener. */
    private record Compared(DeltaReport report, List<RowChange> heard) {}

    private Compared compare(SnapshotEnvironment environment, ArchiveId before, ArchiveId after) {
        List<RowChange> heard = new ArrayList<>();
        DeltaReport report = new CompareSnapshots(environment)
                .compare(new CompareRequest(
                        DATASET,
                        Partition.ALL,
                        new SnapshotReference.ByArchive(before),
                        new SnapshotReference.ByArchive(after),
                        Optional.of(new DetailRequest(1, Optional.of(heard::add))),
                        (step, rows) -> noteSpills(step)));
        return new Compared(report, heard);
    }

    private void noteSpills(Progress.Step step) {
        if (step != Progress.Step.COMPARING) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory.resolve("work"))) {
            files.filter(file -> file.getFileName().toString().startsWith("snapshot-run-"))
                    .forEach(spilled::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void aComparisonSaysAllAndNothingElse(long seed) {
        Random random = new Random(seed);
        RandomOrders before = RandomOrders.of(random, 1 + random.nextInt(150));
        require(before, before.changed(seed % 3 != 0), 2 + random.nextInt(20));
    }

    @Test
    void manyTimesTheRowsThatFitTheMemoryAreComparedByFiles() {
        RandomOrders before = RandomOrders.of(new Random(77), 6_000);
        require(before, before.changed(true), 64);
        // Each side alone is cut into more than ninety runs.
        assertTrue(spilled.size() > 180, spilled.size() + " files");
        assertFalse(Files.exists(spilled.iterator().next()));
    }

    private void require(RandomOrders before, RandomOrders after, int rowsInMemory) {
        SnapshotEnvironment environment = environment(rowsInMemory);
        ArchiveId a = archived(environment, before);
        ArchiveId b = archived(environment, after);
        for (ArchiveId side : List.of(a, b)) {
            Compared same = compare(environment, side, side);
            assertTrue(same.report().counts().isEmpty());
            assertTrue(same.report().drift().isEmpty());
            assertEquals(List.of(), same.heard());
        }
        Compared forwards = compare(environment, a, b);
        Compared backwards = compare(environment, b, a);
        requireAsNaive(before, after, forwards);
        requireAsNaive(after, before, backwards);
        requireApplied(before, after, forwards.heard());
        requireApplied(after, before, backwards.heard());
        requireInverse(forwards, backwards);
    }

    /** The columns of both tables. Rows are compared on these, regardless of their types. */
    private static List<String> shared(RandomOrders before, RandomOrders after) {
        return after.columns().keySet().stream()
                .filter(name -> before.columns().containsKey(name))
                .toList();
    }

    private static void requireAsNaive(RandomOrders before, RandomOrders after, Compared compared) {
        List<String> columns = shared(before, after);
        Map<String, Map<String, Optional<Object>>> left = before.view(columns, after);
        Map<String, Map<String, Optional<Object>>> right = after.view(columns, before);
        Map<ChangeKind, Integer> counts = new EnumMap<>(ChangeKind.class);
        Map<String, ChangeKind> kinds = new TreeMap<>();
        Map<String, Long> columnCounts = new TreeMap<>();
        Set<String> keys = new HashSet<>(left.keySet());
        keys.addAll(right.keySet());
        for (String key : keys) {
            ChangeKind kind = !left.containsKey(key)
                    ? ChangeKind.NEW
                    : !right.containsKey(key)
                            ? ChangeKind.DELETED
                            : left.get(key).equals(right.get(key)) ? ChangeKind.UNCHANGED : ChangeKind.CHANGED;
            counts.merge(kind, 1, Integer::sum);
            if (kind != ChangeKind.UNCHANGED) {
                kinds.put(key, kind);
            }
            if (kind == ChangeKind.CHANGED) {
                for (String column : columns) {
                    if (!left.get(key).get(column).equals(right.get(key).get(column))) {
                        columnCounts.merge(column, 1L, Long::sum);
                    }
                }
            }
        }
        assertEquals(
                new DeltaSummary(
                        counts.getOrDefault(ChangeKind.NEW, 0),
                        counts.getOrDefault(ChangeKind.CHANGED, 0),
                        counts.getOrDefault(ChangeKind.UNCHANGED, 0),
                        counts.getOrDefault(ChangeKind.DELETED, 0)),
                compared.report().counts());
        Map<String, ChangeKind> heard = new TreeMap<>();
        compared.heard().forEach(row -> heard.put(key(row), row.kind()));
        assertEquals(kinds, heard);
        assertEquals(kinds.size(), compared.heard().size(), "every row is heard once");
        Map<String, Long> reported = new TreeMap<>();
        for (ColumnChanges column : compared.report().details().orElseThrow().columns()) {
            reported.put(column.column(), column.rows());
        }
        assertEquals(columnCounts, reported);
    }

    /**
     * Applies the reported changes to the earlier rows. Cells of NEW rows come from the later ones, as a delta does not
     * hold them.
     */
    private static void requireApplied(RandomOrders before, RandomOrders after, List<RowChange> heard) {
        List<String> columns = shared(before, after);
        Map<String, Map<String, Optional<Object>>> rows = before.view(columns, after);
        Map<String, Map<String, Optional<Object>>> wanted = after.view(columns, before);
        for (RowChange row : heard) {
            switch (row.kind()) {
                case NEW -> rows.put(key(row), wanted.get(key(row)));
                case DELETED -> rows.remove(key(row));
                case CHANGED -> {
                    for (CellChange cell : row.cells()) {
                        Optional<Object> old =
                                rows.get(key(row)).put(cell.column(), value(after, before, cell, cell.after()));
                        assertEquals(old, value(before, after, cell, cell.before()), "the value before");
                    }
                }
                case UNCHANGED -> throw new AssertionError("an unchanged row was heard");
            }
        }
        assertEquals(wanted, rows);
    }

    private static Optional<Object> value(
            RandomOrders side, RandomOrders other, CellChange cell, Optional<String> text) {
        return text.map(some -> side.value(cell.column(), some, other));
    }

    private static void requireInverse(Compared forwards, Compared backwards) {
        DeltaSummary there = forwards.report().counts();
        assertEquals(
                new DeltaSummary(there.deleted(), there.changed(), there.unchanged(), there.added()),
                backwards.report().counts());
        SchemaDrift drift = forwards.report().drift();
        SchemaDrift inverse = backwards.report().drift();
        assertEquals(Set.copyOf(drift.added()), Set.copyOf(inverse.dropped()));
        assertEquals(Set.copyOf(drift.dropped()), Set.copyOf(inverse.added()));
        Set<SchemaDrift.Retyped> swapped = new HashSet<>();
        drift.retyped()
                .forEach(
                        column -> swapped.add(new SchemaDrift.Retyped(column.name(), column.after(), column.before())));
        assertEquals(swapped, Set.copyOf(inverse.retyped()));
        Map<String, RowChange> back = new TreeMap<>();
        backwards.heard().forEach(row -> back.put(key(row), row));
        assertEquals(forwards.heard().size(), back.size());
        for (RowChange row : forwards.heard()) {
            RowChange inverted = back.get(key(row));
            assertEquals(row.identity(), inverted.identity());
            assertEquals(inverse(row.kind()), inverted.kind());
            assertEquals(
                    row.cells().stream()
                            .map(cell -> new CellChange(cell.column(), cell.after(), cell.before()))
                            .collect(Collectors.toSet()),
                    new HashSet<>(inverted.cells()));
        }
    }

    private static ChangeKind inverse(ChangeKind kind) {
        return switch (kind) {
            case NEW -> ChangeKind.DELETED;
            case DELETED -> ChangeKind.NEW;
            case CHANGED, UNCHANGED -> kind;
        };
    }

    private static String key(RowChange row) {
        return row.key().get("K").orElseThrow();
    }
}
