package io.hybridsnapshot.app.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.hybridsnapshot.app.backup.BackUpStores;
import io.hybridsnapshot.app.backup.BackedUpStores;
import io.hybridsnapshot.app.backup.RestoreStores;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.catalogue.NewestSchema;
import io.hybridsnapshot.engine.catalogue.PartitionPlace;
import io.hybridsnapshot.engine.catalogue.SnapshotList;
import io.hybridsnapshot.engine.catalogue.TagArchives;
import io.hybridsnapshot.engine.comparison.CompareSnapshots;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.history.BuildChangeSets;
import io.hybridsnapshot.engine.history.FindHistory;
import io.hybridsnapshot.engine.history.ShowRows;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.RecoverSnapshots;
import io.hybridsnapshot.engine.recovery.UndoSnapshot;
import io.hybridsnapshot.engine.redaction.RedactArchives;
import io.hybridsnapshot.engine.retention.CleanUpSnapshots;
import io.hybridsnapshot.engine.retention.ForgetDataset;
import io.hybridsnapshot.engine.retention.HoldArchives;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.engine.verification.VerifyDatasets;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;

/** Builds the use cases and the objects that they work with. */
final class UseCaseModule extends AbstractModule {
    private final Clock clock;

    UseCaseModule(Clock clock) {
        this.clock = clock;
    }

    @Override
    protected void configure() {
        bind(Application.class).in(Singleton.class);
    }

    @Provides
    @Singleton
    SnapshotEnvironment environment(
            Configuration configuration,
            OnFirstUse<WindowStore> window,
            OnFirstUse<ArchiveStore> archive,
            SnapshotCodec codec) {
        return SnapshotEnvironment.onFirstUse(window::get, archive::get, codec, configuration.workDirectory())
                .withClock(clock)
                .withHolder(holder());
    }

    @Provides
    @Singleton
    DatasetCatalogue datasets(Configuration configuration) {
        return new DatasetCatalogue(configuration);
    }

    @Provides
    @Singleton
    RowSources sources(@WindowDatabase QueryDatabase window) {
        return new RowSources((description, query) ->
                query.server().map(Application::queries).orElse(window).rows(description, query));
    }

    @Provides
    @Singleton
    SaveSnapshot saveSnapshot(SnapshotEnvironment environment) {
        return new SaveSnapshot(environment);
    }

    @Provides
    @Singleton
    DetectChanges detectChanges(SnapshotEnvironment environment) {
        return new DetectChanges(environment);
    }

    @Provides
    @Singleton
    CompareSnapshots compareSnapshots(SnapshotEnvironment environment) {
        return new CompareSnapshots(environment);
    }

    @Provides
    @Singleton
    LoadSnapshot loadSnapshot(SnapshotEnvironment environment) {
        return new LoadSnapshot(environment);
    }

    @Provides
    @Singleton
    FindHistory findHistory(SnapshotEnvironment environment) {
        return new FindHistory(environment);
    }

    @Provides
    @Singleton
    ShowRows showRows(SnapshotEnvironment environment) {
        return new ShowRows(environment);
    }

    @Provides
    @Singleton
    BuildChangeSets buildChangeSets(SnapshotEnvironment environment) {
        return new BuildChangeSets(environment);
    }

    @Provides
    @Singleton
    PartitionPlace partitionPlace(SnapshotEnvironment environment) {
        return new PartitionPlace(environment);
    }

    @Provides
    @Singleton
    NewestSchema newestSchema(SnapshotEnvironment environment) {
        return new NewestSchema(environment);
    }

    @Provides
    @Singleton
    HoldArchives holdArchives(SnapshotEnvironment environment) {
        return new HoldArchives(environment);
    }

    @Provides
    @Singleton
    CleanUpSnapshots cleanUpSnapshots(SnapshotEnvironment environment) {
        return new CleanUpSnapshots(environment);
    }

    @Provides
    @Singleton
    RedactArchives redactArchives(SnapshotEnvironment environment) {
        return new RedactArchives(environment);
    }

    @Provides
    @Singleton
    TagArchives tagArchives(SnapshotEnvironment environment) {
        return new TagArchives(environment);
    }

    @Provides
    @Singleton
    RecoverSnapshots recoverSnapshots(SnapshotEnvironment environment) {
        return new RecoverSnapshots(environment);
    }

    @Provides
    @Singleton
    ForgetDataset forgetDataset(SnapshotEnvironment environment) {
        return new ForgetDataset(environment);
    }

    @Provides
    @Singleton
    UndoSnapshot undoSnapshot(SnapshotEnvironment environment) {
        return new UndoSnapshot(environment);
    }

    @Provides
    @Singleton
    KnownDatasets knownDatasets(SnapshotEnvironment environment, DatasetCatalogue datasets) {
        return new KnownDatasets(environment, datasets);
    }

    @Provides
    @Singleton
    SnapshotList snapshotList(SnapshotEnvironment environment, DatasetCatalogue datasets) {
        return new SnapshotList(environment, datasets);
    }

    @Provides
    @Singleton
    VerifyDatasets verifyDatasets(SnapshotEnvironment environment, DatasetCatalogue datasets) {
        return new VerifyDatasets(environment, datasets);
    }

    @Provides
    @Singleton
    BackUpStores backUpStores(BackedUpStores stores) {
        return new BackUpStores(stores, clock);
    }

    @Provides
    @Singleton
    RestoreStores restoreStores(BackedUpStores stores) {
        return new RestoreStores(stores);
    }

    private static String holder() {
        long process = ProcessHandle.current().pid();
        try {
            return "snapshot on " + InetAddress.getLocalHost().getHostName() + ", process " + process;
        } catch (UnknownHostException e) {
            return "snapshot, process " + process;
        }
    }
}
