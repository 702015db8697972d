package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.terminal.Console;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.app.encryption.PlainFiles;
import io.hybridsnapshot.app.report.FetchedBytes;
import io.hybridsnapshot.app.wiring.Application;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.Objects;
import java.util.function.Consumer;

/** The program as one command uses it. Closed by the command. */
final class Session implements AutoCloseable {
    private final Application application;
    private final DatasetCatalogue datasets;
    private final FetchedBytes fetched = new FetchedBytes();
    private final Consumer<String> remarks;

    /** @param remarks receives at the end, line by line, the bytes fetched from the archive */
    Session(Configuration configuration, Console console, Consumer<String> remarks) {
        this.application = Application.open(configuration, console.clock(), fetched);
        this.remarks = Objects.requireNonNull(remarks, "remarks");
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

    PlainFiles plainFiles() {
        return application.plainFiles();
    }

    RowSources sources() {
        return new RowSources(application::query);
    }

    @Override
    public void close() {
        try {
            fetched.lines().forEach(remarks);
        } finally {
            application.close();
        }
    }
}
