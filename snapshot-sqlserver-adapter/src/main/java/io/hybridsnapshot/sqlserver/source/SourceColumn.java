package io.hybridsnapshot.sqlserver.source;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.sqlserver.connection.GuidBytes;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A column of a query: its domain type, its type on the server, and how its values are read.
 *
 * @param column the domain's column
 * @param serverType the type as T-SQL writes it, for example {@code datetime2(3)}
 * @param form how its values are read
 */
record SourceColumn(Column column, String serverType, Form form) {
    /** Forms of values, by the getter of the driver that makes the fewest objects of them. */
    enum Form {
        BIT,
        INTEGER,
        BIGINT,
        DECIMAL,
        /** The unscaled value in four or eight bytes, big-endian. */
        MONEY,
        FLOAT,
        REAL,
        /** Text in the code page of its collation. */
        CHARACTERS,
        /** Text in UTF-16LE. */
        UNICODE,
        BYTES,
        DATE,
        TIME,
        /** Days since 1900 and three-hundredths of a second, four bytes each, big-endian. */
        DATETIME,
        /** Days since 1900 and minutes, two bytes each, big-endian. */
        SMALLDATETIME,
        DATETIME2,
        DATETIMEOFFSET,
        /** Sixteen bytes as {@link GuidBytes} reads them. */
        GUID
    }

    private static final String IDENTITY = " identity";
    private static final int MONEY_DIGITS = 19;
    private static final int SMALLMONEY_DIGITS = 10;
    private static final int MONEY_SCALE = 4;
    private static final int DATETIME_DIGITS = 3;

    String name() {
        return column.name();
    }

    ColumnType type() {
        return column.type();
    }

    /** The same column by another name. */
    SourceColumn named(String name) {
        return new SourceColumn(new Column(name, type()), serverType, form);
    }

    /** The name as T-SQL quotes it. */
    String quotedName() {
        return quoted(name());
    }

    /** A name in quotes, which mean a name where QUOTED_IDENTIFIER is on, as the driver sets it. */
    static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    /**
     * The column as written in a select list. The server converts an instant to UTC, which is exact for the whole
     * range. The driver would use its own calendar for each value.
     */
    String selected() {
        return form == Form.DATETIMEOFFSET
                ? "CAST(SWITCHOFFSET(" + quotedName() + ", '+00:00') AS datetime2(" + type().precision() + ")) AS "
                        + quotedName()
                : quotedName();
    }

    /** How the values of {@link #selected} are read. */
    Form selectedForm() {
        return form == Form.DATETIMEOFFSET ? Form.DATETIME2 : form;
    }

    /**
     * The columns of a result.
     *
     * @throws SnapshotException INVALID_REQUEST naming a column of a type that the domain does not have
     */
    static List<SourceColumn> of(ResultSetMetaData result, String description) throws SQLException {
        List<SourceColumn> columns = new ArrayList<>();
        for (int i = 1; i <= result.getColumnCount(); i++) {
            columns.add(of(
                    result.getColumnLabel(i),
                    result.getColumnTypeName(i),
                    result.getPrecision(i),
                    result.getScale(i),
                    description));
        }
        return columns;
    }

    /** A column by the driver's name of its type; precision counts for decimals, scale for them and for times. */
    static SourceColumn of(String name, String typeName, int precision, int scale, String description) {
        String type = typeName.toLowerCase(Locale.ROOT);
        if (type.endsWith(IDENTITY)) {
            type = type.substring(0, type.length() - IDENTITY.length());
        }
        return switch (type) {
            case "bit" -> of(name, ColumnType.BOOLEAN, type, Form.BIT);
            // TINYINT has no sign: 0 to 255.
            case "tinyint", "smallint" -> of(name, ColumnType.INT16, type, Form.INTEGER);
            case "int" -> of(name, ColumnType.INT32, type, Form.INTEGER);
            case "bigint" -> of(name, ColumnType.INT64, type, Form.BIGINT);
            case "decimal", "numeric" ->
                of(
                        name,
                        ColumnType.decimal(precision, scale),
                        type + "(" + precision + "," + scale + ")",
                        Form.DECIMAL);
            case "money" -> of(name, ColumnType.decimal(MONEY_DIGITS, MONEY_SCALE), type, Form.MONEY);
            case "smallmoney" -> of(name, ColumnType.decimal(SMALLMONEY_DIGITS, MONEY_SCALE), type, Form.MONEY);
            case "float" -> of(name, ColumnType.FLOAT64, type, Form.FLOAT);
            case "real" -> of(name, ColumnType.FLOAT32, type, Form.REAL);
            case "char", "varchar", "text" -> of(name, ColumnType.TEXT, type, Form.CHARACTERS);
            case "nchar", "nvarchar", "ntext" -> of(name, ColumnType.TEXT, type, Form.UNICODE);
            case "binary", "varbinary", "image" -> of(name, ColumnType.BINARY, type, Form.BYTES);
            case "date" -> of(name, ColumnType.DATE, type, Form.DATE);
            case "time" -> of(name, ColumnType.time(scale), type + "(" + scale + ")", Form.TIME);
            case "datetime" -> of(name, ColumnType.timestamp(DATETIME_DIGITS), type, Form.DATETIME);
            case "smalldatetime" -> of(name, ColumnType.timestamp(0), type, Form.SMALLDATETIME);
            case "datetime2" -> of(name, ColumnType.timestamp(scale), type + "(" + scale + ")", Form.DATETIME2);
            case "datetimeoffset" -> of(name, ColumnType.instant(scale), type + "(" + scale + ")", Form.DATETIMEOFFSET);
            case "uniqueidentifier" -> of(name, ColumnType.UUID, type, Form.GUID);
            default ->
                throw SnapshotException.invalidRequest("a column's type is not supported")
                        .where(description + ", column '" + name + "'")
                        .actual(type.equals("timestamp") ? "rowversion (timestamp)" : typeName)
                        .expected("a bit, a number, text, bytes, a date or time, or uniqueidentifier")
                        .nextStep("cast it in the query, for example to "
                                + (type.equals("timestamp") ? "binary(8)" : "nvarchar(max)") + ", or leave it out")
                        .build();
        };
    }

    private static SourceColumn of(String name, ColumnType type, String serverType, Form form) {
        if (name.isEmpty()) {
            throw SnapshotException.invalidRequest("a column of the query has no name")
                    .actual(serverType)
                    .expected("a name for every column")
                    .nextStep("name it in the query by AS")
                    .build();
        }
        return new SourceColumn(new Column(name, type), serverType, form);
    }
}
