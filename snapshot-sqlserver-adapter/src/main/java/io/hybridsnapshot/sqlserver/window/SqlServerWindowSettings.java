package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.sqlserver.connection.SqlServerDatabase;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * The place of the window in SQL Server. Immutable.
 *
 * @param connection the database, of settings or of a data source
 * @param schema the schema of the window's tables, 1 to 128 characters; {@code dbo} is where existing readers look
 */
public record SqlServerWindowSettings(SqlServerDatabase connection, String schema) {
    /** The schema that existing readers and writers name. */
    public static final String DEFAULT_SCHEMA = "dbo";

    public SqlServerWindowSettings {
        Objects.requireNonNull(connection, "connection");
        if (schema.isBlank() || schema.length() > WindowTables.MAX_NAME_LENGTH || schema.indexOf('\0') >= 0) {
            throw SnapshotException.invalidRequest("not a schema of a SQL Server database")
                    .actual("'" + schema.replace('\0', '?') + "'")
                    .expected("1 to " + WindowTables.MAX_NAME_LENGTH + " characters, none of them NUL")
                    .nextStep("name the schema of the window's tables, usually '" + DEFAULT_SCHEMA + "'")
                    .build();
        }
    }

    /** The window in the schema {@value #DEFAULT_SCHEMA}. */
    public static SqlServerWindowSettings of(SqlServerDatabase connection) {
        return new SqlServerWindowSettings(connection, DEFAULT_SCHEMA);
    }

    /**
     * The same over a program's own data source. Each operation borrows a connection and puts it back as it was; the
     * caller closes the data source.
     */
    public static SqlServerWindowSettings of(DataSource source) {
        return of(SqlServerDatabase.of(source));
    }
}
