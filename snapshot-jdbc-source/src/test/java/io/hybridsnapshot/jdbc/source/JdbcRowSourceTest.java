package io.hybridsnapshot.jdbc.source;

import static io.hybridsnapshot.jdbc.source.Cells.assertMentions;
import static io.hybridsnapshot.jdbc.source.Cells.column;
import static io.hybridsnapshot.jdbc.source.Cells.read;
import static io.hybridsnapshot.jdbc.source.Cells.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.csv.CsvFormat;
import io.hybridsnapshot.csv.CsvLayout;
import io.hybridsnapshot.csv.CsvRowSource;
import io.hybridsnapshot.csv.CsvRowWriter;
import io.hybridsnapshot.csv.EmptyCells;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.testkit.data.RandomTables;
import io.hybridsnapshot.testkit.data.Table;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class JdbcRowSourceTest {
    private static final int MANY_ROWS = 100_000;
    private static final int TEXT_CHARS = 4_000;

    @TempDir
    Path directory;

    private DataSource orders(TestDatabase database) {
        DataSource source = database.open(directory);
        TestDatabase.execute(
                source,
                "CREATE TABLE orders (id INTEGER, region VARCHAR(10))",
                "INSERT INTO orders VALUES (3, 'north'), (1, 'south'), (2, 'north'), (4, NULL)");
        return source;
    }

    /** H2 stores unquoted names in upper case. */
    private static String stored(TestDatabase database, String name) {
        return database == TestDatabase.H2 ? name.toUpperCase(java.util.Locale.ROOT) : name;
    }

    @ParameterizedTest
    @EnumSource
    void conditionAndOrderApplyToTablesAndQueries(TestDatabase database) {
        DataSource source = orders(database);
        String id = stored(database, "id");
        for (JdbcRowSource.Builder builder : List.of(
                JdbcRowSource.ofTable(source, stored(database, "orders")),
                JdbcRowSource.ofQuery(source, "SELECT id, region FROM orders -- all of them\n;"))) {
            assertEquals(
                    List.of("2", "3"),
                    column(read(builder.where("region = ?", "north").orderBy(id).build()), id));
            assertEquals(
                    List.of("1", "2", "3", "4"),
                    column(
                            read(
                                    builder.where("1 = 1 -- every row")
                                            .orderBy(id)
                                            .build(),
                                    ReadOptions.ALL.withColumns(List.of(id))),
                            id));
        }
    }

    @ParameterizedTest
    @EnumSource
    void sameRowsHaveTheSameHashesInEveryDatabaseAndInCsv(TestDatabase database) {
        Table table = RandomTables.seeded(5)
                .without(
                        RandomTables.Edge.LONE_SURROGATE,
                        RandomTables.Edge.NAN,
                        RandomTables.Edge.NEGATIVE_ZERO,
                        RandomTables.Edge.ROW_OF_NULLS)
                .withFractionDigits(6)
                .everyType(150, 150);
        DataSource source = database.open(directory);
        database.make(source, "t", table);
        Path file = directory.resolve("t.csv");
        try (CsvRowWriter writer = CsvRowWriter.create(file, table.schema(), CsvLayout.DEFAULT)) {
            table.batches().forEach(writer::append);
            writer.finish();
        }
        Map<String, ColumnType> types =
                table.schema().columns().stream().collect(Collectors.toMap(Column::name, Column::type));
        RowSource csv = new CsvRowSource(
                file,
                CsvFormat.DEFAULT
                        .withEmptyCells(EmptyCells.UNQUOTED_EMPTY_IS_NULL)
                        .withTypes(types));
        List<String> expected = hashes(csv);
        assertEquals(150, expected.size());
        assertEquals(expected, hashes(database.source(source, "t", table).build()));
    }

    private static List<String> hashes(RowSource source) {
        Table table = read(source);
        RowHasher hasher = RowHasher.of(
                table.schema(), HashSpec.ALL_COLUMNS, table.schema().names());
        List<String> hashes = new ArrayList<>();
        for (RowBatch batch : table.batches()) {
            KeyedHashes hashed = hasher.hash(batch);
            for (int row = 0; row < hashed.size(); row++) {
                hashes.add(hashed.hex(row));
            }
        }
        return hashes;
    }

    @ParameterizedTest
    @EnumSource
    void manyRowsAreReadInBoundedMemory(TestDatabase database) {
        DataSource source = database.open(directory);
        String sql = switch (database) {
            case SQLITE ->
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + MANY_ROWS
                        + ") SELECT i, hex(zeroblob(" + TEXT_CHARS / 2 + ")) AS t FROM n";
            case H2 ->
                "SELECT x AS \"i\", REPEAT('x', " + TEXT_CHARS + ") AS \"t\" FROM SYSTEM_RANGE(1, " + MANY_ROWS + ")";
            case DUCKDB -> "SELECT range + 1 AS i, repeat('x', " + TEXT_CHARS + ") AS t FROM range(" + MANY_ROWS + ")";
        };
        JdbcRowSource rows = JdbcRowSource.ofQuery(source, sql)
                .type("i", ColumnType.INT64)
                .type("t", ColumnType.TEXT)
                .build();
        // 400 MB altogether.
        long most = used() + (100L << 20);
        long read = 0;
        try (RowStream stream = rows.open(ReadOptions.ALL)) {
            int batches = 0;
            for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                read += batch.get().rowCount();
                if (++batches % 15 == 0) {
                    long now = used();
                    assertTrue(now < most, () -> (now >> 20) + " MB in use, expected less than " + (most >> 20));
                }
            }
        }
        assertEquals(MANY_ROWS, read);
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void batchEndsWhenItsBytesAreMany() {
        DataSource h2 = TestDatabase.H2.open(directory);
        int chars = 200_000;
        JdbcRowSource rows = JdbcRowSource.ofQuery(h2, "SELECT REPEAT('x', " + chars + ") t FROM SYSTEM_RANGE(1, 300)")
                .build();
        try (RowStream stream = rows.open(ReadOptions.ALL)) {
            long first = stream.next().orElseThrow().rowCount();
            assertTrue(first <= RowBatch.DEFAULT_BYTES / chars + 1, () -> first + " rows of " + chars + " bytes");
        }
    }

    @Test
    void knownTypesServeColumnsWithoutATypeOfTheirOwn() {
        DataSource sqlite = orders(TestDatabase.SQLITE);
        Schema before = Schema.of(new Column("n", ColumnType.INT32));
        assertEquals(
                before,
                read(
                                JdbcRowSource.ofQuery(sqlite, "SELECT count(*) AS n FROM orders")
                                        .build(),
                                ReadOptions.ALL.withKnownTypes(Optional.of(before)))
                        .schema());
    }

    @Test
    void declaredTypesCheckEveryValue() {
        DataSource h2 = orders(TestDatabase.H2);
        JdbcRowSource.Builder builder = JdbcRowSource.ofTable(h2, "ORDERS").orderBy("ID");
        assertEquals(
                List.of("1.00", "2.00", "3.00", "4.00"),
                column(read(builder.type("ID", ColumnType.decimal(5, 2)).build()), "ID"));
        assertMentions(
                refusal(
                        Kind.INVALID_REQUEST,
                        builder.type("ID", ColumnType.BOOLEAN).build()),
                "row 2",
                "column 'ID'",
                "integer 2",
                "boolean",
                "INTEGER");
        assertMentions(
                refusal(
                        Kind.INVALID_REQUEST,
                        builder.type("id", ColumnType.INT8).build()),
                "'id'",
                "did you mean 'ID'?");
    }

    @Test
    void columnsThatAreNotAskedForNeedNoType() {
        DataSource duckdb = orders(TestDatabase.DUCKDB);
        JdbcRowSource rows = JdbcRowSource.ofQuery(duckdb, "SELECT id, [1] AS list FROM orders")
                .build();
        assertEquals(4, read(rows, ReadOptions.ALL.withColumns(List.of("id"))).rowCount());
    }

    @ParameterizedTest
    @EnumSource
    void queryThatCannotBeRunIsAnInvalidRequest(TestDatabase database) {
        DataSource source = orders(database);
        for (String sql : List.of("SELECT nothing FROM orders", "SELEC 1", "SELECT * FROM no_such_table")) {
            assertMentions(
                    refusal(
                            Kind.INVALID_REQUEST,
                            JdbcRowSource.ofQuery(source, sql)
                                    .description("the orders")
                                    .build()),
                    "the query cannot be run (the orders)",
                    "correct the query");
        }
        refusal(
                Kind.INVALID_REQUEST,
                JdbcRowSource.ofTable(source, "no such table").build());
    }

    @ParameterizedTest
    @EnumSource
    void columnNamesAreUniqueAndNotEmpty(TestDatabase database) {
        DataSource source = orders(database);
        assertMentions(
                refusal(
                        Kind.INVALID_REQUEST,
                        JdbcRowSource.ofTable(source, stored(database, "orders"))
                                .type(stored(database, "region"), ColumnType.TEXT)
                                .type("price", ColumnType.INT32)
                                .build()),
                "'price'");
        assertMentions(
                refusal(
                        Kind.INVALID_REQUEST,
                        JdbcRowSource.ofQuery(source, "SELECT id AS \"a\", id AS \"a\" FROM orders")
                                .build()),
                "two columns have one name");
    }

    @ParameterizedTest
    @EnumSource
    void queryReadsAndNeverChangesData(TestDatabase database) {
        DataSource source = orders(database);
        for (String sql : List.of(
                "DELETE FROM orders",
                " -- old ones\n/* all */ (delete FROM orders",
                "UPDATE orders SET id = 0",
                "DROP TABLE orders")) {
            assertMentions(
                    assertThrows(SnapshotException.class, () -> JdbcRowSource.ofQuery(source, sql)),
                    "would change data",
                    "SELECT");
        }
        for (String sql : List.of(
                "SELECT id FROM orders; DELETE FROM orders",
                "SELECT id FROM orders; DROP TABLE orders",
                "WITH x AS (SELECT 1) DELETE FROM orders",
                "VACUUM")) {
            refusal(Kind.INVALID_REQUEST, JdbcRowSource.ofQuery(source, sql).build());
        }
        assertEquals(
                4,
                read(JdbcRowSource.ofQuery(source, "WITH x AS (SELECT id, ';' AS s FROM orders) SELECT * FROM x;")
                                .type(stored(database, "s"), ColumnType.TEXT)
                                .build())
                        .rowCount());
    }

    @ParameterizedTest
    @EnumSource
    void valuesOfAConditionAreAsManyAsItsParameters(TestDatabase database) {
        DataSource source = orders(database);
        JdbcRowSource.Builder builder = JdbcRowSource.ofTable(source, stored(database, "orders"));
        refusal(Kind.INVALID_REQUEST, builder.where("id = ? OR id = ?", 1).build());
        refusal(Kind.INVALID_REQUEST, builder.where("id = ?").build());
        refusal(Kind.INVALID_REQUEST, builder.where("id = 1", 1).build());
        assertEquals(2, read(builder.where("id = ? OR id = ?", 1, 2).build()).rowCount());
        refusal(
                Kind.INVALID_REQUEST,
                JdbcRowSource.ofQuery(source, "SELECT id FROM orders WHERE id = ?")
                        .build());
    }

    @ParameterizedTest
    @EnumSource
    void columnToSortByHasToBeThere(TestDatabase database) {
        DataSource source = orders(database);
        assertMentions(
                refusal(
                        Kind.INVALID_REQUEST,
                        JdbcRowSource.ofTable(source, stored(database, "orders"))
                                .orderBy("idd")
                                .build()),
                "idd");
    }

    @Test
    void sqliteSortsByNamesInAnyCaseAndByTheRowId() {
        DataSource sqlite = orders(TestDatabase.SQLITE);
        JdbcRowSource.Builder builder = JdbcRowSource.ofTable(sqlite, "orders");
        assertEquals(
                List.of("1", "2", "3", "4"), column(read(builder.orderBy("ID").build()), "id"));
        assertEquals(
                List.of("3", "1", "2", "4"),
                column(read(builder.orderBy("rowid").build()), "id"));
    }

    @Test
    void messageOfH2EndsWithItsLine() {
        SnapshotException error = refusal(
                Kind.INVALID_REQUEST,
                JdbcRowSource.ofTable(orders(TestDatabase.H2), "nothing").build());
        assertMentions(error, "not found; correct the query");
    }

    @Test
    void emptyQueryAndNamelessTableAreRefusedAtOnce() {
        DataSource none = new SimpleDataSource(() -> {
            throw new SQLException("not reached");
        });
        assertThrows(SnapshotException.class, () -> JdbcRowSource.ofQuery(none, " ; "));
        assertThrows(SnapshotException.class, () -> JdbcRowSource.ofTable(none));
        assertThrows(SnapshotException.class, () -> JdbcRowSource.ofTable(none, "a", ""));
        assertThrows(
                SnapshotException.class, () -> JdbcRowSource.ofTable(none, "a").where(" "));
        assertThrows(
                IllegalArgumentException.class,
                () -> JdbcRowSource.ofTable(none, "a").fetchRows(0));
    }

    @Test
    void databaseThatCannotBeReachedIsUnavailableAndNoPasswordIsShown() {
        SnapshotException error = refusal(
                Kind.UNAVAILABLE,
                JdbcRowSource.ofTable(
                                new SimpleDataSource(() -> {
                                    throw new SQLException(
                                            "no route to jdbc:x://joe:pass1@host/db?user=joe&password=pass2&a=b",
                                            "08001");
                                }),
                                "orders")
                        .build());
        assertMentions(error, "cannot be reached", "orders", "a=b");
        assertFalse(error.getMessage().contains("pass1"), error.getMessage());
        assertFalse(error.getMessage().contains("pass2"), error.getMessage());
    }

    @Test
    void refusedLoginIsTheConfigurationsFault() {
        SnapshotException error = refusal(
                Kind.INVALID_REQUEST,
                JdbcRowSource.ofTable(
                                new SimpleDataSource(() -> {
                                    throw new SQLInvalidAuthorizationSpecException("no such user");
                                }),
                                "orders")
                        .build());
        assertTrue(error.isStoreOut());
    }
}
