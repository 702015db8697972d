package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.app.wiring.Application;
import io.hybridsnapshot.domain.usecase.SnapshotEnvironment;

/** The program as one command uses it. Closed by the command. */
final class Session implements AutoCloseable {
    private final Application application;
    private final DatasetCatalogue datasets;

    Session(Configuration configuration, Console console) {
        this.application = Application.open(configuration, console.clock());
        this.datasets = new DatasetCatalogue(configuration);
    }

    SnapshotEnvironment environment() {
        return application.environment();
    }

    Configuration configuration() {
        return application.configuration();
    }

    DatasetCatalogue datasets() {
        return datasets;
    }

    RowSources sources() {
        return new RowSources(application::query);
    }

    @Override
    public void close() {
        application.close();
    }
}
