package io.hybridsnapshot.postgres.source;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.testkit.contract.RowSourceContract;
import io.hybridsnapshot.testkit.data.RandomTables;
import io.hybridsnapshot.testkit.data.Table;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The contract of row sources on tables of a PostgreSQL server. The subclass defines the form of the source. Numbers
 * and times travel to the table as text that the server casts, so that the driver's conversions do not affect the
 * expected values.
 */
abstract class PostgresRowSourceTables extends RowSourceContract {
    /** The key of the rows' order, beside the table's own columns. */
    static final String ORDINAL = "row ordinal";

    private static final int MICROSECONDS = 6;

    private int made;

    /** The source of a table's rows in the order of {@link #ORDINAL}. */
    abstract RowSource reading(String table, List<String> columns);

    abstract TestDatabase database();

    @Override
    protected RowSource sourceOf(Table table) {
        String name = "t_" + System.nanoTime() + "_" + made++;
        make(name, table);
        return reading(name, table.schema().names());
    }

    /** A text of the server is UTF-8 without U+0000. */
    @Override
    protected RandomTables narrowed(RandomTables tables) {
        return tables.without(TypeKind.INT8)
                .without(RandomTables.Edge.LONE_SURROGATE, RandomTables.Edge.NUL)
                .withFractionDigits(MICROSECONDS);
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** A query of these columns, with an order within each range that is read. */
    static String select(String table, List<String> columns) {
        return columns.stream().map(PostgresRowSourceTables::quoted).collect(Collectors.joining(", ", "SELECT ", ""))
                + " FROM " + table + " ORDER BY " + quoted(ORDINAL);
    }

    private void make(String name, Table table) {
        String columns = table.schema().columns().stream()
                .map(column -> ", " + quoted(column.name()) + " " + typeOf(column.type()))
                .collect(Collectors.joining());
        String values = table.schema().columns().stream()
                .map(column -> ", CAST(? AS " + typeOf(column.type()) + ")")
                .collect(Collectors.joining());
        try (PostgresSession session = PostgresSession.open(database().settings(), "test");
                Statement create = session.connection().createStatement()) {
            create.execute("CREATE TABLE " + name + " (" + quoted(ORDINAL) + " integer PRIMARY KEY" + columns + ")");
            try (PreparedStatement insert =
                    session.connection().prepareStatement("INSERT INTO " + name + " VALUES (?" + values + ")")) {
                int ordinal = 0;
                for (RowBatch batch : table.batches()) {
                    for (int row = 0; row < batch.rowCount(); row++) {
                        insert.setInt(1, ordinal++);
                        for (int i = 0; i < table.schema().size(); i++) {
                            bind(insert, i + 2, table.schema().column(i).type(), batch.vector(i), row);
                        }
                        insert.addBatch();
                    }
                    insert.executeBatch();
                }
            }
        } catch (SQLException e) {
            throw new AssertionError(name + ": " + e.getMessage(), e);
        }
    }

    private static String typeOf(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> "boolean";
            case INT8, INT16 -> "smallint";
            case INT32 -> "integer";
            case INT64 -> "bigint";
            case DECIMAL -> "numeric(" + type.precision() + "," + type.scale() + ")";
            case FLOAT32 -> "real";
            case FLOAT64 -> "double precision";
            case TEXT -> "text";
            case BINARY -> "bytea";
            case DATE -> "date";
            case TIME -> "time(" + type.precision() + ")";
            case TIMESTAMP -> "timestamp(" + type.precision() + ")";
            case INSTANT -> "timestamptz(" + type.precision() + ")";
            case UUID -> "uuid";
        };
    }

    private static void bind(PreparedStatement insert, int position, ColumnType type, ColumnVector vector, int row)
            throws SQLException {
        if (type.kind() == TypeKind.BINARY) {
            insert.setBytes(position, vector.isNull(row) ? null : ((BytesVector) vector).bytes(row));
        } else if (vector.isNull(row)) {
            insert.setString(position, null);
        } else if (type.kind() == TypeKind.TEXT) {
            insert.setString(position, ((BytesVector) vector).text(row));
        } else {
            insert.setString(position, CellText.of(type, vector, row));
        }
    }
}
