package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.ForceOption;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Stopwatch;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.ConfigurationLoader;
import io.hybridsnapshot.app.dataset.RowFiles;
import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.app.output.ProtectedFiles;
import io.hybridsnapshot.app.output.Replacement;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.samples.OrdersMaker;
import io.hybridsnapshot.samples.OrdersSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code snapshot make-orders}. */
@Command(
        name = "make-orders",
        description = {
            "Makes up a table in the shape of ORDERS_UNIFIED (268 columns), for trials and " + "benchmarks.",
            "The same seed makes the same rows everywhere. On each later day some rows are changed, "
                    + "added and removed."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot make-orders --rows 10000 --to day0.csv",
            "  snapshot make-orders --rows 10000 --day 1 --changed 0.05 --to day1.parquet"
        })
final class MakeOrdersCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Configurations configurations;

    @Option(
            names = {"-n", "--rows"},
            paramLabel = "N",
            required = true,
            order = 1,
            description = "Number of rows on day 0.")
    private long rows;

    @Option(
            names = {"-o", "--to"},
            paramLabel = "FILE",
            required = true,
            order = 2,
            description = "A new .csv, .csv.gz or .parquet file; - is CSV on stdout.")
    private Path to;

    @Mixin
    private ForceOption force;

    @Option(
            names = "--seed",
            paramLabel = "N",
            order = 3,
            defaultValue = "1",
            description = "Seed of all values (default: 1).")
    private long seed;

    @Option(
            names = "--day",
            paramLabel = "N",
            order = 4,
            defaultValue = "0",
            description = "Number of the day (default: 0).")
    private int day;

    @Option(
            names = "--changed",
            paramLabel = "SHARE",
            order = 5,
            defaultValue = "0.03",
            description = "Share of rows that a day changes (default: 0.03).")
    private double changed;

    @Option(
            names = "--added",
            paramLabel = "SHARE",
            order = 6,
            defaultValue = "0.01",
            description = "Share of rows that a day adds (default: 0.01).")
    private double added;

    @Option(
            names = "--removed",
            paramLabel = "SHARE",
            order = 7,
            defaultValue = "0.005",
            description = "Share of rows that a day removes (default: 0.005).")
    private double removed;

    /** A file that does not exist yet may be a configured source, and then no configuration needs to be read. */
    private ProtectedFiles inputs() {
        return Files.exists(terminal.resolve(to))
                ? configurations.configuredFiles(ConfigurationLoader.loadOrDefaults(configurations.request()))
                : configurations.configurationFile();
    }

    MakeOrdersCommand(Terminal terminal, Configurations configurations) {
        this.terminal = terminal;
        this.configurations = configurations;
    }

    @Override
    public Integer call() {
        Stopwatch stopwatch = new Stopwatch();
        OrdersMaker maker = new OrdersMaker(new OrdersSpec(seed, rows, day, changed, added, removed));
        RowFiles.Format kind = to.toString().equals(OutputFile.STDOUT) ? RowFiles.Format.CSV : RowFiles.format(to);
        OutputFile output = terminal.output(to, force.or(Replacement.NEVER), inputs());
        RowFiles.Written written;
        try (Terminal.Watched watched = terminal.progress(output);
                PendingOutput pending = terminal.open(output);
                RowStream stream = maker.open(ReadOptions.ALL)) {
            written = RowFiles.write(stream, pending, to, kind, new ParquetSnapshotCodec(), count -> {
                watched.progress().at(Progress.Step.READING, count, rows);
                return !output.isStdout() || !terminal.console().out().checkError();
            });
        }
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command",
                    "make-orders",
                    "file",
                    terminal.resolve(to),
                    "rows",
                    written.rows(),
                    "bytes",
                    written.bytes(),
                    "seed",
                    seed,
                    "day",
                    day,
                    "seconds",
                    stopwatch.seconds()));
        } else {
            terminal.report(
                    List.of("Made " + Amounts.counted(written.rows(), "order") + " in " + to + " ("
                            + Amounts.size(written.bytes()) + ") in " + Amounts.duration(stopwatch.elapsed())),
                    Optional.of(output));
        }
        return ExitCode.DONE.value();
    }
}
