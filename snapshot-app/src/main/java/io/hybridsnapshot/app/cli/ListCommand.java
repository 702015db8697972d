package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.usecase.SnapshotCatalogue;
import io.hybridsnapshot.domain.usecase.SnapshotEnvironment;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code snapshot list}. */
@Command(
        name = "list",
        description = "Lists the snapshots of the window and the archives of one dataset or of all.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot list",
            "  snapshot list orders --partition GREYSON --json",
            "  snapshot list orders --columns"
        })
final class ListCommand implements Callable<Integer> {
    @ParentCommand
    private SnapshotCommand program;

    @Parameters(arity = "0..1", paramLabel = "DATASET", description = "The dataset's name (default: all).")
    private String name;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "NAME",
            order = 20,
            description = "One partition only (default: all).")
    private String partition;

    @Option(names = "--columns", order = 21, description = "Show the columns of the newest snapshot, with their types.")
    private boolean columns;

    /** What there is of a dataset. */
    private record Holdings(
            String dataset, List<WindowSnapshot> window, List<ArchivedSnapshot> archives, Optional<Schema> schema) {
        boolean isEmpty() {
            return window.isEmpty() && archives.isEmpty();
        }
    }

    @Override
    public Integer call() {
        try (Session session = program.open()) {
            List<Holdings> holdings = new ArrayList<>();
            for (String dataset : KnownDatasets.names(session, Optional.ofNullable(name))) {
                holdings.add(holdings(session, dataset));
            }
            if (program.json()) {
                program.print(Json.object(
                        "command",
                        "list",
                        "datasets",
                        holdings.stream().map(this::json).toList()));
            } else if (holdings.isEmpty()) {
                program.console()
                        .out()
                        .println("No snapshots yet; 'snapshot save --help' shows how to take the first.");
            } else {
                holdings.forEach(each -> program.print(lines(each)));
            }
            return ExitCode.DONE.value();
        }
    }

    private Holdings holdings(Session session, String datasetName) {
        SnapshotEnvironment environment = session.environment();
        SnapshotCatalogue catalogue = new SnapshotCatalogue(environment);
        Dataset dataset = session.datasets().named(datasetName);
        Optional<Partition> only = Optional.ofNullable(partition).map(Partition::new);
        ArchiveQuery query = only.map(ArchiveQuery.of(datasetName)::in).orElse(ArchiveQuery.of(datasetName));
        List<WindowSnapshot> window = catalogue.windowSnapshots(dataset, only);
        List<ArchivedSnapshot> archives = catalogue.archives(query);
        return new Holdings(
                datasetName, window, archives, columns ? schema(environment, window, archives) : Optional.empty());
    }

    private static Optional<Schema> schema(
            SnapshotEnvironment environment, List<WindowSnapshot> window, List<ArchivedSnapshot> archives) {
        Optional<Schema> inWindow = window.stream()
                .map(WindowSnapshot::schema)
                .flatMap(Optional::stream)
                .findFirst();
        if (inWindow.isPresent() || archives.isEmpty()) {
            return inWindow;
        }
        try (SnapshotReader reader = environment
                .codec()
                .openReader(environment.archive().open(archives.get(0).id()))) {
            return Optional.of(reader.schema());
        }
    }

    private List<String> lines(Holdings holdings) {
        List<String> lines = new ArrayList<>();
        lines.add(holdings.dataset());
        if (holdings.isEmpty()) {
            lines.add("  no snapshots yet");
            return lines;
        }
        if (!holdings.window().isEmpty()) {
            lines.add(" window");
            lines.addAll(SnapshotView.window(holdings.window()));
        }
        if (!holdings.archives().isEmpty()) {
            lines.add(" archive");
            lines.addAll(SnapshotView.archives(holdings.archives()));
        }
        holdings.schema().ifPresent(schema -> {
            lines.add(" columns");
            lines.addAll(SnapshotView.columns(schema));
        });
        return lines;
    }

    private Map<String, Object> json(Holdings holdings) {
        Map<String, Object> document = Json.object(
                "dataset", holdings.dataset(),
                "window", holdings.window().stream().map(SnapshotView::json).toList(),
                "archives", holdings.archives().stream().map(SnapshotView::json).toList());
        if (columns) {
            document.put("columns", holdings.schema().map(SnapshotView::json));
        }
        return document;
    }
}
