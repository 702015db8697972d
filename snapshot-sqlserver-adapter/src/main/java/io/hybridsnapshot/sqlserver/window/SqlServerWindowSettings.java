package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.util.Objects;

/**
 * The place of the window in SQL Server. Immutable.
 *
 * @param connection how to connect to the database
 * @param schema the schema of the window's tables, 1 to 128 characters; {@code dbo} is where existing readers look
 */
public record SqlServerWindowSettings(SqlServerSettings connection, String schema) {
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
    public static SqlServerWindowSettings of(SqlServerSettings connection) {
        return new SqlServerWindowSettings(connection, DEFAULT_SCHEMA);
    }
}
