package io.hybridsnapshot.postgres.source;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;

/**
 * A column of a query: its domain type, and how its values look in a binary COPY.
 *
 * @param column the domain's column
 * @param form the values' binary form
 */
record SourceColumn(Column column, Form form) {
    /** Binary forms, as the types' send functions write them. */
    enum Form {
        BOOL,
        INT2,
        INT4,
        INT8,
        NUMERIC,
        /**
         * A numeric type that allows more digits than the domain's; {@link MeasuredNumerics} derives a type from the
         * values.
         */
        WIDE_NUMERIC,
        FLOAT4,
        FLOAT8,
        BYTES,
        /** A version byte, then text. */
        JSONB,
        DATE,
        TIME,
        TIMESTAMP,
        UUID
    }

    /** PostgreSQL 15 and later keep a negative scale in 11 bits. */
    private static final int SCALE_SIGN = 1 << 10;

    private static final int SCALE_RANGE = 1 << 11;

    String name() {
        return column.name();
    }

    /**
     * The columns of a result.
     *
     * @throws SnapshotException INVALID_REQUEST naming a column of a type that the domain does not have
     */
    static List<SourceColumn> of(ResultSetMetaData result, PostgresRowSource source) throws SQLException {
        List<SourceColumn> columns = new ArrayList<>();
        for (int i = 1; i <= result.getColumnCount(); i++) {
            columns.add(of(result, i, source));
        }
        return columns;
    }

    private static SourceColumn of(ResultSetMetaData result, int i, PostgresRowSource source) throws SQLException {
        String name = result.getColumnLabel(i);
        String type = result.getColumnTypeName(i);
        return switch (type) {
            case "bool" -> of(name, ColumnType.BOOLEAN, Form.BOOL);
            case "int2", "smallserial" -> of(name, ColumnType.INT16, Form.INT2);
            case "int4", "serial" -> of(name, ColumnType.INT32, Form.INT4);
            case "int8", "bigserial" -> of(name, ColumnType.INT64, Form.INT8);
            case "float4" -> of(name, ColumnType.FLOAT32, Form.FLOAT4);
            case "float8" -> of(name, ColumnType.FLOAT64, Form.FLOAT8);
            case "numeric" -> numeric(name, result.getPrecision(i), result.getScale(i));
            case "text", "varchar", "bpchar", "name", "json" -> of(name, ColumnType.TEXT, Form.BYTES);
            case "jsonb" -> of(name, ColumnType.TEXT, Form.JSONB);
            case "bytea" -> of(name, ColumnType.BINARY, Form.BYTES);
            case "date" -> of(name, ColumnType.DATE, Form.DATE);
            case "time" -> of(name, ColumnType.time(result.getScale(i)), Form.TIME);
            case "timestamp" -> of(name, ColumnType.timestamp(result.getScale(i)), Form.TIMESTAMP);
            case "timestamptz" -> of(name, ColumnType.instant(result.getScale(i)), Form.TIMESTAMP);
            case "uuid" -> of(name, ColumnType.UUID, Form.UUID);
            default -> {
                // The driver calls an enum VARCHAR; citext is an extension and may be in any schema.
                if (result.getColumnType(i) == Types.VARCHAR || type.equals("citext") || type.endsWith(".\"citext\"")) {
                    yield of(name, ColumnType.TEXT, Form.BYTES);
                }
                throw source.wrongColumn("a column's type is not supported", name)
                        .actual(type)
                        .expected("a boolean, a number, text, bytes, a date or time without zone, timestamptz or uuid")
                        .nextStep("cast it to text in the query, or leave it out")
                        .build();
            }
        };
    }

    private static SourceColumn of(String name, ColumnType type, Form form) {
        return new SourceColumn(new Column(name, type), form);
    }

    private static SourceColumn numeric(String name, int precision, int rawScale) {
        int scale = rawScale >= SCALE_SIGN ? rawScale - SCALE_RANGE : rawScale;
        // numeric(3,-2) holds up to 99900, numeric(2,5) down to 0.00001.
        int digits = scale < 0 ? precision - scale : Math.max(precision, scale);
        if (precision == 0 || digits > ColumnType.MAX_DECIMAL_PRECISION) {
            return of(name, ColumnType.decimal(ColumnType.MAX_DECIMAL_PRECISION, 0), Form.WIDE_NUMERIC);
        }
        return of(name, ColumnType.decimal(digits, Math.max(0, scale)), Form.NUMERIC);
    }

    /** The same column with another scale. */
    SourceColumn withScale(int scale) {
        return of(name(), ColumnType.decimal(column.type().precision(), scale), form);
    }
}
