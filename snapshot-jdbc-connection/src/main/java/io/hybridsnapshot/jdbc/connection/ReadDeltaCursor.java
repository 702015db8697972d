package io.hybridsnapshot.jdbc.connection;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaCursor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The changed rows of a delta, read from a query's result: the identity, then the ordinal of the {@link ChangeKind}.
 * Errors are those that the session makes of the server's. One thread. Closing it closes the result and no session.
 */
public final class ReadDeltaCursor implements DeltaCursor {
    private static final ChangeKind[] KINDS = ChangeKind.values();

    /** Reads the identity in the first column of the row that a result is at. */
    @FunctionalInterface
    public interface IdentityColumn {
        UUID read(ResultSet row) throws SQLException;
    }

    private final JdbcSession session;
    private final ResultSet rows;
    private final IdentityColumn column;
    private boolean ended;
    private @Nullable UUID identity;
    private @Nullable ChangeKind kind;

    /**
     * @param rows in the order of the identities
     */
    public ReadDeltaCursor(JdbcSession session, ResultSet rows, IdentityColumn column) {
        this.session = session;
        this.rows = rows;
        this.column = column;
    }

    @Override
    public boolean next() {
        if (!ended) {
            session.run("reading the changes", () -> {
                ended = !rows.next();
                if (!ended) {
                    identity = column.read(rows);
                    kind = KINDS[rows.getInt(2)];
                }
                return null;
            });
        }
        return !ended;
    }

    @Override
    public ChangeKind kind() {
        return kind;
    }

    @Override
    public long identityHigh() {
        return identity.getMostSignificantBits();
    }

    @Override
    public long identityLow() {
        return identity.getLeastSignificantBits();
    }

    @Override
    public UUID identity() {
        return identity;
    }

    @Override
    public void close() {
        ended = true;
        session.run("closing the changes", () -> {
            rows.close();
            return null;
        });
    }
}
