package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.config.Choices;
import io.hybridsnapshot.app.config.CsvSection;
import io.hybridsnapshot.app.config.TypeNames;
import io.hybridsnapshot.app.dataset.FileTable;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The command line's form and types of a CSV file. */
public final class CsvOptions {
    private static final String ANY_COLUMN = "*";

    @Option(
            names = "--type",
            paramLabel = "COLUMN=TYPE",
            order = 13,
            description = "The type of a column of a CSV file, for example 'PRICE=decimal(10,2)'; '*=text' is for "
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
            description = "Meaning of an empty cell of a CSV file: null (default), text, or unquoted-null.")
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

    /**
     * Refuses these options where no file is CSV, and types of columns that no file has.
     *
     * @param files the files that are read
     * @throws SnapshotException INVALID_REQUEST if an option has no effect
     */
    public void requireUse(FileTable... files) {
        for (String column : types().keySet()) {
            if (isCsv(files)
                    && Arrays.stream(files).noneMatch(file -> file.typed().contains(column))) {
                throw SnapshotException.invalidRequest("option --type")
                        .actual("a type for '" + column + "'")
                        .expected("a column of a CSV file that is read")
                        .nextStep("correct the name; upper and lower case and blanks count")
                        .build();
            }
        }
        if (!isCsv(files) && !(types.isEmpty() && section().equals(CsvSection.DEFAULT))) {
            throw SnapshotException.invalidRequest("options for CSV files, and no file is CSV")
                    .actual("Parquet")
                    .expected("options of the form of a CSV file, such as --type or --separator, with a CSV file alone")
                    .nextStep("leave these options out")
                    .build();
        }
    }

    private static boolean isCsv(FileTable... files) {
        return Arrays.stream(files).anyMatch(FileTable::isCsv);
    }

    /** The form of the file; values that are not given are empty. */
    public CsvSection section() {
        return new CsvSection(
                character("--separator", separator),
                character("--quote", quote),
                Optional.ofNullable(empty).map(text -> Choices.ofOption("--empty", CsvSection.EmptyCell.class, text)),
                encoding(),
                spelling());
    }

    private CsvSection.Spelling spelling() {
        CsvSection.Spelling spelling = new CsvSection.Spelling(
                new LinkedHashSet<>(nulls),
                character("--decimal", decimal),
                character("--thousands", thousands),
                Optional.ofNullable(dateFormat));
        // Wrong values are refused before a file is read.
        spelling.values();
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
