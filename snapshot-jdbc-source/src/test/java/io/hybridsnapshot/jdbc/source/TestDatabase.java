package io.hybridsnapshot.jdbc.source;

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
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.testkit.data.Table;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.duckdb.DuckDBConnection;
import org.sqlite.SQLiteDataSource;

/** The three databases of the tests, each without a server: where their data is, and how a table of them is made. */
enum TestDatabase {
    SQLITE {
        @Override
        DataSource open(Path directory) {
            SQLiteDataSource source = new SQLiteDataSource();
            source.setUrl("jdbc:sqlite:" + directory.resolve("test-" + NUMBERS.incrementAndGet() + ".sqlite"));
            return source;
        }

        @Override
        String ddl(ColumnType type) {
            return switch (type.kind()) {
                case BOOLEAN -> "BOOLEAN";
                case INT8, INT16, INT32, INT64 -> "INTEGER";
                case FLOAT32, FLOAT64 -> "REAL";
                case BINARY -> "BLOB";
                // NUMERIC would turn a long decimal into a float.
                case DECIMAL, TEXT -> "TEXT";
                case DATE -> "DATE";
                case TIME -> "TIME";
                case TIMESTAMP -> "TIMESTAMP";
                case INSTANT -> "TIMESTAMPTZ";
                case UUID -> "UUID";
            };
        }

        @Override
        Object value(ColumnType type, ColumnVector vector, int row) {
            return switch (type.kind()) {
                case BOOLEAN -> ((BooleanVector) vector).get(row) ? 1 : 0;
                case DECIMAL, DATE, TIME, TIMESTAMP, INSTANT, UUID -> CellText.of(type, vector, row);
                default -> super.value(type, vector, row);
            };
        }
    },
    H2 {
        @Override
        DataSource open(Path directory) {
            String url = "jdbc:h2:mem:test" + NUMBERS.incrementAndGet() + ";DB_CLOSE_DELAY=-1;LAZY_QUERY_EXECUTION=1";
            return new SimpleDataSource(() -> DriverManager.getConnection(url));
        }

        @Override
        String ddl(ColumnType type) {
            return switch (type.kind()) {
                case INT8 -> "TINYINT";
                case FLOAT32 -> "REAL";
                case BINARY -> "VARBINARY";
                default -> super.ddl(type);
            };
        }
    },
    DUCKDB {
        @Override
        DataSource open(Path directory) {
            Properties properties = new Properties();
            properties.setProperty("jdbc_stream_results", "true");
            try {
                // Connections of one database in memory are copies of the first.
                DuckDBConnection first =
                        DriverManager.getConnection("jdbc:duckdb:", properties).unwrap(DuckDBConnection.class);
                return new SimpleDataSource(first::duplicate);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        String ddl(ColumnType type) {
            return switch (type.kind()) {
                case INT8 -> "TINYINT";
                case FLOAT32 -> "FLOAT";
                case BINARY -> "BLOB";
                case TIME -> "TIME";
                case TIMESTAMP -> "TIMESTAMP";
                case INSTANT -> "TIMESTAMPTZ";
                default -> super.ddl(type);
            };
        }
    };

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** A new, empty database. */
    abstract DataSource open(Path directory);

    /** The type of a column as the database writes it. */
    String ddl(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> "BOOLEAN";
            case INT8, INT16 -> "SMALLINT";
            case INT32 -> "INTEGER";
            case INT64 -> "BIGINT";
            case DECIMAL -> "DECIMAL(" + type.precision() + "," + type.scale() + ")";
            case FLOAT32, FLOAT64 -> "DOUBLE PRECISION";
            case TEXT -> "VARCHAR";
            case BINARY -> "VARBINARY";
            case DATE -> "DATE";
            case TIME -> "TIME(" + type.precision() + ")";
            case TIMESTAMP -> "TIMESTAMP(" + type.precision() + ")";
            case INSTANT -> "TIMESTAMP(" + type.precision() + ") WITH TIME ZONE";
            case UUID -> "UUID";
        };
    }

    /** A cell as a parameter of a statement. */
    Object value(ColumnType type, ColumnVector vector, int row) {
        return switch (type.kind()) {
            case BOOLEAN -> ((BooleanVector) vector).get(row);
            case INT8, INT16, INT32, INT64 -> ((LongVector) vector).get(row);
            case DECIMAL -> {
                BigInteger unscaled = vector instanceof DecimalVector wide
                        ? wide.unscaled(row)
                        : BigInteger.valueOf(((LongVector) vector).get(row));
                yield new BigDecimal(unscaled, type.scale());
            }
            case FLOAT32 -> (float) ((DoubleVector) vector).get(row);
            case FLOAT64 -> ((DoubleVector) vector).get(row);
            case TEXT -> ((BytesVector) vector).text(row);
            case BINARY -> {
                BytesVector bytes = (BytesVector) vector;
                yield Arrays.copyOfRange(bytes.data(), bytes.start(row), bytes.end(row));
            }
            case DATE -> LocalDate.ofEpochDay(((LongVector) vector).get(row));
            case TIME -> LocalTime.ofNanoOfDay(((LongVector) vector).get(row));
            case TIMESTAMP -> local((TimestampVector) vector, row);
            case INSTANT -> local((TimestampVector) vector, row).atOffset(ZoneOffset.UTC);
            case UUID -> new UUID(((UuidVector) vector).high(row), ((UuidVector) vector).low(row));
        };
    }

    private static LocalDateTime local(TimestampVector vector, int row) {
        return LocalDateTime.ofEpochSecond(vector.epochSecond(row), vector.nanoOfSecond(row), ZoneOffset.UTC);
    }

    /** Makes a table with these rows. */
    void make(DataSource source, String name, Table table) {
        List<String> columns = new ArrayList<>();
        List<String> marks = new ArrayList<>();
        for (Column column : table.schema().columns()) {
            columns.add('"' + column.name().replace("\"", "\"\"") + "\" " + ddl(column.type()));
            marks.add("?");
        }
        try (Connection connection = source.getConnection()) {
            try (Statement statement = connection.createStatement()) {
                statement.setEscapeProcessing(false);
                statement.execute("CREATE TABLE \"" + name + "\" (" + String.join(", ", columns) + ")");
            }
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO \"" + name + "\" VALUES (" + String.join(", ", marks) + ")")) {
                for (RowBatch batch : table.batches()) {
                    for (int row = 0; row < batch.rowCount(); row++) {
                        for (int i = 0; i < columns.size(); i++) {
                            ColumnVector vector = batch.vector(i);
                            insert.setObject(
                                    i + 1,
                                    vector.isNull(row)
                                            ? null
                                            : value(table.schema().column(i).type(), vector, row));
                        }
                        insert.addBatch();
                    }
                    insert.executeBatch();
                }
            }
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(name + " of " + this, e);
        }
    }

    /** A source of such a table; the types that the database does not report are declared. */
    JdbcRowSource.Builder source(DataSource source, String name, Table table) {
        JdbcRowSource.Builder builder = JdbcRowSource.ofTable(source, name);
        for (Column column : table.schema().columns()) {
            boolean hidden =
                    this == SQLITE || this == DUCKDB && column.type().kind().hasFraction();
            if (hidden) {
                builder.type(column.name(), column.type());
            }
        }
        return builder;
    }

    /** Runs statements. */
    static void execute(DataSource source, String... statements) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
