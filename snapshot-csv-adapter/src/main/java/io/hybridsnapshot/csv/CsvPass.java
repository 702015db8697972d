package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * One pass over a CSV file: the header, then blocks of cells for a reader. Throws {@link CsvErrors} only. For one
 * thread; closed by its maker.
 */
final class CsvPass implements CellPass {
    static final int MAX_HEADER_CHARS = 1 << 20;

    private static final String NUMBERED = "column";

    private final CsvTable table;
    private final CsvErrors errors;
    private final CsvFormat format;
    private final AtomicLong position = new AtomicLong();
    private final Utf8Bytes bytes;
    private final NullTexts nullTexts;
    private final List<String> header = new ArrayList<>();
    private CellScanner scanner;
    private long headerLine;

    CsvPass(CsvTable table) {
        this.table = table;
        this.errors = new CsvErrors(table);
        this.format = table.format();
        this.nullTexts = new NullTexts(format.values().nullTexts());
        this.bytes = new Utf8Bytes(table.file().open(position), CellBlock.BLOCK_BYTES);
        this.scanner = CellScanner.ofHeader(bytes, format, MAX_COLUMNS + 1);
        errors.read(bytes, header);
    }

    @Override
    public CellErrors errors() {
        return errors;
    }

    @Override
    public List<String> readHeader() {
        if (table.columns().isPresent()) {
            List<String> given = table.columns().get();
            header.addAll(given.isEmpty() ? numbered() : given);
            headerLine = 1;
        } else {
            readFirstRecord(errors::noHeader);
            requireNames();
        }
        scanner = scanner.rows(format, header.size());
        return header;
    }

    /** The names of the columns of a file without a header. */
    private List<String> numbered() {
        if (!table.isRepeatable()) {
            throw errors.countedTwice();
        }
        try (CsvPass counting = new CsvPass(table)) {
            counting.readFirstRecord(errors::noRow);
            List<String> names = new ArrayList<>();
            while (names.size() < counting.header.size()) {
                names.add(NUMBERED + (names.size() + 1));
            }
            return names;
        }
    }

    /** Reads the first record, whatever its cells are. */
    private void readFirstRecord(Supplier<SnapshotException> empty) {
        long chars = 0;
        do {
            if (!scan(1)) {
                throw empty.get();
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
        headerLine = scanner.lines[0];
    }

    private void requireNames() {
        long line = headerLine;
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
    }

    @Override
    public long headerLine() {
        return headerLine;
    }

    @Override
    public boolean advance(int maxRows, CellReader reader) {
        if (!scan(maxRows)) {
            return false;
        }
        nullTexts.mark(scanner);
        reader.read(scanner);
        refuseFault();
        return true;
    }

    @Override
    public long position() {
        return position.get();
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

    @Override
    public String place(long line) {
        return "line " + line;
    }

    /** A row that was cut within its last cell has all its fields, so the missing line end is all there is to see. */
    @Override
    public Optional<String> remark() {
        return bytes.endsWithLineBreak()
                ? Optional.empty()
                : Optional.of(
                        "the last line of the file has no line end: check that the file was not cut in its last cell");
    }

    @Override
    public void close() {
        try {
            bytes.close();
        } catch (IOException e) {
            throw errors.failure(e);
        }
    }
}
