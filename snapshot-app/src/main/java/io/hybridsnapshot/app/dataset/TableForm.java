package io.hybridsnapshot.app.dataset;

import io.hybridsnapshot.csv.Compression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The forms of a table in a file. */
public enum TableForm {
    /** Delimited text, also in a compression. */
    CSV("CSV"),
    /** One JSON object a line, also in a compression. */
    JSON_LINES("JSON lines"),
    /** A sheet of a workbook. */
    EXCEL("Excel"),
    /** Parquet. */
    PARQUET("Parquet");

    /** The names of files that can be read, for messages. */
    static final String NAMES =
            "a name that ends in .csv, .tsv or .jsonl (also .gz, .zst or .zip behind it), .xlsx or" + " .parquet";

    private static final String COMPRESSED = "(\\.(gz|zst|zip))?";
    private static final String TABS = ".*\\.tsv" + COMPRESSED;

    private final String title;

    TableForm(String title) {
        this.title = title;
    }

    /** The name of the form, for messages. */
    public String title() {
        return title;
    }

    /** The form that a file's name indicates; empty: none. */
    public static Optional<TableForm> ofName(Path file) {
        return ofName(file.toString());
    }

    private static Optional<TableForm> ofName(String file) {
        String name = file.toLowerCase(Locale.ROOT);
        if (name.matches(".*\\.(csv|tsv)" + COMPRESSED)) {
            return Optional.of(CSV);
        }
        if (name.matches(".*\\.(jsonl|ndjson)" + COMPRESSED)) {
            return Optional.of(JSON_LINES);
        }
        if (name.matches(".*\\.xls[xm]")) {
            return Optional.of(EXCEL);
        }
        return name.endsWith(".parquet") ? Optional.of(PARQUET) : Optional.empty();
    }

    /** The form that the only member of a ZIP archive has by its name. */
    static Optional<TableForm> ofMember(Path file) {
        return member(file).flatMap(TableForm::ofName).filter(TableForm::isText);
    }

    /** The name of the only member of a ZIP archive. */
    private static Optional<String> member(Path file) {
        if (!name(file).endsWith(".zip") || !Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            List<String> members = Compression.of(file) == Compression.ZIP ? Compression.members(file) : List.of();
            return members.size() == 1 ? Optional.of(members.get(0)) : Optional.empty();
        } catch (IOException e) {
            // The reader of the file reports why it cannot be read.
            return Optional.empty();
        }
    }

    /** Whether files of this form are text. */
    boolean isText() {
        return this == CSV || this == JSON_LINES;
    }

    /** Whether the name is that of a CSV file with tabs, or of a ZIP archive with such a file. */
    static boolean hasTabs(Path file) {
        return name(file).matches(TABS)
                || ofName(file).isEmpty()
                        && member(file)
                                .filter(name -> name.toLowerCase(Locale.ROOT).matches(TABS))
                                .isPresent();
    }

    private static String name(Path file) {
        return file.toString().toLowerCase(Locale.ROOT);
    }
}
