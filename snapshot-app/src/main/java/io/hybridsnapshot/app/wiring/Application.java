package io.hybridsnapshot.app.wiring;

import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.config.ServerSection;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.app.encryption.PlainFiles;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.spi.ArchiveProvider;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.catalogue.NewestSchema;
import io.hybridsnapshot.engine.catalogue.PartitionPlace;
import io.hybridsnapshot.engine.catalogue.SnapshotList;
import io.hybridsnapshot.engine.comparison.CompareSnapshots;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.RecoverSnapshots;
import io.hybridsnapshot.engine.recovery.UndoSnapshot;
import io.hybridsnapshot.engine.redaction.RedactArchives;
import io.hybridsnapshot.engine.retention.CleanUpSnapshots;
import io.hybridsnapshot.engine.retention.HoldArchives;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.engine.verification.VerifyDatasets;
import io.hybridsnapshot.migration.SchemaPart;
import io.hybridsnapshot.postgres.archive.FetchListener;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSettings;
import io.hybridsnapshot.postgres.archive.PostgresArchiveStore;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;

/**
 * The program assembled from a configuration. No connection is made and no server is started before the first use of a
 * store. Each use case is made when it is asked for, so a command loads the classes of its own use cases alone. The
 * opener closes it; safe to share.
 */
public final class Application implements AutoCloseable {
    private final EmbeddedServer embedded;
    private final OnFirstUse<ArchiveStore> archive;
    private final ConfiguredWindow window;
    private final ConfiguredFiles files;
    private final DatasetCatalogue datasets;
    private final SnapshotEnvironment environment;

    private Application(Configuration configuration, Clock clock, FetchListener listener) {
        embedded = new EmbeddedServer(configuration.serverDirectory());
        archive = archive(configuration, embedded, listener);
        window = ConfiguredWindow.of(configuration, embedded);
        files = ConfiguredFiles.of(configuration);
        datasets = new DatasetCatalogue(configuration);
        environment = SnapshotEnvironment.onFirstUse(
                        window.store()::get, archive::get, files.archived(), configuration.workDirectory())
                .withClock(clock)
                .withHolder(holder());
    }

    /**
     * The program by a configuration and a clock.
     *
     * @throws SnapshotException as an adapter that the configuration names
     */
    public static Application open(Configuration configuration, Clock clock) {
        return open(configuration, clock, FetchListener.NONE);
    }

    /** The same with a listener for the bytes fetched from the archive. */
    public static Application open(Configuration configuration, Clock clock, FetchListener listener) {
        return new Application(configuration, clock, listener);
    }

    private static OnFirstUse<ArchiveStore> archive(
            Configuration configuration, EmbeddedServer embedded, FetchListener listener) {
        StoreDatabase database = new StoreDatabase(configuration.archive(), SchemaPart.ARCHIVE, embedded);
        return configuration
                .adapters()
                .archive()
                .map(choice -> new OnFirstUse<>(() -> choice.open(ArchiveProvider::open)))
                .orElseGet(() -> new OnFirstUse<>(
                        () -> new PostgresArchiveStore(PostgresArchiveSettings.of(database.settings()), listener)));
    }

    private static String holder() {
        long process = ProcessHandle.current().pid();
        try {
            return "snapshot on " + InetAddress.getLocalHost().getHostName() + ", process " + process;
        } catch (UnknownHostException e) {
            return "snapshot, process " + process;
        }
    }

    /** The stores, the format and the clock that all use cases work with. */
    public SnapshotEnvironment environment() {
        return environment;
    }

    /** The datasets of the configuration. */
    public DatasetCatalogue datasets() {
        return datasets;
    }

    /** The rows of files and queries. */
    public RowSources sources() {
        return new RowSources((description, query) -> query.server()
                .map(Application::queries)
                .orElse(window.queries())
                .rows(description, query));
    }

    /** Files for people and other programs. */
    public PlainFiles plainFiles() {
        return files.plain();
    }

    public SaveSnapshot saveSnapshot() {
        return new SaveSnapshot(environment);
    }

    public DetectChanges detectChanges() {
        return new DetectChanges(environment);
    }

    public CompareSnapshots compareSnapshots() {
        return new CompareSnapshots(environment);
    }

    public LoadSnapshot loadSnapshot() {
        return new LoadSnapshot(environment);
    }

    public PartitionPlace partitionPlace() {
        return new PartitionPlace(environment);
    }

    public NewestSchema newestSchema() {
        return new NewestSchema(environment);
    }

    public HoldArchives holdArchives() {
        return new HoldArchives(environment);
    }

    public CleanUpSnapshots cleanUpSnapshots() {
        return new CleanUpSnapshots(environment);
    }

    public RedactArchives redactArchives() {
        return new RedactArchives(environment);
    }

    public RecoverSnapshots recoverSnapshots() {
        return new RecoverSnapshots(environment);
    }

    public UndoSnapshot undoSnapshot() {
        return new UndoSnapshot(environment);
    }

    public KnownDatasets knownDatasets() {
        return new KnownDatasets(environment, datasets);
    }

    public SnapshotList snapshotList() {
        return new SnapshotList(environment, datasets);
    }

    public VerifyDatasets verifyDatasets() {
        return new VerifyDatasets(environment, datasets);
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
            window.store().close();
        }
    }
}
