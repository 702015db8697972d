package io.hybridsnapshot.app.config;

import io.hybridsnapshot.app.config.SettingReader.Found;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the servers' addresses and logins. Passwords come from the environment or from files of their own, never from
 * this file. Not thread-safe.
 */
final class ServerReader {
    private static final String DEFAULT = "default";
    private static final String SQL_SERVER = "SNAPSHOT_SQLSERVER_";
    private static final String WINDOW_POSTGRES = "SNAPSHOT_WINDOW_POSTGRES_";
    private static final String PROPERTIES = "PROPERTIES";
    private static final String ENCRYPT = "encrypt";

    private static final List<String> SQL_SERVER_VARIABLES =
            List.of("HOST", "PORT", "DATABASE", "USER", "PASSWORD", "PASSWORD_FILE", PROPERTIES);

    /** Variables that only the project's tests read. */
    private static final Set<String> VARIABLES_OF_TESTS = Set.of(SQL_SERVER + "URL", SQL_SERVER + "IMAGE");

    /** Properties of the SQL Server driver that define a login without a user. */
    private static final Set<String> LOGINS_WITHOUT_USER = Set.of(
            "authentication", "authenticationScheme", "integratedSecurity", "accessToken", "accessTokenCallbackClass");

    /** A value in braces, in which each closing brace is written twice. */
    private static final Pattern BRACED = Pattern.compile("\\{([^}]|\\}\\})*+\\}", Pattern.DOTALL);

    private final SettingReader settings;
    private final ConfigurationRequest request;
    private final Path base;
    private final Problems problems;
    private final Set<String> foreignWindows = new TreeSet<>();

    /** Characters that occur in URLs, logins and lists of properties, and in no name of a host. */
    private static final Pattern NO_HOST = Pattern.compile("[/@?;=\\s]");

    ServerReader(SettingReader settings, ConfigurationRequest request, Path base, Problems problems) {
        this.settings = settings;
        this.request = request;
        this.base = base;
        this.problems = problems;
    }

    /** The same reader for a program with more windows than the built-in ones. */
    ServerReader withWindows(Set<String> names) {
        foreignWindows.addAll(names);
        return this;
    }

    /** The place of a store that is no server: nothing but the adapter's type and settings is known in its section. */
    StoreSection foreign(YamlSection section, String database) {
        section.finish();
        return StoreSection.embedded(database);
    }

    StoreSection archive(YamlSection section) {
        YamlSection postgres = section.section("postgres");
        section.finish();
        Optional<ServerSection> server = server(
                postgres,
                ServerType.POSTGRESQL,
                Optional.of("KESTRA_POSTGRES_"),
                Configuration.ARCHIVE_DATABASE,
                Optional.empty());
        return store("archive", server, Configuration.ARCHIVE_DATABASE);
    }

    /**
     * The window, on the server named for it. If no server is named and the archive is on a user's server, the window
     * is on that server too.
     */
    StoreSection window(YamlSection section, StoreSection archive) {
        YamlSection postgres = section.section(ServerType.POSTGRESQL.key());
        YamlSection sqlServer = section.section(ServerType.SQL_SERVER.key());
        ServerType type = windowType(section, postgres);
        section.finish();
        if (type == ServerType.SQL_SERVER) {
            checkForm(postgres, ServerType.POSTGRESQL, WINDOW_POSTGRES);
            Optional<ServerSection> server = server(
                    sqlServer,
                    type,
                    Optional.of(SQL_SERVER),
                    Configuration.SQL_SERVER_WINDOW_DATABASE,
                    Optional.empty());
            return store("window", server, Configuration.WINDOW_DATABASE);
        }
        checkForm(sqlServer, ServerType.SQL_SERVER, SQL_SERVER);
        String database = archive.server().map(ServerSection::database).orElse(Configuration.WINDOW_DATABASE);
        boolean own = isPostgresNamed(postgres).isPresent();
        Optional<ServerSection> server = server(
                postgres,
                type,
                Optional.of(WINDOW_POSTGRES),
                own ? Configuration.WINDOW_DATABASE : database,
                own ? Optional.empty() : archive.server());
        return store("window", server, Configuration.WINDOW_DATABASE);
    }

    /** The window's server: the configured type, or else the one with a named host. */
    private ServerType windowType(YamlSection section, YamlSection postgres) {
        rejectUnknownVariables();
        Optional<Found> said = settings.find(section, "type", "SNAPSHOT_WINDOW_TYPE");
        Optional<String> sqlServer = isSqlServerNamed(section);
        Optional<String> other = isPostgresNamed(postgres);
        if (said.isEmpty() && sqlServer.isPresent() && other.isPresent()) {
            problems.add(
                    sqlServer.get(),
                    "the window has two servers, this one and that of " + other.get()
                            + "; choose one by window.type (or SNAPSHOT_WINDOW_TYPE): postgres or sqlserver");
        }
        ServerType type =
                said.flatMap(this::type).orElse(sqlServer.isPresent() ? ServerType.SQL_SERVER : ServerType.POSTGRESQL);
        String origin = said.map(Found::where)
                .or(() -> type == ServerType.SQL_SERVER ? sqlServer : other)
                .orElse(DEFAULT);
        settings.note(section.name("type"), type.key(), origin);
        return type;
    }

    private Optional<ServerType> type(Found found) {
        for (ServerType type : ServerType.values()) {
            if (type.key().equals(found.text().toLowerCase(Locale.ROOT))) {
                return Optional.of(type);
            }
        }
        List<String> keys = Stream.concat(
                        Stream.of(ServerType.POSTGRESQL.key(), ServerType.SQL_SERVER.key()), foreignWindows.stream())
                .toList();
        problems.add(
                found.where(),
                "window.type: found '" + found.text() + "', expected " + String.join(" or ", keys)
                        + NearestName.among(keys, found.text())
                                .map(nearest -> " (did you mean '" + nearest + "'?)")
                                .orElse(""));
        return Optional.empty();
    }

    /** The place that names a separate PostgreSQL for the window. */
    private Optional<String> isPostgresNamed(YamlSection postgres) {
        return settings.variable(WINDOW_POSTGRES + "HOST")
                .map(Found::where)
                .or(() -> postgres.has("host") ? Optional.of(postgres.placeOf("host")) : Optional.empty());
    }

    /** The place that names a SQL Server for the window; the tests' URL, user and password name none. */
    private Optional<String> isSqlServerNamed(YamlSection window) {
        Optional<String> host = settings.variable(SQL_SERVER + "HOST").map(Found::where);
        boolean tests = settings.variable(SQL_SERVER + "URL").isPresent();
        Optional<String> variable = host.isPresent() || tests
                ? host
                : SQL_SERVER_VARIABLES.stream()
                        .flatMap(name -> settings.variable(SQL_SERVER + name).stream())
                        .map(Found::where)
                        .findFirst();
        String key = ServerType.SQL_SERVER.key();
        return variable.or(() -> window.has(key) ? Optional.of(window.placeOf(key)) : Optional.empty());
    }

    private void rejectUnknownVariables() {
        List<String> known =
                SQL_SERVER_VARIABLES.stream().map(name -> SQL_SERVER + name).toList();
        for (String name : new TreeSet<>(request.environment().keySet())) {
            boolean unknown = name.startsWith(SQL_SERVER)
                    && !known.contains(name)
                    && !VARIABLES_OF_TESTS.contains(name)
                    && settings.variable(name).isPresent();
            if (unknown) {
                problems.add(
                        "environment variable " + name,
                        "unknown variable ("
                                + NearestName.among(known, name)
                                        .map(nearest -> "did you mean '" + nearest + "'?")
                                        .orElse("known: " + String.join(", ", known))
                                + ")");
            }
        }
    }

    private StoreSection store(String name, Optional<ServerSection> server, String database) {
        if (server.isEmpty()) {
            settings.note(name, "embedded PostgreSQL, database " + database, DEFAULT);
        }
        return server.map(StoreSection::on).orElseGet(() -> StoreSection.embedded(database));
    }

    /** A file that a dataset is read from. */
    Optional<Path> path(YamlSection.Scalar scalar, String name, Path from) {
        return settings.path(scalar.text(), scalar.where(), name, from);
    }

    /** The server of a dataset's query. */
    Optional<ServerSection> source(YamlSection section, ServerType type) {
        Optional<ServerSection> server = server(section, type, Optional.empty(), "", Optional.empty());
        if (server.isEmpty()) {
            problems.add(section.place(), section.name("host") + " is missing");
        }
        return server;
    }

    private Optional<ServerSection> server(
            YamlSection section,
            ServerType type,
            Optional<String> prefix,
            String defaultDatabase,
            Optional<ServerSection> inherited) {
        Optional<Found> host = find(section, "host", prefix, "HOST").map(found -> requireHost(section, found));
        Optional<Found> port = find(section, "port", prefix, "PORT");
        Optional<Found> database = find(section, "database", prefix, type == ServerType.SQL_SERVER ? "DATABASE" : "DB");
        Optional<Found> user = find(section, "user", prefix, "USER");
        Optional<Password> password = password(section, prefix);
        YamlSection ownProperties = section.section("properties");
        Map<String, String> properties = properties(ownProperties, type, prefix);
        section.finish();
        if (host.isEmpty() && inherited.isEmpty()) {
            rejectWithoutHost(section, type, prefix, port, database, user, password);
            return Optional.empty();
        }
        boolean withoutUser =
                type == ServerType.SQL_SERVER && properties.keySet().stream().anyMatch(LOGINS_WITHOUT_USER::contains);
        if (user.isEmpty() && inherited.isEmpty() && !withoutUser) {
            problems.add(
                    host.orElseThrow().where(),
                    section.name("user") + " is missing"
                            + prefix.map(start -> " (or " + start + "USER)").orElse(""));
        }
        if (database.isEmpty() && defaultDatabase.isEmpty()) {
            problems.add(host.orElseThrow().where(), section.name("database") + " is missing");
        }
        if (type == ServerType.SQL_SERVER && !properties.containsKey(ENCRYPT)) {
            settings.note(ownProperties.name(ENCRYPT), SqlServerSettings.DEFAULT_ENCRYPT, DEFAULT);
        }
        String from = inherited.isPresent() ? "archive" : DEFAULT;
        return Optional.of(new ServerSection(
                type,
                noted(section, "host", host, inherited.map(ServerSection::host).orElse(""), from),
                settings.integer(
                        section.name("port"),
                        port,
                        1,
                        65_535,
                        inherited.map(ServerSection::port).orElse(type.port())),
                noted(section, "database", database, defaultDatabase, from),
                noted(section, "user", user, inherited.map(ServerSection::user).orElse(""), from),
                notedPassword(section, password, inherited),
                properties.isEmpty() ? inherited.map(ServerSection::properties).orElse(Map.of()) : properties));
    }

    /**
     * Checks the section of the server that the window does not use. Unknown keys, wrong values and secrets in the file
     * are errors for both servers. Host and user may be missing, and neither files nor variables with passwords are
     * read, because only the chosen server needs them.
     */
    private void checkForm(YamlSection section, ServerType type, String prefix) {
        for (String key : List.of("host", "database", "user", "password-file", "password-env")) {
            section.scalar(key);
        }
        section.scalar("port")
                .ifPresent(port -> settings.integer(port.text(), port.where(), section.name("port"), 1, 65_535));
        rejectPassword(section, Optional.of(prefix));
        YamlSection properties = section.section("properties");
        for (String key : properties.keys()) {
            properties.scalar(key).ifPresent(value -> {
                rejectSecret(properties, type, Optional.of(prefix), key, value.where());
                checkProperty(type, key, new Found(value.text(), value.where()));
            });
        }
        section.finish();
    }

    /** A URL may hold a password. It is recognised as a URL, and its text is shown nowhere. */
    private Found requireHost(YamlSection section, Found found) {
        if (!NO_HOST.matcher(found.text()).find()) {
            return found;
        }
        problems.add(
                found.where(),
                section.name("host")
                        + ": found a URL or a login, which is not shown, expected the server's name or address"
                        + " alone; port, database and user have settings of their own");
        return new Found("***", found.where());
    }

    private Optional<Found> find(YamlSection section, String key, Optional<String> prefix, String suffix) {
        return prefix.map(start -> settings.find(section, key, start + suffix))
                .orElseGet(() -> section.scalar(key).map(scalar -> new Found(scalar.text(), scalar.where())));
    }

    private void rejectWithoutHost(
            YamlSection section,
            ServerType type,
            Optional<String> prefix,
            Optional<Found> port,
            Optional<Found> database,
            Optional<Found> user,
            Optional<Password> password) {
        if (prefix.isEmpty()) {
            return;
        }
        if (type == ServerType.SQL_SERVER) {
            String where = settings.variable(prefix.get() + PROPERTIES)
                    .or(() -> settings.variable("SNAPSHOT_WINDOW_TYPE"))
                    .map(Found::where)
                    .orElse(section.place());
            problems.add(
                    port.or(() -> database)
                            .or(() -> user)
                            .map(Found::where)
                            .or(() -> password.map(Password::where))
                            .orElse(where),
                    section.name("host") + " is missing (or " + prefix.get() + "HOST)");
            return;
        }
        Optional<String> stray =
                port.or(() -> database).or(() -> user).map(Found::where).or(() -> password.map(Password::where));
        stray.ifPresent(where -> problems.add(
                where,
                section.name("host") + " is missing (or " + prefix.get() + "HOST)"
                        + "; without a host the embedded PostgreSQL is used, which needs none of this"));
    }

    private String noted(YamlSection section, String key, Optional<Found> found, String fallback, String fallbackFrom) {
        String value = found.map(Found::text).orElse(fallback);
        settings.note(section.name(key), value, found.map(Found::where).orElse(fallbackFrom));
        return value;
    }

    /** A password and the place where it was found. */
    private record Password(Secret secret, String where) {}

    private Secret notedPassword(YamlSection section, Optional<Password> found, Optional<ServerSection> inherited) {
        Secret secret = found.map(Password::secret)
                .or(() -> inherited.map(ServerSection::password))
                .orElse(Secret.NONE);
        settings.note(
                section.name("password"),
                secret.toString(),
                found.map(Password::where).orElse(inherited.isPresent() ? "archive" : "none"));
        return secret;
    }

    private void rejectPassword(YamlSection section, Optional<String> prefix) {
        if (section.has("password")) {
            problems.add(
                    section.placeOf("password"),
                    "a password does not belong in this file; use '" + section.name("password-file") + "', '"
                            + section.name("password-env") + "'"
                            + prefix.map(start -> ", " + start + "PASSWORD or " + start + "PASSWORD_FILE")
                                    .orElse(""));
        }
    }

    private Optional<Password> password(YamlSection section, Optional<String> prefix) {
        rejectPassword(section, prefix);
        Optional<Found> file = section.scalar("password-file").map(scalar -> new Found(scalar.text(), scalar.where()));
        Optional<Found> variable =
                section.scalar("password-env").map(scalar -> new Found(scalar.text(), scalar.where()));
        if (prefix.isPresent()) {
            Optional<Found> direct = settings.variable(prefix.get() + "PASSWORD");
            if (direct.isPresent()) {
                return direct.map(found -> new Password(new Secret(found.text()), found.where()));
            }
            Optional<Found> named = settings.variable(prefix.get() + "PASSWORD_FILE");
            if (named.isPresent()) {
                return fromFile(named.get(), section.name("password-file"), request.directory());
            }
        }
        if (variable.isPresent()) {
            Optional<Found> value = settings.variable(variable.get().text());
            if (value.isEmpty()) {
                problems.add(
                        variable.get().where(),
                        section.name("password-env") + ": the environment has no variable "
                                + variable.get().text());
            }
            return value.map(found -> new Password(new Secret(found.text()), found.where()));
        }
        return file.flatMap(found -> fromFile(found, section.name("password-file"), base));
    }

    private Optional<Password> fromFile(Found found, String name, Path from) {
        Optional<Path> path = settings.path(found.text(), found.where(), name, from);
        if (path.isEmpty()) {
            return Optional.empty();
        }
        try {
            String text = Files.readString(path.get());
            // One line break at the end is the editor's, blanks may be the password's.
            String secret = text.replaceFirst("\\R\\z", "");
            return Optional.of(new Password(new Secret(secret), path.get().toString()));
        } catch (IOException e) {
            problems.add(found.where(), name + ": " + path.get() + " cannot be read");
            return Optional.empty();
        }
    }

    /** Of the file, then of the environment, which wins. */
    private Map<String, String> properties(YamlSection section, ServerType type, Optional<String> prefix) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (String key : section.keys()) {
            section.scalar(key).ifPresent(scalar -> {
                rejectSecret(section, type, prefix, key, scalar.where());
                put(properties, section, type, key, new Found(scalar.text(), scalar.where()));
            });
        }
        if (type == ServerType.SQL_SERVER) {
            prefix.flatMap(start -> settings.variable(start + PROPERTIES))
                    .ifPresent(found -> fromVariable(properties, section, found));
        }
        return properties;
    }

    private void rejectSecret(YamlSection section, ServerType type, Optional<String> prefix, String key, String where) {
        if (isSecret(key)) {
            problems.add(
                    where,
                    (key.toLowerCase(Locale.ROOT).contains("password") ? "a password" : "a secret")
                            + " does not belong in this file ('" + section.name(key) + "')"
                            + (type == ServerType.SQL_SERVER && prefix.isPresent()
                                    ? "; use " + prefix.get() + PROPERTIES
                                    : ""));
        }
    }

    /** {@code name=value;name={value;with semicolons}}, as the driver's URLs have it. */
    private void fromVariable(Map<String, String> properties, YamlSection section, Found found) {
        for (String part : parts(found.text())) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                String name = part.substring(0, equals).strip();
                String value = part.substring(equals + 1).strip();
                if (value.startsWith("{") && !BRACED.matcher(value).matches()) {
                    // Not shown: it may be a secret.
                    problems.add(
                            found.where(),
                            "the braces around the value of '" + name
                                    + "' are not closed, or text follows them; expected"
                                    + " name={value}, with each closing brace within the value written twice");
                    continue;
                }
                put(properties, section, ServerType.SQL_SERVER, name, new Found(unbraced(value), found.where()));
            } else if (!part.isBlank()) {
                // Not shown: it may be the end of a secret.
                problems.add(found.where(), "found a part without '=', expected name=value;name=value");
            }
        }
    }

    /** Split at semicolons that stand in no braces; {@code }}} in braces is a brace of the value. */
    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        boolean braced = false;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (!braced
                    && character == '{'
                    && text.substring(start, i).stripTrailing().endsWith("=")) {
                braced = true;
            } else if (braced && character == '}') {
                boolean escaped = i + 1 < text.length() && text.charAt(i + 1) == '}';
                if (escaped) {
                    i++;
                } else {
                    braced = false;
                }
            } else if (!braced && character == ';') {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static String unbraced(String value) {
        return value.startsWith("{") ? value.substring(1, value.length() - 1).replace("}}", "}") : value;
    }

    private void put(Map<String, String> properties, YamlSection section, ServerType type, String name, Found value) {
        if (!checkProperty(type, name, value)) {
            return;
        }
        properties.put(name, value.text());
        settings.replace(section.name(name), isSecret(name) ? "***" : value.text(), value.where());
    }

    private boolean checkProperty(ServerType type, String name, Found value) {
        if (type == ServerType.SQL_SERVER) {
            try {
                // The settings' check of one property, which takes the known names from the driver.
                new SqlServerSettings("host", type.port(), "database", "", "", Map.of(name, value.text()));
            } catch (SnapshotException e) {
                problems.add(value.where(), e);
                return false;
            }
        }
        return true;
    }

    private static boolean isSecret(String property) {
        String name = property.toLowerCase(Locale.ROOT);
        return name.contains("password") || name.contains("secret") || name.equals("accesstoken");
    }
}
