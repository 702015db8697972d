package io.hybridsnapshot.csv;

import de.siegmar.fastcsv.reader.CsvCallbackHandler;
import de.siegmar.fastcsv.reader.RecordType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the records of a CSV file from the parser as ranges of its buffer. The first record is the header. For each of
 * the others, {@link #cell} receives every field and {@link #row} the end. In a table of one column, a blank line is a
 * row with one empty cell; in other tables, it cannot be a row and is ignored. A hot path: no object per cell or row.
 * For one thread.
 */
abstract class RecordHandler extends CsvCallbackHandler<Boolean> {
    private static final char[] NOTHING = new char[0];

    private final CsvErrors errors;
    private final List<String> header = new ArrayList<>();

    /** The number of columns in the header; 0 until it was read. */
    private int width;

    private int fields;
    private boolean blank;
    private long headerChars;

    /**
     * The number of fields of a row with too few, or -1. At that point it is not yet known whether the file ends there.
     */
    private int shortRow = -1;

    // The parser's own count of lines takes a lone CR in a quoted field and an LF some way behind it for one break, so
    // lines are
    // counted here.
    private long line;
    private long nextLine = 1;
    private int breaks;

    RecordHandler(CsvErrors errors) {
        this.errors = errors;
    }

    /** A field of a row, which starts on {@link #line}; the range is valid during the call. */
    abstract void cell(int field, char[] buffer, int offset, int length, boolean quoted);

    /** All fields of a row were given. */
    abstract void row();

    /** The names of the columns, once the first record was read. */
    final List<String> header() {
        return header;
    }

    /** The physical line, from 1, on which the current record starts. */
    final long line() {
        return line;
    }

    @Override
    protected final RecordType getRecordType() {
        return RecordType.DATA;
    }

    @Override
    protected final int getFieldCount() {
        return fields;
    }

    @Override
    protected final void beginRecord(long startingLineNumber) {
        line = nextLine;
        breaks = 0;
        fields = 0;
        blank = false;
    }

    @Override
    protected final void addField(char[] buffer, int offset, int length, boolean quoted) {
        if (length > CsvPass.MAX_FIELD_CHARS) {
            throw errors.fieldTooLong(line);
        }
        int field = fields++;
        if (quoted) {
            breaks += lineBreaks(buffer, offset, length);
        }
        if (field < width) {
            cell(field, buffer, offset, length, quoted);
        } else if (width == 0) {
            nameOfColumn(buffer, offset, length);
        }
    }

    @Override
    protected final void setEmpty() {
        if (width == 1) {
            addField(NOTHING, 0, 0, false);
        } else {
            blank = true;
        }
    }

    @Override
    protected final void setComment(char[] buffer, int offset, int length) {
        throw new IllegalStateException("comments are off");
    }

    /** Returns null for a record that must not be handed on, as the parser demands. */
    @Override
    protected final @Nullable Boolean buildRecord() {
        nextLine = line + 1 + breaks;
        if (blank) {
            return null;
        }
        if (width == 0) {
            width = fields;
        } else if (fields == width) {
            row();
        } else if (fields < width) {
            shortRow = fields;
        } else {
            throw errors.ragged(line, fields, width);
        }
        return Boolean.TRUE;
    }

    /** The number of fields of the current row if it has too few, which the caller has to refuse; else -1. */
    final int shortRow() {
        return shortRow;
    }

    /** A file of another kind may be one endless header, so it is limited while it is read. */
    private void nameOfColumn(char[] buffer, int offset, int length) {
        headerChars += length;
        if (header.size() == CsvPass.MAX_COLUMNS) {
            throw errors.tooManyColumns(line);
        }
        if (headerChars > CsvPass.MAX_HEADER_CHARS) {
            throw errors.headerTooLong(line);
        }
        header.add(new String(buffer, offset, length));
    }

    private static int lineBreaks(char[] buffer, int offset, int length) {
        int count = 0;
        for (int i = offset, end = offset + length; i < end; i++) {
            char c = buffer[i];
            if (c <= '\r' && (c == '\r' || c == '\n' && (i == offset || buffer[i - 1] != '\r'))) {
                count++;
            }
        }
        return count;
    }
}
