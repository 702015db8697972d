package io.hybridsnapshot.postgres.source;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.jdbc.connection.RangeStream;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOut;

/**
 * The rows of one running binary COPY (PostgreSQL's manual, COPY, "Binary Format"), one message per row, as batches. A
 * {@link CopyBlock} decodes some rows at a time. The session stays open. For one thread, except {@link #cancel}.
 */
final class CopyRows implements RangeStream.Rows {
    /** Signature, flags and the length of an extension that is never there. */
    private static final int HEADER_BYTES = 19;

    private final PostgresSession session;
    private final CopyOut copy;
    private final PostgresRowSource source;
    private final LongFunction<String> places;
    private final Schema schema;
    private final int batchRows;
    private final CopyBlock block;
    private long rowsRead;
    private boolean started;
    private volatile boolean ended;

    private CopyRows(
            PostgresSession session,
            CopyOut copy,
            PostgresRowSource source,
            LongFunction<String> places,
            List<SourceColumn> columns,
            int batchRows) {
        this.session = session;
        this.copy = copy;
        this.source = source;
        this.places = places;
        this.schema = Schema.of(columns.stream().map(SourceColumn::column).toList());
        this.batchRows = batchRows;
        this.block = new CopyBlock(columns);
    }

    /**
     * Runs a SELECT.
     *
     * @param places names the place of a row for messages; rows count from 0
     */
    static CopyRows open(
            PostgresSession session,
            String select,
            PostgresRowSource source,
            LongFunction<String> places,
            List<SourceColumn> columns,
            int batchRows) {
        CopyOut copy = session.run(
                source.reading(),
                () -> session.driver().getCopyAPI().copyOut("COPY (" + select + ") TO STDOUT (FORMAT binary)"));
        return new CopyRows(session, copy, source, places, columns, batchRows);
    }

    Schema schema() {
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
            byte[] message = message(vectors);
            if (message == null) {
                ended = true;
                break;
            }
            int at = started ? 0 : HEADER_BYTES;
            started = true;
            if (hasRow(message, at)) {
                block.add(message, at);
                rows++;
                bytes += message.length;
                if (block.isFull()) {
                    decode(vectors);
                }
            }
        }
        decode(vectors);
        return rows == 0 ? Optional.empty() : Optional.of(new RowBatch(schema, vectors));
    }

    /** The trailer's count of fields is -1. */
    private static boolean hasRow(byte[] message, int at) {
        return message.length >= at + Short.BYTES && message[at] >= 0;
    }

    /** The next message; null at the end. */
    private byte @Nullable [] message(List<ColumnVector> vectors) {
        try {
            return session.run(source.reading(), copy::readFromCopy);
        } catch (SnapshotException e) {
            // A value of an earlier row may be the first error.
            decode(vectors);
            throw source.explained(e);
        }
    }

    private void decode(List<ColumnVector> vectors) {
        int rows = block.rows();
        Optional<CopyBlock.Problem> problem = block.decode(vectors);
        if (problem.isPresent()) {
            throw unrepresentable(problem.get());
        }
        rowsRead += rows;
    }

    private SnapshotException unrepresentable(CopyBlock.Problem problem) {
        return source.wrongColumn(
                        "a value of " + places.apply(rowsRead + problem.row()) + " has no counterpart in a snapshot",
                        problem.column().name())
                .actual(problem.value())
                .expected("a finite value within " + problem.column().column().type())
                .nextStep("replace it in the query, for example by NULL")
                .build();
    }

    /** Drops the connection, instead of waiting for the rest, unless all rows were received. */
    @Override
    public void cancel() {
        if (!ended && copy.isActive()) {
            session.abort();
        }
    }
}
