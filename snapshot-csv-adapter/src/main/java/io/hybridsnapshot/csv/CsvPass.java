package io.hybridsnapshot.csv;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One pass over a CSV file: drives the parser, which fills the handler. Throws {@link CsvErrors} only. For one thread;
 * closed by its maker.
 */
final class CsvPass implements AutoCloseable {
    /** A longer field is taken for an unclosed quote; the parser buffers a whole field. */
    static final int MAX_FIELD_CHARS = 16 << 20;

    /** The parser's buffer holds more than the field: up to as many doubled quotes, and room to read on. */
    private static final int PARSER_ROOM = 1 << 16;

    /** Every column takes memory in each batch and in each row group, independent of its cells. */
    static final int MAX_COLUMNS = 10_000;

    static final int MAX_HEADER_CHARS = 1 << 20;

    /** The most bytes that the cells of one row may take in a batch, next to the preceding row. */
    static final int MAX_ROW_BYTES = 32 << 20;

    private final CsvErrors errors;
    private final RecordHandler handler;
    private final Utf8Reader characters;
    private final CsvReader<Boolean> reader;
    private final CloseableIterator<Boolean> records;

    CsvPass(CsvErrors errors, CsvFormat format, RecordHandler handler) {
        this.errors = errors;
        this.handler = handler;
        this.characters = new Utf8Reader(errors.file().open());
        errors.read(characters, handler.header());
        this.reader = CsvReader.builder()
                .fieldSeparator(format.separator())
                .quoteCharacter(format.quote())
                .commentStrategy(CommentStrategy.NONE)
                .skipEmptyLines(false)
                // The handler counts the fields itself: it names file and line.
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .maxBufferSize(2 * MAX_FIELD_CHARS + PARSER_ROOM)
                .build(handler, characters);
        this.records = reader.iterator();
    }

    /** Reads the header. Its names are then known to exist and to be unique. */
    List<String> readHeader() {
        if (!advance()) {
            throw errors.noHeader();
        }
        List<String> header = handler.header();
        Map<String, Integer> positions = new HashMap<>(header.size() * 2);
        for (int i = 0; i < header.size(); i++) {
            String name = header.get(i);
            if (name.isEmpty()) {
                throw errors.namelessColumn(handler.line(), i);
            }
            Integer earlier = positions.put(name, i);
            if (earlier != null) {
                throw errors.duplicateColumn(handler.line(), name, earlier, i);
            }
        }
        return header;
    }

    /** Reads the next row into the handler; false at the end of the file. */
    boolean advance() {
        try {
            if (!records.hasNext()) {
                return false;
            }
            records.next();
        } catch (RuntimeException e) {
            throw errors.translated(e, handler.line());
        }
        if (handler.shortRow() >= 0) {
            throw tooFewFields();
        }
        return true;
    }

    /** Whether the file ends with a line break; only after {@link #advance} has returned false. */
    boolean endsWithLineBreak() {
        return characters.endsWithLineBreak();
    }

    /** A last row with too few fields and without a line end was truncated. */
    private SnapshotException tooFewFields() {
        long line = handler.line();
        int fields = handler.shortRow();
        int width = handler.header().size();
        boolean last;
        try {
            last = !records.hasNext() && !characters.endsWithLineBreak();
        } catch (RuntimeException e) {
            // More data follows and may have a fault of its own; this row comes first.
            last = false;
        }
        return last ? errors.cutRow(line, fields, width) : errors.ragged(line, fields, width);
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw errors.file().failure(e);
        }
    }
}
