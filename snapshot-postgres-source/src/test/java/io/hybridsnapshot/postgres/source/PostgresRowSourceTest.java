package io.hybridsnapshot.postgres.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.postgres.connection.TestServer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresRowSourceTest {
    /** In the select list the numbers are made one by one; in FROM all of them would be made first. */
    private static final String ENDLESS = "SELECT generate_series(1, 100000000) AS n, repeat('x', 500) AS t";

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @Test
    void everyTypeIsReadAtItsEdges() {
        assertColumn("boolean", "boolean", List.of("true", "false"), List.of(true, false));
        assertColumn("smallint", "int16", List.of("-32768", "32767"), List.of(-32_768L, 32_767L));
        assertColumn(
                "integer", "int32", List.of("-2147483648", "2147483647"), List.of(-2_147_483_648L, 2_147_483_647L));
        assertColumn(
                "bigint",
                "int64",
                List.of("-9223372036854775808", "9223372036854775807"),
                List.of(Long.MIN_VALUE, Long.MAX_VALUE));
        assertColumn(
                "real",
                "float32",
                List.of("1.1", "-0", "NaN", "Infinity", "1.4e-45"),
                List.of((double) 1.1f, -0.0, Double.NaN, Double.POSITIVE_INFINITY, (double) Float.MIN_VALUE));
        assertColumn(
                "double precision",
                "float64",
                List.of("0.1", "-Infinity", "4.9e-324", "1.7976931348623157e308"),
                List.of(0.1, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, Double.MAX_VALUE));
        assertColumn("text", "text", List.of("", "größe 日本 😀", "a\\b"), List.of("", "größe 日本 😀", "a\\b"));
        assertColumn("varchar(5)", "text", List.of("abc"), List.of("abc"));
        assertColumn("char(4)", "text", List.of("ab"), List.of("ab  "));
        assertColumn("name", "text", List.of("relname"), List.of("relname"));
        assertColumn("json", "text", List.of("{\"a\" : 1 }"), List.of("{\"a\" : 1 }"));
        assertColumn("jsonb", "text", List.of("{\"a\" : 1 }"), List.of("{\"a\": 1}"));
        assertColumn("bytea", "binary", List.of("\\x00ff10", ""), List.of("00ff10", ""));
        assertColumn(
                "uuid",
                "uuid",
                List.of("ffffffff-0000-4000-8000-00000000000f"),
                List.of("ffffffff-0000-4000-8000-00000000000f"));
        assertColumn(
                "date",
                "date",
                List.of("1970-01-01", "1999-12-31", "5874897-12-31", "0044-03-15 BC", "4713-01-01 BC"),
                List.of(
                        0L,
                        LocalDate.of(1999, 12, 31).toEpochDay(),
                        LocalDate.of(5_874_897, 12, 31).toEpochDay(),
                        LocalDate.of(-43, 3, 15).toEpochDay(),
                        LocalDate.of(-4712, 1, 1).toEpochDay()));
        assertColumn(
                "time",
                "time(6)",
                List.of("00:00", "23:59:59.999999"),
                List.of(0L, LocalTime.parse("23:59:59.999999").toNanoOfDay()));
        assertColumn("time(0)", "time(0)", List.of("12:00:01"), List.of(43_201_000_000_000L));
        assertColumn(
                "timestamp",
                "timestamp(6)",
                List.of("1969-12-31 23:59:59.999999", "2026-03-29 02:30:00", "0001-01-01 00:00:00 BC"),
                List.of("1969-12-31T23:59:59.999999", "2026-03-29T02:30", "0000-01-01T00:00"));
        assertColumn(
                "timestamp(3)", "timestamp(3)", List.of("2026-01-01 00:00:00.5"), List.of("2026-01-01T00:00:00.500"));
        assertColumn(
                "timestamptz",
                "instant(6)",
                List.of("2026-03-29 02:30:00+02", "2026-10-25 00:30:00.000001Z"),
                List.of("2026-03-29T00:30", "2026-10-25T00:30:00.000001"));
    }

    @Test
    void timesDoNotDependOnTheZoneOfTheJvm() {
        TimeZone zone = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
            assertColumn("timestamp", "timestamp(6)", List.of("2026-03-29 02:30:00"), List.of("2026-03-29T02:30"));
            assertColumn("timestamptz", "instant(6)", List.of("2026-03-29 02:30:00Z"), List.of("2026-03-29T02:30"));
        } finally {
            TimeZone.setDefault(zone);
        }
    }

    @Test
    void numericsOfEveryScaleAreReadExactly() {
        Random random = new Random(11);
        for (int[] type :
                new int[][] {{1, 0}, {4, 4}, {10, 2}, {18, 0}, {18, 18}, {18, 7}, {19, 0}, {38, 0}, {38, 38}, {38, 9}
                }) {
            List<String> texts = new ArrayList<>(List.of("0"));
            List<Object> expected = new ArrayList<>(List.of(BigDecimal.ZERO.setScale(type[1])));
            BigInteger limit = BigInteger.TEN.pow(type[0]);
            for (int i = 0; i < 60; i++) {
                BigInteger unscaled = i == 0
                        ? limit.subtract(BigInteger.ONE)
                        : new BigInteger(1 + random.nextInt(limit.bitLength()), random).mod(limit);
                BigDecimal value = new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), type[1]);
                texts.add(value.toPlainString());
                expected.add(value);
            }
            assertColumn(
                    "numeric(" + type[0] + "," + type[1] + ")",
                    "decimal(" + type[0] + "," + type[1] + ")",
                    texts,
                    expected);
        }
        assertColumn(
                "numeric(3,-2)",
                "decimal(5,0)",
                List.of("-99900", "149"),
                List.of(new BigDecimal(-99_900), new BigDecimal(100)));
        assertColumn("numeric(2,5)", "decimal(5,5)", List.of("0.00099"), List.of(new BigDecimal("0.00099")));
    }

    @Test
    void enumsDomainsAndExtensionsOfTextAreText() {
        DATABASE.execute("CREATE TYPE mood AS ENUM ('glad', 'Ärger'); CREATE DOMAIN quantity AS numeric(8,3) CHECK"
                + " (VALUE >= 0)");
        assertColumn("mood", "text", List.of("Ärger"), List.of("Ärger"));
        assertColumn("quantity", "decimal(8,3)", List.of("12.5"), List.of(new BigDecimal("12.500")));
    }

    @Test
    void typesWithoutCounterpartAreNamedWithTheirColumn() {
        for (String type : List.of(
                "interval",
                "timetz",
                "integer[]",
                "money",
                "xml",
                "int4range",
                "inet",
                "point",
                "oid",
                "bit(3)",
                "\"char\"")) {
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> source("SELECT 1 AS fine, NULL::" + type + " AS \"the column\"")
                            .open(ReadOptions.ALL));
            assertEquals(Kind.INVALID_REQUEST, error.kind(), error.getMessage());
            assertTrue(error.getMessage().contains("column 'the column'"), error.getMessage());
        }
    }

    @Test
    void numericsWithoutPrecisionAreReadExactlyWhereTheyFit() {
        assertColumn(
                "numeric",
                "decimal(38,5)",
                List.of("0", "-1.50", "123456789012345678901234567890.12345", "1e3", "0.00001"),
                Stream.of("0", "-1.5", "123456789012345678901234567890.12345", "1000", "0.00001")
                        .map(text -> (Object) new BigDecimal(text).setScale(5))
                        .toList());
        String nines = "9".repeat(38);
        assertColumn("numeric", "decimal(38,0)", List.of("-" + nines), List.of(new BigDecimal("-" + nines)));
        assertColumn("numeric", "decimal(38,38)", List.of("0." + nines), List.of(new BigDecimal("0." + nines)));
        assertColumn("numeric(50,2)", "decimal(38,1)", List.of("7.50"), List.of(new BigDecimal("7.5")));
        try (RowStream none = source("SELECT 1::numeric AS n, 2::numeric(5,1) AS m WHERE false")
                .open(ReadOptions.ALL)) {
            assertEquals("decimal(38,0)", none.schema().column(0).type().toString());
            assertEquals("decimal(5,1)", none.schema().column(1).type().toString());
            assertEquals(Optional.empty(), none.next());
        }
    }

    @Test
    void aNumericKeepsTheScaleThatItHadWhereTheValuesFit() {
        Schema before = Schema.of(new Column("n", ColumnType.decimal(38, 6)));
        for (String[] fitting : new String[][] {
            {"1.5", "decimal(38,6)"},
            {"1.12345678", "decimal(38,8)"},
            {"9".repeat(36), "decimal(38,0)"}
        }) {
            try (RowStream rows = source("SELECT '" + fitting[0] + "'::numeric AS n")
                    .open(ReadOptions.ALL.withKnownTypes(Optional.of(before)))) {
                assertEquals(fitting[1], rows.schema().column(0).type().toString());
                assertEquals(1, rows.next().orElseThrow().rowCount());
            }
        }
    }

    @Test
    void numericsOfTooManyDigitsAreRefusedWithTheCastToWrite() {
        String thirty = "1".repeat(30);
        SnapshotException mixed = assertThrows(
                SnapshotException.class,
                () -> source("SELECT n AS \"the \"\"n\" FROM (VALUES (" + thirty
                                + "::numeric), (0.123456789)) AS v (n)")
                        .open(ReadOptions.ALL));
        assertEquals(Kind.INVALID_REQUEST, mixed.kind());
        assertTrue(mixed.getMessage().contains("30 digits before and 9 after"), mixed.getMessage());
        assertTrue(
                mixed.getMessage().contains("CAST(\"the \"\"n\" AS numeric(38,8)), which rounds"), mixed.getMessage());
        SnapshotException large = assertThrows(
                SnapshotException.class,
                () -> source("SELECT 1e40::numeric(60,2) AS n").open(ReadOptions.ALL));
        assertTrue(large.getMessage().contains("write CAST(\"n\" AS text)"), large.getMessage());
    }

    @Test
    void aQueryWhoseNumbersGrowWhileItIsReadIsRefusedAndNotRounded() {
        // The setting counts how often the query was run.
        String runs =
                "SELECT set_config('test.runs', (coalesce(nullif(current_setting('test.runs', true), ''), '0')::int"
                        + " + 1)::text, false)::int AS runs";
        SnapshotException refused = assertThrows(
                SnapshotException.class,
                () -> read(source("SELECT round(0.123456789, runs) AS n FROM (" + runs + " OFFSET 0) AS r")));
        assertTrue(
                refused.getMessage().contains("column 'n'")
                        && refused.getMessage().contains("row 1"),
                refused.getMessage());
        assertEquals(Kind.INVALID_REQUEST, refused.kind(), refused.getMessage());
    }

    @Test
    void notANumberWithoutPrecisionIsNamedWithItsRow() {
        SnapshotException refused = assertThrows(
                SnapshotException.class, () -> read(source("SELECT n FROM (VALUES (1.5::numeric), ('NaN')) AS v (n)")));
        assertTrue(
                refused.getMessage().contains("column 'n'")
                        && refused.getMessage().contains("row 2"),
                refused.getMessage());
    }

    @Test
    void valuesWithoutCounterpartAreNamedWithTheirColumnAndRow() {
        for (String value : List.of(
                "'infinity'::date",
                "'-infinity'::timestamp",
                "'infinity'::timestamptz",
                "'24:00'::time",
                "'NaN'::numeric(5,2)")) {
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> read(source("SELECT 1 AS n, NULL AS \"bad one\" WHERE false UNION ALL SELECT 1, NULL"
                                    .replace("NULL", "NULL::" + value.substring(value.indexOf("::") + 2))
                            + " UNION ALL SELECT 2, " + value)));
            assertEquals(Kind.INVALID_REQUEST, error.kind(), error.getMessage());
            assertTrue(error.getMessage().contains("column 'bad one'"), error.getMessage());
            assertTrue(error.getMessage().contains("row 2"), error.getMessage());
        }
    }

    @Test
    void onlyTheColumnsAskedForAreReadInTheirOrder() {
        PostgresRowSource source =
                source("SELECT n, n * 2 AS \"twice? {0} \"\"q\"\"\", 'x' AS x FROM generate_series(1, 3) AS n");
        List<String> names = List.of("twice? {0} \"q\"", "n");
        try (RowStream stream = source.open(ReadOptions.ALL.withColumns(names))) {
            assertEquals(names, stream.schema().names());
            RowBatch batch = stream.next().orElseThrow();
            assertEquals(6, ((LongVector) batch.vector(0)).get(2));
            assertEquals(3, ((LongVector) batch.vector(1)).get(2));
            assertEquals(Optional.empty(), stream.next());
            assertEquals(Optional.empty(), stream.next());
        }
        SnapshotException unknown =
                assertThrows(SnapshotException.class, () -> source.open(ReadOptions.ALL.withColumns(List.of("nn"))));
        assertEquals(Kind.INVALID_REQUEST, unknown.kind());
    }

    @Test
    void aNameThatIsThereTwiceIsRefused() {
        SnapshotException error = assertThrows(
                SnapshotException.class, () -> source("SELECT 1 AS a, 2 AS a").open(ReadOptions.ALL));
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("'a' twice"), error.getMessage());
    }

    @Test
    void queriesOfEveryShapeAreRead() {
        DATABASE.execute("CREATE TABLE shapes AS SELECT 7 AS n, '{\"a\": 1}'::jsonb AS j");
        assertEquals(List.of("7"), read(source("SELECT n FROM shapes WHERE j ? 'a' -- a comment")));
        assertEquals(
                List.of("7"),
                read(source("TABLE shapes ;; ")).stream()
                        .map(row -> row.split("\\|")[0])
                        .toList());
        assertEquals(List.of("1|x", "2|NULL"), read(source("VALUES (1, 'x'), (2, NULL)")));
        assertEquals(List.of("1"), read(source("WITH c AS (SELECT 1 AS n) SELECT * FROM c;")));
        assertEquals(List.of(), read(source("SELECT n FROM shapes WHERE false")));
        assertEquals(List.of("3", "2", "1"), read(source("SELECT n FROM generate_series(1, 3) AS n ORDER BY n DESC")));
    }

    @Test
    void aQueryThatCannotBeRunSaysWhatTheServerSays() {
        DATABASE.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
        for (String query : List.of(
                "SELEC 1",
                "SELECT 1; DROP TABLE kept",
                "SELECT 1) AS q; DROP TABLE kept; SELECT * FROM (SELECT 2",
                "DELETE FROM kept RETURNING n",
                "SELECT * FROM missing",
                "SELECT missing FROM kept",
                "SELECT 1 / (n - 1) AS x FROM kept",
                "SELECT 'x' || n::text AS y FROM kept WHERE ('x' || n::text)::int = 1")) {
            SnapshotException error = assertThrows(SnapshotException.class, () -> read(source(query)), query);
            assertEquals(Kind.INVALID_REQUEST, error.kind(), error.getMessage());
            assertTrue(error.getMessage().contains("a query of the test"), error.getMessage());
        }
        assertEquals(List.of("1"), DATABASE.rows("SELECT n FROM kept"));
        assertThrows(SnapshotException.class, () -> source(" ; "));
    }

    @Test
    void aFunctionThatWritesIsStopped() {
        DATABASE.execute("CREATE TABLE written (n int); CREATE FUNCTION writes() RETURNS int LANGUAGE sql AS"
                + " 'INSERT INTO written VALUES (1) RETURNING n'");
        SnapshotException error = assertThrows(SnapshotException.class, () -> read(source("SELECT writes() AS n")));
        assertEquals(Kind.INVALID_REQUEST, error.kind(), error.getMessage());
        assertEquals(List.of("0"), DATABASE.rows("SELECT count(*) FROM written"));
    }

    @Test
    void batchesEndAtTheirRowsAndAtTheirBytes() {
        try (RowStream stream = source("SELECT n FROM generate_series(1, 5000) AS n")
                .open(new ReadOptions(List.of(), 2_000, Optional.empty()))) {
            assertEquals(2_000, stream.next().orElseThrow().rowCount());
            assertEquals(2_000, stream.next().orElseThrow().rowCount());
            assertEquals(1_000, stream.next().orElseThrow().rowCount());
            assertFalse(stream.next().isPresent());
        }
        try (RowStream stream = source("SELECT repeat('x', 4000000) AS t FROM generate_series(1, 9) AS n")
                .open(ReadOptions.ALL)) {
            assertEquals(5, stream.next().orElseThrow().rowCount());
            assertEquals(4, stream.next().orElseThrow().rowCount());
        }
    }

    @Test
    void aStreamMayBeClosedBeforeItsEndAndTwice() {
        for (int i = 0; i < 5; i++) {
            RowStream stream = source(ENDLESS).open(ReadOptions.ALL);
            assertTrue(stream.next().isPresent());
            stream.close();
            stream.close();
        }
        List<String> left = List.of("1");
        for (int i = 0; i < 100 && !left.equals(List.of("0")); i++) {
            DATABASE.execute("SELECT pg_sleep(0.1)");
            left = DATABASE.rows(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hybrid-snapshots source'");
        }
        assertEquals(List.of("0"), left);
    }

    @Test
    void aServerThatIsKilledWhileRowsAreReadIsUnavailable() {
        TestServer server = TestServer.start();
        PostgresSettings settings = server.settings("postgres");
        try (RowStream stream = new PostgresRowSource(settings, "a long query", ENDLESS).open(ReadOptions.ALL)) {
            assertTrue(stream.next().isPresent());
            server.close();
            SnapshotException error = assertThrows(SnapshotException.class, () -> {
                while (stream.next().isPresent()) {
                    // Rows already in transit still arrive.
                }
            });
            assertEquals(Kind.UNAVAILABLE, error.kind());
        }
    }

    private static void assertColumn(String type, String domainType, List<String> texts, List<?> expected) {
        StringBuilder query = new StringBuilder("SELECT v::" + type + " AS v FROM (VALUES (0, NULL)");
        for (int i = 0; i < texts.size(); i++) {
            query.append(", (").append(i + 1).append(", '").append(texts.get(i)).append("')");
        }
        query.append(") AS t (i, v) ORDER BY i");
        try (RowStream stream = source(query.toString()).open(ReadOptions.ALL)) {
            assertEquals(domainType, stream.schema().column(0).type().toString());
            ColumnVector vector = stream.next().orElseThrow().vector(0);
            assertTrue(vector.isNull(0), type);
            List<Object> read = new ArrayList<>();
            for (int row = 1; row < vector.size(); row++) {
                assertFalse(vector.isNull(row), type);
                read.add(value(stream, vector, row));
            }
            assertEquals(expected, read, type);
        }
    }

    private static Object value(RowStream stream, ColumnVector vector, int row) {
        int scale = stream.schema().column(0).type().scale();
        if (vector instanceof LongVector longs) {
            return stream.schema().column(0).type().toString().startsWith("decimal")
                    ? BigDecimal.valueOf(longs.get(row), scale)
                    : (Object) longs.get(row);
        } else if (vector instanceof BooleanVector booleans) {
            return booleans.get(row);
        } else if (vector instanceof DoubleVector doubles) {
            return doubles.get(row);
        } else if (vector instanceof DecimalVector decimals) {
            return new BigDecimal(decimals.unscaled(row), scale);
        } else if (vector instanceof UuidVector uuids) {
            return new java.util.UUID(uuids.high(row), uuids.low(row)).toString();
        } else if (vector instanceof TimestampVector times) {
            return LocalDateTime.ofEpochSecond(times.epochSecond(row), times.nanoOfSecond(row), ZoneOffset.UTC)
                    .toString();
        }
        BytesVector bytes = (BytesVector) vector;
        return stream.schema().column(0).type().toString().equals("binary")
                ? HexFormat.of().formatHex(bytes.bytes(row))
                : bytes.text(row);
    }

    /** The rows as texts joined by {@code |}. */
    private static List<String> read(PostgresRowSource source) {
        List<String> rows = new ArrayList<>();
        try (RowStream stream = source.open(ReadOptions.ALL)) {
            for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                RowBatch batch = next.get();
                for (int row = 0; row < batch.rowCount(); row++) {
                    List<String> values = new ArrayList<>();
                    for (int i = 0; i < batch.schema().size(); i++) {
                        values.add(
                                batch.vector(i).isNull(row)
                                        ? "NULL"
                                        : CellText.of(batch.schema().column(i).type(), batch.vector(i), row));
                    }
                    rows.add(String.join("|", values));
                }
            }
        }
        return rows;
    }

    private static PostgresRowSource source(String query) {
        return new PostgresRowSource(DATABASE.settings(), "a query of the test", query);
    }
}
