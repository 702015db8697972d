package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.testkit.data.Table;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one plain file, run by run. */
final class PlainReader implements SnapshotReader {
    private final SeekableBytes bytes;
    private final PlainFooter footer;

    private PlainReader(SeekableBytes bytes, PlainFooter footer) {
        this.bytes = bytes;
        this.footer = footer;
    }

    static PlainReader open(SeekableBytes bytes) {
        try {
            return new PlainReader(bytes, footer(bytes));
        } catch (IOException | RuntimeException e) {
            bytes.close();
            throw e instanceof SnapshotException known ? known : damaged(bytes, "its footer", e);
        }
    }

    private static PlainFooter footer(SeekableBytes bytes) throws IOException {
        long length = bytes.length();
        if (length < Integer.BYTES + PlainFooter.TRAILER_BYTES) {
            throw damaged(bytes, length + " bytes", null);
        }
        ByteBuffer head = ByteBuffer.wrap(read(bytes, 0, Integer.BYTES));
        ByteBuffer trailer =
                ByteBuffer.wrap(read(bytes, length - PlainFooter.TRAILER_BYTES, PlainFooter.TRAILER_BYTES));
        int footerLength = trailer.getInt();
        int crc = trailer.getInt();
        if (head.getInt() != PlainFooter.MAGIC || trailer.getInt() != PlainFooter.MAGIC) {
            throw damaged(bytes, "another format", null);
        }
        if (footerLength < 0 || footerLength > length - Integer.BYTES - PlainFooter.TRAILER_BYTES) {
            throw damaged(bytes, "a footer of " + footerLength + " bytes", null);
        }
        byte[] footer = read(bytes, length - PlainFooter.TRAILER_BYTES - footerLength, footerLength);
        if (PlainFooter.crc(footer) != crc) {
            throw damaged(bytes, "another checksum of the footer", null);
        }
        return PlainFooter.decode(footer);
    }

    @Override
    public Schema schema() {
        return footer.schema();
    }

    @Override
    public long rowCount() {
        return footer.rowCount();
    }

    @Override
    public Map<String, String> metadata() {
        return footer.metadata();
    }

    @Override
    public RowStream rows(ReadOptions options) {
        return new PlainStream(options, Optional.empty());
    }

    @Override
    public RowStream rowsAt(long[] ordinals, ReadOptions options) {
        return new PlainStream(options, Optional.of(ordinals.clone()));
    }

    @Override
    public void close() {
        bytes.close();
    }

    private static byte[] read(SeekableBytes bytes, long position, int length) {
        byte[] target = new byte[length];
        bytes.read(position, target, 0, length);
        return target;
    }

    private static SnapshotException damaged(SeekableBytes bytes, String actual, Exception cause) {
        return SnapshotException.corrupt("not a whole plain file")
                .where(bytes.description())
                .actual(actual)
                .expected("the bytes that were written")
                .nextStep("write the file again")
                .cause(cause)
                .build();
    }

    /** The rows of one group after the other, cut to the batches asked for. */
    private final class PlainStream implements RowStream {
        private final Schema selected;
        private final int batchRows;
        private final Optional<long[]> ordinals;
        private final Deque<RowBatch> ready = new ArrayDeque<>();
        private int group;
        private long firstRow;

        PlainStream(ReadOptions options, Optional<long[]> ordinals) {
            this.selected = options.columns().isEmpty()
                    ? footer.schema()
                    : footer.schema().select(options.columns());
            this.batchRows = options.batchRows();
            this.ordinals = ordinals;
        }

        @Override
        public Schema schema() {
            return selected;
        }

        @Override
        public Optional<RowBatch> next() {
            while (ready.isEmpty() && group < footer.groups().size()) {
                PlainFooter.Group next = footer.groups().get(group++);
                long[] wanted = wanted(next.rows());
                if (ordinals.isEmpty() || wanted.length > 0) {
                    Table rows = new Table(selected, List.of(decode(next)));
                    ready.addAll((ordinals.isEmpty() ? rows : rows.rowsAt(wanted))
                            .inBatchesOf(batchRows)
                            .batches());
                }
                firstRow += next.rows();
            }
            return Optional.ofNullable(ready.poll());
        }

        @Override
        public void close() {
            // The reader holds the bytes.
        }

        /** The requested ordinals of this group, counted from its first row. */
        private long[] wanted(int rows) {
            return Arrays.stream(ordinals.orElse(new long[0]))
                    .map(ordinal -> ordinal - firstRow)
                    .filter(row -> row >= 0 && row < rows)
                    .toArray();
        }

        private RowBatch decode(PlainFooter.Group next) {
            List<ColumnVector> vectors = new ArrayList<>();
            for (String name : selected.names()) {
                int column = footer.schema().indexOf(name);
                PlainRun run = next.runs().get(column);
                byte[] values = read(bytes, run.position(), run.length());
                if (PlainFooter.crc(values) != run.crc()) {
                    throw damaged(bytes, "another checksum of column '" + name + "'", null);
                }
                try {
                    vectors.add(PlainRun.decode(footer.schema().column(column).type(), values, next.rows()));
                } catch (IOException e) {
                    throw damaged(bytes, "values of column '" + name + "' that end too early", e);
                }
            }
            return new RowBatch(selected, vectors);
        }
    }
}
