package io.hybridsnapshot.app.wiring;

import com.google.inject.Exposed;
import com.google.inject.PrivateModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.migration.SchemaPart;
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
    StoreDatabase database(Configuration configuration, EmbeddedServer embedded) {
        return new StoreDatabase(configuration.window(), SchemaPart.WINDOW, embedded);
    }

    @Provides
    @Singleton
    @Exposed
    OnFirstUse<WindowStore> window(StoreDatabase database) {
        return new OnFirstUse<>(() -> new PostgresWindowStore(PostgresWindowSettings.of(database.settings())));
    }

    @Provides
    @Singleton
    @Exposed
    @WindowDatabase
    QueryDatabase queries(StoreDatabase database) {
        return (description, query) -> QueryRows.postgres(database.settings(), description, query);
    }
}
