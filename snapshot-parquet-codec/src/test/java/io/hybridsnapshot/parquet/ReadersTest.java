package io.hybridsnapshot.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.testkit.memory.ArrayBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Other readers' view of this codec's types, for each {@link Compatibility}. These tests produce the tables of
 * {@code docs/parquet.md}. DuckDB always runs; pyarrow and Polars run if {@link Python} finds or creates a Python that
 * has them.
 */
class ReadersTest {
    private static final Path PAGE = Path.of("..", "docs", "parquet.md");
    private static final List<ColumnType> TYPES = List.of(
            ColumnType.BOOLEAN,
            ColumnType.INT8,
            ColumnType.INT16,
            ColumnType.INT32,
            ColumnType.INT64,
            ColumnType.decimal(9, 2),
            ColumnType.decimal(18, 4),
            ColumnType.decimal(38, 6),
            ColumnType.FLOAT32,
            ColumnType.FLOAT64,
            ColumnType.TEXT,
            ColumnType.BINARY,
            ColumnType.DATE,
            ColumnType.time(6),
            ColumnType.time(9),
            ColumnType.timestamp(6),
            ColumnType.timestamp(9),
            ColumnType.instant(6),
            ColumnType.instant(9),
            ColumnType.UUID);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(Compatibility.class)
    void thePageSaysAsWhatDuckDbReadsEachType(Compatibility compatibility) throws Exception {
        Path file = file(compatibility);
        assertEquals(column(compatibility, "DuckDB"), duckDb("describe select * from '" + file + "'", 2));
    }

    @ParameterizedTest
    @EnumSource(Compatibility.class)
    void thePageSaysAsWhatPyArrowAndPolarsReadEachType(Compatibility compatibility) throws Exception {
        needsPython();
        Path file = file(compatibility);
        String types = Python.run(directory, """
                import sys, pyarrow.parquet, polars
                table = pyarrow.parquet.ParquetFile(sys.argv[1], page_checksum_verification=True).read()
                table.validate(full=True)
                for field in table.schema: print('pyarrow', field.type)
                for type in polars.read_parquet(sys.argv[1]).dtypes: print('polars', type)
                """, file.toString());
        assertEquals(column(compatibility, "pyarrow"), said(types, "pyarrow "));
        assertEquals(column(compatibility, "Polars"), said(types, "polars "));
    }

    @Nested
    class ForSpark {
        @Test
        void everyTypeComesBackBitByBit() throws IOException {
            for (long seed = 1; seed <= 3; seed++) {
                Schema schema = Tables.everyType();
                RowBatch rows = Tables.rows(schema, new Random(seed), 0, 5_000, 0.2, Tables.Spread.MIXED);
                Path file = directory.resolve("t" + seed + ".parquet");
                Tables.write(file, settings(Compatibility.SPARK), schema, List.of(rows));
                byte[] bytes = Files.readAllBytes(file);
                List<String> expected = Tables.texts(List.of(rows));
                try (SnapshotReader reader = new ParquetSnapshotCodec().openReader(new ArrayBytes("t.parquet", bytes));
                        RowStream all = reader.rows(ReadOptions.ALL);
                        RowStream some = reader.rowsAt(new long[] {0, 1, 17, 2_500, 4_999}, ReadOptions.ALL)) {
                    assertEquals(schema, reader.schema());
                    List<RowBatch> read = Tables.drain(all);
                    assertEquals(expected, Tables.texts(read));
                    assertEquals(Tables.hashes(schema, List.of(rows)), Tables.hashes(schema, read));
                    assertEquals(
                            List.of(
                                    expected.get(0),
                                    expected.get(1),
                                    expected.get(17),
                                    expected.get(2_500),
                                    expected.get(4_999)),
                            Tables.texts(Tables.drain(some)));
                }
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"uuid", "time(6)", "time(9)", "timestamp(9)", "instant(9)"})
        void otherReadersSeeTheValuesAsFarAsMicrosecondsReach(String type) throws Exception {
            Schema schema = Schema.of(new Column("id", ColumnType.INT64), new Column("v", ColumnType.parse(type)));
            Path file = directory.resolve("t.parquet");
            RowBatch rows = Tables.rows(schema, new Random(8), 0, 500, 0.1, Tables.Spread.MANY);
            Tables.write(file, settings(Compatibility.SPARK), schema, List.of(rows));
            List<String> expected = new ArrayList<>();
            for (int row = 0; row < 500; row++) {
                expected.add(rows.vector(1).isNull(row) ? "null" : standIn(rows.vector(1), row, type));
            }
            String shown = type.startsWith("t") && !type.startsWith("time(") || type.startsWith("i")
                    ? "epoch_us(v)::varchar"
                    : "v";
            assertEquals(expected, duckDb("select id, " + shown + " from '" + file + "' order by id", 2));
        }

        private String standIn(ColumnVector vector, int row, String type) {
            if (vector instanceof TimestampVector times) {
                return Long.toString(times.epochSecond(row) * 1_000_000 + times.nanoOfSecond(row) / 1_000);
            } else if (vector instanceof LongVector) {
                String text = CellText.of(ColumnType.parse(type), vector, row);
                String whole = text.contains(".") ? text : text + ".";
                return whole + "0".repeat((type.equals("time(9)") ? 18 : 15) - whole.length());
            }
            return CellText.of(ColumnType.UUID, (UuidVector) vector, row);
        }

        @Test
        void aMillionDistinctNanosecondsFitBesideTheRowsInAFewBytesEach() throws IOException {
            Schema schema = Schema.of(new Column("at", ColumnType.timestamp(7)));
            Random random = new Random(4);
            Path file = directory.resolve("t.parquet");
            int rows = 1_000_000;
            try (var writer =
                    new ParquetSnapshotCodec(settings(Compatibility.SPARK)).openWriter(file, schema, Map.of())) {
                for (int from = 0; from < rows; from += 10_000) {
                    TimestampVector times = new TimestampVector(10_000);
                    for (int i = 0; i < 10_000; i++) {
                        times.append(1_700_000_000 + from + i, random.nextInt(10_000_000) * 100);
                    }
                    writer.append(new RowBatch(schema, List.of(times)));
                }
                writer.finish();
            }
            Random again = new Random(4);
            int read = 0;
            try (RowStream stream = new ParquetRowSource(file).open(ReadOptions.ALL)) {
                for (var batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                    TimestampVector times = (TimestampVector) batch.get().vector(0);
                    for (int row = 0; row < times.size(); row++) {
                        assertEquals(again.nextInt(10_000_000) * 100, times.nanoOfSecond(row));
                        assertEquals(1_700_000_000 + read++, times.epochSecond(row));
                    }
                }
            }
            assertEquals(rows, read);
            // The footer's part of them, beside eight bytes a row of microseconds.
            byte[] bytes = Files.readAllBytes(file);
            int footer = Bytes.intAt(bytes, bytes.length - 8);
            assertTrue(footer < rows, footer + " bytes");
        }

        @Test
        void moreNanosecondsThanTheFooterTakesAreRefusedByColumn() {
            Schema schema = Schema.of(new Column("at", ColumnType.instant(9)));
            TimestampVector times = new TimestampVector(4_000_000);
            for (int i = 0; i < 4_000_000; i++) {
                times.append(i, 1 + i % 2);
            }
            RowBatch rows = new RowBatch(schema, List.of(times));
            SnapshotException refused = assertThrows(
                    SnapshotException.class,
                    () -> Tables.write(
                            directory.resolve("t.parquet"), settings(Compatibility.SPARK), schema, List.of(rows)));
            assertEquals(SnapshotException.Kind.INVALID_REQUEST, refused.kind());
            assertTrue(refused.getMessage().contains("column 'at'"), refused.getMessage());
        }
    }

    private static ParquetSettings settings(Compatibility compatibility) {
        return ParquetSettings.defaults().withCompatibility(compatibility);
    }

    /** A file with a column of each type, named after it. */
    private Path file(Compatibility compatibility) {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("id", ColumnType.INT64));
        TYPES.forEach(type -> columns.add(new Column(type.toString(), type)));
        Schema all = Schema.of(columns);
        Schema schema = all.select(TYPES.stream().map(ColumnType::toString).toList());
        RowBatch rows = Tables.rows(all, new Random(2), 0, 200, 0.2, Tables.Spread.MANY);
        // Dates beyond the year 9999 are no dates to Python.
        List<ColumnVector> vectors = new ArrayList<>();
        for (Column column : schema.columns()) {
            ColumnVector vector = rows.vector(all.indexOf(column.name()));
            if (column.type().equals(ColumnType.DATE)) {
                LongVector days = new LongVector(rows.rowCount());
                for (int row = 0; row < rows.rowCount(); row++) {
                    days.append(row);
                }
                vector = days;
            }
            vectors.add(vector);
        }
        Path file = directory.resolve("t.parquet");
        Tables.write(file, settings(compatibility), schema, List.of(new RowBatch(schema, vectors)));
        return file;
    }

    /** The page's entries in a reader's column, for all types. */
    private static List<String> column(Compatibility compatibility, String reader) throws IOException {
        Map<String, String> said = new LinkedHashMap<>(table(Compatibility.STANDARD, reader));
        if (compatibility == Compatibility.SPARK) {
            said.putAll(table(compatibility, reader));
        }
        assertEquals(TYPES.stream().map(ColumnType::toString).toList(), List.copyOf(said.keySet()), "the page's rows");
        return List.copyOf(said.values());
    }

    private static Map<String, String> table(Compatibility compatibility, String reader) throws IOException {
        List<String> lines = Files.readAllLines(PAGE);
        int at = lines.indexOf("<!-- types: " + compatibility.name().toLowerCase(Locale.ROOT) + " -->") + 1;
        assertTrue(at > 0, "the page has no table of " + compatibility);
        List<String> header = cells(lines.get(at));
        Map<String, String> said = new LinkedHashMap<>();
        for (int i = at + 2; i < lines.size() && lines.get(i).startsWith("|"); i++) {
            List<String> cells = cells(lines.get(i));
            said.put(cells.get(0), cells.get(header.indexOf(reader)));
        }
        return said;
    }

    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        for (String cell : line.substring(1, line.length() - 1).split("\\|")) {
            cells.add(cell.strip().replace("`", ""));
        }
        return cells;
    }

    private static List<String> said(String output, String reader) {
        return output.lines()
                .filter(line -> line.startsWith(reader))
                .map(line -> line.substring(reader.length()))
                .toList();
    }

    private static List<String> duckDb(String sql, int column) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(String.valueOf(rows.getString(column)));
            }
        }
        return values;
    }

    private static void needsPython() throws IOException, InterruptedException {
        assumeTrue(
                Python.find().isPresent(),
                "no Python with pyarrow and Polars, and none could be made: what they read is not tested here");
    }
}
