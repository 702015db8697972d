package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.config.Choices;
import io.hybridsnapshot.app.config.CsvSection;
import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.app.config.TypeNames;
import io.hybridsnapshot.app.dataset.FileTable;
import io.hybridsnapshot.app.dataset.TableForm;
import io.hybridsnapshot.csv.CsvValues;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.source.ColumnRenames;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The command line's form and types of a CSV file. */
public final class CsvOptions {
    private static final String ANY_COLUMN = "*";

    @Option(
            names = "--type",
            paramLabel = "COLUMN=TYPE",
            order = 13,
            description = "The type of a column of a file, for example 'PRICE=decimal(10,2)'; '*=text' is for "
                    + "all others. Without it the types are inferred; a dataset keeps those of its first save.")
    private List<String> types = new ArrayList<>();

    @Option(
            names = "--separator",
            paramLabel = "CHARACTER",
            order = 15,
            description = "Separator of the cells of a CSV file (default: comma, or tab in a .tsv; diff and inspect "
                    + "look at the file).")
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
            description = "Meaning of an empty cell of CSV or Excel: null (default), text, or unquoted-null.")
    private String empty;

    @Option(
            names = "--encoding",
            paramLabel = "NAME",
            order = 17,
            description = "Encoding of a CSV file, such as windows-1252 (default: UTF-8, or UTF-16 if the file starts"
                    + " with its byte order mark).")
    private String encoding;

    @Option(
            names = "--null",
            paramLabel = "TEXT",
            order = 18,
            description = "A text of a whole cell of a CSV file that means NULL, such as N/A; repeatable.")
    private List<String> nulls = new ArrayList<>();

    @Option(
            names = "--decimal",
            paramLabel = "CHARACTER",
            order = 18,
            description = "Decimal separator of numbers in a CSV file: a point (default) or a comma.")
    private String decimal;

    @Option(
            names = "--thousands",
            paramLabel = "CHARACTER",
            order = 18,
            description = "Thousands separator of numbers in a CSV file: a point, a comma, an apostrophe or space "
                    + "(default: none).")
    private String thousands;

    @Option(
            names = "--date-format",
            paramLabel = "FORMAT",
            order = 18,
            description = "Form of dates in a CSV file, such as dd.MM.yyyy or M/d/yyyy (default: yyyy-MM-dd).")
    private String dateFormat;

    @Option(
            names = "--header",
            paramLabel = "yes|no",
            order = 17,
            description = "Whether the first line of a CSV file names the columns; without a header they are column1,"
                    + " column2, ... (default: yes; diff and inspect look at the file).")
    private String header;

    @Option(
            names = "--sheet",
            paramLabel = "NAME",
            order = 17,
            description = "The sheet of an Excel workbook (default: the first that is not hidden).")
    private String sheet;

    /** The sheet of a workbook. */
    public Optional<String> sheet() {
        return Optional.ofNullable(sheet);
    }

    /**
     * Refuses these options where no file is CSV, and types of columns that no file has.
     *
     * @param files the files that are read
     * @throws SnapshotException INVALID_REQUEST if an option has no effect
     */
    public void requireUse(FileTable... files) {
        for (String column : types().keySet()) {
            if (Arrays.stream(files).anyMatch(file -> file.kind() != TableForm.PARQUET)
                    && Arrays.stream(files).noneMatch(file -> file.typed().contains(column))) {
                throw SnapshotException.invalidRequest("option --type")
                        .actual("a type for '" + column + "'")
                        .expected("a column of a file that is read")
                        .nextStep("correct the name; upper and lower case and blanks count")
                        .build();
            }
        }
        Set<TableForm> forms = Arrays.stream(files).map(FileTable::kind).collect(Collectors.toCollection(TreeSet::new));
        requireUse(forms);
        if (sheet != null && !forms.contains(TableForm.EXCEL)) {
            throw SnapshotException.invalidRequest("option --sheet, and no file is an Excel workbook")
                    .actual("'" + sheet + "'")
                    .expected("a workbook")
                    .nextStep("leave the option out")
                    .build();
        }
    }

    /**
     * Refuses these options where the source of a dataset is no CSV file.
     *
     * @throws SnapshotException INVALID_REQUEST if an option has no effect
     */
    void requireUse(SourceSection source) {
        if (source instanceof SourceSection.Excel) {
            requireUse(Set.of(TableForm.EXCEL));
        } else if (source instanceof SourceSection.JsonLines) {
            requireUse(Set.of(TableForm.JSON_LINES));
        } else if (source instanceof SourceSection.Parquet && types.isEmpty()) {
            // Types of a Parquet file are refused where its columns are known.
            requireUse(Set.of(TableForm.PARQUET));
        }
    }

    private void requireUse(Set<TableForm> forms) {
        boolean form = !ofCsvAlone(forms).equals(CsvSection.DEFAULT) && !forms.contains(TableForm.CSV);
        if (form || !types.isEmpty() && !takesTypes(forms)) {
            throw SnapshotException.invalidRequest("options for CSV files, and no file is CSV")
                    .actual(forms.stream().map(TableForm::title).collect(Collectors.joining(" and ")))
                    .expected("--separator, --quote, --encoding, --header, --decimal, --thousands and --date-format"
                            + " with CSV alone, --empty also with Excel, --null and --type with any file but"
                            + " Parquet")
                    .nextStep("leave these options out")
                    .build();
        }
    }

    /** The given form without the parts that other files than CSV have too. */
    private CsvSection ofCsvAlone(Set<TableForm> forms) {
        CsvSection given = section();
        CsvSection.Spelling spelling = given.spelling();
        return new CsvSection(
                given.separator(),
                given.quote(),
                // A sheet has empty cells as well.
                forms.contains(TableForm.EXCEL) ? Optional.empty() : given.empty(),
                given.encoding(),
                new CsvSection.Spelling(
                        takesTypes(forms) ? Set.of() : spelling.nulls(),
                        spelling.decimal(),
                        spelling.thousands(),
                        spelling.dateFormat()),
                given.header());
    }

    private static boolean takesTypes(Set<TableForm> forms) {
        return forms.stream().anyMatch(form -> form != TableForm.PARQUET);
    }

    /**
     * All that is given about files.
     *
     * @param renames the other names that columns get later
     */
    public FileTable.Given given(ColumnRenames renames) {
        return new FileTable.Given(section(), sheet(), types(), defaultType(), renames);
    }

    /** The form of the file; values that are not given are empty. */
    public CsvSection section() {
        return new CsvSection(
                character("--separator", separator),
                character("--quote", quote),
                Optional.ofNullable(empty).map(text -> Choices.ofOption("--empty", CsvSection.EmptyCell.class, text)),
                encoding(),
                spelling(),
                Optional.ofNullable(header).map(text -> Choices.ofOption("--header", CsvSection.Header.class, text)));
    }

    private CsvSection.Spelling spelling() {
        CsvSection.Spelling spelling = new CsvSection.Spelling(
                new LinkedHashSet<>(nulls),
                character("--decimal", decimal),
                character("--thousands", thousands),
                Optional.ofNullable(dateFormat));
        // Wrong values are refused before a file is read. A dataset's definition may name the other separator.
        CsvValues dates = CsvValues.DEFAULT;
        if (dateFormat != null) {
            dates = dates.withDateFormat(dateFormat);
        }
        char other = spelling.thousands().filter(c -> c == '.').isPresent() ? ',' : '.';
        dates.withNumbers(spelling.decimal().orElse(other), spelling.thousands());
        return spelling;
    }

    /** The types of columns that are named. */
    public Map<String, ColumnType> types() {
        Map<String, ColumnType> named = parsedTypes();
        named.remove(ANY_COLUMN);
        return named;
    }

    /** The type of all other columns. */
    public Optional<ColumnType> defaultType() {
        return Optional.ofNullable(parsedTypes().get(ANY_COLUMN));
    }

    private Map<String, ColumnType> parsedTypes() {
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
        if (text.equalsIgnoreCase("space")) {
            return Optional.of(' ');
        }
        if (text.length() != 1) {
            throw invalid(option, text, "one character, tab or space");
        }
        return Optional.of(text.charAt(0));
    }

    private Optional<Charset> encoding() {
        return Optional.ofNullable(encoding)
                .map(name -> CsvSection.encoding(name)
                        .orElseThrow(() ->
                                invalid("--encoding", name, "the name of an encoding, such as utf-8 or windows-1252")));
    }

    private static SnapshotException invalid(String option, String actual, String expected) {
        return SnapshotException.invalidRequest("option " + option)
                .actual("'" + actual + "'")
                .expected(expected)
                .build();
    }
}
