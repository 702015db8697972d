package io.hybridsnapshot.jdbc.connection;

import java.sql.SQLException;
import java.util.List;

/** The state in which a data source lent a connection, and its return in that state. For one thread. */
public interface ConnectionLoan {
    /**
     * Puts the connection's state back. No transaction may be open.
     *
     * @param undone statements that remove what the session left in the server: its locks and temporary tables
     * @throws SQLException if the connection cannot be put back; its pool has to replace it
     */
    void giveBack(List<String> undone) throws SQLException;
}
