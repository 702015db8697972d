package io.hybridsnapshot.jdbc.source;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.spi.AdapterSetting;
import io.hybridsnapshot.domain.spi.AdapterSettings;
import io.hybridsnapshot.domain.spi.SourceProvider;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Opens a {@link JdbcRowSource} by the settings of a configuration: the source {@code jdbc}. The driver is one that a
 * jar beside this one names as a service. Stateless and safe to share.
 */
public final class JdbcSourceProvider implements SourceProvider {
    private static final String URL = "url";
    private static final String USER = "user";
    private static final String PASSWORD = "password";
    private static final String PROPERTIES = "properties";
    private static final String SECRET_PROPERTIES = "secret-properties";
    private static final String TABLE = "table";
    private static final String QUERY = "query";
    private static final String ZONE = "zone";
    private static final String FETCH_ROWS = "fetch-rows";

    private static final List<AdapterSetting> SETTINGS = List.of(
            AdapterSetting.text(URL, "The JDBC URL of the database, without a password."),
            AdapterSetting.text(USER, "The user who connects.").optional(),
            AdapterSetting.secret(PASSWORD, "The user's password.").optional(),
            AdapterSetting.text(PROPERTIES, "Properties of the driver: name=value;name=value.")
                    .optional(),
            AdapterSetting.secret(SECRET_PROPERTIES, "Properties of the driver with secrets, in the same form.")
                    .optional(),
            AdapterSetting.text(TABLE, "The table, after its catalogue and schema: sales.orders.")
                    .optional(),
            AdapterSetting.text(QUERY, "One SELECT in the database's own SQL, in place of a table.")
                    .optional(),
            AdapterSetting.text(ZONE, "The time zone of timestamps that are declared as instants.")
                    .optional(),
            AdapterSetting.number(FETCH_ROWS, "How many rows the driver fetches at a time.")
                    .withDefault(Integer.toString(JdbcRowSource.DEFAULT_FETCH_ROWS)));

    /** For {@link java.util.ServiceLoader}. */
    public JdbcSourceProvider() {}

    @Override
    public String name() {
        return "jdbc";
    }

    @Override
    public List<AdapterSetting> settings() {
        return SETTINGS;
    }

    @Override
    public Map<String, String> problems(AdapterSettings settings) {
        Map<String, String> problems = new LinkedHashMap<>();
        if (UrlText.hasSecret(settings.text(URL))) {
            problems.put(URL, "holds a secret; a password has a setting of its own, and so have secret properties");
        }
        for (String name : List.of(PROPERTIES, SECRET_PROPERTIES)) {
            settings.findText(name)
                    .filter(text -> DriverProperties.parse(text).isEmpty())
                    .ifPresent(text -> problems.put(name, "is not of the form name=value;name=value"));
        }
        settings.findText(PROPERTIES)
                .flatMap(DriverProperties::parse)
                .filter(properties -> properties.keySet().stream().anyMatch(UrlText::isSecretName))
                .ifPresent(properties ->
                        problems.put(PROPERTIES, "holds a secret, which belongs into the secret properties"));
        if (settings.has(TABLE) == settings.has(QUERY)) {
            problems.put(QUERY, "or '" + TABLE + "': expected one of the two");
        }
        settings.findText(TABLE)
                .filter(text -> TableName.parse(text).isEmpty())
                .ifPresent(text -> problems.put(
                        TABLE, "found '" + text + "', expected names with dots between them, such as sales.orders"));
        settings.findText(QUERY)
                .filter(text -> text.replace(';', ' ').isBlank())
                .ifPresent(text -> problems.put(QUERY, "is empty"));
        settings.findText(ZONE)
                .filter(text -> zone(text).isEmpty())
                .ifPresent(
                        text -> problems.put(ZONE, "found '" + text + "', expected a time zone such as Europe/Zurich"));
        long rows = settings.number(FETCH_ROWS);
        if (rows < 1 || rows > Integer.MAX_VALUE) {
            problems.put(FETCH_ROWS, "found '" + rows + "', expected 1 to " + Integer.MAX_VALUE);
        }
        return problems;
    }

    private static Optional<ZoneId> zone(String text) {
        try {
            return Optional.of(ZoneId.of(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    @Override
    public RowSource open(AdapterSettings settings) {
        return open(settings, Map.of());
    }

    /**
     * {@inheritDoc}
     *
     * @throws SnapshotException INVALID_REQUEST also if no driver takes the URL
     */
    @Override
    public RowSource open(AdapterSettings settings, Map<String, ColumnType> types) {
        Map<String, String> problems = problems(settings);
        if (!problems.isEmpty()) {
            throw SnapshotException.invalidRequest("the settings of a JDBC source do not fit")
                    .actual(problems.entrySet().stream()
                            .map(problem -> problem.getKey() + " " + problem.getValue())
                            .toList())
                    .build();
        }
        String url = settings.text(URL);
        DriverConnections connections =
                DriverConnections.find(url, properties(settings), JdbcSourceProvider.class.getClassLoader());
        JdbcRowSource.Builder source = settings.findText(TABLE)
                .flatMap(TableName::parse)
                .map(name -> JdbcRowSource.table(connections, name))
                .orElseGet(() -> JdbcRowSource.query(connections, settings.text(QUERY)));
        source.description(settings.findText(TABLE).map(name -> "table " + name).orElse("the query") + " of "
                + UrlText.withoutParameters(url));
        settings.findText(ZONE).flatMap(JdbcSourceProvider::zone).ifPresent(source::zone);
        types.forEach(source::type);
        return source.fetchRows(Math.toIntExact(settings.number(FETCH_ROWS))).build();
    }

    private static Properties properties(AdapterSettings settings) {
        Properties properties = new Properties();
        for (String name : List.of(PROPERTIES, SECRET_PROPERTIES)) {
            settings.findText(name).flatMap(DriverProperties::parse).ifPresent(properties::putAll);
        }
        settings.findText(USER).ifPresent(user -> properties.setProperty("user", user));
        settings.findText(PASSWORD).ifPresent(password -> properties.setProperty("password", password));
        return properties;
    }
}
