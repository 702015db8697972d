package io.hybridsnapshot.csv;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One pass over a CSV file: drives the parser, which fills the handler. Throws {@link CsvErrors} only. One thread; closed by its maker. */
final class CsvPass implements AutoCloseable {
    /** A longer field is taken for a quote that is never closed; the parser buffers a field as a whole. */
    static final int MAX_FIELD_CHARS = 64 << 20;

    private final CsvErrors errors;
    private final RecordHandler handler;
    private final CsvReader<Boolean> reader;
    private final CloseableIterator<Boolean> records;

    CsvPass(CsvErrors errors, CsvFormat format, RecordHandler handler) {
        this.errors = errors;
        this.handler = handler;
        this.reader = CsvReader.builder()
                .fieldSeparator(format.separator())
                .quoteCharacter(format.quote())
                .commentStrategy(CommentStrategy.NONE)
                .skipEmptyLines(false)
                // The handler counts the fields itself: it names file and line.
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .maxBufferSize(MAX_FIELD_CHARS)
                .build(handler, new Utf8Reader(errors.file().open()));
        this.records = reader.iterator();
    }

    /** Reads the header, whose names are then known to be there and to be unique. */
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
            if (records.hasNext()) {
                records.next();
                return true;
            }
            return false;
        } catch (RuntimeException e) {
            throw errors.translated(e, handler.line());
        }
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
