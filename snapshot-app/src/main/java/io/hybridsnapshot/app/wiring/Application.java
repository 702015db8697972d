package io.hybridsnapshot.app.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Inject;
import com.google.inject.Injector;
import com.google.inject.Module;
import com.google.inject.ProvisionException;
import com.google.inject.Stage;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.config.ServerSection;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.spi.CodecProvider;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.postgres.archive.FetchListener;
import java.time.Clock;
import java.util.List;
import java.util.Objects;

/**
 * The program assembled from a configuration. No connection is made and no server is started before the first use of a
 * store. The opener closes it; safe to share.
 */
public final class Application implements AutoCloseable {
    private final Injector injector;
    private final OnFirstUse<WindowStore> window;
    private final OnFirstUse<ArchiveStore> archive;
    private final EmbeddedServer embedded;

    @Inject
    Application(
            Injector injector,
            OnFirstUse<WindowStore> window,
            OnFirstUse<ArchiveStore> archive,
            EmbeddedServer embedded) {
        this.injector = Objects.requireNonNull(injector, "injector");
        this.window = Objects.requireNonNull(window, "window");
        this.archive = Objects.requireNonNull(archive, "archive");
        this.embedded = Objects.requireNonNull(embedded, "embedded");
    }

    /** The program by a configuration and a clock. */
    public static Application open(Configuration configuration, Clock clock) {
        return open(configuration, clock, FetchListener.NONE);
    }

    /** The same with a listener for the bytes fetched from the archive. */
    public static Application open(Configuration configuration, Clock clock, FetchListener listener) {
        return injector(configuration, clock, listener).getInstance(Application.class);
    }

    static Injector injector(Configuration configuration, Clock clock, FetchListener listener) {
        return Guice.createInjector(Stage.PRODUCTION, modules(configuration, clock, listener));
    }

    private static List<Module> modules(Configuration configuration, Clock clock, FetchListener listener) {
        return List.of(
                new StrictModule(configuration),
                new ServersModule(),
                archive(configuration, listener),
                window(configuration),
                codec(configuration),
                new EncryptionModule(),
                new UseCaseModule(clock));
    }

    private static Module archive(Configuration configuration, FetchListener listener) {
        return configuration
                .adapters()
                .archive()
                .<Module>map(ForeignArchiveModule::new)
                .orElseGet(() -> new PostgresArchiveModule(listener));
    }

    private static Module window(Configuration configuration) {
        return configuration
                .adapters()
                .window()
                .<Module>map(ForeignWindowModule::new)
                .orElseGet(() -> switch (configuration.window().type()) {
                    case POSTGRESQL -> new PostgresWindowModule();
                    case SQL_SERVER -> new SqlServerWindowModule();
                });
    }

    private static Module codec(Configuration configuration) {
        return configuration
                .adapters()
                .codec()
                .<Module>map(choice -> new CodecModule(choice.open(CodecProvider::open)))
                .orElseGet(ParquetModule::new);
    }

    /**
     * A part of the program: a use case, or an object that commands read their input with.
     *
     * @throws SnapshotException as the part's making does
     */
    public <T> T part(Class<T> type) {
        try {
            return injector.getInstance(type);
        } catch (ProvisionException e) {
            if (e.getCause() instanceof SnapshotException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** The queries of a server that a dataset names. */
    static QueryDatabase queries(ServerSection server) {
        return switch (server.type()) {
            case POSTGRESQL ->
                (description, query) -> QueryRows.postgres(StoreDatabase.external(server), description, query);
            case SQL_SERVER ->
                (description, query) -> QueryRows.sqlServer(SqlServerDatabase.settings(server), description, query);
        };
    }

    /** Closes the stores that were used, and leaves the embedded server. */
    @Override
    public void close() {
        try (embedded;
                archive) {
            window.close();
        }
    }

    /** The configuration, and the rules that make a wrong wiring fail when the injector is made. */
    private static final class StrictModule extends AbstractModule {
        private final Configuration configuration;

        StrictModule(Configuration configuration) {
            this.configuration = configuration;
        }

        @Override
        protected void configure() {
            binder().requireExplicitBindings();
            binder().requireExactBindingAnnotations();
            binder().requireAtInjectOnConstructors();
            binder().disableCircularProxies();
            bind(Configuration.class).toInstance(configuration);
        }
    }
}
