package io.hybridsnapshot.csv;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One pass over a CSV file: the header, then blocks of cells for a reader. Throws {@link CsvErrors} only. For one
 * thread; closed by its maker.
 */
final class CsvPass implements AutoCloseable {
    /** A longer field is taken for an unclosed quote; a whole field is in memory. */
    static final int MAX_FIELD_CHARS = 16 << 20;

    /** Every column takes memory in each batch and in each row group, independent of its cells. */
    static final int MAX_COLUMNS = 10_000;

    static final int MAX_HEADER_CHARS = 1 << 20;

    /** The most bytes that the cells of one row may take in a batch, next to the preceding row. */
    static final int MAX_ROW_BYTES = 32 << 20;

    private final CsvErrors errors;
    private final CsvFormat format;
    private final Utf8Bytes bytes;
    private final NullTexts nullTexts;
    private final List<String> header = new ArrayList<>();
    private CellScanner scanner;
    private long headerLine;

    CsvPass(CsvErrors errors, CsvFormat format) {
        this.errors = errors;
        this.format = format;
        this.nullTexts = new NullTexts(format.values().nullTexts());
        this.bytes = new Utf8Bytes(errors.file().open(), CellScanner.BLOCK_BYTES);
        this.scanner = CellScanner.ofHeader(bytes, format, MAX_COLUMNS + 1);
        errors.read(bytes, header);
    }

    /** Reads the header. Its names are then known to exist and to be unique. */
    List<String> readHeader() {
        long chars = 0;
        do {
            if (!scan(1)) {
                throw errors.noHeader();
            }
            refuseUtf16();
            for (int cell = 0; cell < scanner.cells; cell++) {
                String name = new String(
                        scanner.buffer,
                        scanner.starts[cell],
                        Math.max(0, scanner.lengths[cell]),
                        StandardCharsets.UTF_8);
                chars += name.length();
                if (header.size() == MAX_COLUMNS) {
                    throw errors.tooManyColumns(scanner.lineOf(cell));
                }
                if (chars > MAX_HEADER_CHARS) {
                    throw errors.headerTooLong(scanner.lineOf(cell));
                }
                header.add(name);
            }
            refuseFault();
        } while (scanner.rows == 0);
        long line = scanner.lines[0];
        Map<String, Integer> positions = new HashMap<>(header.size() * 2);
        for (int i = 0; i < header.size(); i++) {
            String name = header.get(i);
            if (name.isEmpty()) {
                throw errors.namelessColumn(line, i);
            }
            Integer earlier = positions.put(name, i);
            if (earlier != null) {
                throw errors.duplicateColumn(line, name, earlier, i);
            }
        }
        headerLine = line;
        scanner = scanner.rows(format, header.size());
        return header;
    }

    /** The line on which the header starts. */
    long headerLine() {
        return headerLine;
    }

    /**
     * Passes the next cells to the reader.
     *
     * @param maxRows the most rows that may end with these cells, at least 1
     * @return false at the end of the file
     */
    boolean advance(int maxRows, CellReader reader) {
        if (!scan(maxRows)) {
            return false;
        }
        nullTexts.mark(scanner);
        reader.read(scanner);
        refuseFault();
        return true;
    }

    /** Passes all cells to the reader. */
    void readAll(CellReader reader) {
        while (advance(CellScanner.BLOCK_CELLS, reader)) {
            // The reader has taken the cells.
        }
    }

    private boolean scan(int maxRows) {
        try {
            return scanner.next(maxRows);
        } catch (IOException e) {
            throw errors.unreadable(e);
        }
    }

    private void refuseUtf16() {
        int zero = bytes.zeroOfUtf16();
        if (zero >= 0) {
            throw errors.unreadable(new MalformedUtf8Exception(zero, 0));
        }
    }

    /** Throws the error about what stands behind the cells of the block. */
    private void refuseFault() {
        long line = scanner.line;
        switch (scanner.fault) {
            case NONE -> {
                return;
            }
            case RAGGED -> throw errors.ragged(line, scanner.fields, header.size());
            case CUT -> throw errors.cutRow(line, scanner.fields, header.size());
            case UNCLOSED_QUOTE -> throw errors.unclosedQuote(line);
            case TEXT_AFTER_QUOTE -> throw errors.textAfterQuote(line);
            case CELL_TOO_LONG -> throw errors.fieldTooLong(line);
        }
    }

    /** Whether the file ends with a line break; only after {@link #advance} has returned false. */
    boolean endsWithLineBreak() {
        return bytes.endsWithLineBreak();
    }

    @Override
    public void close() {
        try {
            bytes.close();
        } catch (IOException e) {
            throw errors.file().failure(e);
        }
    }
}
