package io.hybridsnapshot.app.wiring;

import io.hybridsnapshot.app.adapter.AdapterChoice;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.spi.WindowProvider;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.migration.SchemaPart;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowStore;
import io.hybridsnapshot.sqlserver.window.SqlServerWindowSettings;
import io.hybridsnapshot.sqlserver.window.SqlServerWindowStore;
import java.util.Objects;

/**
 * The window by the configuration. Safe to share.
 *
 * @param store the window's store; the application closes it
 * @param queries the window's database, for queries of datasets that name no server
 */
record ConfiguredWindow(OnFirstUse<WindowStore> store, QueryDatabase queries) {
    ConfiguredWindow {
        Objects.requireNonNull(store, "store");
        Objects.requireNonNull(queries, "queries");
    }

    /** The window of a configuration. Nothing is connected or started here. */
    static ConfiguredWindow of(Configuration configuration, EmbeddedServer embedded) {
        return configuration
                .adapters()
                .window()
                .map(ConfiguredWindow::ofAdapter)
                .orElseGet(() -> switch (configuration.window().type()) {
                    case POSTGRESQL ->
                        onPostgres(new StoreDatabase(configuration.window(), SchemaPart.WINDOW, embedded));
                    case SQL_SERVER ->
                        onSqlServer(new SqlServerDatabase(
                                configuration.window().server().orElseThrow()));
                });
    }

    private static ConfiguredWindow onPostgres(StoreDatabase database) {
        return new ConfiguredWindow(
                new OnFirstUse<>(() -> new PostgresWindowStore(PostgresWindowSettings.of(database.settings()))),
                (description, query) -> QueryRows.postgres(database.settings(), description, query));
    }

    private static ConfiguredWindow onSqlServer(SqlServerDatabase database) {
        return new ConfiguredWindow(
                new OnFirstUse<>(() -> new SqlServerWindowStore(SqlServerWindowSettings.of(database.settings()))),
                (description, query) -> QueryRows.sqlServer(database.settings(), description, query));
    }

    private static ConfiguredWindow ofAdapter(AdapterChoice<WindowProvider> choice) {
        return new ConfiguredWindow(new OnFirstUse<>(() -> choice.open(WindowProvider::open)), (description, query) -> {
            throw SnapshotException.invalidRequest("the window runs no queries")
                    .where(description)
                    .actual("the window '" + choice.adapter().provider().name() + "'")
                    .expected("a query with a server of its own")
                    .nextStep("name the server beside the query")
                    .build();
        });
    }
}
