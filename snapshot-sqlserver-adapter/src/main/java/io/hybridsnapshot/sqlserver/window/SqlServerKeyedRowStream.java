package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.StoredHash;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.sqlserver.connection.GuidBytes;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Identities and hashes as the server sends them; closes its session with itself. */
final class SqlServerKeyedRowStream implements KeyedRowStream {
    static final int BATCH_ROWS = 4_096;

    private final SqlServerSession session;
    private final ResultSet rows;
    private boolean ended;

    SqlServerKeyedRowStream(SqlServerSession session, ResultSet rows) {
        this.session = session;
        this.rows = rows;
    }

    @Override
    public Optional<KeyedHashes> next() {
        if (ended) {
            return Optional.empty();
        }
        KeyedHashes batch = session.run("reading a snapshot's rows", this::read);
        return batch.size() == 0 ? Optional.empty() : Optional.of(batch);
    }

    private KeyedHashes read() throws SQLException {
        KeyedHashes batch = new KeyedHashes(BATCH_ROWS);
        while (batch.size() < BATCH_ROWS && !ended) {
            ended = !rows.next();
            if (!ended) {
                byte[] identity = rows.getBytes(1);
                StoredHash.append(batch, GuidBytes.high(identity, 0), GuidBytes.low(identity, 0), rows.getString(2));
            }
        }
        return batch;
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
