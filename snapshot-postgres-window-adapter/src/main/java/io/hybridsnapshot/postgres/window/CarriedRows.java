package io.hybridsnapshot.postgres.window;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Identities and carried texts from a server-side cursor; closes its session with itself. */
final class CarriedRows implements RowStream {
    /** Few, since a text has no limit: the driver holds that many rows. */
    static final int FETCH_ROWS = 256;

    private static final String TASK = "reading a snapshot's carried texts";

    private final PostgresSession session;
    private final ResultSet rows;
    private final Schema schema;
    private boolean ended;

    /**
     * @param rows the identity, then the columns
     */
    CarriedRows(PostgresSession session, ResultSet rows, List<String> columns) {
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
        return ended ? Optional.empty() : session.run(TASK, this::read);
    }

    private Optional<RowBatch> read() throws SQLException {
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, FETCH_ROWS);
        UuidVector identities = (UuidVector) vectors.get(0);
        long bytes = 0;
        int read = 0;
        while (read < RowBatch.DEFAULT_ROWS && bytes < RowBatch.DEFAULT_BYTES) {
            if (!rows.next()) {
                ended = true;
                break;
            }
            identities.append(rows.getObject(1, UUID.class));
            for (int i = 1; i < vectors.size(); i++) {
                byte[] text = rows.getBytes(i + 1);
                if (text == null) {
                    vectors.get(i).appendNull();
                } else {
                    ((BytesVector) vectors.get(i)).append(text);
                    bytes += text.length;
                }
            }
            read++;
        }
        return read == 0 ? Optional.empty() : Optional.of(new RowBatch(schema, vectors));
    }

    @Override
    public void close() {
        ended = true;
        session.close();
    }
}
