package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.sqlserver.connection.GuidBytes;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Identities and carried texts as the server sends them; closes its session with itself. */
final class CarriedRows implements RowStream {
    private final SqlServerSession session;
    private final ResultSet rows;
    private final Schema schema;
    private boolean ended;

    /**
     * @param rows the identity's bytes, then the columns
     */
    CarriedRows(SqlServerSession session, ResultSet rows, List<String> columns) {
        this.session = session;
        this.rows = rows;
        this.schema = WindowStore.carriedSchema(columns);
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Optional<RowBatch> next() {
        return ended ? Optional.empty() : session.run("reading a snapshot's carried texts", this::read);
    }

    private Optional<RowBatch> read() throws SQLException {
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, RowBatch.DEFAULT_ROWS);
        UuidVector identities = (UuidVector) vectors.get(0);
        long bytes = 0;
        int read = 0;
        while (read < RowBatch.DEFAULT_ROWS && bytes < RowBatch.DEFAULT_BYTES) {
            if (!rows.next()) {
                ended = true;
                break;
            }
            byte[] identity = rows.getBytes(1);
            identities.append(GuidBytes.high(identity, 0), GuidBytes.low(identity, 0));
            for (int i = 1; i < vectors.size(); i++) {
                String text = rows.getNString(i + 1);
                if (text == null) {
                    vectors.get(i).appendNull();
                } else {
                    ((BytesVector) vectors.get(i)).append(text);
                    bytes += text.length();
                }
            }
            read++;
        }
        return read == 0 ? Optional.empty() : Optional.of(new RowBatch(schema, vectors));
    }

    @Override
    public void close() {
        if (ended) {
            session.close();
            return;
        }
        ended = true;
        // Without waiting for the rest of the rows.
        session.abort();
    }
}
