package io.hybridsnapshot.sqlserver.connection;

import com.microsoft.sqlserver.jdbc.SQLServerDriver;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The address of a SQL Server database and the user that connects to it. Immutable; {@link #toString()} and
 * {@link #address()} hold no secret.
 *
 * @param host name or address of the server
 * @param port its TCP port, 1 to 65535; a named instance is found by the property {@code instanceName} instead
 * @param database the database's name
 * @param user the user that connects; empty if the properties define the login (Kerberos, Entra, a Windows login)
 * @param password the user's password; may be empty
 * @param properties further connection properties of the driver, for example {@code encrypt},
 *     {@code trustServerCertificate}, {@code authentication} or {@code integratedSecurity}. They override the
 *     platform's own properties. User, password, server and database are not allowed here
 */
public record SqlServerSettings(
        String host, int port, String database, String user, String password, Map<String, String> properties)
        implements SqlServerDatabase {
    /** The port of a default instance. */
    public static final int DEFAULT_PORT = 1433;

    /** The default of the driver's property {@code encrypt}. */
    public static final String DEFAULT_ENCRYPT = "true";

    /** The name of the driver's property for the size of network packets. */
    public static final String PACKET_SIZE = "packetSize";

    /**
     * The largest packet on an encrypted connection: SQL Server sends one in one TLS record (Microsoft, "network packet
     * size", server configuration options).
     */
    public static final int LARGEST_ENCRYPTED_PACKET = 16_383;

    /** The values of {@code encrypt} under which rows travel unencrypted, unless the server insists on encryption. */
    private static final Set<String> PLAIN = Set.of("false", "no", "optional");

    /** The properties with settings of their own, in the driver's spellings, lower case. */
    private static final Set<String> OWN_SETTINGS = Set.of(
            "user", "username", "password", "servername", "server", "databasename", "database", "portnumber", "port");

    public SqlServerSettings {
        requireText("host", host);
        requireText("database", database);
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(password, "password");
        properties = Map.copyOf(properties);
        if (host.indexOf('\\') >= 0 || host.indexOf(',') >= 0 || host.indexOf(';') >= 0) {
            throw SnapshotException.invalidRequest("the host of a SQL Server holds more than a host")
                    .actual("'" + host + "'")
                    .expected("a name or an address")
                    .nextStep("set the port on its own; name an instance by the driver's property instanceName")
                    .build();
        }
        if (port < 1 || port > 65_535) {
            throw SnapshotException.invalidRequest("not a port of a SQL Server")
                    .actual(port)
                    .expected("1 to 65535")
                    .nextStep("correct the port, usually " + DEFAULT_PORT)
                    .build();
        }
        properties.keySet().forEach(SqlServerSettings::requireKnown);
        requirePacketThatFits(properties);
    }

    /** Settings without further properties. */
    public static SqlServerSettings of(String host, int port, String database, String user, String password) {
        return new SqlServerSettings(host, port, database, user, password, Map.of());
    }

    /** The driver opens such a connection and closes it again after the login. It judges all other values itself. */
    private static void requirePacketThatFits(Map<String, String> properties) {
        String size = properties.getOrDefault(PACKET_SIZE, "");
        String encrypt = properties.getOrDefault("encrypt", DEFAULT_ENCRYPT);
        boolean large =
                size.equals("0") || size.matches("[0-9]{5}") && Integer.parseInt(size) > LARGEST_ENCRYPTED_PACKET;
        if (large && !PLAIN.contains(encrypt.toLowerCase(Locale.ROOT))) {
            throw SnapshotException.invalidRequest("packets that do not fit an encrypted connection")
                    .actual("packetSize=" + size + (size.equals("0") ? " (32767 bytes)" : ""))
                    .expected("at most " + LARGEST_ENCRYPTED_PACKET + " bytes with encrypt=" + encrypt)
                    .nextStep("leave packetSize out, or set it to " + LARGEST_ENCRYPTED_PACKET)
                    .build();
        }
    }

    private static void requireKnown(String name) {
        if (OWN_SETTINGS.contains(name.toLowerCase(Locale.ROOT))) {
            throw SnapshotException.invalidRequest("a connection property that has a setting of its own")
                    .actual("'" + name + "' among the properties")
                    .expected("host, port, database, user or password")
                    .nextStep("move it there")
                    .build();
        }
        List<String> known = Known.NAMES;
        if (!known.contains(name)) {
            throw SnapshotException.invalidRequest("an unknown connection property")
                    .actual("'" + name + "'")
                    .expected(NearestName.among(known, name)
                            .map(nearest -> "a property of the SQL Server driver (did you mean '" + nearest + "'?)")
                            .orElse("a property of the SQL Server driver"))
                    .nextStep("correct its name")
                    .build();
        }
    }

    /** {@code host:port/database, user 'name'}, for messages. */
    @Override
    public String address() {
        return host + ":" + port + "/" + database + (user.isEmpty() ? "" : ", user '" + user + "'");
    }

    /** The address and the names of the properties; neither the password nor any property's value. */
    @Override
    public String toString() {
        return "SqlServerSettings[" + address() + ", properties " + new TreeSet<>(properties.keySet()) + "]";
    }

    private static void requireText(String name, String value) {
        Objects.requireNonNull(value, name);
        if (value.isBlank() || value.indexOf('\0') >= 0) {
            throw SnapshotException.invalidRequest("a SQL Server connection lacks its " + name)
                    .expected("the " + name + " to be set")
                    .nextStep("set it")
                    .build();
        }
    }

    /** The driver's properties. Loaded once, and only if a setting names one. */
    private static final class Known {
        /** The one text property that the driver knows and does not list: it has no place in a URL. */
        private static final String ACCESS_TOKEN = "accessToken";

        static final List<String> NAMES = names();

        private static List<String> names() {
            try {
                DriverPropertyInfo[] listed =
                        new SQLServerDriver().getPropertyInfo("jdbc:sqlserver://localhost", new Properties());
                return Stream.concat(Arrays.stream(listed).map(property -> property.name), Stream.of(ACCESS_TOKEN))
                        .toList();
            } catch (SQLException e) {
                throw new IllegalStateException("the driver does not know its own properties", e);
            }
        }
    }
}
