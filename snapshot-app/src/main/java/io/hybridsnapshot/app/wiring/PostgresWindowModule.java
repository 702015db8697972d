package io.hybridsnapshot.app.wiring;

import com.google.inject.Exposed;
import com.google.inject.PrivateModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowStore;

/** The window on PostgreSQL. */
final class PostgresWindowModule extends PrivateModule {
    @Override
    protected void configure() {
        // All bindings are provider methods.
    }

    @Provides
    @Singleton
    @Exposed
    WindowStore window(@WindowDatabase StoreDatabase database) {
        return new DeferredWindowStore(() -> new PostgresWindowStore(PostgresWindowSettings.of(database.settings())));
    }
}
