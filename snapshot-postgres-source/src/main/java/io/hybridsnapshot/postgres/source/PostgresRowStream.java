package io.hybridsnapshot.postgres.source;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.postgresql.copy.CopyOut;

/**
 * Reads a binary COPY (PostgreSQL's manual, COPY, "Binary Format"), one message per row, into vectors. A hot path: no
 * object per cell. Closing early drops the connection instead of waiting for the rest.
 */
final class PostgresRowStream implements RowStream {
    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** Signature, flags and the length of an extension that is never there. */
    private static final int HEADER_BYTES = 19;

    /** 2000-01-01, from which PostgreSQL counts days and microseconds. */
    private static final int EPOCH_DAY = 10_957;

    private static final long EPOCH_SECOND = EPOCH_DAY * 86_400L;
    private static final long MICROS_A_SECOND = 1_000_000;
    private static final long MICROS_A_DAY = 86_400 * MICROS_A_SECOND;
    private static final int NANOS_A_MICRO = 1_000;

    private final PostgresSession session;
    private final CopyOut copy;
    private final PostgresRowSource source;
    private final List<SourceColumn> columns;
    private final Schema schema;
    private final int batchRows;
    private final NumericReader numeric = new NumericReader();
    private long rowsRead;
    private boolean started;
    private boolean ended;

    PostgresRowStream(
            PostgresSession session,
            CopyOut copy,
            PostgresRowSource source,
            List<SourceColumn> columns,
            int batchRows) {
        this.session = session;
        this.copy = copy;
        this.source = source;
        this.columns = List.copyOf(columns);
        this.schema = Schema.of(columns.stream().map(SourceColumn::column).toList());
        this.batchRows = batchRows;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Optional<RowBatch> next() {
        if (ended) {
            return Optional.empty();
        }
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, batchRows);
        int rows = 0;
        long bytes = 0;
        while (rows < batchRows && bytes < RowBatch.DEFAULT_BYTES) {
            byte[] message = message();
            if (message == null) {
                ended = true;
                break;
            }
            int at = started ? 0 : HEADER_BYTES;
            started = true;
            if (message.length >= at + Short.BYTES && (short) SHORTS.get(message, at) >= 0) {
                read(message, at + Short.BYTES, vectors);
                rows++;
                rowsRead++;
                bytes += message.length;
            }
        }
        return rows == 0 ? Optional.empty() : Optional.of(new RowBatch(schema, vectors));
    }

    /** The next message; null at the end. */
    private byte[] message() {
        try {
            return session.run(source.reading(), copy::readFromCopy);
        } catch (SnapshotException e) {
            ended = true;
            throw source.explained(e);
        }
    }

    private void read(byte[] row, int start, List<ColumnVector> vectors) {
        int at = start;
        for (int i = 0; i < vectors.size(); i++) {
            int length = (int) INTS.get(row, at);
            at += Integer.BYTES;
            if (length < 0) {
                vectors.get(i).appendNull();
            } else {
                read(columns.get(i), vectors.get(i), row, at, length);
                at += length;
            }
        }
    }

    private void read(SourceColumn column, ColumnVector vector, byte[] row, int at, int length) {
        switch (column.form()) {
            case BOOL -> ((BooleanVector) vector).append(row[at] != 0);
            case INT2 -> ((LongVector) vector).append((short) SHORTS.get(row, at));
            case INT4 -> ((LongVector) vector).append((int) INTS.get(row, at));
            case INT8 -> ((LongVector) vector).append((long) LONGS.get(row, at));
            case FLOAT4 -> ((DoubleVector) vector).append(Float.intBitsToFloat((int) INTS.get(row, at)));
            case FLOAT8 -> ((DoubleVector) vector).append(Double.longBitsToDouble((long) LONGS.get(row, at)));
            case BYTES -> ((BytesVector) vector).append(row, at, length);
            case JSONB -> ((BytesVector) vector).append(row, at + 1, length - 1);
            case UUID ->
                ((UuidVector) vector).append((long) LONGS.get(row, at), (long) LONGS.get(row, at + Long.BYTES));
            case DATE -> ((LongVector) vector).append(date(column, (int) INTS.get(row, at)));
            case TIME -> ((LongVector) vector).append(time(column, (long) LONGS.get(row, at)));
            case TIMESTAMP -> timestamp(column, (TimestampVector) vector, (long) LONGS.get(row, at));
            case NUMERIC, WIDE_NUMERIC -> {
                if (!numeric.read(row, at, column.column().type(), vector)) {
                    throw unrepresentable(column, numeric.problem());
                }
            }
        }
    }

    private long date(SourceColumn column, int days) {
        if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
            throw unrepresentable(column, days > 0 ? "infinity" : "-infinity");
        }
        return (long) days + EPOCH_DAY;
    }

    private long time(SourceColumn column, long micros) {
        if (micros >= MICROS_A_DAY) {
            throw unrepresentable(column, "24:00:00");
        }
        return micros * NANOS_A_MICRO;
    }

    private void timestamp(SourceColumn column, TimestampVector vector, long micros) {
        if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
            throw unrepresentable(column, micros > 0 ? "infinity" : "-infinity");
        }
        vector.append(
                Math.floorDiv(micros, MICROS_A_SECOND) + EPOCH_SECOND,
                (int) Math.floorMod(micros, MICROS_A_SECOND) * NANOS_A_MICRO);
    }

    private SnapshotException unrepresentable(SourceColumn column, String value) {
        ended = true;
        return source.wrongColumn("a value of " + place(rowsRead) + " has no counterpart in a snapshot", column.name())
                .actual(value)
                .expected("a finite value within " + column.column().type())
                .nextStep("replace it in the query, for example by NULL")
                .build();
    }

    @Override
    public void close() {
        ended = true;
        if (copy.isActive()) {
            session.abort();
        }
        session.close();
    }
}
