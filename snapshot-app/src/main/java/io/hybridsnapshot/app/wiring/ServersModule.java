package io.hybridsnapshot.app.wiring;

import com.google.inject.Exposed;
import com.google.inject.PrivateModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.hybridsnapshot.app.config.Configuration;
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
}
