package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;

/**
 * Streams the rows of a Parquet file, all of them or those of some ordinals, row group after row group. Of a row group the chunks of
 * the wanted columns are fetched, neighbours together; row groups without a wanted row are not fetched at all. One thread.
 */
final class ParquetRowStream implements RowStream {
    /** A gap that is cheaper to fetch than another request. */
    private static final long MAX_GAP = 32 << 10;

    /** What is held of a row group; the chunks of a larger one are fetched window by window. */
    private static final long MAX_FETCHED = 64 << 20;

    private final ParquetFile file;
    private final Schema schema;
    private final int batchRows;
    private final List<ColumnDecoder> decoders = new ArrayList<>();
    private final ColumnDecoder.Scratch scratch = new ColumnDecoder.Scratch();
    private final Selection selection;

    private int rowGroup = -1;
    private long groupStart;
    private long groupEnd;
    private long nextRow;
    private long bytesPerRow;
    private boolean closed;

    /** Which rows are wanted. */
    private interface Selection {
        /** How many of the rows from {@code from} on are wanted and lie before {@code end}, at most {@code limit}. */
        int count(long from, long end, int limit);

        /** The ordinal of the wanted row number {@code index} from the current one on. */
        long ordinal(int index);

        /** Passes over {@code count} wanted rows. */
        void advance(int count);
    }

    private ParquetRowStream(ParquetFile file, ReadOptions options, Selection selection) {
        this.file = file;
        Schema all = file.schema();
        this.schema = options.columns().isEmpty() ? all : all.select(options.columns());
        this.batchRows = options.batchRows();
        this.selection = selection;
        for (String name : schema.names()) {
            decoders.add(ColumnDecoder.of(file.column(all.indexOf(name)), scratch));
        }
    }

    static ParquetRowStream all(ParquetFile file, ReadOptions options) {
        return new ParquetRowStream(file, options, new Selection() {
            private long next;

            @Override
            public int count(long from, long end, int limit) {
                return (int) Math.min(limit, Math.max(0, end - Math.max(from, next)));
            }

            @Override
            public long ordinal(int index) {
                return next + index;
            }

            @Override
            public void advance(int count) {
                next += count;
            }
        });
    }

    static ParquetRowStream of(ParquetFile file, long[] ordinals, ReadOptions options) {
        for (int i = 0; i < ordinals.length; i++) {
            if (ordinals[i] < 0 || ordinals[i] >= file.rowCount() || i > 0 && ordinals[i] <= ordinals[i - 1]) {
                throw SnapshotException.invalidRequest("not rows of the file")
                        .where(file.bytes().description())
                        .actual("the ordinal " + ordinals[i] + (i > 0 ? " after " + ordinals[i - 1] : ""))
                        .expected("ascending ordinals from 0 to " + (file.rowCount() - 1))
                        .build();
            }
        }
        long[] wanted = ordinals.clone();
        return new ParquetRowStream(file, options, new Selection() {
            private int next;

            @Override
            public int count(long from, long end, int limit) {
                int count = 0;
                while (count < limit && next + count < wanted.length && wanted[next + count] < end) {
                    count++;
                }
                return count;
            }

            @Override
            public long ordinal(int index) {
                return wanted[next + index];
            }

            @Override
            public void advance(int count) {
                next += count;
            }
        });
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Optional<RowBatch> next() {
        if (closed) {
            throw new IllegalStateException("the stream is closed");
        }
        int count = selection.count(nextRow, groupEnd, batchLimit());
        while (count == 0) {
            if (rowGroup + 1 >= file.rowGroups().size()) {
                return Optional.empty();
            }
            groupStart = groupEnd;
            rowGroup++;
            groupEnd = groupStart + file.rowGroups().get(rowGroup).getRowCount();
            count = selection.count(groupStart, groupEnd, 1);
            if (count > 0) {
                nextRow = groupStart;
                openRowGroup(file.rowGroups().get(rowGroup));
                count = selection.count(nextRow, groupEnd, batchLimit());
            }
        }
        return Optional.of(read(count));
    }

    private int batchLimit() {
        return (int) Math.max(1, Math.min(batchRows, RowBatch.DEFAULT_BYTES / Math.max(1, bytesPerRow)));
    }

    private RowBatch read(int count) {
        List<ColumnVector> vectors = new ArrayList<>(decoders.size());
        IntToLongFunction ordinalOf = selection::ordinal;
        long last = selection.ordinal(count - 1);
        long heapBytes = 0;
        for (ColumnDecoder decoder : decoders) {
            ColumnVector vector = column(decoder, count, ordinalOf, last);
            heapBytes += vector.heapBytes();
            vectors.add(vector);
        }
        bytesPerRow = Math.max(bytesPerRow / 2, heapBytes / count);
        nextRow = last + 1;
        selection.advance(count);
        return new RowBatch(schema, vectors);
    }

    private ColumnVector column(ColumnDecoder decoder, int count, IntToLongFunction ordinalOf, long last) {
        FileColumn column = decoder.column();
        try {
            ColumnVector vector = ColumnVector.forType(column.column().type(), count);
            long row = nextRow;
            int at = 0;
            while (at < count) {
                long from = ordinalOf.applyAsLong(at);
                // Ordinals ascend, so rows that start and end as far apart as they are many have no gap.
                int run = last - from + 1 == count - at ? count - at : 1;
                while (at + run < count && ordinalOf.applyAsLong(at + run) == from + run) {
                    run++;
                }
                decoder.skip(from - row);
                decoder.read(run, vector);
                row = from + run;
                at += run;
            }
            if (last + 1 == groupEnd) {
                decoder.endChunk();
            }
            Optional<ExactValues> exact = file.exactValues(column.index());
            return exact.isPresent()
                    ? exact.get().restore(vector, column.column().type(), ordinalOf)
                    : vector;
        } catch (SnapshotException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            String place = "column '" + column.column().name() + "', rows " + (groupStart + 1) + " to " + groupEnd;
            throw ParquetFile.corrupt(file.bytes(), place, e);
        }
    }

    private void openRowGroup(BlockMetaData group) {
        List<ColumnChunkMetaData> chunks = new ArrayList<>(decoders.size());
        long fetched = 0;
        long uncompressed = 0;
        for (ColumnDecoder decoder : decoders) {
            ColumnChunkMetaData chunk = group.getColumns().get(decoder.column().index());
            chunks.add(chunk);
            fetched += chunk.getTotalSize();
            uncompressed += Math.max(0, chunk.getTotalUncompressedSize());
        }
        bytesPerRow = uncompressed / group.getRowCount();
        SeekableBytes bytes = file.bytes();
        if (fetched > MAX_FETCHED) {
            for (int i = 0; i < decoders.size(); i++) {
                ColumnChunkMetaData chunk = chunks.get(i);
                long start = chunk.getStartingPos();
                decoders.get(i).startChunk(new ChunkBytes(bytes, start, start + chunk.getTotalSize()), chunk);
            }
            return;
        }
        List<Integer> inFileOrder = new ArrayList<>(decoders.size());
        for (int i = 0; i < decoders.size(); i++) {
            inFileOrder.add(i);
        }
        inFileOrder.sort(Comparator.comparingLong(i -> chunks.get(i).getStartingPos()));
        int from = 0;
        while (from < inFileOrder.size()) {
            long start = chunks.get(inFileOrder.get(from)).getStartingPos();
            long end = start;
            int to = from;
            while (to < inFileOrder.size()) {
                ColumnChunkMetaData chunk = chunks.get(inFileOrder.get(to));
                if (chunk.getStartingPos() - end > MAX_GAP) {
                    break;
                }
                end = Math.max(end, chunk.getStartingPos() + chunk.getTotalSize());
                to++;
            }
            byte[] window = new byte[Math.toIntExact(end - start)];
            bytes.read(start, window, 0, window.length);
            for (int i = from; i < to; i++) {
                ColumnChunkMetaData chunk = chunks.get(inFileOrder.get(i));
                long chunkStart = chunk.getStartingPos();
                decoders.get(inFileOrder.get(i))
                        .startChunk(
                                new ChunkBytes(
                                        bytes, chunkStart, chunkStart + chunk.getTotalSize(), window, start, end),
                                chunk);
            }
            from = to;
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            scratch.decompressor.close();
        }
    }
}
