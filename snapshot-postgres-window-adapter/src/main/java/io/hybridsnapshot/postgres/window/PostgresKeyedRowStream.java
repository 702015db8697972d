package io.hybridsnapshot.postgres.window;

import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** Identities and hashes from a server-side cursor; closes its session with itself. */
final class PostgresKeyedRowStream implements KeyedRowStream {
    static final int BATCH_ROWS = 4_096;

    private static final int HASH_DIGITS = 64;
    private static final int WORD_DIGITS = 16;

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
                byte[] hash = rows.getBytes(2);
                batch.append(
                        identity.getMostSignificantBits(),
                        identity.getLeastSignificantBits(),
                        word(identity, hash, 0),
                        word(identity, hash, 1),
                        word(identity, hash, 2),
                        word(identity, hash, 3));
            }
        }
        return batch;
    }

    private static long word(UUID identity, byte[] hash, int index) {
        if (hash.length != HASH_DIGITS) {
            throw malformed(identity, hash.length + " characters");
        }
        long word = 0;
        for (int i = index * WORD_DIGITS; i < (index + 1) * WORD_DIGITS; i++) {
            int digit = Character.digit((char) hash[i], WORD_DIGITS);
            if (digit < 0) {
                throw malformed(identity, "a character that is no hex digit");
            }
            word = word << 4 | digit;
        }
        return word;
    }

    private static SnapshotException malformed(UUID identity, String actual) {
        return SnapshotException.corrupt("a row hash in the window is malformed")
                .where("record " + identity)
                .actual(actual)
                .expected(HASH_DIGITS + " hex digits")
                .nextStep("save the dataset again; the writer of this row does not write SHA-256")
                .build();
    }

    @Override
    public void close() {
        ended = true;
        session.close();
    }
}
