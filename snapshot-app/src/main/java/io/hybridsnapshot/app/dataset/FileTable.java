package io.hybridsnapshot.app.dataset;

import io.hybridsnapshot.app.config.CsvSection;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.csv.CsvDialect;
import io.hybridsnapshot.csv.CsvFormat;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.source.ColumnRenames;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A file that is a table without a dataset. Its first bytes show how it is read, unless the user gives the form of a
 * CSV file. Immutable.
 *
 * @param rows the rows
 * @param form how the file is read, for people: {@code CSV, separator ';', UTF-8}
 * @param isCsv whether the file is read as CSV, so that types and the form of CSV count
 * @param typed the columns of the file that the user gives a type
 */
public record FileTable(RowSource rows, String form, boolean isCsv, Set<String> typed) {
    public FileTable {
        Objects.requireNonNull(rows, "rows");
        Objects.requireNonNull(form, "form");
        typed = Set.copyOf(typed);
    }

    /**
     * Looks at a file.
     *
     * @param file a regular file
     * @param given the form that the user gives a CSV file
     * @param types types of columns of a CSV file; those that the file lacks are left out
     * @param defaultType the type of its other columns; empty: they are inferred
     * @param renames the other names that its columns get later; the types are by these names
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if the file is missing or of a kind that
     *     cannot be read
     */
    public static FileTable of(
            Path file,
            CsvSection given,
            Map<String, ColumnType> types,
            Optional<ColumnType> defaultType,
            ColumnRenames renames) {
        RowFiles.requireNoDirectory(file);
        if (isParquet(file)) {
            DatasetSection section = DatasetSection.builder()
                    .source(Optional.of(new SourceSection.Parquet(file)))
                    .build();
            return new FileTable(rows(section), "Parquet", false, Set.of());
        }
        CsvDialect seen = CsvDialect.of(file, usual(file, given));
        CsvSection read = new CsvSection(
                Optional.of(given.separator().orElse(seen.separator())),
                Optional.of(given.quote().orElse(seen.quote())),
                given.empty(),
                Optional.of(seen.encoding()),
                given.spelling());
        DatasetSection.Builder section = DatasetSection.builder()
                .source(Optional.of(new SourceSection.Csv(file)))
                .csv(read);
        Map<String, ColumnType> known = new LinkedHashMap<>();
        Set<String> typed = new LinkedHashSet<>();
        if (!types.isEmpty()) {
            Set<String> names = names(section);
            types.forEach((name, type) -> renames.original(name)
                    .filter(names::contains)
                    .ifPresent(original -> {
                        known.put(original, type);
                        typed.add(name);
                    }));
        }
        return new FileTable(rows(section.types(known).defaultType(defaultType).build()), form(read), true, typed);
    }

    /** The names of a CSV file's columns. No type is inferred for them. */
    private static Set<String> names(DatasetSection.Builder section) {
        RowSource texts = rows(section.defaultType(Optional.of(ColumnType.TEXT)).build());
        try (RowStream rows = texts.open(ReadOptions.ALL)) {
            return Set.copyOf(rows.schema().names());
        }
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

    private static String form(CsvSection read) {
        char separator = read.separator().orElseThrow();
        char quote = read.quote().orElseThrow();
        return "CSV, separator " + (separator == '\t' ? "tab" : "'" + separator + "'")
                + (quote == '"' ? "" : ", quote " + quote)
                + ", " + read.encoding().orElseThrow().name();
    }
}
