package io.hybridsnapshot.csv;

import de.siegmar.fastcsv.reader.CsvCallbackHandler;
import de.siegmar.fastcsv.reader.RecordType;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes the records of a CSV file from the parser as ranges of its buffer. The first one is the header; of the others, {@link
 * #cell} gets every field and {@link #row} the end. A blank line is a row with one empty cell where the table has one column; elsewhere
 * it cannot be a row and is passed over. A hot path: no object is made a cell or a row. One thread.
 */
abstract class RecordHandler extends CsvCallbackHandler<Boolean> {
    private static final char[] NOTHING = new char[0];

    private final CsvErrors errors;
    private final List<String> header = new ArrayList<>();

    /** How many columns the header has; 0 until it was read. */
    private int width;

    private int fields;
    private boolean blank;
    private long headerChars;

    /** The number of fields of a row that has too few; -1 where there is none. Whether the file ends there is not known yet. */
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

    /** Returns null, as the parser asks, for what is not to be handed on. */
    @Override
    protected final Boolean buildRecord() {
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
