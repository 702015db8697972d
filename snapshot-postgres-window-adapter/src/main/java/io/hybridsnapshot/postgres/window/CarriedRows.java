package io.hybridsnapshot.postgres.window;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.jdbc.connection.CarriedRowStream;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** Identities and carried texts from a server-side cursor; closes its session with itself. */
final class CarriedRows extends CarriedRowStream {
    /** Few, since a text has no limit: the driver holds that many rows. */
    static final int FETCH_ROWS = 256;

    private final PostgresSession session;

    /**
     * @param rows the identity, then the columns
     */
    CarriedRows(PostgresSession session, ResultSet rows, List<String> columns) {
        super(session, rows, columns, FETCH_ROWS);
        this.session = session;
    }

    @Override
    protected void appendIdentity(ResultSet row, UuidVector identities) throws SQLException {
        identities.append(row.getObject(1, UUID.class));
    }

    @Override
    protected int appendText(ResultSet row, int column, BytesVector texts) throws SQLException {
        byte[] text = row.getBytes(column);
        if (text == null) {
            return -1;
        }
        texts.append(text);
        return text.length;
    }

    @Override
    public void close() {
        super.close();
        session.close();
    }
}
