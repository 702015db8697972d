package io.hybridsnapshot.engine.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.RowCells;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.engine.Cells;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.ArchiveMode;
import io.hybridsnapshot.engine.save.Consent;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.engine.tables.CompareTables;
import io.hybridsnapshot.engine.tables.TablesRequest;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemoryRowSource;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A listener that wants whole rows receives each row that differs with every cell of both tables. */
class WholeRowsTest {
    private static final Dataset DATASET = Dataset.of("t", List.of("K"));

    @TempDir
    Path directory;

    private int environments;

    private SnapshotEnvironment environment() {
        return new SnapshotEnvironment(
                new InMemoryWindowStore(),
                new InMemoryArchiveStore(),
                new InMemorySnapshotCodec(),
                directory.resolve("work-" + environments++),
                Clock.systemUTC(),
                "test",
                64);
    }

    private static RowSource source(String name, Table table) {
        return new InMemoryRowSource(name, table);
    }

    /** Keeps the rows that it hears, and the columns it is told of. */
    private static final class Hearing implements RowChangeListener {
        private final boolean whole;
        private final List<RowChange> rows = new ArrayList<>();
        private Optional<ComparedColumns> columns = Optional.empty();

        Hearing(boolean whole) {
            this.whole = whole;
        }

        @Override
        public void onColumns(ComparedColumns compared) {
            columns = Optional.of(compared);
        }

        @Override
        public void onChange(RowChange change) {
            assertTrue(columns.isPresent(), "the columns come first");
            rows.add(change);
        }

        @Override
        public boolean wantsWholeRows() {
            return whole;
        }
    }

    /** The ways to compare two tables. */
    enum Way {
        IN_STEP,
        BY_HASHES,
        ARCHIVES,
        DETECT,
        DETECT_BY_HASHES,
        DETECT_IN_DATABASE,
        SAVE,
        TABLES
    }

    private DeltaReport compare(Way way, Dataset dataset, Table before, Table after, DetailRequest details) {
        SnapshotEnvironment environment = environment();
        Optional<DetailRequest> wanted = Optional.of(details);
        return switch (way) {
            case IN_STEP -> compare(new CompareSnapshots(environment), dataset, before, after, wanted);
            case BY_HASHES -> compare(CompareSnapshots.byHashes(environment), dataset, before, after, wanted);
            case ARCHIVES -> {
                save(environment, dataset, before, Optional.empty());
                save(environment, dataset, after, Optional.empty());
                yield new CompareSnapshots(environment)
                        .compare(new CompareRequest(
                                dataset,
                                Partition.ALL,
                                new SnapshotReference.Previous(),
                                new SnapshotReference.Current(),
                                wanted,
                                Progress.NONE));
            }
            case DETECT ->
                detect(new DetectChanges(environment), environment, dataset, before, after, wanted, RowJoin.STREAM);
            case DETECT_BY_HASHES ->
                detect(
                        DetectChanges.byHashes(environment),
                        environment,
                        dataset,
                        before,
                        after,
                        wanted,
                        RowJoin.STREAM);
            case DETECT_IN_DATABASE ->
                detect(new DetectChanges(environment), environment, dataset, before, after, wanted, RowJoin.DATABASE);
            case SAVE -> {
                save(environment, dataset, before, Optional.empty());
                yield save(environment, dataset, after, wanted).orElseThrow();
            }
            case TABLES ->
                new CompareTables(environment)
                        .compare(TablesRequest.of(source("before", before), source("after", after))
                                .withKey(List.of("K"))
                                .withDetails(wanted))
                        .delta();
        };
    }

    private static DeltaReport compare(
            CompareSnapshots useCase, Dataset dataset, Table before, Table after, Optional<DetailRequest> details) {
        return useCase.compare(new CompareRequest(
                dataset,
                Partition.ALL,
                new SnapshotReference.OfSource(source("before", before)),
                new SnapshotReference.OfSource(source("after", after)),
                details,
                Progress.NONE));
    }

    private static DeltaReport detect(
            DetectChanges useCase,
            SnapshotEnvironment environment,
            Dataset dataset,
            Table before,
            Table after,
            Optional<DetailRequest> details,
            RowJoin join) {
        // A snapshot of other hash rules is compared by its archive, in step.
        save(environment, DATASET, before, Optional.empty());
        return useCase.detect(
                new DetectRequest(dataset, Partition.ALL, details, Progress.NONE).withJoin(join),
                source("after", after));
    }

    private static Optional<DeltaReport> save(
            SnapshotEnvironment environment, Dataset dataset, Table table, Optional<DetailRequest> details) {
        SaveRequest request = SaveRequest.of(dataset, Partition.ALL).withConsents(Set.of(Consent.values()));
        return new SaveSnapshot(environment)
                .save(details.map(request::withDetails).orElse(request), source("table", table))
                .delta();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void wholeRowsAreTheRowsOfBothTables(Way way) {
        Set<ChangeKind> kinds = new TreeSet<>();
        boolean drifted = false;
        for (long seed = 1; seed <= 8; seed++) {
            Random random = new Random(seed);
            RandomOrders orders = RandomOrders.of(random, 1 + random.nextInt(150));
            RandomOrders changed = orders.changed(seed % 2 == 0);
            Table before = orders.cells().table();
            Table after = changed.cells().table();
            Dataset dataset = seed % 3 == 0 ? DATASET.withHashSpec(spec(before, after)) : DATASET;
            // A save does not take rules.
            ComparisonRules rules = way == Way.SAVE || seed % 4 != 1 ? ComparisonRules.NONE : rules(before);
            Hearing plain = new Hearing(false);
            DeltaReport one =
                    compare(way, dataset, before, after, new DetailRequest(3, Optional.of(plain)).withRules(rules));
            Hearing whole = new Hearing(true);
            DeltaReport other =
                    compare(way, dataset, before, after, new DetailRequest(3, Optional.of(whole)).withRules(rules));
            assertEquals(one.counts(), other.counts(), "seed " + seed);
            assertEquals(
                    one.details(),
                    other.details().map(details -> details.withConcentration(Optional.empty())),
                    "seed " + seed);
            assertEquals(
                    plain.rows, whole.rows.stream().map(WholeRowsTest::bare).toList(), "seed " + seed);
            assertEquals(
                    Optional.of(before.schema()), whole.columns.orElseThrow().before());
            assertEquals(
                    Optional.of(after.schema()), whole.columns.orElseThrow().after());
            assertEquals(List.of("K"), whole.columns.orElseThrow().keyColumns());
            Map<String, RowCells> left = rows(before);
            Map<String, RowCells> right = rows(after);
            for (RowChange row : whole.rows) {
                String key = row.key().get("K").orElseThrow();
                assertEquals(Optional.ofNullable(left.get(key)), row.before(), "seed " + seed);
                assertEquals(Optional.ofNullable(right.get(key)), row.after(), "seed " + seed);
                kinds.add(row.kind());
            }
            drifted |= !before.schema().equals(after.schema());
        }
        assertEquals(Set.of(ChangeKind.NEW, ChangeKind.CHANGED, ChangeKind.DELETED), kinds);
        assertTrue(drifted);
    }

    private static HashSpec spec(Table before, Table after) {
        Map<String, ColumnRules> rules = new HashMap<>();
        Map.of("NAME", "ignore", "NOTE", "empty-as-null").forEach((name, rule) -> {
            if (before.schema().find(name).isPresent()
                    && after.schema().find(name).isPresent()) {
                rules.put(name, ColumnRules.parse(List.of(rule)));
            }
        });
        return new HashSpec(rules);
    }

    private static ComparisonRules rules(Table table) {
        ComparisonRules rules = ComparisonRules.NONE;
        for (String column : List.of("QTY", "NOTE")) {
            rules = table.schema().find(column).isPresent() ? rules.ignoring(column) : rules;
        }
        return rules;
    }

    private static RowChange bare(RowChange row) {
        return new RowChange(row.kind(), row.identity(), row.key(), row.cells());
    }

    /** The rows of a table by key. */
    private static Map<String, RowCells> rows(Table table) {
        Map<String, RowCells> rows = new HashMap<>();
        List<Column> columns = table.schema().columns();
        for (RowBatch batch : table.batches()) {
            for (int row = 0; row < batch.rowCount(); row++) {
                List<Optional<String>> texts = new ArrayList<>();
                for (int column = 0; column < columns.size(); column++) {
                    texts.add(
                            batch.vector(column).isNull(row)
                                    ? Optional.empty()
                                    : Optional.of(
                                            CellText.of(columns.get(column).type(), batch.vector(column), row)));
                }
                RowCells cells = new RowCells(table.schema().names(), texts);
                rows.put(cells.texts().get(table.schema().indexOf("K")).orElseThrow(), cells);
            }
        }
        return rows;
    }

    private static Table small(String value) {
        return new Cells()
                .column("K", ColumnType.TEXT)
                .column("V", ColumnType.TEXT)
                .row("1", value)
                .table();
    }

    @Test
    void theEarlierRowIsEmptyWhereNoArchiveHoldsIt() {
        SnapshotEnvironment environment = environment();
        new SaveSnapshot(environment)
                .save(
                        SaveRequest.of(DATASET, Partition.ALL).withArchiveMode(ArchiveMode.OFF),
                        source("before", small("a")));
        Hearing whole = new Hearing(true);
        new DetectChanges(environment)
                .detect(
                        new DetectRequest(
                                DATASET,
                                Partition.ALL,
                                Optional.of(new DetailRequest(3, Optional.of(whole))),
                                Progress.NONE),
                        source("after", small("b")));
        assertEquals(ChangeKind.CHANGED, whole.rows.get(0).kind());
        assertEquals(Optional.empty(), whole.rows.get(0).before());
        assertEquals(Optional.of(rows(small("b")).get("1")), whole.rows.get(0).after());
    }

    /** A listener that refuses the columns ends a save before it has an effect. */
    @Test
    void aListenerThatRefusesTheColumnsEndsASaveWithoutEffect() {
        SnapshotEnvironment environment = environment();
        save(environment, DATASET, small("a"), Optional.empty());
        RowChangeListener refusing = new RowChangeListener() {
            @Override
            public void onColumns(ComparedColumns columns) {
                throw SnapshotException.invalidRequest("refused").build();
            }

            @Override
            public void onChange(RowChange change) {}
        };
        DetailRequest details = new DetailRequest(3, Optional.of(refusing));
        assertThrows(SnapshotException.class, () -> save(environment, DATASET, small("b"), Optional.of(details)));
        Hearing heard = new Hearing(false);
        save(environment, DATASET, small("a"), Optional.of(new DetailRequest(3, Optional.of(heard))));
        assertEquals(List.of(), heard.rows);
    }
}
