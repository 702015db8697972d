package io.hybridsnapshot.postgres.window;

import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.StoredHash;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** Identities and hashes from a server-side cursor; closes its session with itself. */
final class PostgresKeyedRowStream implements KeyedRowStream {
    private final PostgresSession session;
    private final ResultSet rows;

    PostgresKeyedRowStream(PostgresSession session, ResultSet rows) {
        this.session = session;
        this.rows = rows;
    }

    @Override
    public Optional<KeyedHashes> next() {
        return session.run("reading a snapshot's rows", () -> KeyedRowStream.batch(this::append));
    }

    private boolean append(KeyedHashes batch) throws SQLException {
        boolean found = rows.next();
        if (found) {
            UUID identity = rows.getObject(1, UUID.class);
            StoredHash.append(
                    batch, identity.getMostSignificantBits(), identity.getLeastSignificantBits(), rows.getBytes(2));
        }
        return found;
    }

    @Override
    public void close() {
        session.close();
    }
}
