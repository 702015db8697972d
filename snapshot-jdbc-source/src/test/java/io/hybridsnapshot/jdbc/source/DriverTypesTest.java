package io.hybridsnapshot.jdbc.source;

import static io.hybridsnapshot.jdbc.source.Cells.assertMentions;
import static io.hybridsnapshot.jdbc.source.Cells.refusal;
import static io.hybridsnapshot.jdbc.source.Cells.row;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The types that the drivers report, also where they report them wrongly, with values at their limits. */
class DriverTypesTest {
    @TempDir
    Path directory;

    private static JdbcRowSource query(DataSource source, String sql) {
        return JdbcRowSource.ofQuery(source, sql).build();
    }

    @Nested
    class OfH2 {
        private DataSource h2;

        @BeforeEach
        void open() {
            h2 = TestDatabase.H2.open(directory);
        }

        @Test
        void valuesAtTheLimitsOfTheirTypesAreReadAsTheyAre() {
            assertEquals(
                    Map.of(
                            "I", "int64 -9223372036854775808",
                            "D", "decimal(38,0) -99999999999999999999999999999999999999",
                            "F", "float64 NaN",
                            "R", "float32 -Infinity",
                            "E", "text ",
                            "C", "text long",
                            "DAY", "date 1500-02-28",
                            "FAR", "date +999999-12-31",
                            "T", "timestamp(9) 1582-10-10 12:00:00.123456789",
                            "Z", "instant(9) 1499-12-31T21:30:00.123456789Z"),
                    row(query(
                            h2,
                            "SELECT CAST(-9223372036854775808 AS BIGINT) i,"
                                    + " CAST(-99999999999999999999999999999999999999 AS DECIMAL(38,0)) d,"
                                    + " CAST('NaN' AS DOUBLE PRECISION) f, CAST('-Infinity' AS REAL) r, '' e,"
                                    + " CAST('long' AS CLOB) c, DATE '1500-02-28' \"DAY\", DATE '+999999-12-31' far,"
                                    + " TIMESTAMP '1582-10-10 12:00:00.123456789' t,"
                                    + " TIMESTAMP WITH TIME ZONE '1500-01-01 00:00:00.123456789+02:30' z")));
        }

        @Test
        void uuidJsonAndEnumAreRecognisedByTheirNames() {
            assertEquals(
                    Map.of(
                            "U", "uuid 00000000-0000-0000-0000-0000000000ff",
                            "J", "text {\"a\":1}",
                            "E", "text b",
                            "B", "binary 0001ff"),
                    row(query(
                            h2,
                            "SELECT CAST('00000000-0000-0000-0000-0000000000ff' AS UUID) u, JSON '{\"a\":1}' j,"
                                    + " CAST('b' AS ENUM('a','b')) e, CAST(X'0001ff' AS BLOB) b")));
        }

        /** The driver calls it NUMERIC of scale 0, which 1.5 does not fit. */
        @Test
        void decfloatNeedsADeclaredType() {
            String sql = "SELECT CAST(1.5 AS DECFLOAT(20)) n";
            assertMentions(refusal(Kind.INVALID_REQUEST, query(h2, sql)), "column 'N'", "DECFLOAT", "declare a type");
            assertEquals(
                    Map.of("N", "decimal(10,2) 1.50"),
                    row(JdbcRowSource.ofQuery(h2, sql)
                            .type("N", ColumnType.decimal(10, 2))
                            .build()));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "ARRAY[1, 2]",
                    "INTERVAL '1' DAY",
                    "TIME WITH TIME ZONE '10:00:00+02:00'",
                    "CAST(1 AS NUMERIC(39, 0))",
                    "CAST(1 AS NUMERIC)",
                    "NULL"
                })
        void typesOutsideTheDomainAreRefusedByName(String expression) {
            assertMentions(
                    refusal(Kind.INVALID_REQUEST, query(h2, "SELECT 1 AS k, " + expression + " AS x")),
                    "column 'X'",
                    "JDBC type",
                    "cast it in the query");
        }

        @Test
        void everyTypeCanBeReadAsText() {
            assertEquals(
                    Map.of("X", "text [1, 2]"),
                    row(JdbcRowSource.ofQuery(h2, "SELECT ARRAY[1, 2] AS x")
                            .type("X", ColumnType.TEXT)
                            .build()));
        }

        @Test
        void timestampsBecomeInstantsInTheZoneThatIsSet() {
            String sql = "SELECT TIMESTAMP '2026-10-25 02:30:00' AS x";
            JdbcRowSource.Builder builder = JdbcRowSource.ofQuery(h2, sql).type("X", ColumnType.instant(0));
            assertMentions(refusal(Kind.INVALID_REQUEST, builder.build()), "column 'X'", "2026-10-25T02:30");
            assertEquals(
                    Map.of("X", "instant(0) 2026-10-25T00:30:00Z"),
                    row(builder.zone(ZoneId.of("Europe/Berlin")).build()));
        }

        @Test
        void timeThatTheZoneSkippedIsNoInstant() {
            assertMentions(
                    refusal(
                            Kind.INVALID_REQUEST,
                            JdbcRowSource.ofQuery(h2, "SELECT TIMESTAMP '2026-03-29 02:30:00' AS x")
                                    .type("X", ColumnType.instant(0))
                                    .zone(ZoneId.of("Europe/Berlin"))
                                    .build()),
                    "2026-03-29T02:30",
                    "instant(0)");
        }
    }

    @Nested
    class OfDuckDb {
        private DataSource duckdb;

        @BeforeEach
        void open() {
            duckdb = TestDatabase.DUCKDB.open(directory);
        }

        @Test
        void unsignedIntegersKeepTheirValues() {
            assertEquals(
                    Map.of(
                            "a", "int16 255",
                            "b", "int32 65535",
                            "c", "int64 4294967295",
                            "d", "decimal(20,0) 18446744073709551615",
                            "e", "decimal(38,0) -99999999999999999999999999999999999999"),
                    row(query(
                            duckdb,
                            "SELECT 255::utinyint a, 65535::usmallint b, 4294967295::uinteger c,"
                                    + " 18446744073709551615::ubigint d,"
                                    + " -99999999999999999999999999999999999999::hugeint e")));
        }

        @Test
        void hugeintOf39DigitsIsAnErrorWithTheRow() {
            assertMentions(
                    refusal(
                            Kind.INVALID_REQUEST,
                            query(
                                    duckdb,
                                    "SELECT x FROM (VALUES (1::hugeint),"
                                            + " (100000000000000000000000000000000000000::hugeint)) t(x)")),
                    "row 2",
                    "column 'x'",
                    "100000000000000000000000000000000000000",
                    "decimal(38,0)",
                    "HUGEINT");
        }

        /** The driver loses the sign of the year if it is asked for a LocalDate. */
        @Test
        void datesBeforeChristAndFarAheadAreReadAsTheyAre() {
            assertEquals(
                    Map.of(
                            "a", "date -0043-03-15",
                            "b", "date +5000000-01-01",
                            "c", "timestamp(6) -0043-03-15 10:00:00.000001",
                            "d", "instant(6) 1500-01-01T00:00:00Z"),
                    row(query(
                            duckdb,
                            "SELECT '0044-03-15 (BC)'::date a, '5000000-01-01'::date b,"
                                    + " '0044-03-15 (BC) 10:00:00.000001'::timestamp c,"
                                    + " '1500-01-01 00:00:00+00'::timestamptz d")));
        }

        @Test
        void digitsOfASecondFollowTheNameOfTheType() {
            assertEquals(
                    Map.of(
                            "s", "timestamp(0) 2026-01-01 00:00:00",
                            "ms", "timestamp(3) 2026-01-01 00:00:00.123",
                            "ns", "timestamp(9) 2026-01-01 00:00:00.123456789",
                            "t", "time(6) 23:59:59.999999",
                            "tn", "time(9) 23:59:59.999999999"),
                    row(query(
                            duckdb,
                            "SELECT '2026-01-01'::timestamp_s s, '2026-01-01 00:00:00.123'::timestamp_ms ms,"
                                    + " '2026-01-01 00:00:00.123456789'::timestamp_ns ns, '23:59:59.999999'::time t,"
                                    + " '23:59:59.999999999'::time_ns tn")));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "'infinity'::date",
                    "'-infinity'::date",
                    "'infinity'::timestamp",
                    "'-infinity'::timestamp",
                    "'infinity'::timestamp_s",
                    "'infinity'::timestamp_ms",
                    "'-infinity'::timestamp_ns",
                    "'-infinity'::timestamptz",
                    "'24:00:00'::time"
                })
        void valuesWithoutACounterpartAreErrorsWithTheRow(String expression) {
            assertMentions(
                    refusal(
                            Kind.INVALID_REQUEST,
                            query(
                                    duckdb,
                                    "SELECT " + expression.replaceFirst("'.*'", "NULL") + " AS x UNION ALL SELECT "
                                            + expression)),
                    "row 2",
                    "column 'x'");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "[1, 2]",
                    "{'a': 1}",
                    "MAP([1], [2])",
                    "INTERVAL 1 DAY",
                    "'0101'::bit",
                    "'10:00:00+02'::timetz",
                    "NULL"
                })
        void nestedAndOtherTypesAreRefusedByName(String expression) {
            assertMentions(
                    refusal(Kind.INVALID_REQUEST, query(duckdb, "SELECT 1 AS k, " + expression + " AS x")),
                    "column 'x'",
                    "cast it in the query");
        }

        @Test
        void floatsAndTextsAtTheirLimits() {
            assertEquals(
                    Map.of(
                            "a", "float32 NaN",
                            "b", "float64 -0",
                            "c", "text ",
                            "d", "text 😀",
                            "e", "text {\"a\":1}",
                            "f", "binary ",
                            "g", "decimal(38,38) 0.99999999999999999999999999999999999999"),
                    row(query(
                            duckdb,
                            "SELECT 'NaN'::float a, '-0.0'::double b, '' c, '😀' d, '{\"a\":1}'::json e, ''::blob f,"
                                    + " '0.99999999999999999999999999999999999999'::decimal(38,38) g")));
        }
    }

    @Nested
    class OfSqlite {
        private DataSource sqlite;

        @BeforeEach
        void open() {
            sqlite = TestDatabase.SQLITE.open(directory);
        }

        /** A table with one column of a declared type, and the rows. */
        private JdbcRowSource.Builder column(String type, String... values) {
            TestDatabase.execute(sqlite, "CREATE TABLE t (x " + type + ")");
            for (String value : values) {
                TestDatabase.execute(sqlite, "INSERT INTO t VALUES (" + value + ")");
            }
            return JdbcRowSource.ofTable(sqlite, "t");
        }

        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '|',
                value = {
                    "INTEGER, -9223372036854775808, int64 -9223372036854775808",
                    "UNSIGNED BIG INT, 9223372036854775807, int64 9223372036854775807",
                    "TINYINT, 300, int64 300",
                    "BOOLEAN, 1, boolean true",
                    "VARCHAR(3), 'longer', text longer",
                    "DOUBLE, 9e999, float64 Infinity",
                    "REAL, 1, float64 1",
                    "|DECIMAL(10,2)|, 0.1, |decimal(10,2) 0.10|",
                    "|DECIMAL(10,2)|, 12, |decimal(10,2) 12.00|",
                    "DATE, '1500-02-28', date 1500-02-28",
                    "DATETIME, '2026-01-01 10:00:00.123456789', timestamp(9) 2026-01-01 10:00:00.123456789",
                    "TIMESTAMPTZ, '2026-01-01 10:00:00+02:00', instant(9) 2026-01-01T08:00:00Z",
                    "TIME, '10:00', time(9) 10:00:00",
                    "UUID, '00000000-0000-0000-0000-0000000000FF', uuid 00000000-0000-0000-0000-0000000000ff",
                    "BLOB, x'00ff', binary 00ff"
                })
        void declaredTypesAreHonoured(String type, String value, String expected) {
            assertEquals(Map.of("x", expected), row(column(type, value).build()));
        }

        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '|',
                value = {
                    "INTEGER, 'abc', text 'abc'",
                    "INTEGER, 1.5, float 1.5",
                    "INTEGER, x'31', bytes 31",
                    "TEXT, x'31', bytes 31",
                    "BOOLEAN, 2, integer 2",
                    "REAL, 'abc', text 'abc'",
                    "|DECIMAL(10,2)|, 0.125, float 0.125",
                    "|DECIMAL(10,2)|, 123456789, integer 123456789",
                    "DATE, 1767225600, integer 1767225600",
                    "DATE, '2026-02-30', text '2026-02-30'",
                    "TIMESTAMP, '2026-01-01 10:00:00Z', text '2026-01-01 10:00:00Z'",
                    "BLOB, 'text', text 'text'",
                    "UUID, 'abc', text 'abc'"
                })
        void valueOfAnotherTypeIsOneErrorWithTheRow(String type, String value, String shown) {
            assertMentions(
                    refusal(Kind.INVALID_REQUEST, column(type, "NULL", value).build()),
                    "row 2",
                    "column 'x'",
                    shown,
                    "declare a type");
        }

        @Test
        void columnDeclaredAsTextTakesNumbersToo() {
            JdbcRowSource.Builder mixed = column(
                    "DECIMAL(12,2)", "1.5", "'x'", "7", "NULL", "0.30000000000000004", "1e300", "9223372036854775807");
            assertEquals(
                    List.of("1.5", "x", "7", "NULL", "0.30000000000000004", "1e+300", "9223372036854775807"),
                    Cells.column(Cells.read(mixed.type("x", ColumnType.TEXT).build()), "x"));
        }

        @Test
        void expressionNeedsADeclaredType() {
            column("INTEGER", "1", "2");
            String sql = "SELECT sum(x) AS total FROM t";
            assertMentions(
                    refusal(Kind.INVALID_REQUEST, query(sqlite, sql)), "column 'total'", "NUMERIC", "declare a type");
            assertEquals(
                    Map.of("total", "int64 3"),
                    row(JdbcRowSource.ofQuery(sqlite, sql)
                            .type("total", ColumnType.INT64)
                            .build()));
        }

        @Test
        void typesDoNotDependOnTheFirstRow() {
            JdbcRowSource source = column("INTEGER", "NULL", "1", "5000000000").build();
            assertEquals(List.of("NULL", "1", "5000000000"), Cells.column(Cells.read(source), "x"));
            assertEquals(ColumnType.INT64, Cells.read(source).schema().column(0).type());
        }

        @Test
        void decimalsOf38DigitsAreKeptAsText() {
            assertEquals(
                    Map.of("x", "decimal(38,10) 1234567890123456789012345678.0123456789"),
                    row(column("TEXT", "'1234567890123456789012345678.0123456789'")
                            .type("x", ColumnType.decimal(38, 10))
                            .build()));
        }
    }
}
