package io.hybridsnapshot.app.wiring;

import io.hybridsnapshot.app.config.ServerSection;
import io.hybridsnapshot.app.config.StoreSection;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.migration.Migration;
import io.hybridsnapshot.migration.SchemaPart;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import java.util.Objects;
import java.util.Optional;

/** The database of one store: found, and its tables brought up to date, when it is first asked for. Thread-safe. */
final class StoreDatabase {
    private static final String NO_SUCH_DATABASE = "3D000";

    private final StoreSection section;
    private final SchemaPart part;
    private final EmbeddedServer embedded;
    private Optional<PostgresSettings> settings = Optional.empty();

    StoreDatabase(StoreSection section, SchemaPart part, EmbeddedServer embedded) {
        this.section = Objects.requireNonNull(section, "section");
        this.part = Objects.requireNonNull(part, "part");
        this.embedded = Objects.requireNonNull(embedded, "embedded");
    }

    /** The connection settings. The tables exist when this method returns. The next call retries a failed attempt. */
    synchronized PostgresSettings settings() {
        if (settings.isEmpty()) {
            settings = Optional.of(section.server().map(this::migrated).orElseGet(this::migratedOnEmbedded));
        }
        return settings.get();
    }

    private PostgresSettings migrated(ServerSection server) {
        PostgresSettings found = external(server);
        Migration.run(found, part);
        return found;
    }

    private PostgresSettings migratedOnEmbedded() {
        PostgresSettings found = embedded.database(section.database());
        try {
            Migration.run(found, part);
        } catch (SnapshotException e) {
            // Creating the database only then saves every later command a login.
            if (PostgresSession.sqlState(e).filter(NO_SUCH_DATABASE::equals).isEmpty()) {
                throw e;
            }
            embedded.ensureDatabase(section.database());
            Migration.run(found, part);
        }
        return found;
    }

    /** How to connect to a server of the user's. */
    static PostgresSettings external(ServerSection server) {
        return new PostgresSettings(
                server.host(),
                server.port(),
                server.database(),
                server.user(),
                server.password().value(),
                server.properties());
    }
}
