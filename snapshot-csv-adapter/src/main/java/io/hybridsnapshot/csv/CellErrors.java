package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.util.Collection;
import java.util.List;

/**
 * The errors of one table of text cells. Each error names the file and the place of the row. The forms of tables add
 * their own. For one thread.
 */
abstract class CellErrors {
    private static final int SHOWN_CHARS = 60;
    private static final int SHOWN_NAMES = 5;
    private static final int SHOWN_NAME_CHARS = 40;

    private final CellTable table;

    CellErrors(CellTable table) {
        this.table = table;
    }

    /** The table, which may be read again. */
    final CellTable table() {
        return table;
    }

    /** The file, as the place in a message. */
    abstract String file();

    /** The place of a row, with the file. */
    abstract String at(long line);

    /** A declared column that the table lacks. */
    abstract SnapshotException unknownDeclaration(long line, String name);

    /** A needed column that the table lacks. */
    abstract SnapshotException missingColumn(long line, String name);

    /** A file that has another number of columns when it is read again. */
    abstract SnapshotException ragged(long line, int actual, int expected);

    SnapshotException rowTooLong(long line) {
        return SnapshotException.invalidRequest("a row is too long")
                .where(at(line))
                .actual("more than " + CellPass.MAX_ROW_BYTES + " bytes")
                .expected("at most " + CellPass.MAX_ROW_BYTES + " bytes of text and binary cells in a row")
                .nextStep("leave the long texts out of the table, for example as files that it names")
                .build();
    }

    SnapshotException wrongCell(long line, String column, String cell, String expected, RemedyText nextStep) {
        return SnapshotException.invalidRequest("a cell is not of its column's type")
                .where(at(line) + ", column '" + cut(column) + "'")
                .actual("'" + cut(cell) + "'")
                .expected(expected)
                .nextStep(nextStep)
                .build();
    }

    SnapshotException wrongCells(Collection<String> columns, RemedyText nextStep) {
        return SnapshotException.invalidRequest(
                        columns.size() == 1
                                ? "cells of 1 column are not of its type"
                                : "cells of " + columns.size() + " columns are not of their columns' types")
                .where(file())
                .actual(columns)
                .expected("cells of those types; of a type that is not declared, in its canonical form")
                .nextStep(nextStep)
                .build();
    }

    SnapshotException readTwice() {
        return SnapshotException.invalidRequest("types cannot be inferred from a stream that is read only once")
                .where(file())
                .expected("a regular file, or a type for every column")
                .nextStep("save the stream to a file first, or {0}", CsvRemedy.TYPES)
                .build();
    }

    /** The form that a cell of a type must have. */
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

    static String names(List<String> header) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(header.size(), SHOWN_NAMES); i++) {
            text.append(i == 0 ? "'" : ", '")
                    .append(cut(header.get(i), SHOWN_NAME_CHARS))
                    .append('\'');
        }
        return header.size() > SHOWN_NAMES ? text + " and " + (header.size() - SHOWN_NAMES) + " more" : text.toString();
    }

    static String cut(String text) {
        return cut(text, SHOWN_CHARS);
    }

    /** A message is one line without control characters. */
    private static String cut(String text, int chars) {
        String shown = text;
        if (shown.length() > chars) {
            int end = Character.isHighSurrogate(shown.charAt(chars - 1)) ? chars - 1 : chars;
            shown = shown.substring(0, end) + "…";
        }
        StringBuilder escaped = new StringBuilder(shown.length());
        for (int i = 0; i < shown.length(); i++) {
            char c = shown.charAt(i);
            switch (c) {
                case '\r' -> escaped.append("\\r");
                case '\n' -> escaped.append("\\n");
                case '\t' -> escaped.append("\\t");
                default ->
                    escaped.append(Character.isISOControl(c) ? String.format("\\u%04X", (int) c) : String.valueOf(c));
            }
        }
        return escaped.toString();
    }
}
