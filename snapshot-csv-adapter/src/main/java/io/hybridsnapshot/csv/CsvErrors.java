package io.hybridsnapshot.csv;

import de.siegmar.fastcsv.reader.CsvParseException;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.NearestName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.OptionalLong;

/** The errors of one CSV file; each names the file and the line on which the record starts. Immutable. */
record CsvErrors(CsvFile file) {
    private static final int SHOWN_CHARS = 60;

    SnapshotException noHeader() {
        return SnapshotException.invalidRequest("the CSV file has no header")
                .where("file " + file.name())
                .actual("an empty file")
                .expected("a first line with the names of the columns")
                .build();
    }

    SnapshotException namelessColumn(long line, int column) {
        return SnapshotException.invalidRequest("a column of the header has no name")
                .where(at(line) + ", column " + (column + 1))
                .expected("every column to be named")
                .nextStep("name the column, or check the separator")
                .build();
    }

    SnapshotException duplicateColumn(long line, String name, int first, int second) {
        return SnapshotException.invalidRequest("two columns of the header have one name")
                .where(at(line) + ", columns " + (first + 1) + " and " + (second + 1))
                .actual("'" + cut(name) + "' twice")
                .expected("every column name once")
                .nextStep("rename one of them")
                .build();
    }

    SnapshotException unknownDeclaration(long line, String name, List<String> header) {
        return SnapshotException.invalidRequest("a declared column is not in the header")
                .where(at(line))
                .actual("no '" + name + "'")
                .expected(NearestName.among(header, name)
                        .map(nearest -> "every declared column (did you mean '" + nearest + "'?)")
                        .orElse("every declared column"))
                .nextStep("correct the name in the dataset's types, or remove it there")
                .build();
    }

    SnapshotException ragged(long line, int actual, int expected) {
        return SnapshotException.invalidRequest("a row has too " + (actual < expected ? "few" : "many") + " fields")
                .where(at(line))
                .actual(actual + (actual == 1 ? " field" : " fields"))
                .expected(expected + ", as in the header")
                .nextStep("correct the row: a text with a separator, a quote or a line break has to be quoted")
                .build();
    }

    SnapshotException wrongCell(long line, String column, String cell, String expected, String declaration) {
        return SnapshotException.invalidRequest("a cell is not of its column's type")
                .where(at(line) + ", column '" + cut(column) + "'")
                .actual("'" + cut(cell) + "'")
                .expected(expected)
                .nextStep("declare the column " + declaration + " in the dataset, or correct the cell")
                .build();
    }

    SnapshotException readTwice() {
        return SnapshotException.invalidRequest("types cannot be inferred from a stream that is read only once")
                .where("file " + file.name())
                .expected("a regular file, or a type for every column")
                .nextStep("save the stream to a file first, or declare a default type")
                .build();
    }

    /** The error for what the parser threw while it was in the record that starts on this line. */
    SnapshotException translated(RuntimeException thrown, long line) {
        Throwable cause = thrown.getCause();
        if (cause instanceof SnapshotException known) {
            return known;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        if (thrown instanceof UncheckedIOException && cause instanceof MalformedUtf8Exception malformed) {
            return malformed(malformed);
        }
        if (thrown instanceof UncheckedIOException && cause instanceof IOException io) {
            return file.failure(io);
        }
        if (!(thrown instanceof CsvParseException) || cause != null) {
            throw thrown;
        }
        // The library tells its complaints apart by their texts alone; the tests hold these against it.
        String complaint = String.valueOf(thrown.getMessage());
        SnapshotException.Builder error;
        if (complaint.startsWith("Unclosed quoted field")) {
            error = SnapshotException.invalidRequest("a quote is never closed")
                    .actual("the end of the file within quotes")
                    .expected("a closing quote")
                    .nextStep("close the quote; a quote within quotes has to be doubled");
        } else if (complaint.startsWith("Unexpected character after closing quote")) {
            error = SnapshotException.invalidRequest("text stands after a closing quote")
                    .expected("a separator or a line break")
                    .nextStep("double the quotes within quotes, or remove the text");
        } else if (complaint.startsWith("The maximum buffer size")) {
            error = SnapshotException.invalidRequest("a field is too long")
                    .actual("more than " + CsvPass.MAX_FIELD_CHARS + " characters")
                    .expected("shorter fields")
                    .nextStep("look for a quote that is never closed");
        } else {
            error = SnapshotException.invalidRequest("the CSV file is not well-formed")
                    .actual(complaint);
        }
        return error.where(at(line)).cause(thrown).build();
    }

    private SnapshotException malformed(MalformedUtf8Exception e) {
        OptionalLong line = file.lineOf(e.offset());
        return SnapshotException.invalidRequest("the CSV file is not UTF-8")
                .where(line.isPresent() ? at(line.getAsLong()) : "file " + file.name())
                .actual(String.format("byte 0x%02X at offset %d", e.firstByte(), e.offset()))
                .expected("UTF-8")
                .nextStep("convert the file to UTF-8")
                .cause(e)
                .build();
    }

    /** What a cell of a type has to look like. */
    static String form(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> "boolean (true or false)";
            case INT8 -> "int8 (" + Byte.MIN_VALUE + " to " + Byte.MAX_VALUE + ")";
            case INT16 -> "int16 (" + Short.MIN_VALUE + " to " + Short.MAX_VALUE + ")";
            case INT32 -> "int32 (" + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE + ")";
            case INT64 -> "int64 (" + Long.MIN_VALUE + " to " + Long.MAX_VALUE + ")";
            case DECIMAL ->
                type + " (up to " + (type.precision() - type.scale()) + " digits before the point and " + type.scale()
                        + " after it)";
            case FLOAT32, FLOAT64 -> type + " (a number within its range)";
            case TEXT -> "text";
            case BINARY -> "binary (pairs of hex digits)";
            case DATE -> "date (YYYY-MM-DD)";
            case TIME -> type + " (HH:MM:SS)";
            case TIMESTAMP -> type + " (YYYY-MM-DD HH:MM:SS)";
            case INSTANT -> type + " (YYYY-MM-DDTHH:MM:SSZ)";
            case UUID -> "uuid (8-4-4-4-12 hex digits)";
        };
    }

    private String at(long line) {
        return "file " + file.name() + ", line " + line;
    }

    private static String cut(String text) {
        String shown = text;
        if (shown.length() > SHOWN_CHARS) {
            int end = Character.isHighSurrogate(shown.charAt(SHOWN_CHARS - 1)) ? SHOWN_CHARS - 1 : SHOWN_CHARS;
            shown = shown.substring(0, end) + "…";
        }
        // A message is one line.
        return shown.replace("\r", "\\r").replace("\n", "\\n");
    }
}
