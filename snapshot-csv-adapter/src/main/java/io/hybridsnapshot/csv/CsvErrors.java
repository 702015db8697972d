package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The errors of one CSV file. Each error names the file and the line on which the record starts. If a wrong separator
 * may be the reason, the error shows the header as it was read. For one thread.
 */
final class CsvErrors extends CellErrors {
    private final CsvFile file;
    private final CsvFormat format;

    /** The words for where the number of columns is from. */
    private final String counted;

    private @Nullable Utf8Bytes bytes;
    private List<String> header = List.of();

    CsvErrors(CsvTable table) {
        super(table);
        this.file = table.file();
        this.format = table.format();
        this.counted = table.columns().isEmpty()
                ? ", as in the header: "
                : table.columns().get().isEmpty() ? ", as in the first row: " : ", one for each column: ";
    }

    /**
     * Registers the reader, so that errors can show the start of the file; {@code names} fills while the header is
     * read.
     */
    void read(Utf8Bytes in, List<String> names) {
        bytes = in;
        header = names;
    }

    /** Translates a failure to close the file. */
    SnapshotException failure(IOException e) {
        return file.failure(e);
    }

    @Override
    String file() {
        return file.place();
    }

    @Override
    String at(long line) {
        return file() + ", line " + line;
    }

    SnapshotException countedTwice() {
        return SnapshotException.invalidRequest("the columns of a stream without a header cannot be counted")
                .where(file())
                .actual("a stream that is read only once")
                .expected("a regular file, which is opened twice")
                .nextStep("save the stream to a file first")
                .build();
    }

    SnapshotException noHeader() {
        return SnapshotException.invalidRequest("the CSV file has no header")
                .where(file())
                .actual("an empty file")
                .expected("a first line with the names of the columns")
                .build();
    }

    SnapshotException noRow() {
        return SnapshotException.invalidRequest("the CSV file without a header has no row")
                .where(file())
                .actual("an empty file")
                .expected("a first row, which shows the number of columns")
                .build();
    }

    SnapshotException namelessColumn(long line, int column) {
        return SnapshotException.invalidRequest("a column of the header has no name")
                .where(at(line) + ", column " + (column + 1))
                .actual(headerAsRead())
                .expected("a name for every column")
                .nextStep(separatorElse(orNoHeader("name the column")))
                .build();
    }

    SnapshotException duplicateColumn(long line, String name, int first, int second) {
        return SnapshotException.invalidRequest("two columns of the header have one name")
                .where(at(line) + ", columns " + (first + 1) + " and " + (second + 1))
                .actual("'" + cut(name) + "' twice in " + headerAsRead())
                .expected("every column name once")
                .nextStep(separatorElse(orNoHeader("rename one of them")))
                .build();
    }

    @Override
    SnapshotException unknownDeclaration(long line, String name) {
        return missing(
                "a declared column is not in the header",
                line,
                name,
                "every declared column",
                "correct the name in the dataset's types, or remove it there");
    }

    @Override
    SnapshotException missingColumn(long line, String name) {
        return missing(
                "a column that is needed is not in the header",
                line,
                name,
                "every column that the request names",
                "correct the name; upper and lower case and blanks count");
    }

    private SnapshotException missing(String problem, long line, String name, String expected, String nextStep) {
        return SnapshotException.invalidRequest(problem)
                .where(at(line))
                .actual("no '" + cut(name) + "' in " + headerAsRead())
                .expected(NearestName.among(header, name)
                        .map(nearest -> expected + " (did you mean '" + cut(nearest) + "'?)")
                        .orElse(expected))
                .nextStep(separatorElse(nextStep))
                .build();
    }

    SnapshotException tooManyColumns(long line) {
        return SnapshotException.invalidRequest("the header has too many columns")
                .where(at(line))
                .actual("more than " + CellPass.MAX_COLUMNS + " columns, the first of them " + names(header))
                .expected("at most " + CellPass.MAX_COLUMNS)
                .nextStep(separatorElse("split the table, or check whether the file is a table with a header at all"))
                .build();
    }

    SnapshotException headerTooLong(long line) {
        return SnapshotException.invalidRequest("the header is too long")
                .where(at(line))
                .actual("more than " + CsvPass.MAX_HEADER_CHARS + " characters, which start with '" + cut(firstLine())
                        + "'")
                .expected("at most " + CsvPass.MAX_HEADER_CHARS + " characters of column names")
                .nextStep(separatorElse("check whether the file is a table with a header at all"))
                .build();
    }

    SnapshotException fieldTooLong(long line) {
        return SnapshotException.invalidRequest("a field is too long")
                .where(at(line))
                .actual("more than " + CellPass.MAX_FIELD_CHARS + " characters")
                .expected("at most " + CellPass.MAX_FIELD_CHARS)
                .nextStep("check whether a quote is never closed, or leave the long texts out of the table")
                .build();
    }

    SnapshotException cutRow(long line, int actual, int expected) {
        return SnapshotException.invalidRequest("the file ends in the middle of its last row")
                .where(at(line))
                .actual(counted(actual) + " and no line end")
                .expected(expected + counted + names(header))
                .nextStep("copy or make the file again: it seems to be cut")
                .build();
    }

    @Override
    SnapshotException ragged(long line, int actual, int expected) {
        return SnapshotException.invalidRequest("a row has too " + (actual < expected ? "few" : "many") + " fields")
                .where(at(line))
                .actual(counted(actual))
                .expected(expected + counted + names(header))
                .nextStep(separatorElse(
                        "correct the row: a text with a separator, a quote or a line break has to be quoted"))
                .build();
    }

    /** Translates a failure to read the bytes of the file. */
    SnapshotException unreadable(IOException e) {
        return e instanceof MalformedUtf8Exception malformed ? malformed(malformed) : file.failure(e);
    }

    SnapshotException unclosedQuote(long line) {
        return SnapshotException.invalidRequest("a quote is never closed")
                .where(at(line))
                .actual("the end of the file within quotes")
                .expected("a closing quote")
                .nextStep(separatorElse("close the quote, where a quote within quotes is doubled; if the file was cut,"
                        + " copy or make it anew"))
                .build();
    }

    SnapshotException textAfterQuote(long line) {
        return SnapshotException.invalidRequest("text stands after a closing quote")
                .where(at(line))
                .actual(header.isEmpty() ? "a first line '" + cut(firstLine()) + "'" : headerAsRead())
                .expected("a separator " + shown(format.separator()) + " or a line break")
                .nextStep(separatorElse("double the quotes within quotes, or remove the text"))
                .build();
    }

    private SnapshotException malformed(MalformedUtf8Exception e) {
        OptionalLong line = file.lineOf(e.offset());
        return SnapshotException.invalidRequest("the CSV file is not UTF-8")
                .where(line.isPresent() ? at(line.getAsLong()) : file())
                .actual(String.format("byte 0x%02X at offset %d%s", e.firstByte(), e.offset(), e.encoding()))
                .expected("UTF-8")
                .nextStep("{0}, or convert the file to UTF-8", CsvRemedy.ENCODING)
                .cause(e)
                .build();
    }

    private static String counted(int fields) {
        return fields + (fields == 1 ? " field" : " fields");
    }

    private String headerAsRead() {
        return "a header of " + header.size() + (header.size() == 1 ? " column: " : " columns: ") + names(header);
    }

    private String firstLine() {
        return bytes.head().lines().findFirst().orElse("");
    }

    private static RemedyText orNoHeader(String nextStep) {
        return RemedyText.of("{0}; if the file has no header, {1}", nextStep, CsvRemedy.HEADER);
    }

    private RemedyText separatorElse(String nextStep) {
        return separatorElse(RemedyText.plain(nextStep));
    }

    /** Says how to set the separator where another one is likely or the header has but one column. */
    private RemedyText separatorElse(RemedyText nextStep) {
        Optional<Character> guess =
                SeparatorGuess.of(bytes.head(), bytes.isHeadWhole(), format.separator(), format.quote());
        String current = shown(format.separator());
        if (guess.isPresent()) {
            return RemedyText.of(
                    "the separator seems to be {0} and not {1}: {2}", shown(guess.get()), current, CsvRemedy.SEPARATOR);
        }
        return header.size() == 1
                ? RemedyText.of("{0}; if the separator is not {1}, {2}", nextStep, current, CsvRemedy.SEPARATOR)
                : nextStep;
    }

    private static String shown(char delimiter) {
        return delimiter == '\t' ? "a tab" : CsvFormat.shown(delimiter);
    }
}
