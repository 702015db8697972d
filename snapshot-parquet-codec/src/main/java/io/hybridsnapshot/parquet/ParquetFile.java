package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.error.CauseText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.MessageType;

/**
 * The contents of a Parquet file's footer, checked for consistency with the file's length and in itself. One request
 * reads the footer if it is not larger than the fetched tail. Immutable except for the bytes, which are read by one
 * thread at a time.
 */
final class ParquetFile {
    private static final int TAIL_BYTES = 64 << 10;
    private static final int MAGIC = 0x31524150;
    private static final int ENCRYPTED_MAGIC = 0x45524150;
    /** The footer's length and the magic number. */
    static final int TRAILER_BYTES = 2 * Integer.BYTES;

    private static final int SMALLEST_FILE = Integer.BYTES + TRAILER_BYTES;
    private static final String OUR_LIBRARY = "parquet-mr";

    private final SeekableBytes bytes;
    private final List<BlockMetaData> rowGroups;
    private final List<ColumnDescriptor> descriptors;
    private final Schema schema;
    private final long rowCount;
    private final Map<String, String> metadata;
    private final Map<Integer, ExactValues> exactValues;
    private final boolean ours;

    private ParquetFile(SeekableBytes bytes) throws IOException {
        this.bytes = bytes;
        byte[] tail = tail(bytes);
        int footerLength = Bytes.intAt(tail, tail.length - TRAILER_BYTES);
        byte[] end = sealAndFooter(bytes, tail, footerLength);
        byte[] footerBytes = Arrays.copyOfRange(end, end.length - footerLength, end.length);
        boolean sealed = end.length == footerLength + FooterSeal.LENGTH && FooterSeal.isSeal(end, 0);
        if (sealed && !FooterSeal.fits(end, 0, footerBytes)) {
            throw new IllegalArgumentException("the footer does not match its seal");
        }
        ParquetMetadata footer = parse(bytes, footerBytes);
        long footerStart = bytes.length() - TRAILER_BYTES - footerLength;
        MessageType message = footer.getFileMetaData().getSchema();
        Schema byTypes = TypeMapping.fromParquet(message, bytes.description());
        this.rowGroups = footer.getBlocks();
        this.descriptors = message.getColumns();
        long rows = 0;
        for (BlockMetaData rowGroup : rowGroups) {
            rows = Math.addExact(rows, rowGroup.getRowCount());
            check(rowGroup, footerStart);
        }
        this.rowCount = rows;
        Map<String, String> notes = footer.getFileMetaData().getKeyValueMetaData();
        this.metadata = FooterNotes.metadata(notes);
        this.ours = sealed && FooterNotes.present(notes);
        if (!sealed && FooterNotes.present(notes)) {
            requireRewritten(footer.getFileMetaData().getCreatedBy());
        }
        this.schema = ours ? FooterNotes.schema(notes) : byTypes;
        this.exactValues = ours ? FooterNotes.exactValues(notes) : Map.of();
        if (ours) {
            requireAgreement(message);
        }
    }

    /**
     * Reads and checks the footer.
     *
     * @throws SnapshotException CORRUPT if it is damaged, INVALID_REQUEST if the file is encrypted or holds a type, or
     *     a compression, that has no counterpart here
     */
    static ParquetFile open(SeekableBytes bytes) {
        try {
            return new ParquetFile(bytes);
        } catch (SnapshotException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw corrupt(bytes, "the footer cannot be read", e);
        }
    }

    private static byte[] tail(SeekableBytes bytes) {
        long length = bytes.length();
        if (length < SMALLEST_FILE) {
            throw notParquet(bytes, length + " bytes", "at least " + SMALLEST_FILE);
        }
        byte[] tail = new byte[(int) Math.min(length, TAIL_BYTES)];
        bytes.read(length - tail.length, tail, 0, tail.length);
        int magic = Bytes.intAt(tail, tail.length - Integer.BYTES);
        if (magic == ENCRYPTED_MAGIC) {
            throw encrypted(bytes);
        }
        if (magic != MAGIC) {
            throw notParquet(bytes, "other last bytes", "the file to end with PAR1");
        }
        if (tail.length == length && Bytes.intAt(tail, 0) != MAGIC) {
            throw notParquet(bytes, "other first bytes", "the file to start with PAR1");
        }
        return tail;
    }

    /** The footer, and the bytes before it that may be a seal, if there is room for one. */
    private static byte[] sealAndFooter(SeekableBytes bytes, byte[] tail, int footerLength) {
        if (footerLength <= 0 || footerLength > bytes.length() - SMALLEST_FILE) {
            throw notParquet(bytes, "a footer of " + footerLength + " bytes", "a footer inside the file");
        }
        long end = bytes.length() - TRAILER_BYTES;
        long length = Math.min(end, (long) footerLength + FooterSeal.LENGTH);
        int known = tail.length - TRAILER_BYTES;
        if (length <= known) {
            return Arrays.copyOfRange(tail, (int) (known - length), known);
        }
        byte[] found = new byte[Math.toIntExact(length)];
        int unknown = found.length - known;
        bytes.read(end - length, found, 0, unknown);
        System.arraycopy(tail, 0, found, unknown, known);
        return found;
    }

    private static ParquetMetadata parse(SeekableBytes bytes, byte[] footer) throws IOException {
        // The limit keeps a damaged count from asking for more than the footer could hold.
        FileMetaData thrift = Util.readFileMetaData(new ByteArrayInputStream(footer), footer.length);
        requirePlain(bytes, thrift);
        return new ParquetMetadataConverter().fromParquetMetadata(thrift);
    }

    /** A file may have a readable footer and columns that need a key. */
    private static void requirePlain(SeekableBytes bytes, FileMetaData footer) {
        for (RowGroup rowGroup : footer.getRow_groups()) {
            for (ColumnChunk chunk : rowGroup.getColumns()) {
                if (chunk.isSetCrypto_metadata() || chunk.isSetEncrypted_column_metadata()) {
                    throw encrypted(bytes);
                }
            }
        }
        if (footer.isSetEncryption_algorithm()) {
            throw encrypted(bytes);
        }
    }

    private static SnapshotException encrypted(SeekableBytes bytes) {
        return SnapshotException.invalidRequest("an encrypted Parquet file cannot be read")
                .where(bytes.description())
                .nextStep("decrypt it on a machine that has its keys")
                .build();
    }

    /** Checks a row group against its file. */
    private void check(BlockMetaData rowGroup, long footerStart) {
        List<ColumnChunkMetaData> chunks = rowGroup.getColumns();
        if (chunks.size() != descriptors.size() || rowGroup.getRowCount() < 0) {
            throw new IllegalArgumentException("a row group of " + chunks.size() + " columns");
        }
        if (rowGroup.getPath() != null) {
            throw new IllegalArgumentException("a row group in another file");
        }
        for (int i = 0; i < chunks.size(); i++) {
            ColumnChunkMetaData chunk = chunks.get(i);
            if (!Arrays.equals(chunk.getPath().toArray(), descriptors.get(i).getPath())
                    || chunk.getPrimitiveType().getPrimitiveTypeName()
                            != descriptors.get(i).getPrimitiveType().getPrimitiveTypeName()
                    || chunk.getValueCount() != rowGroup.getRowCount()) {
                throw new IllegalArgumentException("column chunks that are not the schema's");
            }
            if (rowGroup.getRowCount() == 0) {
                // Nothing of it is ever read. pyarrow notes no position for such chunks.
                continue;
            }
            long start = chunk.getStartingPos();
            if (start < Integer.BYTES || chunk.getTotalSize() < 0 || chunk.getTotalSize() > footerStart - start) {
                throw new IllegalArgumentException("a column chunk outside the file");
            }
            if (!PageDecompressor.supports(chunk.getCodec())) {
                throw SnapshotException.invalidRequest("a compression that is not supported")
                        .where(bytes.description() + ", column '" + schemaName(i) + "'")
                        .actual(chunk.getCodec().name())
                        .expected("ZSTD, SNAPPY, GZIP, LZ4_RAW or UNCOMPRESSED")
                        .nextStep("write the file anew with one of these")
                        .build();
            }
        }
    }

    private String schemaName(int index) {
        return descriptors.get(index).getPath()[0];
    }

    /** Notes without a seal are another program's copy; parquet-java copies none by itself. */
    private static void requireRewritten(String createdBy) {
        if (createdBy == null || createdBy.startsWith(OUR_LIBRARY)) {
            throw new IllegalArgumentException("the footer's seal is gone: the file was damaged, or rewritten");
        }
    }

    private void requireAgreement(MessageType message) {
        boolean agrees = schema.size() == message.getFieldCount();
        for (int i = 0; agrees && i < schema.size(); i++) {
            agrees = TypeMapping.agrees(schema.column(i), message.getType(i));
        }
        if (!agrees) {
            throw new IllegalArgumentException("the footer's notes and the Parquet schema disagree");
        }
    }

    SeekableBytes bytes() {
        return bytes;
    }

    Schema schema() {
        return schema;
    }

    long rowCount() {
        return rowCount;
    }

    Map<String, String> metadata() {
        return metadata;
    }

    List<BlockMetaData> rowGroups() {
        return rowGroups;
    }

    FileColumn column(int index) {
        return new FileColumn(index, schema.column(index), descriptors.get(index), ours);
    }

    Optional<ExactValues> exactValues(int index) {
        return Optional.ofNullable(exactValues.get(index));
    }

    private static SnapshotException notParquet(SeekableBytes bytes, String actual, String expected) {
        return SnapshotException.corrupt("not a whole Parquet file")
                .where(bytes.description())
                .actual(actual)
                .expected(expected)
                .nextStep("fetch or make the file again")
                .build();
    }

    static SnapshotException corrupt(SeekableBytes bytes, String place, Throwable cause) {
        return SnapshotException.corrupt("a damaged Parquet file")
                .where(bytes.description())
                .actual(place + ": " + CauseText.of(cause))
                .nextStep("fetch or make the file again")
                .cause(cause)
                .build();
    }
}
