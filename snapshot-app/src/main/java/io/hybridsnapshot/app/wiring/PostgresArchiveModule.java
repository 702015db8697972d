package io.hybridsnapshot.app.wiring;

import com.google.inject.Exposed;
import com.google.inject.PrivateModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.postgres.archive.FetchListener;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSettings;
import io.hybridsnapshot.postgres.archive.PostgresArchiveStore;
import java.util.Objects;

/** The archive on PostgreSQL. */
final class PostgresArchiveModule extends PrivateModule {
    private final FetchListener listener;

    /** An archive with a listener for the bytes fetched from it. */
    PostgresArchiveModule(FetchListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
    }

    @Override
    protected void configure() {
        // All bindings are provider methods.
    }

    @Provides
    @Singleton
    @Exposed
    OnFirstUse<ArchiveStore> archive(@ArchiveDatabase StoreDatabase database) {
        return new OnFirstUse<>(
                () -> new PostgresArchiveStore(PostgresArchiveSettings.of(database.settings()), listener));
    }
}
