package io.hybridsnapshot.app.wiring;

import io.hybridsnapshot.app.config.ServerSection;
import io.hybridsnapshot.migration.SqlServerMigration;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.util.Objects;

/** The window's database on SQL Server: its tables are brought up to date when it is first asked for. Thread-safe. */
final class SqlServerDatabase {
    private final ServerSection section;
    private boolean migrated;

    SqlServerDatabase(ServerSection section) {
        this.section = Objects.requireNonNull(section, "section");
    }

    /** The connection settings. The tables exist when this method returns. The next call retries a failed attempt. */
    synchronized SqlServerSettings settings() {
        SqlServerSettings settings = settings(section);
        if (!migrated) {
            SqlServerMigration.run(settings);
            migrated = true;
        }
        return settings;
    }

    /** How to connect to a server of the user's. */
    static SqlServerSettings settings(ServerSection server) {
        return new SqlServerSettings(
                server.host(),
                server.port(),
                server.database(),
                server.user(),
                server.password().value(),
                server.properties());
    }
}
