package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.usecase.PartitionStatistics;
import io.hybridsnapshot.domain.usecase.SnapshotCatalogue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code snapshot stats}. */
@Command(
        name = "stats",
        description = "Shows how many snapshots, rows and bytes each partition has in the window and in the archive.",
        footerHeading = "%nExamples:%n",
        footer = {"  snapshot stats", "  snapshot stats orders --json"})
final class StatsCommand implements Callable<Integer> {
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

    @Override
    public Integer call() {
        try (Session session = program.open()) {
            SnapshotCatalogue catalogue = new SnapshotCatalogue(session.environment());
            Optional<Partition> only = Optional.ofNullable(partition).map(Partition::new);
            Map<String, List<PartitionStatistics>> statistics = new LinkedHashMap<>();
            for (String dataset : KnownDatasets.names(session, Optional.ofNullable(name))) {
                statistics.put(dataset, catalogue.statistics(session.datasets().named(dataset), only));
            }
            if (program.json()) {
                program.print(Json.object(
                        "command",
                        "stats",
                        "datasets",
                        statistics.entrySet().stream()
                                .map(entry -> Json.object(
                                        "dataset", entry.getKey(),
                                        "partitions",
                                                entry.getValue().stream()
                                                        .map(SnapshotView::json)
                                                        .toList()))
                                .toList()));
            } else if (statistics.isEmpty()) {
                program.console()
                        .out()
                        .println("No snapshots yet; 'snapshot save --help' shows how to take the first.");
            } else {
                statistics.forEach((dataset, partitions) -> {
                    program.console().out().println(dataset);
                    program.print(
                            partitions.isEmpty() ? List.of("  no snapshots yet") : SnapshotView.statistics(partitions));
                });
            }
            return ExitCode.DONE.value();
        }
    }
}
