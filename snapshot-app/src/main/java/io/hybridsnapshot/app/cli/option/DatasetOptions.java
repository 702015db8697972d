package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.config.Choices;
import io.hybridsnapshot.app.config.CsvSection;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.app.config.TypeNames;
import io.hybridsnapshot.app.dataset.DefinedDataset;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.app.output.ProtectedFiles;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The command line's part of a dataset's definition, beside or instead of the configuration file. */
public final class DatasetOptions {
    private static final String ANY_COLUMN = "*";

    @Option(
            names = {"-s", "--source"},
            paramLabel = "FILE",
            order = 10,
            description = "The file with the rows: .csv, .csv.gz, .tsv or .parquet.")
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
            names = "--type",
            paramLabel = "COLUMN=TYPE",
            order = 13,
            description = "The type of a column of a CSV file, for example 'PRICE=decimal(10,2)'; '*=text' is for "
                    + "all others. Without it the first save infers the types, and later saves keep them.")
    private List<String> types = new ArrayList<>();

    @Option(
            names = "--partition-column",
            paramLabel = "COLUMN",
            order = 14,
            description = "The column that holds the partition of each row.")
    private String partitionColumn;

    @Option(
            names = "--separator",
            paramLabel = "CHARACTER",
            order = 15,
            description = "Separator of the cells of a CSV file (default: comma, or tab in a .tsv).")
    private String separator;

    @Option(
            names = "--quote",
            paramLabel = "CHARACTER",
            order = 16,
            description = "Quote character of a CSV file (default: the double quote).")
    private String quote;

    @Option(
            names = "--empty",
            paramLabel = "MEANING",
            order = 17,
            description = "Meaning of an empty cell of a CSV file: null (default), text, or unquoted-null.")
    private String empty;

    @Option(
            names = "--leave-out",
            paramLabel = "COLUMN",
            order = 18,
            description = "A column to leave out of the row hash; repeatable (default: those of the definition, "
                    + "else the seven system columns).")
    private List<String> leftOut = new ArrayList<>();

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
        Optional<SourceSection> rows = source().map(file -> RowSources.ofFile(directory.resolve(file)));
        Map<String, ColumnType> byColumn = types();
        Optional<ColumnType> defaultType = Optional.ofNullable(byColumn.remove(ANY_COLUMN));
        return DatasetSection.builder()
                .source(rows)
                .key(key)
                .carried(carried)
                .partitionColumn(Optional.ofNullable(partitionColumn))
                .leftOut(leftOut.isEmpty() ? Optional.empty() : Optional.of(leftOut))
                .types(byColumn)
                .defaultType(defaultType)
                .csv(new CsvSection(character("--separator", separator), character("--quote", quote), empty()))
                .build();
    }

    private Map<String, ColumnType> types() {
        Map<String, ColumnType> parsed = new LinkedHashMap<>();
        for (String type : types) {
            // A column's name may hold the sign, a type does not.
            int sign = type.lastIndexOf('=');
            if (sign < 1) {
                throw invalid("--type", type, "COLUMN=TYPE, for example 'PRICE=decimal(10,2)'");
            }
            if (parsed.put(type.substring(0, sign), TypeNames.parse(type.substring(sign + 1))) != null) {
                throw SnapshotException.invalidRequest("option --type")
                        .actual("'" + type.substring(0, sign) + "' twice")
                        .expected("one type a column")
                        .build();
            }
        }
        return parsed;
    }

    private static Optional<Character> character(String option, String text) {
        if (text == null) {
            return Optional.empty();
        }
        if (text.equalsIgnoreCase("tab") || text.equals("\\t")) {
            return Optional.of('\t');
        }
        if (text.length() != 1) {
            throw invalid(option, text, "one character, or tab");
        }
        return Optional.of(text.charAt(0));
    }

    private Optional<CsvSection.EmptyCell> empty() {
        return Optional.ofNullable(empty).map(text -> Choices.ofOption("--empty", CsvSection.EmptyCell.class, text));
    }

    private static SnapshotException invalid(String option, String actual, String expected) {
        return SnapshotException.invalidRequest("option " + option)
                .actual("'" + actual + "'")
                .expected(expected)
                .build();
    }
}
