package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.jdbc.connection.CarriedRowStream;
import io.hybridsnapshot.sqlserver.connection.GuidBytes;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Identities and carried texts as the server sends them; closes its session with itself. */
final class CarriedRows extends CarriedRowStream {
    private final SqlServerSession session;

    /**
     * @param rows the identity's bytes, then the columns
     */
    CarriedRows(SqlServerSession session, ResultSet rows, List<String> columns) {
        super(session, rows, columns, RowBatch.DEFAULT_ROWS);
        this.session = session;
    }

    @Override
    protected void appendIdentity(ResultSet row, UuidVector identities) throws SQLException {
        byte[] identity = row.getBytes(1);
        identities.append(GuidBytes.high(identity, 0), GuidBytes.low(identity, 0));
    }

    @Override
    protected int appendText(ResultSet row, int column, BytesVector texts) throws SQLException {
        String text = row.getNString(column);
        if (text == null) {
            return -1;
        }
        texts.append(text);
        return text.length();
    }

    @Override
    public void close() {
        if (isEnded()) {
            session.close();
            return;
        }
        super.close();
        // Without waiting for the rest of the rows.
        session.abort();
    }
}
