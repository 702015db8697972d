package io.hybridsnapshot.app.wiring;

import io.hybridsnapshot.app.config.ServerSection;
import io.hybridsnapshot.app.config.StoreSection;
import io.hybridsnapshot.migration.Migration;
import io.hybridsnapshot.migration.SchemaPart;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import java.util.Objects;
import java.util.Optional;

/** The database of one store: found, and its tables brought up to date, when it is first asked for. Thread-safe. */
final class StoreDatabase {
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
            PostgresSettings found = section.server()
                    .map(StoreDatabase::external)
                    .orElseGet(() -> embedded.database(section.database()));
            Migration.run(found, part);
            settings = Optional.of(found);
        }
        return settings.get();
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
