package io.hybridsnapshot.app.wiring;

import com.google.inject.Exposed;
import com.google.inject.PrivateModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.hybridsnapshot.app.backup.BackedUpStores;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.config.ServerType;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.migration.SchemaPart;

/** Binds the embedded server and the archive. */
final class ServersModule extends PrivateModule {
    @Override
    protected void configure() {
        // All bindings are provider methods.
    }

    @Provides
    @Singleton
    @Exposed
    EmbeddedServer embeddedServer(Configuration configuration) {
        return new EmbeddedServer(configuration.serverDirectory());
    }

    @Provides
    @Singleton
    @Exposed
    @ArchiveDatabase
    StoreDatabase archive(Configuration configuration, EmbeddedServer embedded) {
        return new StoreDatabase(configuration.archive(), SchemaPart.ARCHIVE, embedded);
    }

    @Provides
    @Singleton
    @Exposed
    BackedUpStores backedUp(
            Configuration configuration, @ArchiveDatabase StoreDatabase archive, EmbeddedServer embedded) {
        StoreDatabase window = new StoreDatabase(configuration.window(), SchemaPart.WINDOW, embedded);
        return new BackedUpStores(
                () -> {
                    requirePostgres(configuration);
                    return archive.settings();
                },
                () -> {
                    requirePostgres(configuration);
                    return window.settings();
                });
    }

    private static void requirePostgres(Configuration configuration) {
        boolean foreign = configuration.adapters().archive().isPresent()
                || configuration.adapters().window().isPresent();
        if (foreign || configuration.window().type() != ServerType.POSTGRESQL) {
            throw SnapshotException.invalidRequest("a backup holds stores on PostgreSQL alone")
                    .where(configuration.file().map(Object::toString).orElse("the environment"))
                    .actual(foreign ? "a store of an adapter" : "a window on SQL Server")
                    .expected("window and archive on PostgreSQL")
                    .nextStep("back up each server with its own tools, the window first")
                    .build();
        }
    }
}
