package io.hybridsnapshot.postgres.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The rows are decoded in blocks; a block's edges and its order of columns must not show. */
class CopyBlockTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @Test
    void randomRowsOfEveryTypeAreReadAsTheDriversResultSetsReadThem() throws Exception {
        DATABASE.execute("SELECT setseed(0.25); CREATE TYPE weather AS ENUM ('sun', 'Föhn');"
                + " CREATE TABLE random_rows AS SELECT n"
                + cell("b", "random() < 0.5")
                + cell("i2", "((random() - 0.5) * 65534)::int2")
                + cell("i4", "((random() - 0.5) * 4294967294)::int4")
                + cell("i8", "((random() - 0.5) * 9e18)::int8")
                + cell("f4", "((random() - 0.5) * power(10, random() * 60 - 30))::float4")
                + cell("f8", "(random() - 0.5) * power(10, random() * 600 - 300)")
                + cell("d2", "((random() - 0.5) * power(10, random() * 10))", "numeric(12,2)")
                + cell("d0", "((random() - 0.5) * power(10, random() * 18))", "numeric(18,0)")
                + cell(
                        "d18",
                        "((random() - 0.5)::numeric / power(10, (random() * 17)::int)::numeric)",
                        "numeric(18,18)")
                + cell("d5", "((random() - 0.5) * power(10, random() * 6))", "numeric(16,7)")
                + cell("tens", "(power(10, (random() * 9)::int))", "numeric(14,3)")
                + cell("wide", "(random()::numeric * 1e25 + random()::numeric)", "numeric(38,9)")
                + cell("free", "round(random()::numeric * 1e6, 4)")
                + cell("t", "repeat('größe 😀 ', (random() * 6)::int)")
                + cell("v", "repeat('x', (random() * 40)::int)", "varchar(50)")
                + cell("c", "left(md5(n::text), 3)", "char(5)")
                + cell("w", "(CASE WHEN random() < 0.5 THEN 'sun' ELSE 'Föhn' END)::weather")
                + cell("j", "('{\"n\": ' || n || '}')::json")
                + cell("jb", "('{\"n\": ' || n || '}')::jsonb")
                + cell("by", "substr(decode(md5(n::text), 'hex'), 1, (random() * 16)::int)")
                + cell("da", "date '0100-01-01 BC' + (random() * 2000000)::int")
                + cell("ti", "time '00:00' + random() * interval '86399 seconds'")
                + cell("ts", "timestamp '0100-01-01 BC' + random() * interval '4000 years'")
                + cell("tz", "timestamptz '1900-01-01Z' + random() * interval '300 years'")
                + cell("u", "gen_random_uuid()")
                + " FROM generate_series(1, 1500) AS n");
        List<String> expected = byResultSet("SELECT * FROM random_rows ORDER BY n");
        assertEquals(1_500, expected.size());
        for (int batchRows : new int[] {1, 31, 32, 33, 700, 2_048}) {
            List<String> read = bySource("SELECT * FROM random_rows ORDER BY n", batchRows);
            assertEquals(expected.size(), read.size());
            for (int row = 0; row < read.size(); row++) {
                assertEquals(expected.get(row), read.get(row), "batches of " + batchRows);
            }
        }
    }

    @Test
    void theFirstRowWithABadValueIsNamedWhateverItsColumn() {
        for (int first : new int[] {1, 31, 32, 33, 64, 65, 2_049}) {
            SnapshotException refused = assertThrows(
                    SnapshotException.class,
                    () -> bySource(
                            "SELECT CASE WHEN n = " + (first + 1) + " THEN 'infinity'::date END AS later,"
                                    + " CASE WHEN n >= " + first + " THEN 'NaN' ELSE 1.5 END::numeric(9,2) AS earlier,"
                                    + " CASE WHEN n >= " + first + " THEN '24:00'::time END AS same"
                                    + " FROM generate_series(1, 3000) AS n",
                            2_048));
            assertTrue(refused.getMessage().contains("column 'earlier'"), refused.getMessage());
            assertTrue(refused.getMessage().contains("row " + first + " "), refused.getMessage());
            assertEquals(Optional.of("NaN"), refused.actual());
        }
    }

    @Test
    void aBadValueIsReportedBeforeAnErrorOfTheServerInALaterRow() {
        SnapshotException refused = assertThrows(
                SnapshotException.class,
                () -> bySource(
                        "SELECT CASE WHEN n = 5 THEN 'infinity'::date END AS day, 1 / (7 - n) AS x"
                                + " FROM generate_series(1, 10) AS n",
                        2_048));
        assertTrue(refused.getMessage().contains("column 'day'"), refused.getMessage());
        assertTrue(refused.getMessage().contains("row 5 "), refused.getMessage());
        SnapshotException server = assertThrows(
                SnapshotException.class,
                () -> bySource("SELECT NULL::date AS day, 1 / (7 - n) AS x FROM generate_series(1, 10) AS n", 2_048));
        assertTrue(server.getMessage().contains("division by zero"), server.getMessage());
    }

    /** A column of which every fifth value or so is NULL. */
    private static String cell(String name, String value) {
        return ", CASE WHEN random() < 0.8 THEN " + value + " END AS " + name;
    }

    /** The same with the type outside, where its precision and its scale are kept. */
    private static String cell(String name, String value, String type) {
        return ", (CASE WHEN random() < 0.8 THEN " + value + " END)::" + type + " AS " + name;
    }

    private static List<String> byResultSet(String query) throws Exception {
        PostgresSettings settings = DATABASE.settings();
        List<String> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://" + settings.host() + ":" + settings.port() + "/" + settings.database(),
                        settings.user(),
                        settings.password());
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                List<String> cells = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    String cell = switch (result.getMetaData().getColumnTypeName(i)) {
                        case "bool" -> Boolean.toString(result.getBoolean(i));
                        case "int2", "int4", "int8" -> Long.toString(result.getLong(i));
                        case "float4" -> Double.toString(result.getFloat(i));
                        case "float8" -> Double.toString(result.getDouble(i));
                        case "numeric" -> decimal(result.getBigDecimal(i));
                        case "bytea" -> hex(result.getBytes(i));
                        case "date" -> String.valueOf(result.getObject(i, LocalDate.class));
                        case "time" -> String.valueOf(result.getObject(i, LocalTime.class));
                        case "timestamp" -> String.valueOf(result.getObject(i, LocalDateTime.class));
                        case "timestamptz" -> instant(result.getObject(i, OffsetDateTime.class));
                        default -> result.getString(i);
                    };
                    cells.add(result.getObject(i) == null ? "NULL" : cell);
                }
                rows.add(String.join("|", cells));
            }
        }
        return rows;
    }

    private static String decimal(BigDecimal value) {
        return value == null ? "" : value.toPlainString();
    }

    private static String hex(byte[] value) {
        return value == null ? "" : HexFormat.of().formatHex(value);
    }

    private static String instant(OffsetDateTime value) {
        return value == null
                ? ""
                : value.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime().toString();
    }

    private static List<String> bySource(String query, int batchRows) {
        List<String> rows = new ArrayList<>();
        try (RowStream stream = new PostgresRowSource(DATABASE.settings(), "a query of the test", query)
                .open(new ReadOptions(List.of(), batchRows, Optional.empty()))) {
            for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                RowBatch batch = next.get();
                for (int row = 0; row < batch.rowCount(); row++) {
                    List<String> cells = new ArrayList<>();
                    for (int i = 0; i < batch.schema().size(); i++) {
                        cells.add(batch.vector(i).isNull(row) ? "NULL" : cell(batch, i, row));
                    }
                    rows.add(String.join("|", cells));
                }
            }
        }
        return rows;
    }

    private static String cell(RowBatch batch, int column, int row) {
        ColumnVector vector = batch.vector(column);
        int scale = batch.schema().column(column).type().scale();
        if (vector instanceof BooleanVector booleans) {
            return Boolean.toString(booleans.get(row));
        } else if (vector instanceof DoubleVector doubles) {
            return Double.toString(doubles.get(row));
        } else if (vector instanceof DecimalVector decimals) {
            return new BigDecimal(decimals.unscaled(row), scale).toPlainString();
        } else if (vector instanceof UuidVector uuids) {
            return new UUID(uuids.high(row), uuids.low(row)).toString();
        } else if (vector instanceof TimestampVector times) {
            return LocalDateTime.ofEpochSecond(times.epochSecond(row), times.nanoOfSecond(row), ZoneOffset.UTC)
                    .toString();
        } else if (vector instanceof BytesVector bytes) {
            return batch.schema().column(column).type().toString().equals("binary")
                    ? HexFormat.of().formatHex(bytes.bytes(row))
                    : bytes.text(row);
        }
        long value = ((LongVector) vector).get(row);
        return switch (batch.schema().column(column).type().kind()) {
            case DECIMAL -> BigDecimal.valueOf(value, scale).toPlainString();
            case DATE -> LocalDate.ofEpochDay(value).toString();
            case TIME -> LocalTime.ofNanoOfDay(value).toString();
            default -> Long.toString(value);
        };
    }
}
