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
    static final int BATCH_ROWS = 4_096;

    private final PostgresSession session;
    private final ResultSet rows;
    private boolean ended;

    PostgresKeyedRowStream(PostgresSession session, ResultSet rows) {
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
                UUID identity = rows.getObject(1, UUID.class);
                StoredHash.append(
                        batch, identity.getMostSignificantBits(), identity.getLeastSignificantBits(), rows.getBytes(2));
            }
        }
        return batch;
    }

    @Override
    public void close() {
        ended = true;
        session.close();
    }
}
