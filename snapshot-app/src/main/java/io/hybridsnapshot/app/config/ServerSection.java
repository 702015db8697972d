package io.hybridsnapshot.app.config;

import java.util.Map;
import java.util.Objects;

/**
 * A PostgreSQL server that is not ours. Immutable; printing it shows no secret.
 *
 * @param host name or address
 * @param port TCP port, 1 to 65535
 * @param database the database's name
 * @param user who connects
 * @param password their password
 * @param properties further properties of the driver, for example {@code sslmode}
 */
public record ServerSection(
        String host, int port, String database, String user, Secret password, Map<String, String> properties) {
    public ServerSection {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(password, "password");
        properties = Map.copyOf(properties);
    }

    /** The same server, user and properties with another database. */
    public ServerSection withDatabase(String other) {
        return new ServerSection(host, port, other, user, password, properties);
    }
}
