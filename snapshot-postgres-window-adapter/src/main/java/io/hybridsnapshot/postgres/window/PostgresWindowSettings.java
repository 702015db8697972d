package io.hybridsnapshot.postgres.window;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.postgres.connection.PostgresDatabase;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * The place of the window. Immutable.
 *
 * @param connection the database, of settings or of a data source
 * @param schema the schema with the tables of {@code sql/ddl/tables/window}. The datasets' tables are created in it. 1
 *     to 63 bytes of UTF-8, used exactly as given
 */
public record PostgresWindowSettings(PostgresDatabase connection, String schema) {
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
    public static PostgresWindowSettings of(PostgresDatabase connection) {
        return new PostgresWindowSettings(connection, DEFAULT_SCHEMA);
    }

    /**
     * Settings with the default schema, over a program's own data source. Each operation borrows a connection and puts
     * it back as it was; the caller closes the data source.
     */
    public static PostgresWindowSettings of(DataSource source) {
        return of(PostgresDatabase.of(source));
    }
}
