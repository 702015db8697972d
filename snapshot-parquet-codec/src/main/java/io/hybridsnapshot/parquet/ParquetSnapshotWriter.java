package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.RowSize;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.Schema;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/**
 * Writes one Parquet file. This class makes the pages straight from the vectors; parquet-java makes chunks, row groups,
 * indexes, checksums and the footer. Holds one row group, compressed. For one thread, which lets others help with the
 * columns.
 */
final class ParquetSnapshotWriter implements SnapshotWriter {
    /** Rows that a column takes at once: its slice of a batch stays in the processor's cache. */
    private static final int SLICE_ROWS = RowBatch.DEFAULT_ROWS;

    /** Ends the row groups of tables with almost no data. */
    private static final long MAX_ROW_GROUP_ROWS = 1 << 20;

    /** Fewer cells than these are encoded sooner than a thread wakes up. */
    private static final int FEW_CELLS = 1 << 12;

    private final Path file;
    private final Schema schema;
    private final Map<String, String> metadata;
    private final long rowGroupBytes;
    private final MessageType message;
    private final List<ExactValues.Collector> exactValues = new ArrayList<>();
    private final List<ColumnEncoder> encoders = new ArrayList<>();
    private final ColumnLanes lanes;
    private final CompressionCodecName compression;
    private final DigestedFile out;
    private final ParquetFileWriter writer;
    private @Nullable ColumnChunkPageWriteStore chunks;
    private long rowGroupRows;
    /** The bytes of the open row group before the slice at hand. */
    private long openBytes;

    private long rowCount;
    private boolean failed;
    private boolean finished;
    private boolean closed;

    ParquetSnapshotWriter(Path file, Schema schema, Map<String, String> metadata, ParquetSettings settings) {
        this(file, schema, metadata, settings, ColumnLanes.usualThreads());
    }

    /** A writer whose columns are encoded by so many threads at most. */
    ParquetSnapshotWriter(
            Path file, Schema schema, Map<String, String> metadata, ParquetSettings settings, int threads) {
        this.file = file;
        this.schema = schema;
        this.metadata = Map.copyOf(metadata);
        this.rowGroupBytes = settings.rowGroupBytes();
        FooterNotes.requireKeepable(this.metadata);
        this.message = TypeMapping.toParquet(schema, settings.compatibility());
        this.compression = PageCompressor.name(settings);
        this.lanes = new ColumnLanes(schema.size(), settings, threads);
        makeEncoders(settings.compatibility());
        try {
            this.out = new DigestedFile(file);
        } catch (IOException e) {
            throw unwritable(e);
        }
        try {
            this.writer = new ParquetFileWriter(
                    out,
                    message,
                    ParquetFileWriter.Mode.OVERWRITE,
                    rowGroupBytes,
                    0,
                    ParquetProperties.DEFAULT_COLUMN_INDEX_TRUNCATE_LENGTH,
                    ParquetProperties.DEFAULT_STATISTICS_TRUNCATE_LENGTH,
                    ParquetProperties.DEFAULT_PAGE_WRITE_CHECKSUM_ENABLED);
            writer.start();
        } catch (IOException e) {
            discard();
            throw unwritable(e);
        }
    }

    private void makeEncoders(Compatibility compatibility) {
        ExactValues.Budget budget = new ExactValues.Budget();
        for (int i = 0; i < schema.size(); i++) {
            Column column = schema.column(i);
            PrimitiveType type = message.getType(i).asPrimitiveType();
            ExactValues.Collector exact = new ExactValues.Collector(column, budget);
            exactValues.add(exact);
            encoders.add(
                    switch (type.getPrimitiveTypeName()) {
                        case BOOLEAN -> new BooleanColumnEncoder(column, type);
                        case INT32, INT64, FLOAT, DOUBLE -> new LongColumnEncoder(column, type, exact, compatibility);
                        default -> new BytesColumnEncoder(column, type, exact, compatibility);
                    });
        }
    }

    @Override
    public void append(RowBatch batch) {
        if (finished || closed || failed) {
            throw new IllegalStateException("the writer of " + file + " takes no more rows");
        }
        if (!batch.schema().equals(schema)) {
            throw new IllegalArgumentException("a batch of other columns than the file's");
        }
        requireHoldable(batch);
        // A failed append leaves columns of different lengths, so only close() may follow it.
        failed = true;
        try {
            for (int from = 0; from < batch.rowCount(); from += SLICE_ROWS) {
                append(batch, from, Math.min(from + SLICE_ROWS, batch.rowCount()));
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
        failed = false;
    }

    /** Refuses a row that could not be read back with the heap at hand. */
    private void requireHoldable(RowBatch batch) {
        List<ColumnVector> vectors = new ArrayList<>(schema.size());
        long bytes = 0;
        for (int i = 0; i < schema.size(); i++) {
            vectors.add(batch.vector(i));
            bytes += batch.vector(i) instanceof BytesVector texts ? texts.bytesUsed() : 0;
        }
        if (bytes <= RowSize.MOST_BYTES) {
            return;
        }
        for (int row = 0; row < batch.rowCount(); row++) {
            Optional<SnapshotException> refused = RowSize.refusal(schema, vectors, row, "row " + (rowCount + row + 1));
            if (refused.isPresent()) {
                throw refused.get();
            }
        }
    }

    private void append(RowBatch batch, int from, int to) throws IOException {
        if (chunks == null) {
            startRowGroup();
        }
        // The first page of a column ends when the row group has this share of its bytes.
        long pages = rowGroupBytes / Math.max(1, openBytes);
        ColumnLanes.Work append = (column, workspace) ->
                encoders.get(column).append(workspace, batch.vector(column), from, to, rowCount, pages);
        if ((long) (to - from) * encoders.size() < FEW_CELLS) {
            lanes.inTurn(append);
        } else {
            lanes.together(append);
        }
        long bytes = 0;
        for (ColumnEncoder encoder : encoders) {
            bytes += encoder.chunkBytes();
        }
        openBytes = bytes;
        rowCount += to - from;
        rowGroupRows += to - from;
        if (bytes >= rowGroupBytes || rowGroupRows >= MAX_ROW_GROUP_ROWS) {
            endRowGroup();
        }
    }

    private void startRowGroup() {
        chunks = ColumnChunkPageWriteStore.builder()
                .withCompressorProvider(column ->
                        encoders.get(message.getFieldIndex(column.getPath()[0])).compressor(compression))
                .withSchema(message)
                .withAllocator(HeapByteBufferAllocator.getInstance())
                .withPageWriteChecksumEnabled(true)
                .build();
        List<ColumnDescriptor> columns = message.getColumns();
        for (int i = 0; i < encoders.size(); i++) {
            encoders.get(i).startChunk(chunks.getPageWriter(columns.get(i)));
        }
    }

    private void endRowGroup() throws IOException {
        lanes.together((column, workspace) -> encoders.get(column).endChunk(workspace));
        writer.startBlock(rowGroupRows);
        chunks.flushToFileWriter(writer);
        writer.endBlock();
        chunks.close();
        chunks = null;
        rowGroupRows = 0;
        openBytes = 0;
    }

    @Override
    public WrittenFile finish() {
        if (finished || closed || failed) {
            throw new IllegalStateException("the writer of " + file + " cannot be finished any more");
        }
        failed = true;
        try {
            if (chunks != null) {
                endRowGroup();
            }
            String exact = ExactValues.write(exactValues);
            out.holdTail();
            writer.end(FooterNotes.write(metadata, schema, exact));
            forceDirectory();
        } catch (IOException e) {
            throw unwritable(e);
        }
        failed = false;
        finished = true;
        long uncompressed = 0;
        for (BlockMetaData block : writer.getFooter().getBlocks()) {
            for (ColumnChunkMetaData chunk : block.getColumns()) {
                uncompressed += chunk.getTotalUncompressedSize();
            }
        }
        return new WrittenFile(file, rowCount, out.getPos(), uncompressed, out.md5(), out.sha256());
    }

    /** A new file is lost in a power failure while its directory's entry is not on the disk. */
    private void forceDirectory() {
        Path directory = file.toAbsolutePath().getParent();
        try (FileChannel entries = FileChannel.open(directory)) {
            entries.force(true);
        } catch (IOException e) {
            // Windows opens no directory; its file systems keep entries in a journal of their own.
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        lanes.close();
        if (chunks != null) {
            chunks.close();
        }
        if (!finished) {
            discard();
        }
    }

    private void discard() {
        try {
            out.abandon();
            // A device given as the target must not be deleted.
            if (Files.isRegularFile(file)) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw SnapshotException.unavailable("an unfinished Parquet file cannot be deleted")
                    .where(file.toString())
                    .actual(e)
                    .nextStep("delete it")
                    .cause(e)
                    .build();
        }
    }

    private SnapshotException unwritable(IOException cause) {
        return FullDisk.unwritable("the Parquet file cannot be written", file, cause)
                .build();
    }
}
