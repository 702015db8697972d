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
    private final SqlServerSession session;
    private final ResultSet rows;
    private boolean ended;

    SqlServerKeyedRowStream(SqlServerSession session, ResultSet rows) {
        this.session = session;
        this.rows = rows;
    }

    @Override
    public Optional<KeyedHashes> next() {
        return ended
                ? Optional.empty()
                : session.run("reading a snapshot's rows", () -> KeyedRowStream.batch(this::append));
    }

    private boolean append(KeyedHashes batch) throws SQLException {
        ended = !rows.next();
        if (!ended) {
            byte[] identity = rows.getBytes(1);
            StoredHash.append(batch, GuidBytes.high(identity, 0), GuidBytes.low(identity, 0), rows.getString(2));
        }
        return !ended;
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
