package io.hybridsnapshot.app.dataset;

import io.hybridsnapshot.app.config.CsvSection;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.csv.CsvDialect;
import io.hybridsnapshot.csv.CsvFormat;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.source.RowSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A file that is a table without a dataset. Its first bytes show how it is read; what a user says about a CSV file
 * counts more. Immutable.
 *
 * @param rows the rows
 * @param form how the file is read, for people: {@code CSV, separator ';', UTF-8}
 */
public record FileTable(RowSource rows, String form) {
    public FileTable {
        Objects.requireNonNull(rows, "rows");
        Objects.requireNonNull(form, "form");
    }

    /**
     * Looks at a file.
     *
     * @param file a regular file
     * @param given what a user says about a CSV file
     * @param types the types of columns of a CSV file
     * @param defaultType the type of its other columns; empty: they are inferred
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if the file is missing or of a kind that
     *     cannot be read, or if something is said about CSV and it is none
     */
    public static FileTable of(
            Path file, CsvSection given, Map<String, ColumnType> types, Optional<ColumnType> defaultType) {
        RowFiles.requireNoDirectory(file);
        if (isParquet(file)) {
            SourceSection parquet = new SourceSection.Parquet(file);
            DatasetSection section = DatasetSection.builder()
                    .source(Optional.of(parquet))
                    .types(types)
                    .defaultType(defaultType)
                    .build();
            RowSources.requireNoTypes(file.toString(), parquet, section);
            return new FileTable(rows(section), "Parquet");
        }
        CsvDialect seen = CsvDialect.of(file, usual(file, given));
        CsvSection csv = new CsvSection(
                Optional.of(seen.separator()),
                Optional.of(seen.quote()),
                given.empty(),
                Optional.of(given.encoding().orElse(StandardCharsets.UTF_8)));
        // What is given is not replaced by what a file shows.
        CsvSection read = csv.overriddenBy(given);
        DatasetSection section = DatasetSection.builder()
                .source(Optional.of(new SourceSection.Csv(file)))
                .types(types)
                .defaultType(defaultType)
                .csv(read)
                .build();
        return new FileTable(rows(section), form(read, seen));
    }

    private static RowSource rows(DatasetSection section) {
        return RowSources.ofFilesAlone().of("file", section);
    }

    private static boolean isParquet(Path file) {
        boolean named = file.toString().toLowerCase(Locale.ROOT).endsWith(".parquet");
        return FileKind.of(file)
                .map(kind -> kind.family() == FileKind.Family.PARQUET || named && kind.family() != FileKind.Family.TEXT)
                .orElse(named);
    }

    /** The format that counts where the file shows no other. */
    private static CsvFormat usual(Path file, CsvSection given) {
        return CsvFormat.DEFAULT
                .withSeparator(given.separator().orElse(RowFiles.layout(file).separator()))
                .withQuote(given.quote().orElse('"'))
                .withEncoding(given.encoding().orElse(StandardCharsets.UTF_8));
    }

    private static String form(CsvSection read, CsvDialect seen) {
        char separator = read.separator().orElseThrow();
        char quote = read.quote().orElseThrow();
        return "CSV, separator " + (separator == '\t' ? "tab" : "'" + separator + "'")
                + (quote == '"' ? "" : ", quote " + quote)
                + ", " + seen.encoding().name();
    }
}
