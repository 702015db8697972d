package io.hybridsnapshot.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads this codec's files with DuckDB, and DuckDB's files with this codec. */
class DuckDbTest {
    @TempDir
    private Path directory;

    @Test
    void everyTypeIsReadAsWhatItIs() throws SQLException {
        Path file = directory.resolve("t.parquet");
        Schema schema = Tables.everyType();
        Tables.write(
                file,
                ParquetSettings.defaults(),
                schema,
                List.of(Tables.rows(schema, new Random(1), 0, 100, 0.2, Tables.Spread.MANY)));
        Map<String, String> types = new LinkedHashMap<>();
        for (List<Object> row : query("describe select * from '" + file + "'", 2)) {
            types.put((String) row.get(0), (String) row.get(1));
        }
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("id", "BIGINT");
        for (ColumnType type : Tables.TYPES) {
            expected.put(
                    "c " + type,
                    switch (type.kind()) {
                        case BOOLEAN -> "BOOLEAN";
                        case INT8 -> "TINYINT";
                        case INT16 -> "SMALLINT";
                        case INT32 -> "INTEGER";
                        case INT64 -> "BIGINT";
                        case DECIMAL -> "DECIMAL(" + type.precision() + "," + type.scale() + ")";
                        case FLOAT32 -> "FLOAT";
                        case FLOAT64 -> "DOUBLE";
                        case TEXT -> "VARCHAR";
                        case BINARY -> "BLOB";
                        case DATE -> "DATE";
                        case TIME -> type.precision() <= 6 ? "TIME" : "TIME_NS";
                        case TIMESTAMP -> type.precision() <= 6 ? "TIMESTAMP" : "TIMESTAMP_NS";
                        case INSTANT -> type.precision() <= 6 ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMPTZ_NS";
                        case UUID -> "UUID";
                    });
        }
        assertEquals(expected, types);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void everyValueIsTheSame(Compression compression) throws SQLException {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("id", ColumnType.INT64));
        Map<String, String> asText = new LinkedHashMap<>();
        for (ColumnType type : Tables.TYPES) {
            String name = "c " + type;
            String expression = switch (type.kind()) {
                case BOOLEAN, INT8, INT16, INT32, INT64 -> "\"%s\"::varchar";
                // The unscaled value, which has no more digits than DuckDB's largest integer.
                case DECIMAL -> "(replace(\"%s\"::varchar, '.', '')::hugeint)::varchar";
                case TEXT -> "lower(hex(encode(\"%s\")))";
                case BINARY -> "lower(hex(\"%s\"))";
                case DATE -> "datediff('day', date '1970-01-01', \"%s\")::varchar";
                case UUID -> "replace(\"%s\"::varchar, '-', '')";
                case TIMESTAMP, INSTANT -> type.precision() <= 6 ? "epoch_us(\"%s\")::varchar" : "";
                case TIME, FLOAT32, FLOAT64 -> "";
            };
            // Dates of all 32 bits, and the edges of times and floats, are looked at one by one below.
            if (!expression.isEmpty() && !type.equals(ColumnType.DATE)) {
                columns.add(new Column(name, type));
                asText.put(name, expression.formatted(name));
            }
        }
        Schema schema = Schema.of(columns);
        RowBatch batch = Tables.rows(schema, new Random(3), 0, 4_000, 0.2, Tables.Spread.MIXED);
        Path file = directory.resolve("t.parquet");
        Tables.write(file, ParquetSettings.of(compression), schema, List.of(batch));

        List<List<Object>> rows = query(
                "select " + String.join(", ", asText.values()) + " from '" + file + "' order by id", asText.size());
        assertEquals(4_000, rows.size());
        for (int row = 0; row < rows.size(); row++) {
            for (int c = 1; c < schema.size(); c++) {
                Object theirs = rows.get(row).get(c - 1);
                assertEquals(
                        expected(schema.column(c).type(), batch.vector(c), row),
                        theirs,
                        schema.column(c).name());
            }
        }
    }

    private static String expected(ColumnType type, ColumnVector vector, int row) {
        if (vector.isNull(row)) {
            return null;
        }
        return switch (type.kind()) {
            case TEXT ->
                HexFormat.of()
                        .formatHex(((BytesVector) vector)
                                .text(row)
                                .codePoints()
                                .map(point -> point >= 0xD800 && point <= 0xDFFF ? 0xFFFD : point)
                                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                                .toString()
                                .getBytes(StandardCharsets.UTF_8));
            case BINARY -> HexFormat.of().formatHex(((BytesVector) vector).bytes(row));
            case UUID -> {
                UuidVector uuids = (UuidVector) vector;
                yield "%016x%016x".formatted(uuids.high(row), uuids.low(row));
            }
            case TIMESTAMP, INSTANT -> {
                TimestampVector timestamps = (TimestampVector) vector;
                yield Long.toString(timestamps.epochSecond(row) * 1_000_000 + timestamps.nanoOfSecond(row) / 1_000);
            }
            default -> Tables.cell(vector, row);
        };
    }

    @Test
    void floatsDatesAndTimesAreTheSameAtTheirEdges() throws SQLException {
        Schema schema = Schema.of(
                new Column("id", ColumnType.INT64),
                new Column("f", ColumnType.FLOAT64),
                new Column("g", ColumnType.FLOAT32),
                new Column("d", ColumnType.DATE),
                new Column("t", ColumnType.time(6)),
                new Column("n", ColumnType.time(9)),
                new Column("ts", ColumnType.timestamp(9)),
                new Column("i", ColumnType.instant(3)));
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, 4);
        double[] floats = {Double.NaN, Double.NEGATIVE_INFINITY, -0.0, 1.5};
        for (int row = 0; row < 4; row++) {
            ((LongVector) vectors.get(0)).append(row);
            ((DoubleVector) vectors.get(1)).append(floats[row]);
            ((DoubleVector) vectors.get(2)).append(floats[row]);
            ((LongVector) vectors.get(3)).append(new long[] {-719_162, 0, 20_000, 2_932_896}[row]);
            ((LongVector) vectors.get(4)).append(new long[] {0, 1_000, 86_399_999_999_000L, 3_600_000_000_000L}[row]);
            ((LongVector) vectors.get(5)).append(new long[] {0, 1, 86_399_999_999_999L, 3_600_000_000_000L}[row]);
            ((TimestampVector) vectors.get(6))
                    .append(new long[] {0, -1, 253_402_300_799L, 1_700_000_000}[row], 123_456_789);
            ((TimestampVector) vectors.get(7))
                    .append(new long[] {0, -1, 253_402_300_799L, 1_700_000_000}[row], 5_000_000);
        }
        Path file = directory.resolve("t.parquet");
        Tables.write(file, ParquetSettings.defaults(), schema, List.of(new RowBatch(schema, vectors)));
        List<List<Object>> rows = query(
                "select f::varchar, g::varchar, d::varchar, t::varchar, n::varchar, ts::varchar,"
                        + " (i at time zone 'UTC')::varchar from '" + file + "' order by id",
                7);
        assertEquals(
                List.of(
                        List.of(
                                "nan",
                                "nan",
                                "0001-01-01",
                                "00:00:00",
                                "00:00:00",
                                "1970-01-01 00:00:00.123456789",
                                "1970-01-01 00:00:00.005"),
                        List.of(
                                "-inf",
                                "-inf",
                                "1970-01-01",
                                "00:00:00.000001",
                                "00:00:00.000000001",
                                "1969-12-31 23:59:59.123456789",
                                "1969-12-31 23:59:59.005"),
                        // The year 9999 is beyond nanoseconds: the last moment that they hold stands in its place.
                        List.of(
                                "-0.0",
                                "-0.0",
                                "2024-10-04",
                                "23:59:59.999999",
                                "23:59:59.999999999",
                                "2262-04-11 23:47:16.854775806",
                                "9999-12-31 23:59:59.005"),
                        List.of(
                                "1.5",
                                "1.5",
                                "9999-12-31",
                                "01:00:00",
                                "01:00:00",
                                "2023-11-14 22:13:20.123456789",
                                "2023-11-14 22:13:20.005")),
                rows);
    }

    @Test
    void filtersByStatisticsLoseNoRow() throws SQLException {
        Schema schema = Schema.of(
                new Column("id", ColumnType.INT64),
                new Column("text", ColumnType.TEXT),
                new Column("f", ColumnType.FLOAT64),
                new Column("price", ColumnType.decimal(30, 2)),
                new Column("flag", ColumnType.BOOLEAN));
        List<RowBatch> batches = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            batches.add(Tables.rows(schema, new Random(i), i * 1_000L, 1_000, 0.3, Tables.Spread.MANY));
        }
        Path file = directory.resolve("t.parquet");
        Tables.write(file, new ParquetSettings(Compression.ZSTD, 3, 1 << 12), schema, batches);
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("create table t as select * from '" + file + "'");
            for (String condition : List.of(
                    "id = 4321",
                    "id between 1990 and 2010",
                    "text > 'PO'",
                    "text = ''",
                    "text = 'GREYSON'",
                    "text is null",
                    "f > 1e9",
                    "f < 0",
                    "f = 0",
                    "isnan(f)",
                    "f = 'nan'::double",
                    "f = 'inf'::double",
                    "price < 0",
                    "price > 9999999999999999999999999999.00",
                    "flag",
                    "not flag",
                    "flag is null")) {
                long inTable = count(statement, "select count(*) from t where " + condition);
                assertEquals(
                        inTable, count(statement, "select count(*) from '" + file + "' where " + condition), condition);
                assertTrue(inTable > 0, condition);
            }
            assertEquals(8_000, count(statement, "select count(*) from '" + file + "'"));
        }
    }

    private static long count(Statement statement, String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "compression zstd",
                "compression snappy",
                "compression gzip",
                "compression uncompressed",
                "compression lz4_raw",
                "parquet_version v2, compression snappy",
                "parquet_version v2, compression uncompressed",
                "row_group_size 2048, compression zstd"
            })
    void whatDuckDbWritesIsReadWithItsTypesAndValues(String options) throws SQLException {
        Path file = directory.resolve("t.parquet");
        execute("""
                copy (
                  select i as id, i % 2 = 0 as b, (i % 100)::tinyint as i8, (i % 200)::utinyint as u8, \
                  (-i)::smallint as i16,
                    (i % 60000)::usmallint as u16, (-i * 100000)::integer as i32, (i * 400000)::uinteger as u32,
                    (18446744073709551615 - i)::ubigint as u64, (i / 100)::decimal(4, 2) as d4, (i * \
                    1.01)::decimal(18, 4) as d18,
                    (i * -1000000.000001)::decimal(38, 6) as d38, (i / 7)::float as f, i / 3 as d,
                    case when i % 3 = 0 then null when i % 3 = 1 then 'text ' || i else 'same' end as t, ('b' || \
                    i)::blob as bin,
                    (date '2000-01-01' + i::integer) as day, (time '00:00:00' + to_seconds(i)) as tm,
                    (timestamp '1999-12-31 23:59:59.123456' + to_hours(i)) as ts,
                    (timestamp '1999-12-31 23:59:59.123456' + to_hours(i))::timestamp_ns as tn,
                    (timestamp '1999-12-31 23:59:59.123' + to_hours(i))::timestamp_ms as tms,
                    (timestamp '2020-01-01 00:00:00' + to_hours(i))::timestamptz as tz,
                    ('00000000-0000-0000-0000-' || lpad(i::varchar, 12, '0'))::uuid as u
                  from range(0, 10000) r(i)) to 'FILE' (format parquet, OPTIONS)
                """.replace("FILE", file.toString()).replace("OPTIONS", options));
        try (RowStream stream = new ParquetRowSource(file).open(ReadOptions.ALL)) {
            assertEquals(
                    "id int64, b boolean, i8 int8, u8 int16, i16 int16, u16 int32, i32 int32, u32 int64, u64"
                            + " decimal(20,0), d4 decimal(4,2), d18 decimal(18,4), d38 decimal(38,6), f"
                            + " float32, d float64, t text, bin binary, day date, tm time(6), ts timestamp(6),"
                            + " tn timestamp(9), tms timestamp(3), tz instant(6), u uuid",
                    String.join(
                            ", ",
                            stream.schema().columns().stream()
                                    .map(column -> column.name() + " " + column.type())
                                    .toList()));
            List<RowBatch> batches = Tables.drain(stream);
            long id = 0;
            for (RowBatch batch : batches) {
                for (int row = 0; row < batch.rowCount(); row++) {
                    assertEquals(
                            expectedRow(id),
                            Tables.texts(List.of(batch.rows(new int[] {row}, 1)))
                                    .get(0));
                    id++;
                }
            }
            assertEquals(10_000, id);
        }
    }

    private static String expectedRow(long i) {
        long hour = 946_684_799L + i * 3_600;
        return String.join(
                        "|",
                        Long.toString(i),
                        Boolean.toString(i % 2 == 0),
                        Long.toString(i % 100),
                        Long.toString(i % 200),
                        Long.toString(-i),
                        Long.toString(i % 60_000),
                        Long.toString(-i * 100_000),
                        Long.toString(i * 400_000),
                        BigInteger.ONE
                                .shiftLeft(64)
                                .subtract(BigInteger.valueOf(1 + i))
                                .toString(),
                        Long.toString(i),
                        Long.toString(i * 10_100),
                        Long.toString(-i * 1_000_000_000_001L),
                        Long.toHexString(Double.doubleToRawLongBits((float) (i / 7.0))),
                        Long.toHexString(Double.doubleToRawLongBits(i / 3.0)),
                        i % 3 == 0 ? "NULL" : hex(i % 3 == 1 ? "text " + i : "same"),
                        hex("b" + i),
                        Long.toString(10_957 + i),
                        Long.toString(i * 1_000_000_000L),
                        hour + ".123456000",
                        hour + ".123456000",
                        hour + ".123000000",
                        1_577_836_800L + i * 3_600 + ".0",
                        "0-" + Long.toHexString(Long.parseLong(Long.toString(i), 16)))
                + "|";
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aNestedColumnIsRefusedByNameAndType() throws SQLException {
        for (String value : List.of("[1, 2]", "{'a': 1}", "map {'a': 1}", "interval 1 day")) {
            Path file = directory.resolve("t.parquet");
            execute("copy (select 1 as id, " + value + " as odd) to '" + file + "' (format parquet)");
            SnapshotException refused =
                    assertThrows(SnapshotException.class, () -> new ParquetRowSource(file).open(ReadOptions.ALL));
            assertEquals(SnapshotException.Kind.INVALID_REQUEST, refused.kind());
            assertTrue(refused.getMessage().contains("'odd'"), refused.getMessage());
        }
    }

    @Test
    void aCopyByAnotherProgramIsReadAsWhatItShows() throws SQLException {
        // DuckDB drops our notes; pyarrow keeps them, which PyArrowTest checks.
        Schema schema = Schema.of(new Column("id", ColumnType.INT64), new Column("text", ColumnType.TEXT));
        BytesVector texts = new BytesVector(2);
        texts.append("lone \uD800");
        texts.append("whole");
        LongVector ids = new LongVector(2);
        ids.append(0);
        ids.append(1);
        Path file = directory.resolve("t.parquet");
        Path copy = directory.resolve("copy.parquet");
        Tables.write(file, ParquetSettings.defaults(), schema, List.of(new RowBatch(schema, List.of(ids, texts))));
        execute("copy (select * from '" + file + "' order by id desc) to '" + copy + "' (format parquet)");
        try (RowStream stream = new ParquetRowSource(copy).open(ReadOptions.ALL)) {
            assertEquals(
                    List.of("1|" + hex("whole") + "|", "0|" + hex("lone \uFFFD") + "|"),
                    Tables.texts(Tables.drain(stream)));
        }
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("set timezone = 'UTC'");
            statement.execute(sql);
        }
    }

    private static List<List<Object>> query(String sql, int columns) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<List<Object>> rows = new ArrayList<>();
            while (result.next()) {
                List<Object> row = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    row.add(result.getString(i));
                }
                rows.add(row);
            }
            return rows;
        }
    }
}
