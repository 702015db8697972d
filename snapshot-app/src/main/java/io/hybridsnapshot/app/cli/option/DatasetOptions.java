package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.app.dataset.DefinedDataset;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.app.output.ProtectedFiles;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command line's part of a dataset's definition, beside or instead of the configuration file. */
public final class DatasetOptions {
    @Option(
            names = {"-s", "--source"},
            paramLabel = "FILE",
            order = 10,
            description = "The file with the rows: .csv, .tsv or .jsonl (.gz, .zst or .zip, too), .xlsx or .parquet.")
    private Path source;

    @Option(
            names = {"-k", "--key"},
            paramLabel = "COLUMN",
            order = 11,
            description = "A column that identifies a row; repeat it for a key of several columns.")
    private List<String> key = new ArrayList<>();

    @Option(
            names = "--carry",
            paramLabel = "COLUMN",
            order = 12,
            description = "A column whose text the window keeps beside the hash, for look-ups; repeatable.")
    private List<String> carried = new ArrayList<>();

    @Option(
            names = "--partition-column",
            paramLabel = "COLUMN",
            order = 14,
            description = "The column that holds the partition of each row.")
    private String partitionColumn;

    @Option(
            names = "--leave-out",
            paramLabel = "COLUMN",
            order = 18,
            description = "A column to leave out of the row hash; repeatable (default: those of the definition, "
                    + "else the seven system columns).")
    private List<String> leftOut = new ArrayList<>();

    @Mixin
    private CsvOptions csv;

    public Optional<Path> source() {
        return Optional.ofNullable(source);
    }

    /** The files that a call reads: those already listed and the dataset's source. */
    public static ProtectedFiles inputs(ProtectedFiles listed, DefinedDataset dataset) {
        return dataset.section()
                .source()
                .flatMap(SourceSection::path)
                .map(file -> listed.with(file, "the source of the rows"))
                .orElse(listed);
    }

    public DatasetSection section(Path directory) {
        return section(directory, source());
    }

    /** The part of a definition, with this file as the source. */
    public DatasetSection section(Path directory, Optional<Path> named) {
        if (named.isEmpty() && csv.sheet().isPresent()) {
            throw SnapshotException.invalidRequest("option --sheet")
                    .actual("'" + csv.sheet().get() + "' without a file")
                    .expected("--source FILE with it")
                    .nextStep("add --source, or put 'sheet' beside 'excel' into the dataset's definition")
                    .build();
        }
        Optional<SourceSection> rows = named.map(file -> RowSources.ofFile(directory.resolve(file), csv.sheet()));
        rows.ifPresent(csv::requireUse);
        return DatasetSection.builder()
                .source(rows)
                .key(key)
                .carried(carried)
                .partitionColumn(Optional.ofNullable(partitionColumn))
                .leftOut(leftOut.isEmpty() ? Optional.empty() : Optional.of(leftOut))
                .types(csv.types())
                .defaultType(csv.defaultType())
                .csv(csv.section())
                .build();
    }
}
