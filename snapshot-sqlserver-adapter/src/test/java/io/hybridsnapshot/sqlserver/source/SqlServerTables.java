package io.hybridsnapshot.sqlserver.source;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.sqlserver.TestSqlServer;
import io.hybridsnapshot.testkit.data.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.stream.Collectors;

/**
 * Creates tables of a SQL Server from those of the test kit, without the platform's own writers. Numbers and times
 * travel as text that the server casts, so that the driver's conversions do not affect the expected values. Stateless.
 */
final class SqlServerTables {
    /** The key of the rows' order, beside the table's own columns. */
    static final String ORDINAL = "row ordinal";

    private SqlServerTables() {}

    /** The T-SQL type that holds a domain type. */
    static String typeOf(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> "bit";
            case INT8, INT16 -> "smallint";
            case INT32 -> "int";
            case INT64 -> "bigint";
            case DECIMAL -> "decimal(" + type.precision() + "," + type.scale() + ")";
            case FLOAT32 -> "real";
            case FLOAT64 -> "float";
            case TEXT -> "nvarchar(max)";
            case BINARY -> "varbinary(max)";
            case DATE -> "date";
            case TIME -> "time(" + type.precision() + ")";
            case TIMESTAMP -> "datetime2(" + type.precision() + ")";
            case INSTANT -> "datetimeoffset(" + type.precision() + ")";
            case UUID -> "uniqueidentifier";
        };
    }

    /** A query without its own ORDER BY that returns the rows of a SELECT in the order of {@link #ORDINAL}. */
    static String keepingOrder(String select) {
        return "WITH ordered AS (SELECT TOP (2147483647) " + select.substring("SELECT ".length()) + " ORDER BY ["
                + ORDINAL + "]) SELECT * FROM ordered OPTION (MAXDOP 1)";
    }

    /** Makes a table of this name with these rows, clustered by {@link #ORDINAL}. */
    static void make(TestSqlServer server, String name, Table table) {
        String columns = table.schema().columns().stream()
                .map(column -> SourceColumn.quoted(column.name()) + " " + typeOf(column.type()) + " NULL")
                .collect(Collectors.joining(", "));
        server.execute(
                "CREATE TABLE " + name + " ([" + ORDINAL + "] int NOT NULL PRIMARY KEY CLUSTERED, " + columns + ")");
        String values = table.schema().columns().stream()
                .map(column -> isText(column) ? "?" : "CAST(? AS " + typeOf(column.type()) + ")")
                .collect(Collectors.joining(", "));
        try (Connection connection = server.connect();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO " + name + " VALUES (?, " + values + ")")) {
            connection.setAutoCommit(false);
            int ordinal = 0;
            for (RowBatch batch : table.batches()) {
                for (int row = 0; row < batch.rowCount(); row++) {
                    insert.setInt(1, ordinal++);
                    for (int i = 0; i < table.schema().size(); i++) {
                        bind(insert, i + 2, table.schema().column(i), batch.vector(i), row);
                    }
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            connection.commit();
        } catch (SQLException e) {
            throw new AssertionError(name + ": " + e.getMessage(), e);
        }
    }

    private static boolean isText(Column column) {
        return column.type().kind() == TypeKind.TEXT || column.type().kind() == TypeKind.BINARY;
    }

    private static void bind(PreparedStatement insert, int position, Column column, ColumnVector vector, int row)
            throws SQLException {
        if (column.type().kind() == TypeKind.BINARY) {
            insert.setBytes(position, vector.isNull(row) ? null : ((BytesVector) vector).bytes(row));
        } else if (vector.isNull(row)) {
            insert.setNString(position, null);
        } else if (column.type().kind() == TypeKind.TEXT) {
            insert.setNString(position, ((BytesVector) vector).text(row));
        } else {
            insert.setNString(position, CellText.of(column.type(), vector, row));
        }
    }
}
