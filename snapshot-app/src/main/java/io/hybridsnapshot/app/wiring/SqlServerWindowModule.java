package io.hybridsnapshot.app.wiring;

import com.google.inject.Exposed;
import com.google.inject.PrivateModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.sqlserver.window.SqlServerWindowSettings;
import io.hybridsnapshot.sqlserver.window.SqlServerWindowStore;

/** The window on SQL Server. */
final class SqlServerWindowModule extends PrivateModule {
    @Override
    protected void configure() {
        // All bindings are provider methods.
    }

    @Provides
    @Singleton
    SqlServerDatabase database(Configuration configuration) {
        return new SqlServerDatabase(configuration.window().server().orElseThrow());
    }

    @Provides
    @Singleton
    @Exposed
    OnFirstUse<WindowStore> window(SqlServerDatabase database) {
        return new OnFirstUse<>(() -> new SqlServerWindowStore(SqlServerWindowSettings.of(database.settings())));
    }

    @Provides
    @Singleton
    @Exposed
    @WindowDatabase
    QueryDatabase queries(SqlServerDatabase database) {
        return (description, query) -> QueryRows.sqlServer(database.settings(), description, query);
    }
}
