package io.hybridsnapshot.app.config;

import io.hybridsnapshot.app.config.SettingReader.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads where PostgreSQL servers are. Passwords come from the environment or from files of their own, never from this file. Not thread-safe. */
final class ServerReader {
    private static final int POSTGRES_PORT = 5_432;
    private static final String DEFAULT = "default";

    private final SettingReader settings;
    private final ConfigurationRequest request;
    private final Path base;
    private final Problems problems;

    ServerReader(SettingReader settings, ConfigurationRequest request, Path base, Problems problems) {
        this.settings = settings;
        this.request = request;
        this.base = base;
        this.problems = problems;
    }

    StoreSection archive(YamlSection section) {
        YamlSection postgres = section.section("postgres");
        section.finish();
        Optional<ServerSection> server =
                server(postgres, Optional.of("KESTRA_POSTGRES_"), Configuration.ARCHIVE_DATABASE, Optional.empty());
        return store("archive", server, Configuration.ARCHIVE_DATABASE);
    }

    /** The window; beside an archive on the user's server it is there too, unless it has a server of its own. */
    StoreSection window(YamlSection section, StoreSection archive) {
        YamlSection postgres = section.section("postgres");
        section.finish();
        String database = archive.server().map(ServerSection::database).orElse(Configuration.WINDOW_DATABASE);
        boolean own = postgres.has("host")
                || settings.variable("SNAPSHOT_WINDOW_POSTGRES_HOST").isPresent();
        Optional<ServerSection> server = server(
                postgres,
                Optional.of("SNAPSHOT_WINDOW_POSTGRES_"),
                own ? Configuration.WINDOW_DATABASE : database,
                own ? Optional.empty() : archive.server());
        return store("window", server, Configuration.WINDOW_DATABASE);
    }

    private StoreSection store(String name, Optional<ServerSection> server, String database) {
        if (server.isEmpty()) {
            settings.note(name, "embedded PostgreSQL, database " + database, DEFAULT);
        }
        return server.map(StoreSection::on).orElseGet(() -> StoreSection.embedded(database));
    }

    /** The server of a dataset's query. */
    Optional<ServerSection> source(YamlSection postgres) {
        return server(postgres, Optional.empty(), "", Optional.empty());
    }

    private Optional<ServerSection> server(
            YamlSection section, Optional<String> prefix, String defaultDatabase, Optional<ServerSection> inherited) {
        Optional<Found> host = find(section, "host", prefix, "HOST");
        Optional<Found> port = find(section, "port", prefix, "PORT");
        Optional<Found> database = find(section, "database", prefix, "DB");
        Optional<Found> user = find(section, "user", prefix, "USER");
        Optional<Password> password = password(section, prefix);
        Map<String, String> properties = properties(section.section("properties"));
        section.finish();
        if (host.isEmpty() && inherited.isEmpty()) {
            rejectWithoutHost(section, prefix, port, database, user, password);
            return Optional.empty();
        }
        if (user.isEmpty() && inherited.isEmpty()) {
            problems.add(
                    host.orElseThrow().where(),
                    section.name("user") + " is missing"
                            + prefix.map(start -> " (or " + start + "USER)").orElse(""));
        }
        if (database.isEmpty() && defaultDatabase.isEmpty()) {
            problems.add(host.orElseThrow().where(), section.name("database") + " is missing");
        }
        String from = inherited.isPresent() ? "archive" : DEFAULT;
        return Optional.of(new ServerSection(
                noted(section, "host", host, inherited.map(ServerSection::host).orElse(""), from),
                settings.integer(
                        section.name("port"),
                        port,
                        1,
                        65_535,
                        inherited.map(ServerSection::port).orElse(POSTGRES_PORT)),
                noted(section, "database", database, defaultDatabase, from),
                noted(section, "user", user, inherited.map(ServerSection::user).orElse(""), from),
                notedPassword(section, password, inherited),
                properties.isEmpty() ? inherited.map(ServerSection::properties).orElse(Map.of()) : properties));
    }

    private Optional<Found> find(YamlSection section, String key, Optional<String> prefix, String suffix) {
        return prefix.map(start -> settings.find(section, key, start + suffix))
                .orElseGet(() -> section.scalar(key).map(scalar -> new Found(scalar.text(), scalar.where())));
    }

    private void rejectWithoutHost(
            YamlSection section,
            Optional<String> prefix,
            Optional<Found> port,
            Optional<Found> database,
            Optional<Found> user,
            Optional<Password> password) {
        Optional<String> stray =
                port.or(() -> database).or(() -> user).map(Found::where).or(() -> password.map(Password::where));
        stray.ifPresent(where -> problems.add(
                where,
                section.name("host") + " is missing"
                        + prefix.map(start -> " (or " + start + "HOST)").orElse("")
                        + "; without a host the embedded PostgreSQL is used, which needs none of this"));
    }

    private String noted(YamlSection section, String key, Optional<Found> found, String fallback, String fallbackFrom) {
        String value = found.map(Found::text).orElse(fallback);
        settings.note(section.name(key), value, found.map(Found::where).orElse(fallbackFrom));
        return value;
    }

    /** A password and where it was found. */
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

    private Optional<Password> password(YamlSection section, Optional<String> prefix) {
        if (section.has("password")) {
            problems.add(
                    section.placeOf("password"),
                    "a password does not belong in this file; use '" + section.name("password-file") + "', '"
                            + section.name("password-env") + "'"
                            + prefix.map(start -> ", " + start + "PASSWORD or " + start + "PASSWORD_FILE")
                                    .orElse(""));
        }
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

    private Map<String, String> properties(YamlSection section) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (String key : section.keys()) {
            section.scalar(key).ifPresent(scalar -> {
                if (key.toLowerCase(Locale.ROOT).contains("password")) {
                    problems.add(
                            scalar.where(), "a password does not belong in this file ('" + section.name(key) + "')");
                }
                properties.put(key, scalar.text());
                settings.note(section.name(key), scalar.text(), scalar.where());
            });
        }
        return properties;
    }
}
