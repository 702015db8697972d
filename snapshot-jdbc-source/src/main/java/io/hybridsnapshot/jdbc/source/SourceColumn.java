package io.hybridsnapshot.jdbc.source;

import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;

/**
 * A column of a result: its domain type, and how its values are read.
 *
 * @param column the domain's column
 * @param form the getter that reads its values
 * @param converted whether the value that the getter returns has to be converted to the column's type
 * @param databaseType the type as the driver names it, for messages
 */
record SourceColumn(Column column, Form form, boolean converted, String databaseType) {
    /** Forms of values, by the getter of JDBC that makes the fewest objects of them. */
    enum Form {
        BOOLEAN,
        LONG,
        FLOAT,
        DOUBLE,
        DECIMAL,
        STRING,
        /** A CLOB, read as a stream. */
        CHARACTERS,
        BYTES,
        /** A BLOB, read as a stream. */
        BYTE_STREAM,
        LOCAL_DATE,
        /** DuckDB: its driver loses the sign of the year in {@code getObject(i, LocalDate.class)}. */
        DUCKDB_DATE,
        LOCAL_TIME,
        LOCAL_DATE_TIME,
        OFFSET_DATE_TIME,
        UUID,
        /** The driver's own object; its class decides the conversion. */
        OBJECT
    }

    String name() {
        return column.name();
    }

    ColumnType type() {
        return column.type();
    }
}
