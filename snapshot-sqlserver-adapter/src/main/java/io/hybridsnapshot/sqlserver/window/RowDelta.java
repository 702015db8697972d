package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaCursor;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.jdbc.connection.ReadDeltaCursor;
import io.hybridsnapshot.sqlserver.connection.GuidBytes;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jooq.Name;
import org.jooq.Record;

/**
 * A delta with its changed rows in a temporary table of the session. One full outer join in the database has computed
 * it, so later changes to the tables do not affect it. For one thread; usable as long as the session.
 */
final class RowDelta implements SnapshotDelta {
    private final SqlServerSession session;
    private final Name changes;
    private final DeltaSummary summary;

    private RowDelta(SqlServerSession session, Name changes, DeltaSummary summary) {
        this.session = session;
        this.changes = changes;
        this.summary = summary;
    }

    /**
     * Creates the temporary table that {@link #compute} fills. Runs outside that transaction, because its isolation may
     * forbid the statement.
     */
    static void makeTable(SqlServerSession session, Name changes) {
        session.run("making a temporary table", () -> {
            WindowTables.run(session, List.of(WindowStatements.createDelta(changes)));
            return null;
        });
        session.undoAtClose(WindowStatements.dropTemporary(changes));
    }

    /**
     * Compares within the session's transaction, which either sees one moment or locks the rows it reads.
     *
     * @param changes the temporary table to fill, empty
     */
    static RowDelta compute(
            SqlServerSession session, Name changes, WindowStatements.Rows later, WindowStatements.Rows earlier) {
        session.dsl().execute(WindowStatements.compare(changes, later, earlier));
        Map<ChangeKind, Long> counts = new EnumMap<>(ChangeKind.class);
        for (Record row : session.dsl().fetch(WindowStatements.changesByKind(changes))) {
            counts.put(ChangeKind.values()[row.get(0, Integer.class)], row.get(1, Long.class));
        }
        long added = counts.getOrDefault(ChangeKind.NEW, 0L);
        long changed = counts.getOrDefault(ChangeKind.CHANGED, 0L);
        long deleted = counts.getOrDefault(ChangeKind.DELETED, 0L);
        long laterRows =
                session.dsl().fetchSingle(WindowStatements.count(later)).get(0, Long.class);
        return new RowDelta(session, changes, new DeltaSummary(added, changed, laterRows - added - changed, deleted));
    }

    @Override
    public DeltaSummary summary() {
        return summary;
    }

    @Override
    public DeltaCursor openChanges() {
        return session.run(
                "reading the changes",
                () -> new ReadDeltaCursor(
                        session,
                        session.dsl()
                                .fetchLazy(WindowStatements.changesInOrder(changes))
                                .resultSet(),
                        RowDelta::identity));
    }

    private static UUID identity(ResultSet row) throws SQLException {
        byte[] bytes = row.getBytes(1);
        return new UUID(GuidBytes.high(bytes, 0), GuidBytes.low(bytes, 0));
    }
}
