package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.StoredHash;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowConflicts;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.sqlserver.connection.GuidBytes;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jooq.Cursor;
import org.jooq.Record;
import org.jooq.ResultQuery;

/**
 * Reads identities and hashes of a snapshot with a number, by ranges of the key in short statements at READ COMMITTED.
 * Nothing stays locked between them. The state of the rows tells whether the ranges are of one moment: that of the rows
 * that were read is the published one, or the server's is the same before and after. Otherwise the rows are read again.
 * One thread; uses the session, and does not close it.
 */
final class SnapshotReader {
    /** The rows of a range: one answer of the server, and fewer locks than it would turn into one table lock. */
    private static final int RANGE_ROWS = 4_000;

    private static final int ATTEMPTS = 4;
    private static final String TASK = "reading a snapshot's rows";

    private final SqlServerSession session;
    private final Ledger ledger;
    private final WindowTables tables;
    private final WindowStatements statements;
    private final Partition partition;
    private final Ledger.Entry wanted;

    /**
     * @param wanted the entry of a visible snapshot
     */
    SnapshotReader(SqlServerSession session, Ledger ledger, WindowTables tables, Ledger.Entry wanted) {
        this.session = session;
        this.ledger = ledger;
        this.tables = tables;
        this.statements = new WindowStatements(tables, ledger);
        this.partition = wanted.snapshot().partition();
        this.wanted = wanted;
    }

    /** The state of the partition: the current snapshot of the ledger and that of the rows. */
    private record Mark(Optional<Ledger.Published> published, StateToken token) {
        boolean is(Mark other) {
            return token.equals(other.token)
                    && published
                            .map(current -> current.entry().id())
                            .equals(other.published.map(
                                    current -> current.entry().id()));
        }
    }

    /**
     * Reads all rows.
     *
     * @return the rows, no longer on the server; closed by the caller
     * @throws SnapshotException CONFLICT if the rows changed each time while they were read, or if the snapshot has
     * left
     *     the window
     */
    KeyedRowStream read() {
        RowSpool rows = new RowSpool();
        boolean isWhole = false;
        try {
            isWhole = read(rows);
            if (!isWhole) {
                throw SnapshotException.conflict("the snapshot's rows changed each time while they were read")
                        .where("dataset '" + tables.dataset().name() + "', partition '" + partition + "', batch "
                                + wanted.id())
                        .actual("another state of the current rows after each of " + ATTEMPTS + " readings")
                        .nextStep("{0} when no other program writes to the current table", CommonRemedy.REPEAT)
                        .build();
            }
            return rows;
        } finally {
            if (!isWhole) {
                rows.close();
            }
        }
    }

    private boolean read(RowSpool rows) {
        Optional<Mark> before = Optional.empty();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            rows.clear();
            StateToken.Sum sum = new StateToken.Sum();
            boolean isCurrent = current(rows, sum);
            if (isCurrent && attempt == 0 && isPublished(sum)) {
                return true;
            }
            if (!isCurrent) {
                former(rows, sum);
            }
            if (before.isPresent()) {
                Mark after = mark();
                if (before.get().is(after)) {
                    requireVisible(sum.rows());
                    return true;
                }
                before = Optional.of(after);
            } else {
                before = Optional.of(mark());
            }
        }
        return false;
    }

    /** Whether the rows that were read are exactly those that were published. */
    private boolean isPublished(StateToken.Sum sum) {
        return session.run(
                        TASK,
                        () -> ledger.published(session.dsl(), tables.dataset().name(), partition))
                .filter(current -> current.entry().id().equals(wanted.id()))
                .filter(current -> current.token() != null && sum.isOf(current.token()))
                .isPresent();
    }

    private Mark mark() {
        return session.run(
                TASK,
                () -> new Mark(
                        ledger.published(session.dsl(), tables.dataset().name(), partition),
                        StateToken.of(session, statements, partition)));
    }

    private void requireVisible(long rows) {
        WindowSnapshot snapshot = session.run(
                        TASK, () -> ledger.entry(session.dsl(), tables.dataset().name(), wanted.id()))
                .map(Ledger.Entry::snapshot)
                .filter(entry -> entry.state().isVisible())
                .orElseThrow(() -> WindowConflicts.gone(tables.dataset().name(), Optional.of(wanted.id())));
        if (rows != snapshot.rowCount()) {
            new WindowConflicts(tables.dataset().name(), partition)
                    .requireComplete(snapshot.in(SnapshotState.INCOMPLETE));
        }
    }

    /** Reads the current rows that the snapshot has; whether it is the current one, which has all of them. */
    private boolean current(RowSpool rows, StateToken.Sum sum) {
        boolean isCurrent = session.run(
                        TASK, () -> ledger.entry(session.dsl(), tables.dataset().name(), wanted.id()))
                .filter(entry -> entry.snapshot().state() == SnapshotState.CURRENT)
                .isPresent();
        OptionalLong upTo = isCurrent ? OptionalLong.empty() : OptionalLong.of(wanted.published());
        readRanges(behind -> statements.range(partition, upTo, behind, RANGE_ROWS), rows, sum);
        return isCurrent;
    }

    private void former(RowSpool rows, StateToken.Sum sum) {
        Optional<Long> end = nextEnd(wanted.published());
        while (end.isPresent()) {
            long last = end.get();
            readRanges(
                    behind -> statements.formerRange(partition, wanted.published(), last, behind, RANGE_ROWS),
                    rows,
                    sum);
            end = nextEnd(last);
        }
    }

    private Optional<Long> nextEnd(long behind) {
        return session.run(
                TASK,
                () -> session.dsl()
                        .fetchOptional(statements.nextEnd(partition, behind))
                        .map(row -> row.get(0, Long.class)));
    }

    /** A query of the rows behind an identity. */
    @FunctionalInterface
    private interface Range {
        ResultQuery<Record> behind(Optional<UUID> last);
    }

    private void readRanges(Range range, RowSpool rows, StateToken.Sum sum) {
        Optional<UUID> last = Optional.empty();
        KeyedHashes batch;
        do {
            Optional<UUID> behind = last;
            batch = session.run(TASK, () -> {
                try (Cursor<Record> cursor = session.dsl().fetchLazy(range.behind(behind))) {
                    return batch(cursor.resultSet(), sum);
                }
            });
            rows.add(batch);
            last = batch.size() == 0 ? Optional.empty() : Optional.of(batch.identity(batch.size() - 1));
        } while (batch.size() == RANGE_ROWS);
    }

    private static KeyedHashes batch(ResultSet result, StateToken.Sum sum) throws SQLException {
        KeyedHashes batch = new KeyedHashes(RANGE_ROWS);
        while (result.next()) {
            byte[] identity = result.getBytes(1);
            String hash = result.getString(2);
            StoredHash.append(batch, GuidBytes.high(identity, 0), GuidBytes.low(identity, 0), hash);
            result.getLong(3);
            sum.add(identity, hash, !result.wasNull());
        }
        return batch;
    }
}
