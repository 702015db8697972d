package io.hybridsnapshot.app.config;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.retention.CalendarRule;
import io.hybridsnapshot.domain.retention.RetentionRule;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything the program is told, checked and with its defaults. Immutable; printing it shows no secret.
 *
 * @param file the file it comes from, if there is one
 * @param home where the embedded server keeps its data; without one and without a home, the work directory
 * @param workDirectory where files under way and the outbox are
 * @param archive where the archive is
 * @param window where the window is
 * @param retention what is kept
 * @param parquet how files are compressed
 * @param encryption where the keys of archives come from
 * @param datasets what the file says of each dataset, by name, in the file's order
 * @param settings every setting with its origin, for {@code snapshot config}
 */
public record Configuration(
        Optional<Path> file,
        Path home,
        Path workDirectory,
        StoreSection archive,
        StoreSection window,
        RetentionSection retention,
        ParquetSection parquet,
        EncryptionSection encryption,
        Map<String, DatasetSection> datasets,
        List<Setting> settings) {
    /** The archive's database where nobody says otherwise. */
    public static final String ARCHIVE_DATABASE = "kestra";

    /** The window's database on PostgreSQL where nobody says otherwise. */
    public static final String WINDOW_DATABASE = "orders";

    /** The window's database on SQL Server where nobody says otherwise. */
    public static final String SQL_SERVER_WINDOW_DATABASE = "ORDERS";

    public Configuration {
        Objects.requireNonNull(file, "file");
        home = home.toAbsolutePath().normalize();
        workDirectory = workDirectory.toAbsolutePath().normalize();
        Objects.requireNonNull(archive, "archive");
        Objects.requireNonNull(window, "window");
        Objects.requireNonNull(retention, "retention");
        Objects.requireNonNull(parquet, "parquet");
        Objects.requireNonNull(encryption, "encryption");
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
                ParquetSection.DEFAULT,
                new EncryptionSection.Off(),
                datasets,
                List.of());
    }
}
