package io.hybridsnapshot.jdbc.source;

import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.jdbc.source.SourceColumn.Form;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Locale;
import java.util.Optional;

/**
 * Maps the columns of a result to the domain's types. A type that a driver reports wrongly is recognised by the name of
 * the type or by the driver's product name. Stateless.
 */
final class TypeMapping {
    /** Types of Oracle's driver, which {@link Types} does not list. */
    private static final int ORACLE_TIMESTAMP_TZ = -101;

    private static final int ORACLE_TIMESTAMP_LTZ = -102;
    private static final int ORACLE_BINARY_FLOAT = 100;
    private static final int ORACLE_BINARY_DOUBLE = 101;

    private static final int UNSIGNED_BIGINT_DIGITS = 20;

    private TypeMapping() {}

    /** A type of the domain, and the getter that reads its values. */
    record Mapped(ColumnType type, Form form, boolean converted) {
        static Optional<Mapped> of(ColumnType type, Form form) {
            return Optional.of(new Mapped(type, form, false));
        }

        static Optional<Mapped> converted(ColumnType type, Form form) {
            return Optional.of(new Mapped(type, form, true));
        }
    }

    /**
     * The type that the driver reports for a column, from 1. Empty if the domain has no such type, or if the report
     * does not tell the type.
     */
    static Optional<Mapped> natural(Dialect dialect, ResultSetMetaData result, int i) throws SQLException {
        String name = name(result, i);
        return switch (dialect) {
            case SQLITE -> sqlite(name, result.getPrecision(i), result.getScale(i));
            case DUCKDB -> {
                Optional<Mapped> special = duckdb(name);
                yield special.isPresent() ? special : standard(dialect, result, i, name);
            }
            default -> standard(dialect, result, i, name);
        };
    }

    /**
     * How to read a column as a type that the caller declared.
     *
     * @param natural the column's own type, empty if the domain has none
     */
    static Mapped declared(Dialect dialect, ColumnType declared, Optional<Mapped> natural) {
        if (dialect.isDynamicallyTyped()) {
            return new Mapped(declared, Form.OBJECT, true);
        }
        if (natural.isEmpty()) {
            return declared.kind() == TypeKind.TEXT
                    ? new Mapped(declared, Form.STRING, false)
                    : new Mapped(declared, Form.OBJECT, true);
        }
        Mapped own = natural.get();
        if (declared.equals(own.type())) {
            return own;
        }
        if (declared.kind() == TypeKind.TEXT && own.form() != Form.CHARACTERS) {
            return new Mapped(declared, Form.STRING, false);
        }
        return new Mapped(declared, own.form(), true);
    }

    /** The type as the driver names it, in lower case. */
    private static String name(ResultSetMetaData result, int i) throws SQLException {
        String name = result.getColumnTypeName(i);
        return name == null ? "" : name.toLowerCase(Locale.ROOT).trim();
    }

    /**
     * SQLite: a declared type only says which values a column prefers (its affinity). Every value is read as what it is
     * and checked. An expression has no declared type, and its driver calls it NUMERIC.
     */
    private static Optional<Mapped> sqlite(String name, int precision, int scale) {
        Optional<ColumnType> type;
        if (name.contains("int") && !name.contains("interval") && !name.contains("point")) {
            type = Optional.of(ColumnType.INT64);
        } else if (name.startsWith("bool")) {
            type = Optional.of(ColumnType.BOOLEAN);
        } else if (name.equals("uuid")) {
            type = Optional.of(ColumnType.UUID);
        } else if (name.contains("char") || name.contains("clob") || name.contains("text") || name.equals("json")) {
            type = Optional.of(ColumnType.TEXT);
        } else if (name.contains("blob") || name.contains("binary")) {
            type = Optional.of(ColumnType.BINARY);
        } else if (name.contains("real") || name.contains("floa") || name.contains("doub")) {
            type = Optional.of(ColumnType.FLOAT64);
        } else if (name.equals("date")) {
            type = Optional.of(ColumnType.DATE);
        } else if (name.equals("time")) {
            type = Optional.of(ColumnType.time(Dialect.SQLITE.fractionDigits(precision)));
        } else if (name.equals("timestamptz") || name.equals("timestamp with time zone")) {
            type = Optional.of(ColumnType.instant(Dialect.SQLITE.fractionDigits(precision)));
        } else if (name.equals("timestamp") || name.equals("datetime")) {
            type = Optional.of(ColumnType.timestamp(Dialect.SQLITE.fractionDigits(precision)));
        } else if (name.equals("decimal") || name.equals("numeric")) {
            type = decimal(precision, scale);
        } else {
            type = Optional.empty();
        }
        return type.map(found -> new Mapped(found, Form.OBJECT, true));
    }

    /** DuckDB: its driver reports no digits of a second, and some integers as OTHER. */
    private static Optional<Mapped> duckdb(String name) {
        return switch (name) {
            case "utinyint" -> Mapped.of(ColumnType.INT16, Form.LONG);
            case "usmallint" -> Mapped.of(ColumnType.INT32, Form.LONG);
            case "uinteger" -> Mapped.of(ColumnType.INT64, Form.LONG);
            case "ubigint" -> Mapped.of(ColumnType.decimal(UNSIGNED_BIGINT_DIGITS, 0), Form.DECIMAL);
            case "hugeint", "uhugeint" ->
                Mapped.of(ColumnType.decimal(ColumnType.MAX_DECIMAL_PRECISION, 0), Form.DECIMAL);
            case "date" -> Mapped.of(ColumnType.DATE, Form.DUCKDB_DATE);
            case "time" -> Mapped.of(ColumnType.time(6), Form.LOCAL_TIME);
            case "timestamp_s" -> Mapped.of(ColumnType.timestamp(0), Form.LOCAL_DATE_TIME);
            case "timestamp_ms" -> Mapped.of(ColumnType.timestamp(3), Form.LOCAL_DATE_TIME);
            case "timestamp" -> Mapped.of(ColumnType.timestamp(6), Form.LOCAL_DATE_TIME);
            case "timestamp with time zone" -> Mapped.of(ColumnType.instant(6), Form.OFFSET_DATE_TIME);
            default -> Optional.empty();
        };
    }

    private static Optional<Mapped> standard(Dialect dialect, ResultSetMetaData result, int i, String name)
            throws SQLException {
        if ("java.util.UUID".equals(className(result, i))) {
            return Mapped.of(ColumnType.UUID, Form.UUID);
        }
        if (name.equals("uniqueidentifier")) {
            return Mapped.converted(ColumnType.UUID, Form.STRING);
        }
        if (isMisleading(name, result.getColumnType(i))) {
            return Optional.empty();
        }
        if (name.equals("json") || name.equals("jsonb") || name.equals("citext") || name.startsWith("enum")) {
            return Mapped.of(ColumnType.TEXT, Form.STRING);
        }
        if (name.equals("timestamptz") || name.equals("timestamp with time zone") || name.equals("datetimeoffset")) {
            return Mapped.of(ColumnType.instant(dialect.fractionDigits(result.getScale(i))), Form.OFFSET_DATE_TIME);
        }
        return switch (result.getColumnType(i)) {
            case Types.BOOLEAN, Types.BIT -> truth(result, i, name);
            case Types.TINYINT -> integer(result.isSigned(i) ? ColumnType.INT8 : ColumnType.INT16);
            case Types.SMALLINT -> integer(result.isSigned(i) ? ColumnType.INT16 : ColumnType.INT32);
            case Types.INTEGER -> integer(result.isSigned(i) ? ColumnType.INT32 : ColumnType.INT64);
            case Types.BIGINT ->
                result.isSigned(i)
                        ? integer(ColumnType.INT64)
                        : Mapped.of(ColumnType.decimal(UNSIGNED_BIGINT_DIGITS, 0), Form.DECIMAL);
            case Types.DECIMAL, Types.NUMERIC ->
                decimal(result.getPrecision(i), result.getScale(i)).map(type -> new Mapped(type, Form.DECIMAL, false));
            case Types.REAL, ORACLE_BINARY_FLOAT -> Mapped.of(ColumnType.FLOAT32, Form.FLOAT);
            // FLOAT has the precision of DOUBLE, except where a driver reads it as a Float.
            case Types.FLOAT ->
                "java.lang.Float".equals(className(result, i))
                        ? Mapped.of(ColumnType.FLOAT32, Form.FLOAT)
                        : Mapped.of(ColumnType.FLOAT64, Form.DOUBLE);
            case Types.DOUBLE, ORACLE_BINARY_DOUBLE -> Mapped.of(ColumnType.FLOAT64, Form.DOUBLE);
            case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.NCHAR, Types.NVARCHAR, Types.LONGNVARCHAR ->
                Mapped.of(ColumnType.TEXT, Form.STRING);
            case Types.CLOB, Types.NCLOB -> Mapped.of(ColumnType.TEXT, Form.CHARACTERS);
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY -> Mapped.of(ColumnType.BINARY, Form.BYTES);
            case Types.BLOB -> Mapped.of(ColumnType.BINARY, dialect == Dialect.DUCKDB ? Form.BYTES : Form.BYTE_STREAM);
            case Types.DATE -> Mapped.of(ColumnType.DATE, Form.LOCAL_DATE);
            case Types.TIME -> Mapped.of(ColumnType.time(dialect.fractionDigits(result.getScale(i))), Form.LOCAL_TIME);
            case Types.TIMESTAMP ->
                Mapped.of(ColumnType.timestamp(dialect.fractionDigits(result.getScale(i))), Form.LOCAL_DATE_TIME);
            case Types.TIMESTAMP_WITH_TIMEZONE, ORACLE_TIMESTAMP_TZ, ORACLE_TIMESTAMP_LTZ ->
                Mapped.of(ColumnType.instant(dialect.fractionDigits(result.getScale(i))), Form.OFFSET_DATE_TIME);
            default -> Optional.empty();
        };
    }

    /**
     * Types that drivers report as another type: H2's DECFLOAT as an integer NUMERIC, PostgreSQL's money as DOUBLE and
     * its timetz as TIME, MySQL's YEAR as DATE.
     */
    private static boolean isMisleading(String name, int type) {
        return name.startsWith("decfloat")
                || name.equals("money") && type == Types.DOUBLE
                || name.equals("timetz")
                || name.equals("time with time zone")
                || name.equals("year");
    }

    /** A single bit. MySQL's driver calls a TINYINT(1) so, which may hold 2; PostgreSQL's a bit(8). */
    private static Optional<Mapped> truth(ResultSetMetaData result, int i, String name) throws SQLException {
        if (name.startsWith("tinyint")) {
            return Mapped.converted(ColumnType.BOOLEAN, Form.LONG);
        }
        boolean single = result.getColumnType(i) == Types.BOOLEAN
                || "java.lang.Boolean".equals(className(result, i)) && result.getPrecision(i) <= 1;
        return single ? Mapped.of(ColumnType.BOOLEAN, Form.BOOLEAN) : Optional.empty();
    }

    private static Optional<Mapped> integer(ColumnType type) {
        return Mapped.of(type, Form.LONG);
    }

    /** A decimal that holds every value of the reported type; empty if that needs more than 38 digits. */
    private static Optional<ColumnType> decimal(int precision, int scale) {
        // NUMERIC(3,-2) holds up to 99900, NUMERIC(2,5) down to 0.00001.
        int digits = scale < 0 ? precision - scale : Math.max(precision, scale);
        return precision < 1 || digits > ColumnType.MAX_DECIMAL_PRECISION
                ? Optional.empty()
                : Optional.of(ColumnType.decimal(digits, Math.max(0, scale)));
    }

    /** The class of a column's values; an empty text if the driver does not tell. */
    private static String className(ResultSetMetaData result, int i) {
        try {
            String name = result.getColumnClassName(i);
            return name == null ? "" : name;
        } catch (SQLException e) {
            return "";
        }
    }
}
