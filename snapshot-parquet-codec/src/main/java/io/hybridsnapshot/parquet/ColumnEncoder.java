package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.schema.Column;
import java.io.IOException;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/**
 * Encodes one column's vectors into pages. A row group starts with a dictionary. The encoder drops the dictionary if
 * the values alone would take fewer bytes. It checks this after a sample of the values, and again at the end of the
 * first page. Later, a dictionary is dropped only if it grows beyond the size that readers like to hold; the pages
 * written so far keep it. A hot path: arrays, no object per cell; for one thread.
 */
abstract class ColumnEncoder {
    /** A page ends when its values take about this many bytes. */
    static final int PAGE_BYTES = 1 << 20;

    /** The approximate number of rows per page, so that a reader of few rows decodes few others. */
    static final int PAGE_ROWS = 1 << 15;

    private static final int SAMPLE_VALUES = 1 << 11;
    private static final int MAX_DICTIONARY_BYTES = 1 << 20;

    private final Column column;
    private final PrimitiveType type;
    private final Bytes page;
    private final Bytes plain = new Bytes(64);
    private @Nullable PageWriter pages;

    private long[] present = new long[64];
    private int rows;
    private int values;
    private int[] ids = new int[64];

    private boolean dictionaryOpen;
    private boolean sampled;
    private int dictionaryPages;
    private long chunkValues;
    private long chunkPlainBytes;
    private long writtenBytes;

    /** @param page the buffer in which all encoders of a file build their pages, one after the other */
    ColumnEncoder(Column column, PrimitiveType type, Bytes page) {
        this.column = column;
        this.type = type;
        this.page = page;
    }

    /** Starts a row group's chunk of this column. */
    final void startChunk(PageWriter writer) {
        pages = writer;
        dictionaryOpen = usesDictionary();
        sampled = false;
        dictionaryPages = 0;
        chunkValues = 0;
        chunkPlainBytes = 0;
        writtenBytes = 0;
        clearDictionary();
    }

    /**
     * Appends the rows {@code [from, to)} of a vector; {@code firstRow} is the ordinal in the file of the row
     * {@code from}.
     */
    final void append(ColumnVector vector, int from, int to, long firstRow) throws IOException {
        int needed = rows + to - from;
        if (needed > present.length << 6) {
            present = Arrays.copyOf(present, Math.max(present.length * 2, (needed + 63) >>> 6));
        }
        if (values + to - from > ids.length && dictionaryOpen) {
            ids = Arrays.copyOf(ids, Math.max(ids.length * 2, values + to - from));
        }
        encode(vector, from, to, firstRow);
        if (dictionaryOpen) {
            if (!sampled && chunkValues >= SAMPLE_VALUES) {
                sampled = true;
                reconsiderDictionary();
            }
            if (dictionaryOpen && dictionaryBytes() > MAX_DICTIONARY_BYTES) {
                if (dictionaryPays()) {
                    endPage();
                    dictionaryOpen = false;
                } else {
                    reconsiderDictionary();
                }
            }
        }
        if (rows >= PAGE_ROWS || plain.length() >= PAGE_BYTES) {
            endPage();
        }
    }

    /** Writes the rest of the row group's chunk. */
    final void endChunk() throws IOException {
        if (rows > 0) {
            endPage();
        }
        if (dictionaryPages > 0) {
            page.clear();
            writeDictionary(page);
            pages.writeDictionaryPage(new DictionaryPage(
                    BytesInput.from(page.array(), 0, page.length()), dictionarySize(), Encoding.PLAIN));
        }
        plain.shrink(2 * PAGE_BYTES);
    }

    /** The approximate bytes of the chunk's pages before compression, the open page included. */
    final long chunkBytes() {
        long open = dictionaryOpen ? idBytes(values) : plain.length();
        return writtenBytes + open + (dictionaryOpen || dictionaryPages > 0 ? dictionaryBytes() : 0) + (rows >> 3);
    }

    final Column column() {
        return column;
    }

    final PrimitiveType type() {
        return type;
    }

    /** The values of the open page as Parquet's PLAIN encoding has them; for the encoder of the values. */
    final Bytes plain() {
        return plain;
    }

    final boolean dictionaryOpen() {
        return dictionaryOpen;
    }

    final void appendNull() {
        rows++;
    }

    /** Appends a value of the dictionary; {@code plainBytes} is its size without a dictionary. */
    final void appendId(int id, int plainBytes) {
        markPresent();
        ids[values++] = id;
        chunkPlainBytes += plainBytes;
        chunkValues++;
    }

    /** Says that a row's value was put into {@link #plain}. */
    final void appendPlain() {
        markPresent();
        values++;
    }

    private void markPresent() {
        present[rows >>> 6] |= 1L << rows;
        rows++;
    }

    /** Ends the open page; the next row starts another. */
    final void endPage() throws IOException {
        if (dictionaryOpen && dictionaryPages == 0) {
            reconsiderDictionary();
        }
        page.clear();
        page.putInt(0);
        HybridRuns.writeBits(present, rows, page);
        page.setInt(0, page.length() - Integer.BYTES);
        boolean inDictionary = dictionaryOpen && values > 0;
        if (inDictionary) {
            int width = HybridRuns.widthOf(dictionarySize() - 1);
            page.putByte(width);
            HybridRuns.write(ids, values, width, page);
            dictionaryPages++;
        } else {
            page.put(plain.array(), 0, plain.length());
        }
        Statistics.Builder builder = Statistics.getBuilderForReading(type);
        boolean ordered = values == 0 || (inDictionary ? bounds(ids, values, builder) : bounds(plain, builder));
        // Without bounds, the column index would take the page for one that holds only NULLs. The chunk then gets no
        // statistics.
        Statistics<?> statistics = ordered
                ? builder.withNumNulls(rows - values).build()
                : Statistics.getBuilderForReading(type).build();
        pages.writePage(
                BytesInput.from(page.array(), 0, page.length()),
                rows,
                rows,
                statistics,
                Encoding.RLE,
                Encoding.RLE,
                inDictionary ? Encoding.RLE_DICTIONARY : Encoding.PLAIN);
        writtenBytes += page.length();
        page.shrink(4 * PAGE_BYTES);
        Arrays.fill(present, 0, (rows + 63) >>> 6, 0);
        plain.clear();
        plain.shrink(2 * PAGE_BYTES);
        rows = 0;
        values = 0;
    }

    /** Gives the dictionary up if it does not pay and no page needs it. */
    private void reconsiderDictionary() {
        if (dictionaryPages == 0 && !dictionaryPays()) {
            for (int i = 0; i < values; i++) {
                putPlain(ids[i], plain);
            }
            dictionaryOpen = false;
            clearDictionary();
        }
    }

    private boolean dictionaryPays() {
        return dictionaryBytes() + idBytes(chunkValues) < chunkPlainBytes;
    }

    private long idBytes(long count) {
        return count * HybridRuns.widthOf(Math.max(dictionarySize() - 1, 0)) >> 3;
    }

    /** Whether values of this type are worth a dictionary at all. */
    abstract boolean usesDictionary();

    /** Appends the rows to {@link #plain}, or to the dictionary while it is open. */
    abstract void encode(ColumnVector vector, int from, int to, long firstRow) throws IOException;

    abstract int dictionarySize();

    /** The bytes of the dictionary's page. */
    abstract long dictionaryBytes();

    abstract void clearDictionary();

    abstract void writeDictionary(Bytes out);

    abstract void putPlain(int id, Bytes out);

    /** Gives the least and the greatest of the dictionary's values among the ids; false where they have no order. */
    abstract boolean bounds(int[] pageIds, int count, Statistics.Builder builder);

    /** Gives the least and the greatest of the values, at least one; false where they have no order. */
    abstract boolean bounds(Bytes values, Statistics.Builder builder);
}
