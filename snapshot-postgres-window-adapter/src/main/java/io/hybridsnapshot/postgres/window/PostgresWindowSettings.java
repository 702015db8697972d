package io.hybridsnapshot.postgres.window;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The place of the window. Immutable.
 *
 * @param connection the database
 * @param schema the schema with the tables of {@code sql/ddl/tables/window}. The datasets' tables are created in it. 1
 *     to 63 bytes of UTF-8, used exactly as given
 */
public record PostgresWindowSettings(PostgresSettings connection, String schema) {
    /** The default schema. */
    public static final String DEFAULT_SCHEMA = "public";

    public PostgresWindowSettings {
        Objects.requireNonNull(connection, "connection");
        int bytes = schema.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > WindowTables.MAX_NAME_BYTES || schema.indexOf('\0') >= 0) {
            throw SnapshotException.invalidRequest("not a schema of PostgreSQL")
                    .actual("'" + schema.replace('\0', '?') + "'")
                    .expected("a name of 1 to " + WindowTables.MAX_NAME_BYTES + " bytes")
                    .build();
        }
    }

    /** Settings with the default schema. */
    public static PostgresWindowSettings of(PostgresSettings connection) {
        return new PostgresWindowSettings(connection, DEFAULT_SCHEMA);
    }
}
