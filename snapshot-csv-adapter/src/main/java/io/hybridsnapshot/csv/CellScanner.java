package io.hybridsnapshot.csv;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the cells of a CSV file (RFC 4180 with CR, LF or CRLF), one block at a time. A row that is larger than the
 * buffer comes in several blocks. A blank line is a row with one empty cell in a table of one
 * column, and is ignored in other tables. A hot path: the fields are read directly, and are valid until the next call
 * of {@link #next}. For one thread.
 */
final class CellScanner extends CellBlock {
    /** The most bytes that a cell within the limits takes in the file: three a character, and two quotes. */
    private static final int MAX_CELL_BYTES = 3 * CellPass.MAX_FIELD_CHARS + 2;

    /** More characters are no cell within the limits, even if all of them are doubled quotes. */
    private static final int MAX_RAW_CHARS = 2 * CellPass.MAX_FIELD_CHARS + (1 << 16);

    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final long LOW_BITS = ~HIGH_BITS;

    /** A fault of the file behind the cells of a block. */
    enum Fault {
        NONE,
        /** A row with another number of fields than columns. */
        RAGGED,
        /** A last row with too few fields and without a line end. */
        CUT,
        UNCLOSED_QUOTE,
        TEXT_AFTER_QUOTE,
        CELL_TOO_LONG
    }

    private enum Stop {
        END_OF_BLOCK,
        OUT_OF_BYTES,
        FAULT
    }

    private final Utf8Bytes bytes;
    private final byte separator;
    private final byte quote;
    private final long separators;
    private final long quotes;
    private final boolean isHeader;

    Fault fault = Fault.NONE;

    /** The number of line breaks within quotes in the row that is not ended. */
    private int breaks;

    /** Where the last cell starts that is not ended. */
    private int unfinished;

    /** The cells with doubled quotes, in ascending order. */
    private int[] doubled = new int[16];

    private int doubledCount;

    /** Whether the last row ended with CR at the end of the buffer, so that a following LF belongs to it. */
    private boolean afterReturn;

    /** What is thrown once the cells before were given. */
    private @Nullable IOException broken;

    private CellScanner(Utf8Bytes bytes, CsvFormat format, int width, boolean isHeader, long line) {
        super(width, bytes.buffer, line);
        this.bytes = bytes;
        this.separator = (byte) format.separator();
        this.quote = (byte) format.quote();
        this.separators = ONES * separator;
        this.quotes = ONES * quote;
        this.isHeader = isHeader;
    }

    /** A scanner of the header, the first row of any number of cells. Cells beyond {@code most} are only counted. */
    static CellScanner ofHeader(Utf8Bytes bytes, CsvFormat format, int most) {
        return new CellScanner(bytes, format, most, true, 1);
    }

    /** A scanner of the rows behind the header; a row with more or fewer cells than {@code width} is a fault. */
    CellScanner rows(CsvFormat format, int columns) {
        CellScanner scanner = new CellScanner(bytes, format, columns, false, line);
        scanner.afterReturn = afterReturn;
        return scanner;
    }

    /**
     * Finds the next block.
     *
     * @param maxRows the most rows of the block, at least 1
     * @return whether there is a block; false at the end of the file
     * @throws IOException of the stream, or {@link MalformedUtf8Exception}, once all cells before were given
     */
    boolean next(int maxRows) throws IOException {
        firstField = fields;
        int breaksBefore = breaks;
        int wanted = 1;
        while (true) {
            fields = firstField;
            breaks = breaksBefore;
            Stop stop = scan(maxRows);
            if (stop != Stop.OUT_OF_BYTES || rows > 0) {
                break;
            }
            boolean hasCells = fields > firstField;
            if (hasCells && (broken != null || bytes.isFull())) {
                // The row goes on in the next block.
                bytes.position = unfinished;
                break;
            }
            if (broken != null) {
                throw broken;
            }
            if (bytes.isEnd()) {
                return false;
            }
            if (bytes.isFull() && !grow()) {
                fault = Fault.CELL_TOO_LONG;
                break;
            }
            try {
                bytes.fill(wanted);
            } catch (IOException e) {
                broken = e;
            }
            // A row that is still not whole is scanned again once there is twice as much of it.
            wanted = Math.max(1, bytes.limit);
        }
        joinDoubledQuotes();
        if (buffer.length > CellPass.MAX_FIELD_CHARS) {
            findLongCell();
        }
        return true;
    }

    private Stop scan(int maxRows) {
        byte[] b = buffer = bytes.buffer;
        int limit = bytes.limit;
        int[] cellStarts = starts;
        int[] cellLengths = lengths;
        int p = bytes.position;
        int f = fields;
        int k = 0;
        rows = 0;
        doubledCount = 0;
        if (afterReturn && p < limit) {
            p += b[p] == '\n' ? 1 : 0;
            afterReturn = false;
        }
        int begin = p;
        while (rows < maxRows && k + width <= BLOCK_CELLS && p - begin < BLOCK_BYTES) {
            if (f == 0) {
                if (p == limit) {
                    return stopped(Stop.OUT_OF_BYTES, p, k, 0);
                }
                if (width > 1 && (b[p] == '\n' || b[p] == '\r')) {
                    line++;
                    p = behindLineBreak(b, p, limit);
                    continue;
                }
            }
            int rowStart = p;
            int rowCells = k;
            int start = p;
            int base = p - Long.BYTES;
            long hits = 0;
            int end;
            while (true) {
                while (hits == 0 && (base += Long.BYTES) < limit) {
                    long word = (long) Utf8Bytes.EIGHT_BYTES.get(b, base);
                    long marks = zeros(word ^ separators) & HIGH_BITS;
                    long others = others(word);
                    int count = Long.bitCount(marks);
                    if (others == 0 && f + count <= width && base <= limit - Long.BYTES) {
                        // The usual case: no quote and no line break, and not more separators than there are columns.
                        f += count;
                        while (marks != 0) {
                            int at = base + (Long.numberOfTrailingZeros(marks) >>> 3);
                            marks &= marks - 1;
                            cellStarts[k] = start;
                            cellLengths[k++] = at - start;
                            start = at + 1;
                        }
                    } else {
                        hits = (marks | others) & firstBytes(limit - base);
                    }
                }
                if (hits == 0) {
                    if (!bytes.isEnd()) {
                        unfinished = start;
                        boolean again = rows > 0;
                        breaks = again ? 0 : breaks;
                        return stopped(Stop.OUT_OF_BYTES, rowStart, again ? rowCells : k, again ? 0 : f);
                    }
                    if (f++ < width) {
                        cellStarts[k] = start;
                        cellLengths[k++] = limit - start;
                    }
                    end = limit;
                    break;
                }
                int at = base + (Long.numberOfTrailingZeros(hits) >>> 3);
                hits &= hits - 1;
                byte c = b[at];
                if (c == separator) {
                    if (f++ < width) {
                        cellStarts[k] = start;
                        cellLengths[k++] = at - start;
                    }
                    start = at + 1;
                } else if (c == quote) {
                    if (at > start) {
                        continue;
                    }
                    int closing = closingQuote(b, at + 1, limit, k);
                    int next = closing + 1;
                    if (closing == limit || next == limit && !bytes.isEnd()) {
                        if (bytes.isEnd()) {
                            fault = Fault.UNCLOSED_QUOTE;
                            return stopped(Stop.FAULT, rowStart, k, f);
                        }
                        unfinished = start;
                        boolean again = rows > 0;
                        breaks = again ? 0 : breaks;
                        return stopped(Stop.OUT_OF_BYTES, rowStart, again ? rowCells : k, again ? 0 : f);
                    }
                    boolean isLast = next == limit || b[next] == '\n' || b[next] == '\r';
                    if (!isLast && b[next] != separator) {
                        fault = Fault.TEXT_AFTER_QUOTE;
                        return stopped(Stop.FAULT, rowStart, k, f);
                    }
                    breaks += lineBreaks(b, at + 1, closing);
                    if (f++ < width) {
                        cellStarts[k] = at + 1;
                        cellLengths[k++] = closing == at + 1 ? QUOTED_EMPTY : closing - at - 1;
                    }
                    end = next;
                    if (isLast) {
                        break;
                    }
                    start = next + 1;
                    base = start - Long.BYTES;
                    hits = 0;
                } else if (c == '\n' || c == '\r') {
                    if (f++ < width) {
                        cellStarts[k] = start;
                        cellLengths[k++] = at - start;
                    }
                    end = at;
                    break;
                }
            }
            if (f != width && !isHeader) {
                fault = f < width && end == limit ? Fault.CUT : Fault.RAGGED;
                return stopped(Stop.FAULT, rowStart, k, f);
            }
            lines[rows++] = line;
            line += 1 + breaks;
            breaks = 0;
            f = 0;
            p = end == limit ? limit : behindLineBreak(b, end, limit);
        }
        return stopped(Stop.END_OF_BLOCK, p, k, f);
    }

    private Stop stopped(Stop stop, int position, int cellCount, int fieldCount) {
        bytes.position = position;
        cells = cellCount;
        fields = fieldCount;
        return stop;
    }

    /** Marks each quote and each control character below 0x0E in the highest bit of its byte. */
    private long others(long word) {
        return (zeros(word ^ quotes) | ~((word | HIGH_BITS) - 0x0E * ONES) & ~word) & HIGH_BITS;
    }

    /** The mask of the first bytes of a word. */
    private static long firstBytes(int count) {
        return count >= Long.BYTES ? -1 : (1L << 8 * count) - 1;
    }

    /** Marks each byte that is zero, and no other, in its highest bit; the other bits are arbitrary. */
    private static long zeros(long word) {
        return ~((word & LOW_BITS) + LOW_BITS | word);
    }

    /**
     * Finds the end of a cell in quotes.
     *
     * @param cell the cell's number, which is noted if it has doubled quotes
     * @return the position of the closing quote, or the limit
     */
    private int closingQuote(byte[] b, int from, int limit, int cell) {
        boolean isNoted = false;
        int at = from;
        while (true) {
            at = indexOfQuote(b, at, limit);
            if (at >= limit - 1 || b[at + 1] != quote) {
                return at;
            }
            if (!isNoted) {
                isNoted = true;
                note(cell);
            }
            at += 2;
        }
    }

    private int indexOfQuote(byte[] b, int from, int limit) {
        for (int at = from; at < limit; at += Long.BYTES) {
            long hits = zeros((long) Utf8Bytes.EIGHT_BYTES.get(b, at) ^ quotes) & HIGH_BITS;
            if (hits != 0) {
                return Math.min(limit, at + (Long.numberOfTrailingZeros(hits) >>> 3));
            }
        }
        return limit;
    }

    private void note(int cell) {
        if (doubledCount == doubled.length) {
            doubled = Arrays.copyOf(doubled, 2 * doubled.length);
        }
        doubled[doubledCount++] = cell;
    }

    /** Replaces doubled quotes by one, in place. Not before, because a row may be scanned more than once. */
    private void joinDoubledQuotes() {
        for (int i = 0; i < doubledCount && doubled[i] < cells; i++) {
            int start = starts[doubled[i]];
            int end = start + lengths[doubled[i]];
            int to = start;
            for (int at = start; at < end; at++) {
                buffer[to++] = buffer[at];
                at += buffer[at] == quote ? 1 : 0;
            }
            lengths[doubled[i]] = to - start;
        }
    }

    private int behindLineBreak(byte[] b, int at, int limit) {
        if (b[at] == '\n') {
            return at + 1;
        }
        afterReturn = at + 1 == limit;
        return !afterReturn && b[at + 1] == '\n' ? at + 2 : at + 1;
    }

    private static int lineBreaks(byte[] b, int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            byte c = b[i];
            if (c <= '\r' && (c == '\r' || c == '\n' && (i == from || b[i - 1] != '\r'))) {
                count++;
            }
        }
        return count;
    }

    /** Makes room for a cell that fills the buffer. Returns false if the cell is beyond the limits. */
    private boolean grow() {
        int capacity = bytes.capacity();
        if (capacity > MAX_CELL_BYTES || capacity > MAX_RAW_CHARS && chars(0, bytes.limit) > MAX_RAW_CHARS) {
            return false;
        }
        int most = capacity > MAX_RAW_CHARS ? MAX_CELL_BYTES + BLOCK_BYTES : MAX_RAW_CHARS + 1;
        bytes.grow(Math.min(2 * capacity, most));
        return true;
    }

    /** Ends the block before the first cell that is too long. */
    private void findLongCell() {
        for (int cell = 0; cell < cells; cell++) {
            if (lengths[cell] > CellPass.MAX_FIELD_CHARS
                    && chars(starts[cell], starts[cell] + lengths[cell]) > CellPass.MAX_FIELD_CHARS) {
                fault = Fault.CELL_TOO_LONG;
                line = lineOf(cell);
                rows = Math.min(rows, (firstField + cell) / width);
                cells = cell;
            }
        }
    }

    /** The number of UTF-16 characters of some bytes. */
    private int chars(int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            int b = buffer[i] & 0xFF;
            count += (b & 0xC0) == 0x80 ? 0 : b >= 0xF0 ? 2 : 1;
        }
        return count;
    }
}
