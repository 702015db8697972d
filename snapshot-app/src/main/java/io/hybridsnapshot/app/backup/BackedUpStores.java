package io.hybridsnapshot.app.backup;

import io.hybridsnapshot.postgres.connection.PostgresSettings;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The databases of both stores. Immutable.
 *
 * @param archive supplies the archive's database, its tables up to date; may throw
 *     {@link io.hybridsnapshot.domain.error.SnapshotException}
 * @param window supplies the window's database, likewise
 */
public record BackedUpStores(Supplier<PostgresSettings> archive, Supplier<PostgresSettings> window) {
    public BackedUpStores {
        Objects.requireNonNull(archive, "archive");
        Objects.requireNonNull(window, "window");
    }

    PostgresSettings settings(Store store) {
        return switch (store) {
            case ARCHIVE -> archive.get();
            case WINDOW -> window.get();
        };
    }
}
