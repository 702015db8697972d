package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.ColumnVector;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.ParquetDecodingException;
import org.jspecify.annotations.Nullable;

/**
 * Decodes one column's pages into vectors, row group after row group. A page without a requested row is neither checked
 * nor decompressed. Any inconsistency ends in an exception. A hot path: arrays, no object per cell; for one thread.
 */
abstract class ColumnDecoder {
    /** Rows that are decoded at once. */
    static final int STEP = 2_048;

    /** A page may be read eight bytes beyond its end. */
    private static final int PADDING = Long.BYTES;

    private static final int MAX_HEADER_BYTES = 128 << 10;

    /** A page's array that is larger than this is not kept for the next row group. */
    private static final int KEPT_PAGE_BYTES = 2 << 20;

    /** The buffers that the decoders of a stream use one after the other. */
    static final class Scratch {
        final PageMemory memory;
        final int[] levels = new int[STEP];
        final int[] ids = new int[STEP];
        final long[] numbers = new long[STEP];
        final PageDecompressor decompressor = new PageDecompressor();

        Scratch(PageMemory memory) {
            this.memory = memory;
        }
    }

    private final FileColumn column;
    private final Scratch scratch;
    private final boolean optional;
    private final HybridReader levels = new HybridReader();
    private final CRC32 crc = new CRC32();

    private @Nullable ChunkBytes chunk;
    private @Nullable ColumnChunkMetaData chunkMeta;
    private long position;
    private long chunkRowsLeft;
    private long dictionaryPosition;
    private @Nullable PageHeader dictionaryHeader;
    private boolean dictionaryRead;
    private long dictionaryHeld;
    private boolean readsDictionary;

    private byte[] page = new byte[0];
    private int pageRowsLeft;
    private long row;

    ColumnDecoder(FileColumn column, Scratch scratch) {
        this.column = column;
        this.scratch = scratch;
        this.optional = column.descriptor().getMaxDefinitionLevel() > 0;
    }

    /** A decoder for the column's physical type. */
    static ColumnDecoder of(FileColumn column, Scratch scratch) {
        return switch (column.type().getPrimitiveTypeName()) {
            case BOOLEAN, INT32, INT64, FLOAT, DOUBLE -> new LongColumnDecoder(column, scratch);
            case BINARY, FIXED_LEN_BYTE_ARRAY, INT96 -> new BytesColumnDecoder(column, scratch);
        };
    }

    final FileColumn column() {
        return column;
    }

    final Scratch scratch() {
        return scratch;
    }

    /** Starts at the first row of a row group's chunk; {@code firstRow} is the ordinal of that row in the file. */
    final void startChunk(ChunkBytes bytes, ColumnChunkMetaData meta, long firstRow) {
        row = firstRow;
        forgetDictionary();
        scratch.memory.release(dictionaryHeld);
        dictionaryHeld = 0;
        if (page.length > KEPT_PAGE_BYTES) {
            scratch.memory.release(page.length);
            page = new byte[0];
        }
        chunk = bytes;
        chunkMeta = meta;
        position = meta.getStartingPos();
        chunkRowsLeft = meta.getValueCount();
        dictionaryHeader = null;
        dictionaryRead = false;
        pageRowsLeft = 0;
    }

    /** The ordinal in the file of the next row. */
    final long row() {
        return row;
    }

    /** Whether an exception came from a dictionary. The values of a dictionary belong to no row yet. */
    final boolean readsDictionary() {
        return readsDictionary;
    }

    /** The rows left in the page of the next row. Opens that page if necessary; a row has to follow. */
    final int openRows() throws IOException {
        while (pageRowsLeft == 0) {
            openPage(nextPage());
        }
        return pageRowsLeft;
    }

    /** Appends the next {@code count} rows to a vector. */
    final void read(int count, ColumnVector out) throws IOException {
        int left = count;
        while (left > 0) {
            if (pageRowsLeft == 0) {
                openPage(nextPage());
                continue;
            }
            int rows = Math.min(Math.min(left, pageRowsLeft), STEP);
            append(rows, readLevels(rows), scratch.levels, out);
            advance(rows);
            left -= rows;
        }
    }

    /** Passes over the next {@code count} rows. */
    final void skip(long count) throws IOException {
        long left = count;
        while (left > 0) {
            if (pageRowsLeft == 0) {
                PageHeader header = nextPage();
                int rows = rowsOf(header);
                if (rows <= left) {
                    position += header.getCompressed_page_size();
                    row += rows;
                    left -= rows;
                } else {
                    openPage(header);
                }
                continue;
            }
            int rows = (int) Math.min(Math.min(left, pageRowsLeft), STEP);
            skipValues(readLevels(rows));
            advance(rows);
            left -= rows;
        }
    }

    /**
     * With a damaged header, the decoded values do not end at the page's end. Only this codec's writer is known never
     * to pad.
     */
    private void advance(int rows) {
        row += rows;
        pageRowsLeft -= rows;
        if (pageRowsLeft == 0 && column.trusted() && !(isPageExhausted() && (!optional || levels.isExhausted()))) {
            throw new ParquetDecodingException("a page holds more than its rows");
        }
    }

    /** Says that the last row of the chunk has been read. */
    final void endChunk() throws IOException {
        if (pageRowsLeft != 0 || chunkRowsLeft != 0) {
            throw new ParquetDecodingException("more values in the column than rows in the row group");
        }
    }

    /** Reads the levels of {@code rows} rows into the scratch and returns the number of rows that hold a value. */
    private int readLevels(int rows) {
        if (!optional) {
            Arrays.fill(scratch.levels, 0, rows, 1);
            return rows;
        }
        levels.read(scratch.levels, rows);
        int values = 0;
        for (int i = 0; i < rows; i++) {
            values += scratch.levels[i];
        }
        return values;
    }

    /** The header of the next page of rows. The position is then the start of the page's content. */
    private PageHeader nextPage() throws IOException {
        while (true) {
            if (position >= chunk.end()) {
                throw new ParquetDecodingException("fewer values in the column than rows in the row group");
            }
            PageHeader header = readHeader();
            if (header.getCompressed_page_size() < 0
                    || header.getUncompressed_page_size() < 0
                    || header.getCompressed_page_size() > chunk.end() - position) {
                throw new ParquetDecodingException("a page ends outside its column chunk");
            }
            switch (header.getType()) {
                case DATA_PAGE, DATA_PAGE_V2 -> {
                    int rows = rowsOf(header);
                    if (rows < 0 || rows > chunkRowsLeft) {
                        throw new ParquetDecodingException("more values in the pages than in their column chunk");
                    }
                    chunkRowsLeft -= rows;
                    return header;
                }
                case DICTIONARY_PAGE -> {
                    if (dictionaryHeader != null) {
                        throw new ParquetDecodingException("two dictionaries in a column chunk");
                    }
                    dictionaryHeader = header;
                    dictionaryPosition = position;
                }
                default -> {
                    // An index page of an early format, which no row needs.
                }
            }
            position += header.getCompressed_page_size();
        }
    }

    private PageHeader readHeader() throws IOException {
        int available = (int) Math.min(MAX_HEADER_BYTES, chunk.end() - position);
        int at = chunk.at(position, available);
        ByteArrayInputStream in = new ByteArrayInputStream(chunk.array(), at, available);
        PageHeader header = Util.readPageHeader(in);
        position += available - in.available();
        return header;
    }

    private static int rowsOf(PageHeader header) {
        return switch (header.getType()) {
            case DATA_PAGE -> requirePresent(header.getData_page_header()).getNum_values();
            case DATA_PAGE_V2 -> requirePresent(header.getData_page_header_v2()).getNum_values();
            default -> throw new ParquetDecodingException("not a page of rows: " + header.getType());
        };
    }

    private static <T> T requirePresent(T part) {
        if (part == null) {
            throw new ParquetDecodingException("a page header without what its type asks for");
        }
        return part;
    }

    private void openPage(PageHeader header) throws IOException {
        int rows = rowsOf(header);
        if (header.isSetData_page_header()) {
            openV1(header, header.getData_page_header(), rows);
        } else {
            openV2(header, header.getData_page_header_v2(), rows);
        }
        position += header.getCompressed_page_size();
        pageRowsLeft = rows;
    }

    private void openV1(PageHeader header, DataPageHeader data, int rows) throws IOException {
        int at = verified(header, position);
        int length = header.getCompressed_page_size();
        int size = header.getUncompressed_page_size();
        decompress(at, length, size, 0, codec());
        int from = 0;
        if (optional) {
            switch (data.getDefinition_level_encoding()) {
                case RLE -> {
                    int runs = size < Integer.BYTES ? -1 : Bytes.intAt(page, 0);
                    if (runs < 0 || runs > size - Integer.BYTES) {
                        throw new ParquetDecodingException("levels end outside their page");
                    }
                    from = Integer.BYTES + runs;
                    levels.start(page, Integer.BYTES, from, 1);
                }
                case BIT_PACKED -> {
                    from = (rows + 7) / 8;
                    if (from > size) {
                        throw new ParquetDecodingException("levels end outside their page");
                    }
                    // The deprecated form counts bits from the highest down.
                    for (int i = 0; i < from; i++) {
                        page[i] = (byte) (Integer.reverse(page[i]) >>> 24);
                    }
                    levels.startPacked(page, 0, from, 1, rows);
                }
                default ->
                    throw new ParquetDecodingException("levels encoded as " + data.getDefinition_level_encoding());
            }
        }
        openValues(encoding(data.getEncoding()), from, size, rows);
    }

    private void openV2(PageHeader header, DataPageHeaderV2 data, int rows) throws IOException {
        int at = verified(header, position);
        int repetition = data.getRepetition_levels_byte_length();
        int definition = data.getDefinition_levels_byte_length();
        int length = header.getCompressed_page_size();
        int size = header.getUncompressed_page_size();
        long levelBytes = (long) repetition + definition;
        if (repetition < 0 || definition < 0 || levelBytes > length || levelBytes > size) {
            throw new ParquetDecodingException("levels end outside their page");
        }
        int skipped = (int) levelBytes;
        boolean compressed = !data.isSetIs_compressed() || data.isIs_compressed();
        decompress(
                at + skipped,
                length - skipped,
                size - skipped,
                skipped,
                compressed && length > skipped ? codec() : CompressionCodecName.UNCOMPRESSED);
        System.arraycopy(chunk.array(), at, page, 0, skipped);
        if (optional) {
            levels.start(page, repetition, skipped, 1);
        }
        openValues(encoding(data.getEncoding()), skipped, size, rows);
    }

    private void openValues(Encoding encoding, int from, int to, int rows) throws IOException {
        if (encoding.usesDictionary()) {
            if (!dictionaryRead) {
                readDictionary();
            }
            if (from == to) {
                // A page of NULLs only may come without the width of its ids.
                startIds(page, from, to, 0);
            } else {
                startIds(page, from + 1, to, page[from] & 0xFF);
            }
        } else {
            startValues(encoding, page, from, to, rows);
        }
    }

    private void readDictionary() throws IOException {
        if (dictionaryHeader == null) {
            throw new ParquetDecodingException("a page needs a dictionary that is not there");
        }
        byte[] dataPage = page;
        page = new byte[0];
        int at = verified(dictionaryHeader, dictionaryPosition);
        int size = dictionaryHeader.getUncompressed_page_size();
        decompress(at, dictionaryHeader.getCompressed_page_size(), size, 0, codec());
        int count = requirePresent(dictionaryHeader.getDictionary_page_header()).getNum_values();
        if (count < 0) {
            throw new ParquetDecodingException("a dictionary of " + count + " values");
        }
        scratch.memory.release(page.length);
        readsDictionary = true;
        dictionaryHeld = scratch.memory.take(readDictionary(page, size, count));
        readsDictionary = false;
        page = dataPage;
        dictionaryRead = true;
    }

    /** The start of a page's bytes in the chunk's array, after its checksum was compared. */
    private int verified(PageHeader header, long start) {
        int length = header.getCompressed_page_size();
        int at = chunk.at(start, length);
        if (header.isSetCrc()) {
            crc.reset();
            crc.update(chunk.array(), at, length);
            if ((int) crc.getValue() != header.getCrc()) {
                throw new ParquetDecodingException("a page's bytes do not match their checksum");
            }
        }
        return at;
    }

    private void decompress(int at, int length, int size, int pageOffset, CompressionCodecName codec)
            throws IOException {
        if (length > 0 || size > 0) {
            PageDecompressor.requirePlausible(codec, chunk.array(), at, length, size);
        }
        long needed = (long) pageOffset + size + PADDING;
        if (needed > Integer.MAX_VALUE - PADDING) {
            throw new ParquetDecodingException("a page of " + size + " bytes");
        }
        if (page.length < needed) {
            scratch.memory.release(page.length);
            page = new byte[0];
            page = new byte[(int) scratch.memory.take(needed)];
        }
        if (length > 0 || size > 0) {
            scratch.decompressor.decompress(codec, chunk.array(), at, length, page, pageOffset, size);
        }
    }

    private CompressionCodecName codec() {
        return chunkMeta.getCodec();
    }

    private static Encoding encoding(org.apache.parquet.format.Encoding encoding) {
        return Encoding.valueOf(requirePresent(encoding).name());
    }

    /**
     * Keeps a dictionary of {@code count} values and takes over the array. Returns the approximate number of heap bytes
     * kept.
     */
    abstract long readDictionary(byte[] bytes, int length, int count);

    abstract void forgetDictionary();

    /**
     * An upper bound for the bytes of the texts and byte strings of the next {@code rows} rows of the open page. The
     * bound may exceed the size of the page, because its values may be ids of a dictionary.
     */
    abstract long mostBytes(int rows);

    /** Starts a page of dictionary ids. */
    abstract void startIds(byte[] bytes, int from, int to, int width);

    /** Starts a page of plain values. */
    abstract void startValues(Encoding encoding, byte[] bytes, int from, int to, int rows) throws IOException;

    /** Appends {@code rows} rows. Of these, {@code values} rows hold a value: those with level 1. */
    abstract void append(int rows, int values, int[] rowLevels, ColumnVector out);

    abstract void skipValues(int values);

    /** Whether the page's values have all been read. */
    abstract boolean isPageExhausted();
}
