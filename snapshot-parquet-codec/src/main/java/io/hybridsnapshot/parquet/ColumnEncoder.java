package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.schema.Column;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/**
 * Encodes one column's vectors into pages. A row group starts with a dictionary. The encoder drops it after a sample of
 * the values if almost all of them differ. At the end of the first page it compares what the ids and the dictionary
 * take compressed with what the values take. It does as it decided in some row groups to come, before it compares
 * again. A dictionary that grows beyond the size that readers like to hold is closed; the pages written so far keep it.
 * Values outside a dictionary are written as PLAIN or in a compact encoding of their type, whichever was smaller
 * compressed in the first page. A hot path: arrays, no object per cell. For one thread at a time, whose workspace every
 * call takes.
 */
abstract class ColumnEncoder {
    /** A page ends when its values take about this many bytes. */
    static final int PAGE_BYTES = 1 << 20;

    /** The approximate number of rows per page, so that a reader of few rows decodes few others. */
    static final int PAGE_ROWS = 1 << 15;

    private static final int SAMPLE_VALUES = 1 << 11;
    private static final int MAX_DICTIONARY_BYTES = 1 << 20;

    /** A sample with less than this share of repeated values is none of a dictionary. */
    private static final int FEW_REPEATS = 64;

    /** A dictionary with so many uses of a value is kept without a comparison. */
    private static final int MANY_USES = 8;

    /** Values of more bytes are not written out to be tried: a dictionary is several times smaller. */
    private static final long MOST_TRIED_BYTES = 8L * MAX_DICTIONARY_BYTES;

    /** The row groups in which a decision about the dictionary stands. */
    private static final int GROUPS_OF_DECISION = 8;

    /** Pages of a row group that are counted on at most. */
    private static final int MOST_PAGES = 64;

    /** The most bytes that are compressed to choose between two encodings of values. */
    private static final int TRIAL_BYTES = 1 << 16;

    private final Column column;
    private final PrimitiveType type;
    private final Optional<Encoding> compact;
    private final Bytes plain = new Bytes(64);
    private @Nullable Workspace workspace;
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

    /** Whether values outside a dictionary are compact; once it was decided. */
    private boolean writesCompact;

    private boolean encodingDecided;
    /** The row groups for which the last decision about the dictionary still stands. */
    private int decidedGroups;

    private boolean keepsDictionary;
    /** The pages that the row group will approximately have. */
    private int expectedPages = 1;

    /**
     * @param compact the encoding that competes with PLAIN, if there is one
     */
    ColumnEncoder(Column column, PrimitiveType type, Optional<Encoding> compact) {
        this.column = column;
        this.type = type;
        this.compact = compact;
    }

    /**
     * What a thread lends to the encoders that it calls, one after the other. The thread closes it.
     *
     * @param page the buffer in which pages are built
     * @param compressor compresses pages, and measures them
     * @param numbers scratch for the numbers of a slice or a page; it grows
     */
    record Workspace(Bytes page, PageCompressor compressor, Numbers numbers) implements AutoCloseable {
        Workspace(ParquetSettings settings) {
            this(new Bytes(PAGE_BYTES), new PageCompressor(settings), new Numbers());
        }

        /** Frees native memory. */
        @Override
        public void close() {
            compressor.release();
        }
    }

    /** An array of numbers that grows. */
    static final class Numbers {
        private long[] array = new long[0];

        /** Returns an array of at least this length with arbitrary numbers; the caller has it until the next call. */
        long[] ofLength(int length) {
            if (array.length < length) {
                array = new long[length + (length >> 2)];
            }
            return array;
        }
    }

    /** Compresses the pages of this column's chunk with the compressor of the thread that writes them. */
    final BytesInputCompressor compressor(CompressionCodecName name) {
        return new BytesInputCompressor() {
            @Override
            public BytesInput compress(BytesInput bytes) throws IOException {
                return lent().compressor().compress(bytes);
            }

            @Override
            public CompressionCodecName getCodecName() {
                return name;
            }

            @Override
            public void release() {
                // The thread that lends the compressor releases it.
            }
        };
    }

    /** Starts a row group's chunk of this column. */
    final void startChunk(PageWriter writer) {
        pages = writer;
        if (decidedGroups > 0) {
            decidedGroups--;
        }
        dictionaryOpen = usesDictionary() && (decidedGroups == 0 || keepsDictionary);
        sampled = false;
        dictionaryPages = 0;
        chunkValues = 0;
        chunkPlainBytes = 0;
        writtenBytes = 0;
        clearDictionary();
    }

    /**
     * Appends the rows {@code [from, to)} of a vector; {@code firstRow} is the ordinal in the file of the row
     * {@code from}. {@code pages} is the approximate number of pages like the open one that the row group will have.
     */
    final void append(Workspace lent, ColumnVector vector, int from, int to, long firstRow, long pages)
            throws IOException {
        workspace = lent;
        expectedPages = (int) Math.max(1, Math.min(MOST_PAGES, pages));
        int needed = rows + to - from;
        // A word more than the rows need, for the rest of rows that do not start with a word.
        if (needed > present.length - 1 << 6) {
            present = Arrays.copyOf(present, Math.max(present.length * 2, (needed + 63 >>> 6) + 1));
        }
        if (values + to - from > ids.length && dictionaryOpen) {
            ids = Arrays.copyOf(ids, Math.max(ids.length * 2, values + to - from));
        }
        encode(vector, from, to, firstRow);
        if (dictionaryOpen) {
            if (!sampled && chunkValues >= SAMPLE_VALUES) {
                sampled = true;
                if (dictionaryPages == 0 && chunkValues - dictionarySize() < chunkValues / FEW_REPEATS) {
                    decideDictionary(false);
                }
            }
            if (dictionaryOpen && dictionaryBytes() > MAX_DICTIONARY_BYTES) {
                if (dictionaryPays()) {
                    endPage();
                    dictionaryOpen = false;
                } else if (dictionaryPages == 0) {
                    dropDictionary();
                }
            }
        }
        if (rows >= PAGE_ROWS || plain.length() >= PAGE_BYTES) {
            endPage();
        }
    }

    /** Writes the rest of the row group's chunk. */
    final void endChunk(Workspace lent) throws IOException {
        workspace = lent;
        if (rows > 0) {
            endPage();
        }
        if (dictionaryPages > 0) {
            Bytes page = clearedPage();
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

    private Workspace lent() {
        return Objects.requireNonNull(workspace);
    }

    private Bytes clearedPage() {
        Bytes page = lent().page();
        page.clear();
        return page;
    }

    /** Scratch for numbers, of the thread that has called. */
    final Numbers numbers() {
        return lent().numbers();
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
        appendRows(0, 1);
    }

    /** Appends up to 64 rows: those with a bit 1 have a value, which is appended apart. */
    final void appendRows(long presentRows, int count) {
        int word = rows >>> 6;
        present[word] |= presentRows << rows;
        if ((rows & Long.SIZE - 1) + count > Long.SIZE) {
            present[word + 1] |= presentRows >>> Long.SIZE - (rows & Long.SIZE - 1);
        }
        rows += count;
    }

    /** Appends a value of the dictionary, whose row was appended; {@link #countInDictionary} then counts it. */
    final void appendId(int id) {
        ids[values++] = id;
    }

    /** Counts values that were appended to the dictionary; {@code plainBytes} is their size without one. */
    final void countInDictionary(int count, long plainBytes) {
        chunkPlainBytes += plainBytes;
        chunkValues += count;
    }

    /** Counts values that were put into {@link #plain}, whose rows were appended. */
    final void countPlain(int count) {
        values += count;
    }

    /** Ends the open page; the next row starts another. */
    final void endPage() throws IOException {
        if (dictionaryOpen && dictionaryPages == 0 && values > 0) {
            reconsiderDictionary();
        }
        boolean inDictionary = dictionaryOpen && values > 0;
        Encoding encoding = inDictionary ? Encoding.RLE_DICTIONARY : valueEncoding();
        Bytes page = clearedPage();
        page.putInt(0);
        HybridRuns.writeBits(present, rows, page);
        page.setInt(0, page.length() - Integer.BYTES);
        if (inDictionary) {
            putIds(values, page);
            dictionaryPages++;
        } else if (encoding == Encoding.PLAIN) {
            page.put(plain.array(), 0, plain.length());
        } else {
            putCompact(page, Integer.MAX_VALUE);
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
                encoding);
        writtenBytes += page.length();
        page.shrink(4 * PAGE_BYTES);
        Arrays.fill(present, 0, (rows + 63) >>> 6, 0);
        plain.clear();
        plain.shrink(2 * PAGE_BYTES);
        rows = 0;
        values = 0;
    }

    private void putIds(int count, Bytes page) {
        int width = HybridRuns.widthOf(dictionarySize() - 1);
        page.putByte(width);
        HybridRuns.write(ids, count, width, page);
    }

    /** Keeps the dictionary, which no page needs yet, if it makes the row group smaller. */
    private void reconsiderDictionary() {
        if (values < SAMPLE_VALUES) {
            if (!dictionaryPays()) {
                dropDictionary();
            }
        } else if (decidedGroups == 0) {
            decideDictionary((long) MANY_USES * dictionarySize() <= values
                    || chunkPlainBytes > MOST_TRIED_BYTES
                    || dictionaryIsSmaller());
        }
    }

    /** Compresses the first values of the page with and without a dictionary, and a part of the dictionary. */
    private boolean dictionaryIsSmaller() {
        PageCompressor compressor = lent().compressor();
        int tried = 0;
        while (tried < values && plain.length() < TRIAL_BYTES) {
            putPlain(ids[tried], plain);
            tried++;
        }
        Bytes page = clearedPage();
        putIds(tried, page);
        double idBytes = compressor.sizeOf(page.array(), page.length());
        page.clear();
        writeDictionary(page);
        int part = Math.min(page.length(), TRIAL_BYTES);
        double ownBytes = compressor.sizeOf(page.array(), part) * ((double) page.length() / part);
        double valueBytes;
        if (valueEncoding() == Encoding.PLAIN) {
            valueBytes = compressor.sizeOf(plain.array(), plain.length());
        } else {
            page.clear();
            putCompact(page, Integer.MAX_VALUE);
            valueBytes = compressor.sizeOf(page.array(), page.length());
        }
        plain.clear();
        double growth = (double) dictionarySizeOfGroup() / dictionarySize();
        double pagesLikeTheTried = (double) expectedPages * values / tried;
        return growth * dictionaryBytes() <= MAX_DICTIONARY_BYTES
                && growth * ownBytes + idBytes * pagesLikeTheTried < valueBytes * pagesLikeTheTried;
    }

    /**
     * Estimates the values that the dictionary will have at the row group's end. Each half of a page is taken to bring
     * the same share of the new values of the half before.
     */
    private long dictionarySizeOfGroup() {
        int first = 0;
        for (int i = 0; i < values / 2; i++) {
            first = Math.max(first, ids[i] + 1);
        }
        double share = Math.min(1, (double) (dictionarySize() - first) / first);
        double sum = 0;
        double part = first;
        for (int half = 0; half < 2 * expectedPages; half++) {
            sum += part;
            part *= share;
        }
        return Math.round(sum);
    }

    private void decideDictionary(boolean keep) {
        decidedGroups = GROUPS_OF_DECISION;
        keepsDictionary = keep;
        if (!keep) {
            dropDictionary();
        }
    }

    /** Gives the dictionary up, which no page needs. */
    private void dropDictionary() {
        putAllPlain();
        dictionaryOpen = false;
        clearDictionary();
    }

    private void putAllPlain() {
        for (int i = 0; i < values; i++) {
            putPlain(ids[i], plain);
        }
    }

    /** Returns the encoding of the values in {@link #plain}, which is decided with the first page. */
    private Encoding valueEncoding() {
        if (compact.isEmpty() || values == 0) {
            return Encoding.PLAIN;
        }
        boolean takesCompact = encodingDecided ? writesCompact : compactIsSmaller();
        if (values >= SAMPLE_VALUES) {
            encodingDecided = true;
            writesCompact = takesCompact;
        }
        return takesCompact ? compact.get() : Encoding.PLAIN;
    }

    private boolean compactIsSmaller() {
        PageCompressor compressor = lent().compressor();
        Bytes page = clearedPage();
        int covered = putCompact(page, TRIAL_BYTES);
        return compressor.sizeOf(page.array(), page.length()) < compressor.sizeOf(plain.array(), covered);
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

    /**
     * Appends the first values of {@link #plain} in the compact encoding.
     *
     * @param most the bytes of {@link #plain} after which no further value is appended
     * @return the bytes of {@link #plain} that the appended values take
     */
    abstract int putCompact(Bytes out, int most);

    /** Gives the least and the greatest of the dictionary's values among the ids; false where they have no order. */
    abstract boolean bounds(int[] pageIds, int count, Statistics.Builder builder);

    /** Gives the least and the greatest of the values, at least one; false where they have no order. */
    abstract boolean bounds(Bytes values, Statistics.Builder builder);
}
