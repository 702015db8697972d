package io.hybridsnapshot.postgres.connection;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.postgresql.PGProperty;

/**
 * The address of a PostgreSQL database and the user that connects to it. Immutable; {@link #toString()} and
 * {@link #address()} hold no secret.
 *
 * @param host name or address of the server
 * @param port its TCP port, 1 to 65535
 * @param database the database's name
 * @param user the user that connects
 * @param password the user's password; may be empty if the server asks for none
 * @param properties further connection properties of the PostgreSQL driver, for example {@code sslmode} or
 *     {@code currentSchema}. They override the platform's own properties. {@code user} and {@code password} are not
 *     allowed here
 * @param storage reports on the server's disk
 */
public record PostgresSettings(
        String host,
        int port,
        String database,
        String user,
        String password,
        Map<String, String> properties,
        StorageCheck storage)
        implements PostgresDatabase {
    public PostgresSettings {
        Objects.requireNonNull(storage, "storage");
        requireText("host", host);
        requireText("database", database);
        requireText("user", user);
        Objects.requireNonNull(password, "password");
        properties = Map.copyOf(properties);
        if (port < 1 || port > 65_535) {
            throw SnapshotException.invalidRequest("not a port of a PostgreSQL server")
                    .actual(port)
                    .expected("1 to 65535")
                    .build();
        }
        for (String name : properties.keySet()) {
            if (name.equals("user") || name.equals("password")) {
                throw SnapshotException.invalidRequest("a connection property that has a setting of its own")
                        .actual("'" + name + "' among the properties")
                        .expected("the setting '" + name + "'")
                        .build();
            }
            if (PGProperty.forName(name) == null) {
                List<String> known = Arrays.stream(PGProperty.values())
                        .map(PGProperty::getName)
                        .toList();
                throw SnapshotException.invalidRequest("an unknown connection property")
                        .actual("'" + name + "'")
                        .expected(NearestName.among(known, name)
                                .map(nearest -> "a property of the PostgreSQL driver (did you mean '" + nearest + "'?)")
                                .orElse("a property of the PostgreSQL driver"))
                        .build();
            }
        }
    }

    /** Settings of a server with files that this program cannot see. */
    public PostgresSettings(
            String host, int port, String database, String user, String password, Map<String, String> properties) {
        this(host, port, database, user, password, properties, StorageCheck.NONE);
    }

    /** Settings without further properties. */
    public static PostgresSettings of(String host, int port, String database, String user, String password) {
        return new PostgresSettings(host, port, database, user, password, Map.of());
    }

    /** These settings with a check of the server's disk. */
    public PostgresSettings withStorage(StorageCheck check) {
        return new PostgresSettings(host, port, database, user, password, properties, check);
    }

    /** {@code host:port/database, user 'name'}, for messages. */
    @Override
    public String address() {
        return host + ":" + port + "/" + database + ", user '" + user + "'";
    }

    /** The address and the names of the properties; neither the password nor any property's value. */
    @Override
    public String toString() {
        return "PostgresSettings[" + address() + ", properties " + new TreeSet<>(properties.keySet()) + "]";
    }

    private static void requireText(String name, String value) {
        Objects.requireNonNull(value, name);
        if (value.isBlank() || value.indexOf('\0') >= 0) {
            throw SnapshotException.invalidRequest("a PostgreSQL connection lacks its " + name)
                    .expected("the " + name + " to be set")
                    .build();
        }
    }
}
