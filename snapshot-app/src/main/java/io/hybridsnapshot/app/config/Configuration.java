package io.hybridsnapshot.app.config;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.retention.CalendarRule;
import io.hybridsnapshot.domain.retention.RetentionRule;
import io.hybridsnapshot.engine.comparison.RowJoin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The whole configuration, checked and with its defaults. Immutable; printing it shows no secret.
 *
 * @param file the file that was read, if there is one
 * @param home the data directory of the embedded server. Without an embedded server and without a configured home, the
 *     work directory
 * @param workDirectory the directory of unfinished files and the outbox
 * @param archive the archive's server
 * @param window the window's server
 * @param retention the retention rules
 * @param detectJoin where {@code detect} joins the rows
 * @param parquet the compression of files
 * @param adapters the adapters from jars that take the place of the built-in ones
 * @param encryption the origin of the archives' keys
 * @param serverIdle the time without use after which an embedded server that was kept running stops
 * @param datasets the file's section of each dataset, by name, in the file's order
 * @param settings every setting with its origin, for {@code snapshot config}
 */
public record Configuration(
        Optional<Path> file,
        Path home,
        Path workDirectory,
        StoreSection archive,
        StoreSection window,
        RetentionSection retention,
        RowJoin detectJoin,
        ParquetSection parquet,
        AdapterChoices adapters,
        EncryptionSection encryption,
        Duration serverIdle,
        Map<String, DatasetSection> datasets,
        List<Setting> settings) {
    /** The default name of the archive's database. */
    public static final String ARCHIVE_DATABASE = "kestra";

    /** The default name of the window's database on PostgreSQL. */
    public static final String WINDOW_DATABASE = "orders";

    /** The default name of the window's database on SQL Server. */
    public static final String SQL_SERVER_WINDOW_DATABASE = "ORDERS";

    /** The default of {@link #serverIdle()}. */
    public static final Duration SERVER_IDLE = Duration.ofMinutes(10);

    public Configuration {
        Objects.requireNonNull(file, "file");
        home = home.toAbsolutePath().normalize();
        workDirectory = workDirectory.toAbsolutePath().normalize();
        Objects.requireNonNull(archive, "archive");
        Objects.requireNonNull(window, "window");
        Objects.requireNonNull(retention, "retention");
        Objects.requireNonNull(detectJoin, "detectJoin");
        Objects.requireNonNull(parquet, "parquet");
        Objects.requireNonNull(adapters, "adapters");
        Objects.requireNonNull(encryption, "encryption");
        Objects.requireNonNull(serverIdle, "serverIdle");
        datasets = Collections.unmodifiableMap(new LinkedHashMap<>(datasets));
        settings = List.copyOf(settings);
    }

    /** Both stores on the embedded server of a home of their own, with these datasets and no file. */
    public static Configuration embedded(Path home, Map<String, DatasetSection> datasets) {
        return new Configuration(
                Optional.empty(),
                home,
                home.resolve("work"),
                StoreSection.embedded(ARCHIVE_DATABASE),
                StoreSection.embedded(WINDOW_DATABASE),
                new RetentionSection(Dataset.DEFAULT_KEEP_COUNT, RetentionRule.DEFAULT_KEEP_DAYS, CalendarRule.NONE),
                RowJoin.DEFAULT,
                ParquetSection.DEFAULT,
                AdapterChoices.NONE,
                new EncryptionSection.Off(),
                SERVER_IDLE,
                datasets,
                List.of());
    }

    /** The directory of the embedded server. */
    public Path serverDirectory() {
        return home.resolve("postgresql");
    }

    /** Whether a store lies on the embedded server. */
    public boolean usesEmbeddedServer() {
        return archive.server().isEmpty() && adapters.archive().isEmpty()
                || window.server().isEmpty() && adapters.window().isEmpty();
    }
}
