package io.hybridsnapshot.sqlserver.window;

import com.microsoft.sqlserver.jdbc.SQLServerBulkCopy;
import com.microsoft.sqlserver.jdbc.SQLServerBulkCopyOptions;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowProbe;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jooq.Name;

/**
 * Stages rows for comparison in a temporary table of the probe's own session, which drops the table at its end. No
 * transaction stays open while the source is read. The first delta is computed in a transaction of one moment and then
 * kept. If another snapshot became current since the call of {@link #current}, the comparison still uses the earlier
 * one, as long as the window keeps it.
 */
final class SqlServerWindowProbe implements WindowProbe {
    private static final Name ROWS = WindowStatements.temporary("snapshot_probe", 1);
    private static final Name CHANGES = WindowStatements.temporary("snapshot_delta", 1);
    private static final Name NOTHING = WindowStatements.temporary("snapshot_nothing", 1);
    private static final String ADDING = "sending rows to compare";
    private static final String COMPARING = "comparing with the window";

    private final SqlServerSession session;
    private final Ledger ledger;
    private final WindowTables tables;
    private final WindowStatements statements;
    private final Partition partition;
    private Optional<Answer> answer = Optional.empty();
    private Optional<SnapshotDelta> delta = Optional.empty();

    /** The current snapshot at the time of the question. */
    private record Answer(Optional<WindowSnapshot> current) {}

    private SqlServerWindowProbe(SqlServerSession session, Ledger ledger, WindowTables tables, Partition partition) {
        this.session = session;
        this.ledger = ledger;
        this.tables = tables;
        this.statements = new WindowStatements(tables, ledger);
        this.partition = partition;
    }

    /** Takes over the session, also if it fails to start. */
    static SqlServerWindowProbe open(
            SqlServerSession session, Ledger ledger, WindowTables tables, Partition partition) {
        session.run("making a temporary table", () -> {
            WindowTables.run(
                    session,
                    List.of(
                            WindowStatements.createBytes(ROWS),
                            WindowStatements.createRows(NOTHING),
                            WindowStatements.createDelta(CHANGES)));
            return null;
        });
        List.of(ROWS, NOTHING, CHANGES).forEach(table -> session.undoAtClose(WindowStatements.dropTemporary(table)));
        return new SqlServerWindowProbe(session, ledger, tables, partition);
    }

    @Override
    public Optional<WindowSnapshot> current() {
        if (answer.isEmpty()) {
            answer = Optional.of(new Answer(session.inOneMoment("reading the ledger", this::find)));
        }
        return answer.get().current();
    }

    private Optional<WindowSnapshot> find(SqlServerSession.Moment moment) {
        return tables.exist(session)
                ? new CurrentSnapshots(session, ledger, tables, moment).find(partition)
                : Optional.empty();
    }

    @Override
    public void add(KeyedHashes hashes) {
        if (delta.isPresent()) {
            throw new IllegalStateException("rows after the first delta");
        }
        session.run(ADDING, () -> {
            send(new ProbedRows(hashes));
            return null;
        });
    }

    /** Only this session uses the temporary table, so a table lock blocks no other session and saves log space. */
    private void send(ProbedRows rows) throws SQLException {
        SQLServerBulkCopyOptions options = new SQLServerBulkCopyOptions();
        options.setBulkCopyTimeout(session.statementSeconds());
        options.setTableLock(true);
        try (SQLServerBulkCopy copy = new SQLServerBulkCopy(session.driver())) {
            copy.setBulkCopyOptions(options);
            copy.setDestinationTableName(WindowScript.bracketed(ROWS.last()));
            copy.addColumnMapping(1, 1);
            copy.addColumnMapping(2, 2);
            copy.writeToServer(rows);
        }
    }

    @Override
    public SnapshotDelta delta() {
        if (delta.isEmpty()) {
            delta = Optional.of(session.inOneMoment(COMPARING, this::compute));
        }
        return delta.get();
    }

    private SnapshotDelta compute(SqlServerSession.Moment moment) {
        Optional<WindowSnapshot> now = find(moment);
        if (answer.isEmpty()) {
            answer = Optional.of(new Answer(now));
        }
        WindowStatements.Rows earlier;
        if (answer.get().current().isEmpty()) {
            earlier = WindowStatements.all(NOTHING);
        } else if (isSame(now, answer.get().current().get())) {
            earlier = statements.current(CurrentSnapshots.tableHint(moment), partition);
        } else {
            earlier = statements.previous(
                    CurrentSnapshots.tableHint(moment),
                    partition,
                    previous(answer.get().current().get()));
        }
        return RowDelta.compute(session, CHANGES, WindowStatements.allBytes(ROWS), earlier);
    }

    private static boolean isSame(Optional<WindowSnapshot> now, WindowSnapshot asked) {
        return now.isPresent() && now.get().isSameAs(asked);
    }

    private long previous(WindowSnapshot asked) {
        return asked.id()
                .flatMap(id -> ledger.entry(session.dsl(), tables.dataset().name(), id))
                .filter(entry -> entry.snapshot().state() == SnapshotState.PREVIOUS)
                .map(Ledger.Entry::published)
                .orElseThrow(() -> SnapshotException.conflict(
                                "the snapshot to compare with was replaced while the source was read")
                        .where("dataset '" + tables.dataset().name() + "', partition '" + partition + "'")
                        .actual("another current snapshot, and the one of " + asked.date() + " is not kept")
                        .nextStep("{0}", CommonRemedy.REPEAT)
                        .build());
    }

    @Override
    public void close() {
        session.close();
    }
}
