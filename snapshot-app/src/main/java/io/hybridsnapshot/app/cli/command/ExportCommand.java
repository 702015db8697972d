package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.References;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Stopwatch;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.dataset.RowFiles;
import io.hybridsnapshot.app.encryption.PlainFiles;
import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.app.output.Replacement;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.csv.CsvLayout;
import io.hybridsnapshot.csv.FormulaCells;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.pass.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot export}. */
@Command(
        name = "export",
        aliases = "load",
        description = {
            "Writes the rows of an archived snapshot to a file, after checking its digests.",
            "A CSV file reads back with '--empty unquoted-null': nothing is NULL, \"\" is an empty "
                    + "text. A Parquet file with all columns is the archived one, byte for byte (decrypted, if "
                    + "the archive is encrypted). An existing file is replaced once the new one is complete."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot export orders --to orders.csv.gz",
            "  snapshot export orders archive:12 --to orders.parquet",
            "  snapshot export orders 2026-09-27 --to - --column \"ORDER NO\" --column QTY | head"
        })
final class ExportCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Configurations configurations;
    private final Supplier<DatasetCatalogue> datasets;
    private final Supplier<LoadSnapshot> load;
    private final Supplier<PlainFiles> plainFiles;

    @Parameters(index = "0", paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "SNAPSHOT",
            defaultValue = "current",
            description = "current (default), previous, archive:N, id:UUID, tag:NAME=VALUE (the newest archive "
                    + "with this tag), a date or moment (the newest archive until then), or 7d.")
    private String reference;

    @Option(
            names = {"-o", "--to"},
            paramLabel = "FILE",
            required = true,
            order = 1,
            description = "A .csv, .csv.gz, .tsv or .parquet file; - is stdout, CSV unless --format says otherwise.")
    private Path to;

    @Option(
            names = {"-c", "--column"},
            paramLabel = "COLUMN",
            order = 2,
            description = "A column to export; repeatable, in the order of the file (default: all).")
    private List<String> columns = new ArrayList<>();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            order = 3,
            description = "csv or parquet, if the file's name does not tell.")
    private String format;

    @Option(
            names = "--spreadsheet-safe",
            order = 4,
            description =
                    "Put an apostrophe before texts of a CSV file that a spreadsheet program would run as a formula. "
                            + "Such a file does not read back exactly.")
    private boolean spreadsheetSafe;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "NAME",
            order = 20,
            description = "The part of the dataset (default: ALL, the whole table; for archive:N and id:UUID the part"
                    + " that it is of).")
    private String partition;

    ExportCommand(
            Terminal terminal,
            Configurations configurations,
            Supplier<DatasetCatalogue> datasets,
            Supplier<LoadSnapshot> load,
            Supplier<PlainFiles> plainFiles) {
        this.terminal = terminal;
        this.configurations = configurations;
        this.datasets = datasets;
        this.load = load;
        this.plainFiles = plainFiles;
    }

    @Override
    public Integer call() {
        Stopwatch stopwatch = new Stopwatch();
        RowFiles.Format kind = format();
        if (spreadsheetSafe && kind != RowFiles.Format.CSV) {
            throw SnapshotException.invalidRequest("--spreadsheet-safe changes texts of a CSV file")
                    .where(to.toString())
                    .actual("a Parquet file")
                    .expected("a CSV file")
                    .nextStep("leave the option out, or choose a name that ends in .csv")
                    .build();
        }
        for (String column : columns) {
            if (Collections.frequency(columns, column) > 1) {
                throw SnapshotException.invalidRequest("option --column")
                        .actual("'" + column + "' twice")
                        .expected("every column once")
                        .build();
            }
        }
        OutputFile output = terminal.output(to, Replacement.ALWAYS, configurations.configuredFiles());
        try (Terminal.Watched watched = terminal.progress(output)) {
            Dataset dataset = datasets.get().named(name);
            LoadSnapshot archives = load.get();
            ArchivedSnapshot archive = partition == null
                    ? archives.find(dataset, References.stored(reference))
                    : archives.find(dataset, new Partition(partition), References.stored(reference));
            RowFiles.Written written = export(archives, archive, output, kind, watched.progress());
            watched.done();
            if (output.isStdout()) {
                return ExitCode.DONE.value();
            }
            if (terminal.json()) {
                terminal.print(Json.object(
                        "command", "export",
                        "dataset", name,
                        "partition", archive.partition(),
                        "archive", SnapshotView.json(archive),
                        "file", terminal.resolve(to),
                        "format", kind.name().toLowerCase(Locale.ROOT),
                        "rows", written.rows(),
                        "bytes", written.bytes(),
                        "seconds", stopwatch.seconds()));
            } else {
                terminal.console()
                        .out()
                        .println("Exported archive " + archive.id() + " of " + name + " ("
                                + Amounts.date(archive.date()) + "): " + Amounts.counted(written.rows(), "row") + " to "
                                + to + ", "
                                + Amounts.size(written.bytes()) + ", in " + Amounts.duration(stopwatch.elapsed()));
            }
            return ExitCode.DONE.value();
        }
    }

    private RowFiles.Written export(
            LoadSnapshot archives,
            ArchivedSnapshot archive,
            OutputFile output,
            RowFiles.Format kind,
            Progress progress) {
        try (PendingOutput pending = terminal.open(output)) {
            if (kind == RowFiles.Format.PARQUET
                    && plainFiles.get().isFormatOfArchives()
                    && columns.isEmpty()
                    && archive.rowCount().isPresent()) {
                long bytes = plainFiles
                        .get()
                        .put("archive " + archive.id(), stored -> archives.copyTo(archive, stored), pending);
                return new RowFiles.Written(archive.rowCount().getAsLong(), bytes);
            }
            try (RowStream rows = archives.open(archive, columns)) {
                RowFiles.Progress written = count -> {
                    progress.at(Progress.Step.READING, count, archive.rowCount().orElse(0));
                    // The reader of stdout may stop at any time.
                    return !output.isStdout() || !terminal.console().out().checkError();
                };
                if (spreadsheetSafe) {
                    CsvLayout layout = RowFiles.layout(to).withFormulaCells(FormulaCells.MARKED);
                    return RowFiles.writeCsv(rows, pending, to, layout, written);
                }
                return RowFiles.write(rows, pending, to, kind, plainFiles.get().codec(), written);
            }
        }
    }

    private RowFiles.Format format() {
        if (format == null) {
            return to.toString().equals(OutputFile.STDOUT) ? RowFiles.Format.CSV : RowFiles.format(to);
        }
        for (RowFiles.Format known : RowFiles.Format.values()) {
            if (known.name().equalsIgnoreCase(format)) {
                return known;
            }
        }
        throw SnapshotException.invalidRequest("option --format")
                .actual("'" + format + "'")
                .expected("csv or parquet")
                .build();
    }
}
