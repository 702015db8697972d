package io.hybridsnapshot.postgres.source;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.util.List;
import java.util.Optional;

/**
 * The rows of a source in a session of their own. Closing early drops the connection instead of waiting for the rest.
 */
final class PostgresRowStream implements RowStream {
    private final PostgresSession session;
    private final CopyRows rows;
    private boolean ended;

    PostgresRowStream(
            PostgresSession session,
            String select,
            PostgresRowSource source,
            List<SourceColumn> columns,
            int batchRows) {
        this.session = session;
        this.rows = CopyRows.open(session, select, source, this::place, columns, batchRows);
    }

    @Override
    public Schema schema() {
        return rows.schema();
    }

    @Override
    public Optional<RowBatch> next() {
        if (ended) {
            return Optional.empty();
        }
        try {
            Optional<RowBatch> batch = rows.next();
            ended = batch.isEmpty();
            return batch;
        } catch (RuntimeException e) {
            ended = true;
            throw e;
        }
    }

    @Override
    public void close() {
        ended = true;
        rows.cancel();
        session.close();
    }
}
