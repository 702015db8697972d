package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.RowSize;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.domain.source.ReadListener;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;

/**
 * Streams the rows of a Parquet file, either all of them or those with given ordinals, row group after row group. From
 * a row group, only the chunks of the wanted columns are fetched, neighbours together. Row groups without a wanted row
 * are not fetched. For one thread.
 */
final class ParquetRowStream implements RowStream {
    /** A gap that is cheaper to fetch than another request. */
    private static final long MAX_GAP = 32 << 10;

    /** The most bytes held of a row group. The chunks of a larger row group are fetched window by window. */
    private static final long MAX_FETCHED = 64 << 20;

    private final ParquetFile file;
    private final Schema schema;
    private final int batchRows;
    private final List<ColumnDecoder> decoders = new ArrayList<>();
    /** The decoders of values without a fixed size. */
    private final List<ColumnDecoder> bytesDecoders = new ArrayList<>();

    private final ColumnDecoder.Scratch scratch;
    private final Selection selection;
    /** The bytes of a row's values in the vectors, without its texts and bytes. */
    private final long fixedBytes;

    private int rowGroup = -1;
    private long groupStart;
    private long groupEnd;
    private boolean closed;

    /** Which rows are wanted. */
    private interface Selection {
        /**
         * The number of wanted rows, from number {@code index} on, that lie before the ordinal {@code end}; at most
         * {@code limit}.
         */
        int count(int index, long end, int limit);

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
        this.scratch = new ColumnDecoder.Scratch(new PageMemory(file.bytes().description()));
        this.fixedBytes = schema.columns().stream()
                .mapToLong(column -> fixedBytes(column.type()))
                .sum();
        for (String name : schema.names()) {
            FileColumn column = file.column(all.indexOf(name));
            ColumnDecoder decoder = ColumnDecoder.of(column, scratch);
            decoders.add(decoder);
            TypeKind kind = column.column().type().kind();
            if (kind == TypeKind.TEXT || kind == TypeKind.BINARY) {
                bytesDecoders.add(decoder);
            }
        }
    }

    static ParquetRowStream all(ParquetFile file, ReadOptions options) {
        return new ParquetRowStream(file, options, new Selection() {
            private long next;

            @Override
            public int count(int index, long end, int limit) {
                return (int) Math.min(limit, Math.max(0, end - next - index));
            }

            @Override
            public long ordinal(int index) {
                return next + index;
            }

            @Override
            public void advance(int count) {
                next += count;
                options.listener().at(ReadListener.Purpose.ROWS, next, file.rowCount());
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
            public int count(int index, long end, int limit) {
                int from = next + index;
                int count = 0;
                while (count < limit && from + count < wanted.length && wanted[from + count] < end) {
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
        int count = selection.count(0, groupEnd, batchRows);
        while (count == 0) {
            if (rowGroup + 1 >= file.rowGroups().size()) {
                return Optional.empty();
            }
            groupStart = groupEnd;
            rowGroup++;
            groupEnd = groupStart + file.rowGroups().get(rowGroup).getRowCount();
            count = selection.count(0, groupEnd, batchRows);
            if (count > 0) {
                openRowGroup(file.rowGroups().get(rowGroup));
            }
        }
        return Optional.of(read(count));
    }

    private static long fixedBytes(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> 1;
            case TEXT, BINARY -> Integer.BYTES;
            case TIMESTAMP, INSTANT -> Long.BYTES + Integer.BYTES;
            case UUID -> 2 * Long.BYTES;
            case DECIMAL -> type.isWideDecimal() ? 2 * Long.BYTES : Long.BYTES;
            default -> Long.BYTES;
        };
    }

    /**
     * Reads up to {@code most} of the wanted rows, in steps. The batch ends earlier if its rows reach
     * {@link RowBatch#DEFAULT_BYTES}. The most bytes of a step are known before it is decoded, so a batch exceeds that
     * size by one row at most.
     */
    private RowBatch read(int most) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, most);
        int rows = 0;
        long bytes = 0;
        while (rows < most && bytes < RowBatch.DEFAULT_BYTES) {
            int step = step(rows, most - rows, RowBatch.DEFAULT_BYTES - bytes);
            for (int i = 0; i < decoders.size(); i++) {
                read(decoders.get(i), vectors.get(i), rows, step);
            }
            rows += step;
            bytes = fixedBytes * rows;
            for (ColumnVector vector : vectors) {
                bytes += vector instanceof BytesVector texts ? texts.bytesUsed() : 0;
            }
            if (step == 1) {
                requireHoldable(vectors, rows - 1);
            }
        }
        List<ColumnVector> exact = new ArrayList<>(vectors.size());
        for (int i = 0; i < decoders.size(); i++) {
            exact.add(finished(decoders.get(i), vectors.get(i), rows));
        }
        selection.advance(rows);
        return new RowBatch(schema, exact);
    }

    /**
     * The number of wanted rows, from number {@code done} on, that certainly fit into {@code room} bytes; at least one
     * and at most {@code limit}.
     */
    private int step(int done, int limit, long room) {
        long from = selection.ordinal(done);
        long end = groupEnd;
        for (ColumnDecoder decoder : bytesDecoders) {
            try {
                decoder.skip(from - decoder.row());
                end = Math.min(end, from + decoder.openRows());
            } catch (IOException | RuntimeException e) {
                throw damaged(decoder, e, OptionalLong.empty());
            }
        }
        int step = selection.count(done, end, limit);
        while (step > 1 && mostBytes(step) > room) {
            step /= 2;
        }
        return step;
    }

    private long mostBytes(int rows) {
        long bytes = fixedBytes * rows;
        for (ColumnDecoder decoder : bytesDecoders) {
            bytes += decoder.mostBytes(rows);
        }
        return bytes;
    }

    /**
     * Refuses a row that was read alone, because it may be larger than all other rows of a batch, if it is too large.
     */
    private void requireHoldable(List<ColumnVector> vectors, int row) {
        Optional<SnapshotException> refused = RowSize.refusal(
                schema, vectors, row, file.bytes().description() + ", row " + (selection.ordinal(row) + 1));
        if (refused.isPresent()) {
            throw refused.get();
        }
    }

    /** Reads the wanted rows {@code [first, first + count)} of a column. */
    private void read(ColumnDecoder decoder, ColumnVector vector, int first, int count) {
        try {
            int at = first;
            int end = first + count;
            long last = selection.ordinal(end - 1);
            while (at < end) {
                long from = selection.ordinal(at);
                // Ordinals ascend. If the first and last ordinal differ by the number of rows minus one, there is no
                // gap.
                int run = last - from + 1 == end - at ? end - at : 1;
                while (at + run < end && selection.ordinal(at + run) == from + run) {
                    run++;
                }
                decoder.skip(from - decoder.row());
                decoder.read(run, vector);
                at += run;
            }
        } catch (IOException | RuntimeException e) {
            int failed = Math.min(vector.size(), first + count - 1);
            throw damaged(decoder, e, OptionalLong.of(selection.ordinal(failed)));
        }
    }

    /** A column's vector as it was written, after all rows of the batch were read. */
    private ColumnVector finished(ColumnDecoder decoder, ColumnVector vector, int rows) {
        try {
            if (selection.ordinal(rows - 1) + 1 == groupEnd) {
                decoder.endChunk();
            }
            FileColumn column = decoder.column();
            Optional<ExactValues> exact = file.exactValues(column.index());
            return exact.isPresent()
                    ? exact.get().restore(vector, column.column().type(), selection::ordinal)
                    : vector;
        } catch (IOException | RuntimeException e) {
            throw damaged(decoder, e, OptionalLong.empty());
        }
    }

    /** Translates an exception that was thrown while a column was decoded. */
    private SnapshotException damaged(ColumnDecoder decoder, Exception failure, OptionalLong ordinal) {
        if (failure instanceof SnapshotException told) {
            return told;
        }
        FileColumn column = decoder.column();
        String name = "column '" + column.column().name() + "'";
        String rows = "rows " + (groupStart + 1) + " to " + groupEnd;
        if (failure instanceof OutsideTypeException outside && !column.trusted()) {
            String place =
                    ordinal.isPresent() && !decoder.readsDictionary() ? "row " + (ordinal.getAsLong() + 1) : rows;
            return SnapshotException.invalidRequest("a value is outside its column's type")
                    .where(file.bytes().description() + ", " + name + ", " + place)
                    .actual(outside.actual())
                    .expected(outside.expected())
                    .nextStep("correct it where the file is made; if it is right there, fetch the file again")
                    .cause(failure)
                    .build();
        }
        return ParquetFile.corrupt(file.bytes(), name + ", " + rows, failure);
    }

    private void openRowGroup(BlockMetaData group) {
        List<ColumnChunkMetaData> chunks = new ArrayList<>(decoders.size());
        long fetched = 0;
        for (ColumnDecoder decoder : decoders) {
            ColumnChunkMetaData chunk = group.getColumns().get(decoder.column().index());
            chunks.add(chunk);
            fetched += chunk.getTotalSize();
        }
        SeekableBytes bytes = file.bytes();
        if (fetched > MAX_FETCHED) {
            for (int i = 0; i < decoders.size(); i++) {
                ColumnChunkMetaData chunk = chunks.get(i);
                long start = chunk.getStartingPos();
                decoders.get(i)
                        .startChunk(new ChunkBytes(bytes, start, start + chunk.getTotalSize()), chunk, groupStart);
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
                                chunk,
                                groupStart);
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
