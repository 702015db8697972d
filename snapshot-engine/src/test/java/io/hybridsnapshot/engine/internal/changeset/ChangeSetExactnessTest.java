package io.hybridsnapshot.engine.internal.changeset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.changeset.LineKind;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.testkit.data.RandomTables;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A change set turns each of two random states into the other, cell by cell and in order. */
class ChangeSetExactnessTest {
    private static final int POOL = 60;
    private static final String KEY = "id";

    private final InMemorySnapshotCodec codec = new InMemorySnapshotCodec();

    @TempDir
    Path directory;

    /** A state of a table: rows of a pool, each cell from a row of its own. */
    private record State(Schema schema, List<String> columns, List<Row> rows) {}

    private record Row(long id, int[] cells) {}

    private static final class States {
        private final Random random;
        private final RowBatch pool;
        private final List<String> all;
        private long lastId;

        States(long seed) {
            this.random = new Random(seed);
            RandomTables tables = RandomTables.seeded(seed);
            Table table = seed % 2 == 0 ? tables.everyType(POOL, POOL) : tables.table(8, POOL, POOL);
            this.pool = table.inBatchesOf(POOL).batches().get(0);
            this.all = pool.schema().names();
        }

        State first(int size) {
            List<String> columns = new ArrayList<>(all.subList(0, Math.max(1, all.size() - 2)));
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                rows.add(row());
            }
            return state(columns, rows);
        }

        private Row row() {
            int[] cells = new int[all.size()];
            for (int i = 0; i < cells.length; i++) {
                cells[i] = random.nextInt(pool.rowCount());
            }
            return new Row(++lastId, cells);
        }

        private State state(List<String> columns, List<Row> rows) {
            List<Column> schema = new ArrayList<>();
            schema.add(new Column(KEY, ColumnType.INT64));
            for (String name : columns) {
                schema.add(pool.schema().column(pool.schema().indexOf(name)));
            }
            return new State(Schema.of(schema), columns, rows);
        }

        /** A state after another one: cells, rows, columns and the order may differ. */
        State next(State state, double share) {
            List<Row> rows = new ArrayList<>();
            for (Row row : state.rows()) {
                if (random.nextDouble() >= share / 3) {
                    int[] cells = row.cells().clone();
                    if (random.nextDouble() < share) {
                        for (int n = random.nextInt(3); n >= 0; n--) {
                            cells[random.nextInt(cells.length)] = random.nextInt(pool.rowCount());
                        }
                    }
                    rows.add(new Row(row.id(), cells));
                }
                if (random.nextDouble() < share / 3) {
                    rows.add(row());
                }
            }
            if (random.nextInt(3) == 0) {
                int column = random.nextInt(all.size());
                rows.forEach(row -> row.cells()[column] = random.nextInt(pool.rowCount()));
            }
            switch (random.nextInt(4)) {
                case 0 -> Collections.shuffle(rows, random);
                case 1 -> Collections.rotate(rows, rows.size() / 3);
                default -> {
                    // The order stays.
                }
            }
            List<String> columns = new ArrayList<>(state.columns());
            if (random.nextInt(3) == 0) {
                columns = new ArrayList<>(all);
                Collections.shuffle(columns, random);
                columns = columns.subList(0, Math.max(1, all.size() - random.nextInt(3)));
            }
            return state(columns, rows);
        }

        Table table(State state) {
            List<ColumnVector> vectors =
                    RowBatch.vectorsFor(state.schema(), Math.max(1, state.rows().size()));
            for (Row row : state.rows()) {
                ((LongVector) vectors.get(0)).append(row.id());
                for (int i = 0; i < state.columns().size(); i++) {
                    int column = pool.schema().indexOf(state.columns().get(i));
                    vectors.get(i + 1).appendFrom(pool.vector(column), row.cells()[column]);
                }
            }
            return new Table(state.schema(), List.of(new RowBatch(state.schema(), vectors)));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void eachStateFollowsFromTheOther(long seed) throws Exception {
        States states = new States(seed);
        Random random = new Random(seed);
        State state = states.first(random.nextInt(120));
        int built = 0;
        for (int step = 0; step < 6; step++) {
            State next = states.next(state, random.nextInt(3) * 0.1 + 0.02);
            built += check(states.table(state), states.table(next), dataset(state, random), step) ? 1 : 0;
            state = next;
        }
        assertTrue(built > 0, "no change set was small enough");
    }

    /** Some columns are left out of the comparison, and one has a rule. */
    private static Dataset dataset(State state, Random random) {
        List<String> ignored = random.nextBoolean() ? state.columns().subList(0, 1) : List.of();
        Map<String, ColumnRules> rules = new HashMap<>();
        for (Column column : state.schema().columns()) {
            if (column.type().equals(ColumnType.TEXT) && random.nextBoolean()) {
                rules.put(column.name(), ColumnRules.NONE.with(ColumnRules.Flag.TRIM));
            }
        }
        HashSpec spec = new HashSpec(rules, Set.of(), Map.of()).ignoring(ignored);
        return Dataset.of("states", List.of(KEY)).withHashSpec(spec);
    }

    private boolean check(Table before, Table after, Dataset dataset, int step) throws Exception {
        Path earlier = write(before, "before" + step, Map.of("note", "one", "gone", ""));
        Path later = write(after, "after" + step, Map.of("note", "two"));
        try (SnapshotReader left = codec.openReader(FileBytes.open(earlier));
                SnapshotReader right = codec.openReader(FileBytes.open(later));
                RowHashing hashing = new RowHashing(directory, 16)) {
            Path target = directory.resolve("set" + step);
            Optional<ChangeSetBuilder.Built> built = new ChangeSetBuilder(codec, dataset, hashing)
                    .build(left, right, Long.MAX_VALUE, Map.of(), target)
                    .built();
            if (built.isEmpty()) {
                return false;
            }
            try (SnapshotReader set = codec.openReader(FileBytes.open(target))) {
                ChangeSetContent content = ChangeSetContent.read(set);
                assertEquals(before.schema(), content.before());
                assertEquals(after.schema(), content.after());
                assertEquals(Map.of("note", "one", "gone", ""), content.notesBefore());
                assertEquals(Map.of("note", "two"), content.notesAfter());
                assertEquals(List.of(KEY), content.keyColumns());
                ChangeSetApplication application = new ChangeSetApplication(content, directory);
                try (RowStream rows = application.forward(left)) {
                    assertSame(after, Table.read(rows));
                }
                try (RowStream rows = application.backward(right)) {
                    assertSame(before, Table.read(rows));
                }
                assertEquals(kinds(before, after, dataset), kinds(content));
                ChangeSetContent.Row some = content.rows().stream().findFirst().orElse(null);
                if (some != null) {
                    assertEquals(Optional.of(some), content.find(some.identity()));
                    assertTrue(built.get().filter().mayHold(codec.filterDigest().identity(some.identity())));
                }
                assertEquals(content.rows().size(), built.get().counts().rows());
            }
        }
        return true;
    }

    private Path write(Table table, String name, Map<String, String> notes) {
        Path file = directory.resolve(name);
        try (SnapshotWriter writer = codec.openWriter(file, table.schema(), notes)) {
            table.batches().forEach(writer::append);
            writer.finish();
        }
        return file;
    }

    private static void assertSame(Table expected, Table actual) {
        assertEquals(expected.schema(), actual.schema());
        assertEquals(expected.rowCount(), actual.rowCount());
        if (expected.rowCount() == 0) {
            return;
        }
        int rows = (int) expected.rowCount();
        RowBatch left = expected.inBatchesOf(rows).batches().get(0);
        RowBatch right = actual.inBatchesOf(rows).batches().get(0);
        for (int column = 0; column < expected.schema().size(); column++) {
            for (int row = 0; row < rows; row++) {
                assertTrue(
                        ExactCells.same(left.vector(column), row, right.vector(column), row),
                        "row " + row + ", column " + expected.schema().column(column));
            }
        }
    }

    /** The kinds of rows by hashes over the columns that both tables have, with the rows that are only touched. */
    private static Map<UUID, LineKind> kinds(Table before, Table after, Dataset dataset) {
        List<String> shared = before.schema().names().stream()
                .filter(name -> after.schema().find(name).isPresent())
                .toList();
        Map<UUID, String> earlier = hashes(before.select(shared), dataset);
        Map<UUID, String> later = hashes(after.select(shared), dataset);
        Map<UUID, LineKind> kinds = new HashMap<>();
        earlier.forEach((identity, hash) -> {
            if (!later.containsKey(identity)) {
                kinds.put(identity, LineKind.DELETED);
            } else if (!later.get(identity).equals(hash)) {
                kinds.put(identity, LineKind.CHANGED);
            }
        });
        later.keySet().stream()
                .filter(identity -> !earlier.containsKey(identity))
                .forEach(identity -> kinds.put(identity, LineKind.NEW));
        return kinds;
    }

    private static Map<UUID, LineKind> kinds(ChangeSetContent content) {
        Map<UUID, LineKind> kinds = new HashMap<>();
        content.rows().stream()
                .filter(row -> row.kind() != LineKind.TOUCHED)
                .forEach(row -> kinds.put(row.identity(), row.kind()));
        return kinds;
    }

    private static Map<UUID, String> hashes(Table table, Dataset dataset) {
        RowHasher hasher = RowHasher.of(table.schema(), dataset.hashSpec(), dataset.keyColumns());
        Map<UUID, String> hashes = new HashMap<>();
        for (RowBatch batch : table.batches()) {
            KeyedHashes keyed = hasher.hash(batch);
            for (int row = 0; row < keyed.size(); row++) {
                hashes.put(keyed.identity(row), keyed.hex(row));
            }
        }
        return hashes;
    }

    /** A cell is a text, and its text is the cell again. */
    @ParameterizedTest
    @ValueSource(longs = {0x7ff8000000000000L, 0xfff8000000000001L, 0x7ff0000000000123L, 0x8000000000000000L, 1L})
    void everyBitOfAFloatReturns(long bits) {
        DoubleVector cells = new DoubleVector(1);
        cells.append(Double.longBitsToDouble(bits));
        BytesVector texts = new BytesVector(1);
        CellForm.append(ColumnType.FLOAT64, cells, 0, texts);
        DoubleVector back = new DoubleVector(1);
        CellForm.read(ColumnType.FLOAT64, texts, 0, back);
        assertEquals(bits, Double.doubleToRawLongBits(back.get(0)));
    }
}
