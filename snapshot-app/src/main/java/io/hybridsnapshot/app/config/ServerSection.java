package io.hybridsnapshot.app.config;

import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * A server that the user provides. Immutable; printing it shows no secret.
 *
 * @param type the type of the server
 * @param host name or address
 * @param port TCP port, 1 to 65535
 * @param database the database's name
 * @param user the user that connects; empty if SQL Server's properties define the login
 * @param password the user's password
 * @param properties further properties of the driver, for example {@code sslmode} or {@code trustServerCertificate}
 */
public record ServerSection(
        ServerType type,
        String host,
        int port,
        String database,
        String user,
        Secret password,
        Map<String, String> properties) {
    public ServerSection {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(password, "password");
        properties = Map.copyOf(properties);
    }

    /** The properties' names alone: a value may be a secret. */
    @Override
    public String toString() {
        return "ServerSection[" + type.key() + " " + host + ":" + port + "/" + database + ", user '" + user
                + "', properties " + new TreeSet<>(properties.keySet()) + "]";
    }

    /** The same server, user and properties with another database. */
    public ServerSection withDatabase(String other) {
        return new ServerSection(type, host, port, other, user, password, properties);
    }
}
