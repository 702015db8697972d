package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.dataset.RowFiles;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.csv.CsvLayout;
import io.hybridsnapshot.csv.CsvRowWriter;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.usecase.LoadSnapshot;
import io.hybridsnapshot.domain.usecase.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code snapshot export}. */
@Command(
        name = "export",
        aliases = "load",
        description = {
            "Reads an archived snapshot back into a file, its digests checked on the way.",
            "A CSV file reads back with '--empty unquoted-null': nothing is NULL, \"\" is an empty text. A Parquet file with all "
                    + "columns is the archived one, byte for byte (decrypted, if the archive is encrypted). A file that is there is replaced when the new one is whole."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot export orders --to orders.csv.gz",
            "  snapshot export orders archive:12 --to orders.parquet",
            "  snapshot export orders 2026-09-27 --to - --column \"ORDER NO\" --column QTY | head"
        })
final class ExportCommand implements Callable<Integer> {
    private static final String STDOUT = "-";

    @ParentCommand
    private SnapshotCommand program;

    @Parameters(index = "0", paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "SNAPSHOT",
            defaultValue = "current",
            description =
                    "current (default), previous, archive:N, id:UUID, a date or moment (the newest archive until then), or 7d.")
    private String reference;

    @Option(
            names = {"-o", "--to"},
            paramLabel = "FILE",
            required = true,
            order = 1,
            description = "A .csv, .csv.gz, .tsv or .parquet file; - is CSV on stdout.")
    private String to;

    @Option(
            names = {"-c", "--column"},
            paramLabel = "COLUMN",
            order = 2,
            description = "A column wanted, in the order wanted; repeatable (default: all).")
    private List<String> columns = new ArrayList<>();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            order = 3,
            description = "csv or parquet, where the file's name does not say.")
    private String format;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "NAME",
            order = 20,
            defaultValue = "ALL",
            description = "The part of the dataset (default: ALL, the whole table).")
    private String partition;

    @Override
    public Integer call() {
        Stopwatch stopwatch = new Stopwatch();
        boolean stdout = to.equals(STDOUT);
        if (stdout && program.json()) {
            throw SnapshotException.invalidRequest("both the rows and the JSON document would go to stdout")
                    .actual("--to - --json")
                    .expected("one of them")
                    .build();
        }
        Path file = program.resolve(Path.of(to));
        RowFiles.Format kind = stdout ? RowFiles.Format.CSV : format(file);
        try (Session session = program.open();
                SnapshotCommand.Watched watched = program.progress()) {
            Dataset dataset = session.datasets().named(name);
            LoadSnapshot load = new LoadSnapshot(session.environment());
            ArchivedSnapshot archive = load.find(dataset, new Partition(partition), References.stored(reference));
            if (stdout) {
                try (RowStream rows = load.open(archive, columns)) {
                    print(rows);
                }
                return ExitCode.DONE.value();
            }
            RowFiles.Written written = export(session, load, archive, file, kind, watched.progress());
            watched.done();
            if (program.json()) {
                program.print(Json.object(
                        "command", "export",
                        "dataset", name,
                        "partition", archive.partition(),
                        "archive", SnapshotView.json(archive),
                        "file", file,
                        "format", kind.name().toLowerCase(Locale.ROOT),
                        "rows", written.rows(),
                        "bytes", written.bytes(),
                        "seconds", stopwatch.seconds()));
            } else {
                program.console()
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
            Session session,
            LoadSnapshot load,
            ArchivedSnapshot archive,
            Path file,
            RowFiles.Format kind,
            Progress progress) {
        if (kind == RowFiles.Format.PARQUET
                && columns.isEmpty()
                && archive.rowCount().isPresent()) {
            session.plainFiles().put("archive " + archive.id(), stored -> load.copyTo(archive, stored), file);
            return new RowFiles.Written(archive.rowCount().getAsLong(), size(file));
        }
        try (RowStream rows = load.open(archive, columns)) {
            return RowFiles.write(
                    rows, file, kind, session.plainFiles().codec(), count -> progress.at(Progress.Step.READING, count));
        }
    }

    /** Rows on stdout; whoever reads them may stop at any time. */
    private void print(RowStream rows) {
        try (CsvRowWriter writer =
                CsvRowWriter.to(program.console().out(), "stdout", rows.schema(), CsvLayout.DEFAULT)) {
            for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
                writer.append(next.get());
                if (program.console().out().checkError()) {
                    return;
                }
            }
            writer.finish();
        }
    }

    private RowFiles.Format format(Path file) {
        RowFiles.requireNoDirectory(file);
        if (format == null) {
            return RowFiles.format(file);
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

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw SnapshotException.unavailable("the file that was written cannot be read")
                    .where(file.toString())
                    .cause(e)
                    .build();
        }
    }
}
