package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.DeltaView;
import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.domain.delta.DeltaReport;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A comparison and nothing else, as two commands print it.
 *
 * @param command the command's name
 * @param dataset the dataset's name
 * @param partition the partition's name
 * @param report what was found
 * @param changesFile the file with every row that differs, where one was wanted
 */
record Comparison(String command, String dataset, String partition, DeltaReport report, Optional<Path> changesFile) {
    void print(SnapshotCommand program, Stopwatch stopwatch) {
        if (program.json()) {
            program.print(Json.object(
                    "command", command,
                    "dataset", dataset,
                    "partition", partition,
                    "delta", DeltaView.json(report),
                    "changesFile", changesFile,
                    "seconds", stopwatch.seconds()));
            return;
        }
        program.console()
                .out()
                .println("Compared " + dataset + " (partition " + DisplayText.escaped(partition) + ") in "
                        + Amounts.duration(stopwatch.elapsed()));
        program.print(DeltaView.lines(report));
    }
}
