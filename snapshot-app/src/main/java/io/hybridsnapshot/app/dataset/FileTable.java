package io.hybridsnapshot.app.dataset;

import io.hybridsnapshot.app.config.CsvSection;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.csv.Compression;
import io.hybridsnapshot.csv.CsvDialect;
import io.hybridsnapshot.csv.CsvFormat;
import io.hybridsnapshot.csv.CsvHeader;
import io.hybridsnapshot.csv.SpellingGuess;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.source.ColumnRenames;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A file that is a table without a dataset. Its first bytes show how it is read, unless the user gives the form of a
 * CSV file. Immutable.
 *
 * @param rows the rows
 * @param kind the form of the file. All but Parquet take types of columns
 * @param form how the file is read, for people: {@code CSV, separator ';', UTF-8}
 * @param typed the columns of the file that the user gives a type
 * @param note what the user should know about the columns; empty: nothing
 */
public record FileTable(RowSource rows, TableForm kind, String form, Set<String> typed, Optional<String> note) {
    private static final String TABLE = "file";
    private static final int HINT_ROWS = 1_000;
    private static final int HINT_NAMES = 3;

    public FileTable {
        Objects.requireNonNull(rows, "rows");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(form, "form");
        typed = Set.copyOf(typed);
        Objects.requireNonNull(note, "note");
    }

    /**
     * The forms of files that the user gives.
     *
     * @param csv the form of a CSV file, and the meaning of empty cells
     * @param sheet the sheet of a workbook; empty: the first that is not hidden
     * @param types types of columns; those that a file lacks are left out
     * @param defaultType the type of the other columns; empty: they are inferred
     * @param renames the other names that columns get later; the types are by these names
     */
    public record Given(
            CsvSection csv,
            Optional<String> sheet,
            Map<String, ColumnType> types,
            Optional<ColumnType> defaultType,
            ColumnRenames renames) {
        public Given {
            Objects.requireNonNull(csv, "csv");
            Objects.requireNonNull(sheet, "sheet");
            types = Collections.unmodifiableMap(new LinkedHashMap<>(types));
            Objects.requireNonNull(defaultType, "defaultType");
            Objects.requireNonNull(renames, "renames");
        }

        private Given renaming(ColumnRenames others) {
            return new Given(csv, sheet, types, defaultType, others);
        }

        private Given asTexts() {
            return new Given(csv, sheet, Map.of(), Optional.of(ColumnType.TEXT), ColumnRenames.NONE);
        }

        private Given withoutHeader() {
            CsvSection bare = new CsvSection(
                    csv.separator(),
                    csv.quote(),
                    csv.empty(),
                    csv.encoding(),
                    csv.spelling(),
                    Optional.of(CsvSection.Header.NO));
            return new Given(bare, sheet, types, defaultType, renames);
        }
    }

    /**
     * Looks at two files that are compared. If no header is found in one of them alone, and both have as many columns,
     * its columns get the names of the other file's. But if the first record of the other file could be a row too, the
     * columns of both are numbered. Renames by such numbers keep the numbers.
     *
     * @param given the forms that the user gives; its renames are those of the earlier file
     * @throws io.hybridsnapshot.domain.error.SnapshotException as {@link #of} does
     */
    public static List<FileTable> pair(NamedFile before, NamedFile after, Given given) {
        List<NamedFile> files = List.of(before, after);
        List<Given> givens = List.of(given, given.renaming(ColumnRenames.NONE));
        List<FileTable> tables = new ArrayList<>(List.of(of(before, givens.get(0)), of(after, givens.get(1))));
        Given texts = given.asTexts();
        for (int i = 0; i < 2; i++) {
            FileTable table = tables.get(i);
            FileTable other = tables.get(1 - i);
            if (table.note.isEmpty() || other.note.isPresent() || isNumbered(given.renames)) {
                continue;
            }
            List<String> names = names(of(files.get(1 - i), texts).rows);
            if (names.size() != names(of(files.get(i), texts).rows).size()) {
                continue;
            }
            if (given.csv.header().isEmpty() && other.kind == TableForm.CSV && isLikelyARow(files.get(1 - i), given)) {
                tables.set(1 - i, of(files.get(1 - i), givens.get(1 - i).withoutHeader()));
            } else {
                List<String> shown = i == 0 ? names : given.renames.applyTo(names, before.name());
                tables.set(i, of(files.get(i), givens.get(i), shown));
            }
        }
        return tables;
    }

    /**
     * Looks for columns that stay texts although they look like numbers or dates in the spelling of other programs.
     * Reads the first rows of a CSV file, unless the user gives such a spelling.
     *
     * @return a sentence with the options that read them as numbers and dates
     * @throws io.hybridsnapshot.domain.error.SnapshotException as {@link #of} does
     */
    public static Optional<String> hint(NamedFile file, Given given) {
        CsvSection.Spelling spelling = given.csv.spelling();
        boolean spelt = spelling.decimal().isPresent() || spelling.dateFormat().isPresent();
        if (spelt || given.defaultType.isPresent()) {
            return Optional.empty();
        }
        FileTable table = of(file, given.asTexts());
        if (table.kind != TableForm.CSV) {
            return Optional.empty();
        }
        try (RowStream stream = table.rows.open(new ReadOptions(List.of(), HINT_ROWS, Optional.empty()))) {
            return stream.next().map(SpellingGuess::of).flatMap(FileTable::hint);
        }
    }

    private static Optional<String> hint(SpellingGuess guess) {
        List<String> parts = new ArrayList<>();
        if (!guess.commas().isEmpty()) {
            parts.add(columns(guess.commas()) + " numbers with a decimal comma: --decimal ,"
                    + (guess.points() ? " --thousands ." : "") + types(guess, guess.commas()));
        }
        if (!guess.thousands().isEmpty()) {
            parts.add(columns(guess.thousands()) + " numbers with commas between thousands: --thousands ,"
                    + types(guess, guess.thousands()));
        }
        guess.dates().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(date -> parts.add(columns(date.getValue()) + " dates: --date-format " + date.getKey()));
        return parts.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", parts));
    }

    /** The types that columns of numbers need beside the options. */
    private static String types(SpellingGuess guess, List<String> names) {
        List<String> types = names.stream()
                .filter(guess.types()::containsKey)
                .map(name -> " --type '" + name.replace("'", "'\\''") + "="
                        + guess.types().get(name) + "'")
                .toList();
        return String.join("", types.subList(0, Math.min(HINT_NAMES, types.size())))
                + (types.size() > HINT_NAMES ? " …" : "");
    }

    private static String columns(List<String> names) {
        List<String> shown = names.subList(0, Math.min(HINT_NAMES, names.size()));
        String more = names.size() > shown.size() ? " and " + (names.size() - shown.size()) + " more" : "";
        return String.join(", ", shown) + more + (names.size() == 1 ? " looks like" : " look like");
    }

    /** Whether columns are renamed by the names that a file without a header gets. */
    private static boolean isNumbered(ColumnRenames renames) {
        return renames.names().keySet().stream().anyMatch(name -> name.matches("column[1-9][0-9]*"));
    }

    private static boolean isLikelyARow(NamedFile file, Given given) {
        CsvDialect seen = CsvDialect.of(file.path(), file.name(), usual(file.path(), given.csv));
        return CsvHeader.isLikelyMissing(file.path(), text(file, given.csv, seen));
    }

    /**
     * Looks at a file.
     *
     * @param file a regular file
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if the file is missing or of a kind that
     *     cannot be read
     */
    public static FileTable of(NamedFile file, Given given) {
        return of(file, given, List.of());
    }

    /** A file whose columns have these names if no header is found; none: they are numbered. */
    private static FileTable of(NamedFile file, Given given, List<String> columns) {
        RowSources sources = RowSources.ofFilesAlone().naming(file).naming(columns);
        Path path = file.path();
        RowFiles.requireNoDirectory(path);
        Optional<FileKind> kind = FileKind.of(path);
        TableForm form = form(file, kind);
        DatasetSection.Builder section = DatasetSection.builder();
        String shown = form.title();
        Optional<String> note = Optional.empty();
        switch (form) {
            case PARQUET -> {
                section.source(Optional.of(new SourceSection.Parquet(path)));
                return new FileTable(sources.of(TABLE, section.build()), form, shown, Set.of(), Optional.empty());
            }
            case EXCEL -> {
                SourceSection.Excel source = new SourceSection.Excel(path, given.sheet());
                section.source(Optional.of(source)).csv(given.csv());
                if (kind.filter(found -> found.family() == FileKind.Family.WORKBOOK)
                        .isPresent()) {
                    shown += ", sheet '" + RowSources.sheet(source, file).sheetName() + "'";
                }
            }
            case JSON_LINES -> {
                section.source(Optional.of(new SourceSection.JsonLines(path))).csv(given.csv());
                shown += compression(kind);
            }
            case CSV -> {
                CsvSection read = seen(file, given.csv());
                section.source(Optional.of(new SourceSection.Csv(path))).csv(read);
                shown = form(read) + compression(kind);
                if (read.header().filter(CsvSection.Header.NO::equals).isPresent()) {
                    shown += ", no header";
                    note = Optional.of(note(given, columns, names(sources, section)));
                }
            }
        }
        Map<String, ColumnType> known = new LinkedHashMap<>();
        Set<String> typed = new LinkedHashSet<>();
        if (!given.types().isEmpty()) {
            List<String> names = names(sources, section);
            given.types()
                    .forEach((name, type) -> given.renames()
                            .original(name)
                            .filter(names::contains)
                            .ifPresent(original -> {
                                known.put(original, type);
                                typed.add(name);
                            }));
        }
        section.types(known).defaultType(given.defaultType());
        return new FileTable(sources.of(TABLE, section.build()), form, shown, typed, note);
    }

    private static String note(Given given, List<String> columns, List<String> names) {
        String found = given.csv().header().isPresent() ? "no header: " : "no header found: ";
        String option = given.csv().header().isPresent() ? "" : " (--header yes takes the first line for names)";
        return found
                + (columns.isEmpty()
                        ? "columns are named " + names.get(0)
                                + (names.size() > 1 ? " … " + names.get(names.size() - 1) : "")
                        : "columns are named as in the other file")
                + option;
    }

    /** The form of a file: what its bytes show, or else its name, or else CSV. */
    private static TableForm form(NamedFile file, Optional<FileKind> kind) {
        Optional<TableForm> named = TableForm.ofName(file.path());
        FileKind.Family family = kind.map(FileKind::family).orElse(FileKind.Family.UNKNOWN);
        return switch (family) {
            case PARQUET -> TableForm.PARQUET;
            case WORKBOOK -> TableForm.EXCEL;
            case JSON_LINES -> TableForm.JSON_LINES;
            // A CSV file may start like JSON or XML, but then its name shows that it is one.
            case MARKUP ->
                named.filter(TableForm::isText).orElseThrow(() -> CheckedFile.noTable(file, kind.orElseThrow()));
            case SPREADSHEET, PACKED, OTHER -> throw CheckedFile.noTable(file, kind.orElseThrow());
            case TEXT, ARCHIVE -> named.filter(TableForm.JSON_LINES::equals).orElse(TableForm.CSV);
            default -> named.orElse(TableForm.CSV);
        };
    }

    private static CsvSection seen(NamedFile file, CsvSection given) {
        CsvDialect seen = CsvDialect.of(file.path(), file.name(), usual(file.path(), given));
        return new CsvSection(
                Optional.of(given.separator().orElse(seen.separator())),
                Optional.of(given.quote().orElse(seen.quote())),
                given.empty(),
                Optional.of(seen.encoding()),
                given.spelling(),
                given.header().or(() -> header(file, given, seen)));
    }

    /** Says that there is no header if the first rows show it. */
    private static Optional<CsvSection.Header> header(NamedFile file, CsvSection given, CsvDialect seen) {
        return CsvHeader.isMissing(file.path(), text(file, given, seen))
                ? Optional.of(CsvSection.Header.NO)
                : Optional.empty();
    }

    /** The text of a file as its first bytes show it, and the spelling of its values. */
    private static CsvFormat text(NamedFile file, CsvSection given, CsvDialect seen) {
        return usual(file.path(), given)
                .withSeparator(given.separator().orElse(seen.separator()))
                .withQuote(given.quote().orElse(seen.quote()))
                .withEncoding(seen.encoding())
                .withValues(given.spelling().values());
    }

    /** The names of a file's columns. No type is inferred for them. */
    private static List<String> names(RowSources sources, DatasetSection.Builder section) {
        return names(sources.of(TABLE, section.build().withDefaultType(ColumnType.TEXT)));
    }

    private static List<String> names(RowSource rows) {
        try (RowStream stream = rows.open(ReadOptions.ALL)) {
            return stream.schema().names();
        }
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

    private static String compression(Optional<FileKind> kind) {
        return kind.map(FileKind::compression)
                .filter(compression -> compression != Compression.NONE)
                .map(compression -> ", " + compression.title())
                .orElse("");
    }
}
