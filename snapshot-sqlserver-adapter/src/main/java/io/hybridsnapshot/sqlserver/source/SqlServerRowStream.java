package io.hybridsnapshot.sqlserver.source;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.util.Optional;

/**
 * The rows of a source in a session of their own. Closing early stops the statement instead of waiting for the rest.
 */
final class SqlServerRowStream implements RowStream {
    private final SqlServerSession session;
    private final SelectedRows rows;
    private final SqlServerRowSource source;
    private final ReadConsistency consistency;

    SqlServerRowStream(
            SqlServerSession session, SelectedRows rows, SqlServerRowSource source, ReadConsistency consistency) {
        this.session = session;
        this.rows = rows;
        this.source = source;
        this.consistency = consistency;
    }

    @Override
    public Schema schema() {
        return rows.schema();
    }

    @Override
    public Optional<RowBatch> next() {
        try {
            return rows.next();
        } catch (SnapshotException e) {
            throw source.explained(e);
        }
    }

    @Override
    public Optional<String> remark() {
        return consistency.isOneMoment()
                ? Optional.empty()
                : Optional.of(
                        "the source was not read as of one moment: its database allows neither SNAPSHOT isolation nor"
                                + " READ_COMMITTED_SNAPSHOT, so rows that others changed meanwhile may be"
                                + " missing or of another moment");
    }

    @Override
    public void close() {
        rows.close();
        // The server rolls back the transaction, which has only read.
        session.close();
    }
}
