package io.hybridsnapshot.postgres.source;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.util.List;
import java.util.Optional;
import org.postgresql.copy.CopyOut;

/**
 * Reads a binary COPY (PostgreSQL's manual, COPY, "Binary Format"), one message per row, into vectors. A
 * {@link CopyBlock} decodes some rows at a time. Closing early drops the connection instead of waiting for the rest.
 */
final class PostgresRowStream implements RowStream {
    /** Signature, flags and the length of an extension that is never there. */
    private static final int HEADER_BYTES = 19;

    private final PostgresSession session;
    private final CopyOut copy;
    private final PostgresRowSource source;
    private final Schema schema;
    private final int batchRows;
    private final CopyBlock block;
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
        this.schema = Schema.of(columns.stream().map(SourceColumn::column).toList());
        this.batchRows = batchRows;
        this.block = new CopyBlock(columns);
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
    private byte[] message(List<ColumnVector> vectors) {
        try {
            return session.run(source.reading(), copy::readFromCopy);
        } catch (SnapshotException e) {
            ended = true;
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
        ended = true;
        return source.wrongColumn(
                        "a value of " + place(rowsRead + problem.row()) + " has no counterpart in a snapshot",
                        problem.column().name())
                .actual(problem.value())
                .expected("a finite value within " + problem.column().column().type())
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
