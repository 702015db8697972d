package io.hybridsnapshot.jdbc.connection;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.WindowStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Identities and carried texts of a snapshot, read from a query's result: the identity, then the texts. A batch ends at
 * {@link RowBatch#DEFAULT_ROWS} rows or {@link RowBatch#DEFAULT_BYTES} of texts. Errors are those that the session
 * makes of the server's. One thread. Subclasses close the session.
 */
public abstract class CarriedRowStream implements RowStream {
    private final JdbcSession session;
    private final ResultSet rows;
    private final Schema schema;
    private final int expectedRows;
    private boolean ended;

    /**
     * @param columns the names of the carried columns
     * @param expectedRows rows that a batch has room for at first; it grows
     */
    protected CarriedRowStream(JdbcSession session, ResultSet rows, List<String> columns, int expectedRows) {
        this.session = session;
        this.rows = rows;
        this.schema = WindowStore.carriedSchema(columns);
        this.expectedRows = expectedRows;
    }

    /** Appends the identity in the first column of the row that a result is at. */
    protected abstract void appendIdentity(ResultSet row, UuidVector identities) throws SQLException;

    /**
     * Appends the text in a column, from 1, of the row that a result is at, or nothing where it is NULL.
     *
     * @return the size of the text, about in bytes; -1 for NULL
     */
    protected abstract int appendText(ResultSet row, int column, BytesVector texts) throws SQLException;

    /** Returns whether all rows were read, or the stream was closed. */
    protected final boolean isEnded() {
        return ended;
    }

    @Override
    public final Schema schema() {
        return schema;
    }

    @Override
    public final Optional<RowBatch> next() {
        return ended ? Optional.empty() : session.run("reading a snapshot's carried texts", this::read);
    }

    private Optional<RowBatch> read() throws SQLException {
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, expectedRows);
        UuidVector identities = (UuidVector) vectors.get(0);
        long bytes = 0;
        int read = 0;
        while (read < RowBatch.DEFAULT_ROWS && bytes < RowBatch.DEFAULT_BYTES) {
            if (!rows.next()) {
                ended = true;
                break;
            }
            appendIdentity(rows, identities);
            for (int i = 1; i < vectors.size(); i++) {
                int size = appendText(rows, i + 1, (BytesVector) vectors.get(i));
                if (size < 0) {
                    vectors.get(i).appendNull();
                } else {
                    bytes += size;
                }
            }
            read++;
        }
        return read == 0 ? Optional.empty() : Optional.of(new RowBatch(schema, vectors));
    }

    /** Ends the stream. A subclass closes or aborts the session. */
    @Override
    public void close() {
        ended = true;
    }
}
