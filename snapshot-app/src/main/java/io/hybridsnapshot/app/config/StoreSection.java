package io.hybridsnapshot.app.config;

import java.util.Objects;
import java.util.Optional;

/**
 * The place of a store. Immutable.
 *
 * @param server the server, or empty for the embedded one
 * @param database the database's name
 */
public record StoreSection(Optional<ServerSection> server, String database) {
    public StoreSection {
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(database, "database");
    }

    /** The type of the store's server; the embedded server is a PostgreSQL. */
    public ServerType type() {
        return server.map(ServerSection::type).orElse(ServerType.POSTGRESQL);
    }

    /** A store on the embedded server. */
    public static StoreSection embedded(String database) {
        return new StoreSection(Optional.empty(), database);
    }

    /** A store on a server of the user's. */
    public static StoreSection on(ServerSection server) {
        return new StoreSection(Optional.of(server), server.database());
    }
}
