package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.DeltaOutputs;
import io.hybridsnapshot.app.cli.terminal.Stopwatch;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.EncryptionSection;
import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.DeltaView;
import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.Page;
import io.hybridsnapshot.app.report.StepTimes;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.report.JUnitXml;
import java.util.ArrayList;
import java.util.List;

/**
 * A comparison without a save, as two commands print it.
 *
 * @param command the command's name
 * @param dataset the dataset's name
 * @param partition the partition's name
 * @param report the result
 * @param outputs the files that were requested
 * @param encryption of the archives
 */
record Comparison(
        String command,
        String dataset,
        String partition,
        DeltaReport report,
        DeltaOutputs outputs,
        EncryptionSection encryption) {
    /** Writes the verdicts on the expectations, if their file is wanted. */
    void writeVerdicts(Terminal terminal) {
        outputs.writeVerdicts(
                terminal,
                new JUnitXml(
                        suite(dataset, partition),
                        terminal.console().clock().instant(),
                        report.expectations(),
                        JUnitXml.Consequence.FAIL));
    }

    /** The name of the test suite that the expectations of a dataset are. */
    static String suite(String dataset, String partition) {
        return "snapshot " + dataset + " " + partition;
    }

    void print(Terminal terminal, Page page, StepTimes steps, Stopwatch stopwatch) {
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command",
                    command,
                    "dataset",
                    dataset,
                    "partition",
                    partition,
                    "delta",
                    DeltaView.json(report),
                    "changesFile",
                    outputs.changes().map(OutputFile::named),
                    "reportFiles",
                    outputs.reportFiles(),
                    "junitFile",
                    outputs.junitFile(),
                    "steps",
                    steps.json(),
                    "seconds",
                    stopwatch.seconds()));
            return;
        }
        List<String> lines = new ArrayList<>();
        lines.add("Compared " + dataset + " (partition " + DisplayText.escaped(partition) + ") in "
                + Amounts.duration(stopwatch.elapsed()));
        lines.addAll(DeltaView.lines(report, page));
        lines.addAll(outputs.lines(encryption));
        terminal.report(lines, outputs.changes());
    }
}
