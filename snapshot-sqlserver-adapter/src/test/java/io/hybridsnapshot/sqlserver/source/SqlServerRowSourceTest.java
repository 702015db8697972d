package io.hybridsnapshot.sqlserver.source;

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
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.sqlserver.TestSqlServer;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TimeZone;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag(TestSqlServer.TAG)
@Timeout(300)
class SqlServerRowSourceTest {
    /** A million rows of a few hundred bytes, made while they are read. */
    private static final String MANY =
            "WITH d AS (SELECT n FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS v (n))"
                    + " SELECT a.n + 10 * b.n + 100 * c.n + 1000 * e.n + 10000 * f.n + 100000 * g.n AS n,"
                    + " REPLICATE('x', 300) AS t FROM d AS a, d AS b, d AS c, d AS e, d AS f, d AS g";

    @RegisterExtension
    static final TestSqlServer SERVER = new TestSqlServer();

    @Test
    void numbersAreReadAtTheirEdges() {
        assertColumn("bit", "boolean", List.of("1", "0"), List.of(true, false));
        assertColumn("tinyint", "int16", List.of("0", "255"), List.of(0L, 255L));
        assertColumn("smallint", "int16", List.of("-32768", "32767"), List.of(-32_768L, 32_767L));
        assertColumn("int", "int32", List.of("-2147483648", "2147483647"), List.of(-2_147_483_648L, 2_147_483_647L));
        assertColumn(
                "bigint",
                "int64",
                List.of("'-9223372036854775808'", "'9223372036854775807'"),
                List.of(Long.MIN_VALUE, Long.MAX_VALUE));
        assertColumn("real", "float32", List.of("'3.4E38'", "'-1.5'", "'0.1'"), List.of((double) 3.4E38f, -1.5, (double)
                0.1f));
        assertColumn(
                "float",
                "float64",
                List.of("'1.7976931348623157E308'", "'2.2250738585072014E-308'", "'0.1'"),
                List.of(Double.MAX_VALUE, Double.MIN_NORMAL, 0.1));
    }

    @Test
    void decimalsAndMoneyAreReadExactly() {
        String digits = "12345678901234567890123456789012345678";
        assertColumn(
                "decimal(38,0)",
                "decimal(38,0)",
                List.of("'" + digits + "'", "'-" + digits + "'", "'0'"),
                List.of(new BigDecimal(digits), new BigDecimal("-" + digits), BigDecimal.ZERO));
        assertColumn(
                "decimal(38,38)",
                "decimal(38,38)",
                List.of("'-0." + digits + "'"),
                List.of(new BigDecimal("-0." + digits)));
        assertColumn(
                "numeric(18,4)",
                "decimal(18,4)",
                List.of("'99999999999999.9999'", "'-99999999999999.9999'", "'1'"),
                List.of(
                        new BigDecimal("99999999999999.9999"),
                        new BigDecimal("-99999999999999.9999"),
                        new BigDecimal("1.0000")));
        assertColumn(
                "money",
                "decimal(19,4)",
                List.of("'922337203685477.5807'", "'-922337203685477.5808'", "'0.0001'"),
                List.of(
                        new BigDecimal("922337203685477.5807"),
                        new BigDecimal("-922337203685477.5808"),
                        new BigDecimal("0.0001")));
        assertColumn(
                "smallmoney",
                "decimal(10,4)",
                List.of("'214748.3647'", "'-214748.3648'"),
                List.of(new BigDecimal("214748.3647"), new BigDecimal("-214748.3648")));
    }

    @Test
    void textsAreReadInEveryForm() {
        assertColumn("varchar(20)", "text", List.of("'plain'", "''", "'tail  '"), List.of("plain", "", "tail  "));
        assertColumn("char(4)", "text", List.of("'ab'"), List.of("ab  "));
        assertColumn("nchar(3)", "text", List.of("N'\u00fc'"), List.of("\u00fc  "));
        assertColumn(
                "nvarchar(40)",
                "text",
                List.of("N'\u00c4rger \u65e5\u672c \ud83d\ude00'", "N''", "N'it''s ? {fn x} [y]'"),
                List.of("\u00c4rger \u65e5\u672c \ud83d\ude00", "", "it's ? {fn x} [y]"));
        assertColumn(
                "nvarchar(max)",
                "text",
                List.of("REPLICATE(CAST(N'\u00fc' AS nvarchar(max)), 100000)"),
                List.of("\u00fc".repeat(100_000)));
        assertColumn(
                "varchar(max)",
                "text",
                List.of("REPLICATE(CAST('x' AS varchar(max)), 100000)"),
                List.of("x".repeat(100_000)));
    }

    @Test
    void bytesAndGuidsAreReadAsTheyAre() {
        assertColumn("varbinary(10)", "binary", List.of("0x00FF80", "0x"), List.of("00ff80", ""));
        assertColumn("binary(3)", "binary", List.of("0x01"), List.of("010000"));
        assertColumn("varbinary(max)", "binary", List.of("0xCAFE"), List.of("cafe"));
        assertColumn(
                "uniqueidentifier",
                "uuid",
                List.of("'00112233-4455-6677-8899-aabbccddeeff'", "'ffffffff-0180-0302-fefd-0a0b0c0d0e0f'"),
                List.of("00112233-4455-6677-8899-aabbccddeeff", "ffffffff-0180-0302-fefd-0a0b0c0d0e0f"));
    }

    @Test
    void datesAndTimesAreReadAtTheirEdges() {
        assertColumn(
                "date",
                "date",
                List.of("'0001-01-01'", "'1582-10-10'", "'9999-12-31'"),
                List.of(
                        LocalDate.of(1, 1, 1).toEpochDay(),
                        LocalDate.of(1582, 10, 10).toEpochDay(),
                        LocalDate.of(9999, 12, 31).toEpochDay()));
        assertColumn(
                "time(7)",
                "time(7)",
                List.of("'00:00'", "'23:59:59.9999999'"),
                List.of(0L, LocalTime.parse("23:59:59.9999999").toNanoOfDay()));
        assertColumn("time(0)", "time(0)", List.of("'12:00:01'"), List.of(43_201_000_000_000L));
        assertColumn(
                "datetime",
                "timestamp(3)",
                List.of("'1753-01-01T00:00:00'", "'9999-12-31T23:59:59.997'", "'2026-03-29T02:30:00.003'"),
                List.of("1753-01-01T00:00", "9999-12-31T23:59:59.997", "2026-03-29T02:30:00.003"));
        assertColumn(
                "smalldatetime",
                "timestamp(0)",
                List.of("'1900-01-01T00:00:00'", "'2079-06-06T23:59:00'"),
                List.of("1900-01-01T00:00", "2079-06-06T23:59"));
        assertColumn(
                "datetime2(7)",
                "timestamp(7)",
                List.of("'0001-01-01T00:00:00'", "'9999-12-31T23:59:59.9999999'", "'1582-10-10T00:00:00.0000001'"),
                List.of("0001-01-01T00:00", "9999-12-31T23:59:59.999999900", "1582-10-10T00:00:00.000000100"));
        assertColumn("datetime2(0)", "timestamp(0)", List.of("'2026-03-29T02:30:00'"), List.of("2026-03-29T02:30"));
    }

    @Test
    void instantsAreReadAsUtc() {
        assertColumn(
                "datetimeoffset(7)",
                "instant(7)",
                List.of(
                        "'2026-03-29T02:30:00.1234567+02:00'",
                        "'0001-01-01T14:00:00+14:00'",
                        "'9999-12-31T09:59:59.9999999-14:00'",
                        "'1500-02-28T23:00:00-02:00'"),
                List.of(
                        "2026-03-29T00:30:00.123456700",
                        "0001-01-01T00:00",
                        "9999-12-31T23:59:59.999999900",
                        "1500-03-01T01:00"));
        assertColumn("datetimeoffset(0)", "instant(0)", List.of("'2026-10-25T00:30:00Z'"), List.of("2026-10-25T00:30"));
        String reform = "SELECT CAST('1582-10-10T12:00:00Z' AS datetimeoffset(0)) AS o";
        assertEquals(
                List.of("1582-10-10T12:00:00Z"),
                read(source(reform)).stream()
                        .map(text -> text.replace(' ', 'T'))
                        .toList());
        SnapshotException error = refused(() -> read(source(reform + " ORDER BY o")));
        assertTrue(error.getMessage().contains("column 'o'"), error.getMessage());
    }

    @Test
    void timesDoNotDependOnTheZoneOfTheJvm() {
        TimeZone zone = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
            for (String type : List.of("datetime2(3)", "datetime", "smalldatetime")) {
                String domain = type.equals("smalldatetime") ? "timestamp(0)" : "timestamp(3)";
                assertColumn(type, domain, List.of("'2026-03-29T02:30:00'"), List.of("2026-03-29T02:30"));
            }
            assertColumn(
                    "datetimeoffset(3)", "instant(3)", List.of("'2026-03-29T02:30:00Z'"), List.of("2026-03-29T02:30"));
        } finally {
            TimeZone.setDefault(zone);
        }
    }

    @Test
    void typesWithoutCounterpartAreNamedWithTheirColumn() {
        for (String type : List.of("xml", "sql_variant", "rowversion", "hierarchyid", "geography")) {
            String value = type.equals("rowversion") ? "CAST(0x01 AS rowversion)" : "CAST(NULL AS " + type + ")";
            SnapshotException error = refused(() -> read(source("SELECT 1 AS fine, " + value + " AS [the column]")));
            assertTrue(error.getMessage().contains("column 'the column'"), error.getMessage());
        }
    }

    @Test
    void onlyTheColumnsAskedForAreReadInTheirOrder() {
        for (String order : List.of("", " ORDER BY n")) {
            SqlServerRowSource source = source("SELECT n, n * 2 AS [twice? {0} \"q\"], 'x' AS x"
                    + " FROM (VALUES (1), (2), (3)) AS v (n)" + order);
            List<String> names = List.of("twice? {0} \"q\"", "n");
            try (RowStream stream = source.open(ReadOptions.ALL.withColumns(names))) {
                assertEquals(names, stream.schema().names());
                RowBatch batch = stream.next().orElseThrow();
                assertEquals(6, ((LongVector) batch.vector(0)).get(2));
                assertEquals(3, ((LongVector) batch.vector(1)).get(2));
                assertEquals(Optional.empty(), stream.next());
                assertEquals(Optional.empty(), stream.next());
            }
            refused(() -> source.open(ReadOptions.ALL.withColumns(List.of("nn"))));
        }
    }

    @Test
    void aColumnWithoutNameOrWithTheNameOfAnotherIsRefused() {
        refused(() -> read(source("SELECT 1 AS a, 2 AS a")));
        refused(() -> read(source("SELECT 1 AS a, 2")));
    }

    @Test
    void queriesOfEveryShapeAreRead() {
        SERVER.execute("CREATE TABLE shapes (n int, t nvarchar(10)); INSERT INTO shapes VALUES (7, N'?')");
        assertEquals(List.of("7"), read(source("SELECT n FROM shapes WHERE t = '?' -- a comment")));
        assertEquals(List.of("7|?"), read(source(";SELECT * FROM shapes ;; ")));
        assertEquals(List.of("1"), read(source("WITH c AS (SELECT 1 AS n) SELECT * FROM c;")));
        assertEquals(List.of("1", "2"), read(source("SELECT 1 AS n UNION ALL SELECT 2 ORDER BY n")));
        assertEquals(
                List.of("3", "2"),
                read(source("SELECT TOP (2) n FROM (VALUES (1), (2), (3)) AS v (n) ORDER BY n DESC")));
        assertEquals(
                List.of("2", "3"),
                read(source(
                        "SELECT n FROM (VALUES (1), (2), (3)) AS v (n) ORDER BY n OFFSET 1 ROWS OPTION (MAXDOP 1)")));
        assertEquals(List.of(), read(source("SELECT n FROM shapes WHERE 1 = 0")));
    }

    @Test
    void aQueryThatCannotBeRunSaysWhatTheServerSays() {
        SERVER.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
        for (String query : List.of(
                "SELECT FROM kept",
                "SELECT 1 AS n DELETE FROM kept",
                "SELECT 1 AS n DROP TABLE kept",
                "SELECT n FROM kept ORDER BY n DELETE FROM kept",
                "SELECT n INTO other FROM kept",
                "SELECT * FROM missing",
                "SELECT missing FROM kept",
                "SELECT 1 / (n - 1) AS x FROM kept",
                "SELECT CAST('x' + CAST(n AS varchar(10)) AS int) AS y FROM kept ORDER BY n")) {
            SnapshotException error = assertThrows(SnapshotException.class, () -> read(source(query)), query);
            assertEquals(Kind.INVALID_REQUEST, error.kind(), query + ": " + error.getMessage());
            assertTrue(error.getMessage().contains("a query of the test"), error.getMessage());
        }
        assertEquals(List.of("1"), SERVER.rows("SELECT n FROM kept"));
        assertEquals(List.of("0"), SERVER.rows("SELECT COUNT(*) FROM sys.tables WHERE name = 'other'"));
    }

    @Test
    void anErrorInTheMiddleIsNoEnd() {
        SqlServerRowSource source = source(MANY.replace(
                "REPLICATE('x', 300) AS t",
                "1 / (999000 - (a.n + 10 * b.n + 100 * c.n" + " + 1000 * e.n + 10000 * f.n + 100000 * g.n)) AS t"));
        refused(() -> {
            try (RowStream stream = source.open(ReadOptions.ALL)) {
                while (stream.next().isPresent()) {
                    // All rows but one are fine.
                }
            }
        });
    }

    @Test
    void batchesEndAtTheirRowsAndAtTheirBytes() {
        SqlServerRowSource rows = source("SELECT n FROM (" + thousands(5_000) + ") AS q");
        try (RowStream stream = rows.open(new ReadOptions(List.of(), 2_000, Optional.empty()))) {
            assertEquals(2_000, stream.next().orElseThrow().rowCount());
            assertEquals(2_000, stream.next().orElseThrow().rowCount());
            assertEquals(1_000, stream.next().orElseThrow().rowCount());
            assertFalse(stream.next().isPresent());
        }
        String wide = "SELECT REPLICATE(CAST('x' AS varchar(max)), 4000000) AS t"
                + " FROM (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS v (n)";
        try (RowStream stream = source(wide).open(ReadOptions.ALL)) {
            assertEquals(5, stream.next().orElseThrow().rowCount());
            assertEquals(4, stream.next().orElseThrow().rowCount());
        }
    }

    @Test
    void aStreamThatIsClosedEarlyStopsItsStatement() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            RowStream stream = source(MANY).open(ReadOptions.ALL);
            assertTrue(stream.next().isPresent());
            long start = System.nanoTime();
            stream.close();
            stream.close();
            assertTrue(System.nanoTime() - start < 2_000_000_000L, "the rest was read");
        }
        List<String> left = List.of("1");
        for (int i = 0; i < 50 && !left.equals(List.of("0")); i++) {
            Thread.sleep(200);
            left = SERVER.rows(
                    "SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE program_name = 'hybrid-snapshots source'");
        }
        assertEquals(List.of("0"), left);
    }

    @Test
    void allRowsAreOfTheMomentTheReadBegan() {
        SERVER.execute("CREATE TABLE moments (n int PRIMARY KEY, t char(2000) NOT NULL)");
        SERVER.execute("INSERT INTO moments SELECT n, t FROM (" + thousands(3_000) + ") AS q");
        assertEquals(ReadConsistency.SNAPSHOT, source("SELECT n FROM moments").consistency());
        try (RowStream stream =
                source("SELECT n, t FROM moments").open(new ReadOptions(List.of(), 10, Optional.empty()))) {
            long read = stream.next().orElseThrow().rowCount();
            SERVER.execute("DELETE FROM moments WHERE n % 2 = 0");
            for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                read += next.get().rowCount();
            }
            assertEquals(3_000, read);
        }
        assertEquals(List.of("1500"), SERVER.rows("SELECT COUNT(*) FROM moments"));
    }

    @Test
    void rangesOfEveryKeyHaveAllRowsOnce() {
        SERVER.execute(
                "CREATE TABLE keyed (i int NULL, b bigint NULL, d date NULL, m datetime NULL, s smalldatetime NULL,"
                        + " p datetime2(3) NULL, g uniqueidentifier NULL, t char(200) NOT NULL)");
        SERVER.execute("INSERT INTO keyed SELECT n, CAST(n AS bigint) * 1000000007, DATEADD(DAY, n, '2020-01-01'),"
                + " DATEADD(SECOND, 37 * n, '2020-01-01'), DATEADD(MINUTE, 37 * n, '2020-01-01'),"
                + " DATEADD(MILLISECOND, 37 * n, '2020-01-01'), NEWID(), t FROM (" + thousands(2_000) + ") AS q");
        SERVER.execute("INSERT INTO keyed (t) VALUES ('without a key')");
        List<String> expected = sorted(source("SELECT * FROM keyed"));
        assertEquals(2_001, expected.size());
        for (String key : List.of("i", "b", "d", "m", "s", "p", "g")) {
            for (int[] shape : new int[][] {{1, 1}, {7, 3}}) {
                RowSource split = source("SELECT * FROM keyed")
                        .split(new KeyRanges(key, shape[0], shape[1], KeyRanges.Moments.ONE_EACH));
                assertEquals(expected, sorted(split), key);
            }
        }
        assertEquals(
                List.of(),
                read(source("SELECT * FROM keyed WHERE 1 = 0")
                        .split(new KeyRanges("i", 4, 2, KeyRanges.Moments.ONE_EACH))));
    }

    @Test
    void aSplitNeedsAKeyAndMomentsThatTheDatabaseKeeps() {
        SqlServerRowSource source = source("SELECT 1 AS n, N'x' AS t");
        assertTrue(refused(() -> read(source.split(new KeyRanges("t", 2, 2, KeyRanges.Moments.ONE_EACH))))
                .getMessage()
                .contains("column 't'"));
        refused(() -> read(source.split(new KeyRanges("missing", 2, 2, KeyRanges.Moments.ONE_EACH))));
        assertTrue(refused(() -> read(source.split(new KeyRanges("n", 2, 2, KeyRanges.Moments.ONE))))
                .getMessage()
                .contains("database snapshot"));
        refused(() -> source("SELECT 1 AS n ORDER BY n").split(new KeyRanges("n", 2, 2, KeyRanges.Moments.ONE_EACH)));
    }

    @Test
    void anErrorInOneRangeStopsAllAndAnEarlyCloseToo() {
        SERVER.execute("CREATE TABLE ranged (n int PRIMARY KEY, t char(1000) NOT NULL)");
        SERVER.execute("INSERT INTO ranged SELECT n, t FROM (" + thousands(3_000) + ") AS q");
        KeyRanges ranges = new KeyRanges("n", 6, 3, KeyRanges.Moments.ONE_EACH);
        ReadOptions small = new ReadOptions(List.of(), 20, Optional.empty());
        RowSource failing =
                source("SELECT n, 1 / (n - 2900) AS x, t FROM ranged").split(ranges);
        refused(() -> {
            try (RowStream stream = failing.open(small)) {
                while (stream.next().isPresent()) {
                    // Until the range of 2900.
                }
            }
        });
        RowStream early = source("SELECT n, t FROM ranged").split(ranges).open(small);
        assertTrue(early.next().isPresent());
        early.close();
        early.close();
        assertEquals(Optional.empty(), early.next());
    }

    /** A SELECT of {@code rows} numbers from 0, with a text of 200 characters each. */
    private static String thousands(int rows) {
        String digits = "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))";
        return "SELECT a.n + 10 * b.n + 100 * c.n + 1000 * e.n AS n, REPLICATE('x', 200) AS t FROM " + digits
                + " AS a (n), "
                + digits + " AS b (n), " + digits + " AS c (n), " + digits + " AS e (n)"
                + " WHERE a.n + 10 * b.n + 100 * c.n + 1000 * e.n < " + rows;
    }

    private static List<String> sorted(RowSource source) {
        List<String> rows = new ArrayList<>(read(source));
        Collections.sort(rows);
        return rows;
    }

    /** Reads NULL and these values both by a query with an order and by one without. */
    private static void assertColumn(String type, String domainType, List<String> expressions, List<?> expected) {
        StringBuilder rows = new StringBuilder("(VALUES (0, CAST(NULL AS " + type + "))");
        for (int i = 0; i < expressions.size(); i++) {
            rows.append(", (")
                    .append(i + 1)
                    .append(", CAST(")
                    .append(expressions.get(i))
                    .append(" AS ")
                    .append(type)
                    .append("))");
        }
        rows.append(") AS t (i, v) ORDER BY i");
        for (String query : List.of(
                "SELECT v FROM " + rows,
                "WITH ordered AS (SELECT TOP (1000) v FROM " + rows + ") SELECT v FROM ordered")) {
            try (RowStream stream = source(query).open(ReadOptions.ALL)) {
                ColumnType read = stream.schema().column(0).type();
                assertEquals(domainType, read.toString());
                ColumnVector vector = stream.next().orElseThrow().vector(0);
                assertTrue(vector.isNull(0), type);
                List<Object> values = new ArrayList<>();
                for (int row = 1; row < vector.size(); row++) {
                    assertFalse(vector.isNull(row), type);
                    values.add(value(read, vector, row));
                }
                assertEquals(expected, values, query);
            }
        }
    }

    private static Object value(ColumnType type, ColumnVector vector, int row) {
        if (vector instanceof LongVector longs) {
            return type.toString().startsWith("decimal")
                    ? BigDecimal.valueOf(longs.get(row), type.scale())
                    : (Object) longs.get(row);
        } else if (vector instanceof BooleanVector booleans) {
            return booleans.get(row);
        } else if (vector instanceof DoubleVector doubles) {
            return doubles.get(row);
        } else if (vector instanceof DecimalVector decimals) {
            return new BigDecimal(decimals.unscaled(row), type.scale());
        } else if (vector instanceof UuidVector uuids) {
            return new UUID(uuids.high(row), uuids.low(row)).toString();
        } else if (vector instanceof TimestampVector times) {
            return LocalDateTime.ofEpochSecond(times.epochSecond(row), times.nanoOfSecond(row), ZoneOffset.UTC)
                    .toString();
        }
        BytesVector bytes = (BytesVector) vector;
        return type.equals(ColumnType.BINARY) ? HexFormat.of().formatHex(bytes.bytes(row)) : bytes.text(row);
    }

    /** The rows as texts joined by {@code |}. */
    private static List<String> read(RowSource source) {
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

    private static SnapshotException refused(org.junit.jupiter.api.function.Executable call) {
        SnapshotException error = assertThrows(SnapshotException.class, call);
        assertEquals(Kind.INVALID_REQUEST, error.kind(), error.getMessage());
        return error;
    }

    private static SqlServerRowSource source(String query) {
        return new SqlServerRowSource(SERVER.database(), "a query of the test", query);
    }
}
