package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.DatasetOptions;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.config.ConfigurationFile;
import io.hybridsnapshot.app.config.ConfigurationLoader;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.config.ServerType;
import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.app.output.ProtectedFiles;
import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.postgres.window.PostgresWindowStore;
import io.hybridsnapshot.sqlserver.window.SqlServerWindowStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code snapshot init}. */
@Command(
        name = "init",
        description = {
            "Writes a dataset's definition into the configuration file, so that other commands need "
                    + "its name alone.",
            "Creates the file if it is missing (./snapshot.yaml). What is already in it stays as it " + "is."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot init orders --source orders.csv --key \"ORDER NO\"",
            "  snapshot init prices --source prices.csv --key SKU --type 'PRICE=decimal(10,2)' --carry NAME"
        })
final class InitCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Configurations configurations;

    @Parameters(paramLabel = "DATASET", description = "The dataset's name: letters, digits and underscores.")
    private String name;

    @Mixin
    private DatasetOptions options;

    InitCommand(Terminal terminal, Configurations configurations) {
        this.terminal = terminal;
        this.configurations = configurations;
    }

    @Override
    public Integer call() {
        DatasetSection given = options.section(terminal.console().directory());
        // The columns left out of the hash are named from the beginning, so that no column is left out silently.
        DatasetSection section = given.withLeftOut(given.leftOut()
                .or(() -> DatasetCatalogue.preset(name).flatMap(DatasetSection::leftOut))
                .orElse(List.of()));
        if (section.source().isEmpty() || section.key().isEmpty()) {
            throw SnapshotException.invalidRequest("a dataset needs a source and a key")
                    .actual((section.source().isEmpty() ? "no --source" : "no --key"))
                    .expected("--source FILE and --key COLUMN")
                    .build();
        }
        section.source().ifPresent(source -> RowSources.requireNoTypes(name, source, given));
        // A file with mistakes in it is reported before anything is added to it.
        Path file = ConfigurationLoader.file(configurations.request());
        Configuration configuration = ConfigurationLoader.loadOrDefaults(configurations.request());
        Dataset dataset = section.dataset(name, Dataset.DEFAULT_KEEP_COUNT);
        if (configuration.adapters().window().isEmpty()) {
            requireFit(configuration.window().type(), dataset);
        }
        requireColumns(section, given.leftOut().orElse(List.of()));
        ProtectedFiles inputs = section.source()
                .flatMap(SourceSection::path)
                .map(source -> ProtectedFiles.NONE.with(source, "the source of the rows"))
                .orElse(ProtectedFiles.NONE);
        ConfigurationFile.addDataset(file, name, section, Configurations.withNamedFiles(inputs, configuration));
        List<String> left = section.leftOut().orElse(List.of());
        if (terminal.json()) {
            terminal.print(Json.object("command", "init", "dataset", name, "file", file, "leftOut", left));
        } else {
            terminal.console()
                    .out()
                    .println("Left out of the row hash: "
                            + (left.isEmpty() ? "no column" : DisplayText.escaped(String.join(", ", left))));
            terminal.console().out().println("Defined " + name + " in " + file + "; now: snapshot save " + name);
        }
        return ExitCode.DONE.value();
    }

    private static void requireFit(ServerType window, Dataset dataset) {
        if (window == ServerType.SQL_SERVER) {
            SqlServerWindowStore.requireFit(dataset);
        } else {
            PostgresWindowStore.requireFit(dataset);
        }
    }

    /** Checks the columns that the definition names, so that a mistyped one is reported now and not by a later save. */
    private void requireColumns(DatasetSection section, List<String> leftOut) {
        Dataset dataset = section.dataset(name, Dataset.DEFAULT_KEEP_COUNT);
        if (section.source().orElseThrow() instanceof SourceSection.Query) {
            return;
        }
        Set<String> named = new LinkedHashSet<>(dataset.keyColumns());
        named.addAll(dataset.carriedColumns());
        dataset.partitionColumn().ifPresent(named::add);
        named.addAll(leftOut);
        RowSources sources = new RowSources((description, query) -> {
            throw new IllegalStateException("a file has no server");
        });
        List<String> columns = new ArrayList<>(named);
        try (RowStream rows = sources.of(name, section).open(ReadOptions.ALL.withColumns(columns))) {
            dataset.requireColumnsIn(rows.schema());
        }
    }
}
