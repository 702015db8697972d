package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaCursor;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.sqlserver.connection.GuidBytes;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.sql.ResultSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jooq.Name;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

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
                () -> new Cursor(
                        session,
                        session.dsl()
                                .fetchLazy(WindowStatements.changesInOrder(changes))
                                .resultSet()));
    }

    private static final class Cursor implements DeltaCursor {
        private static final ChangeKind[] KINDS = ChangeKind.values();

        private final SqlServerSession session;
        private final ResultSet rows;
        private boolean ended;
        private byte @Nullable [] identity;
        private @Nullable ChangeKind kind;

        Cursor(SqlServerSession session, ResultSet rows) {
            this.session = session;
            this.rows = rows;
        }

        @Override
        public boolean next() {
            if (!ended) {
                session.run("reading the changes", () -> {
                    ended = !rows.next();
                    if (!ended) {
                        identity = rows.getBytes(1);
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
            return GuidBytes.high(identity, 0);
        }

        @Override
        public long identityLow() {
            return GuidBytes.low(identity, 0);
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
}
