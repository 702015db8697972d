package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.jooq.tools.jdbc.MockConnection;
import org.jooq.tools.jdbc.MockExecuteContext;
import org.jooq.tools.jdbc.MockResult;

/**
 * A database with the window of ORDERS_UNIFIED, partition ALL. It recognises the statements of a publish and of a sweep
 * by their texts and counts the rows that they would remove. It has no locks and rolls nothing back. For tests of the
 * division into transactions; for one thread.
 */
final class SimulatedWindow {
    /** The server's transaction log is full. */
    private static final int LOG_FULL = 9002;

    private static final DSLContext JOOQ = DSL.using(SQLDialect.DEFAULT);
    private static final LocalDateTime FIRST = LocalDateTime.parse("2026-03-01T06:00:00");
    private static final String HISTORY = "\"dbo\".\"ORDERS_UNIFIED_SNAPSHOT_HISTORY\"";
    private static final String LEDGER = "\"dbo\".\"SNAPSHOT_LEDGER\"";
    private static final String PARTITION = "ALL";

    private record Entry(SnapshotState state, LocalDateTime date, long rows) {}

    private final Map<UUID, Entry> ledger = new LinkedHashMap<>();
    private final Map<UUID, Integer> history = new TreeMap<>();
    private final List<String> events = new ArrayList<>();
    private int chunksBeforeFailure = Integer.MAX_VALUE;
    private boolean cleansBeforeCopy;

    /** Enters a snapshot, dated after those before. The rows of a previous snapshot are in the history. */
    UUID add(SnapshotState state, int rows) {
        UUID batch = new UUID(0, ledger.size() + 1L);
        ledger.put(batch, new Entry(state, FIRST.plusDays(ledger.size()), rows));
        if (state == SnapshotState.PREVIOUS) {
            history.put(batch, rows);
        }
        return batch;
    }

    /** Fails with a full log after some chunks of rows have been removed from the history. */
    void failAfter(int chunks) {
        chunksBeforeFailure = chunks;
    }

    /** Lets another session remove a snapshot while its rows are copied. */
    void cleanBeforeCopy() {
        cleansBeforeCopy = true;
    }

    /** The rows in the history by batch. */
    Map<UUID, Integer> history() {
        return Map.copyOf(history);
    }

    /** The removals from the ledger and the history, and the commits, in order. The call clears the list. */
    List<String> events() {
        List<String> told = List.copyOf(events);
        events.clear();
        return told;
    }

    SqlServerSession session() {
        SqlServerSettings settings = new SqlServerSettings("host", 1433, "ORDERS", "etl", "secret", Map.of());
        return SqlServerSession.on(settings, new Connected(), SqlServerSession.Moment.LOCKED);
    }

    private final class Connected extends MockConnection {
        Connected() {
            super(SimulatedWindow.this::answer);
        }

        @Override
        public void abort(Executor executor) {
            // Nothing is on its way.
        }

        @Override
        public void commit() throws SQLException {
            super.commit();
            if (!events.isEmpty() && !events.get(events.size() - 1).equals("commit")) {
                events.add("commit");
            }
        }
    }

    private MockResult[] answer(MockExecuteContext statement) throws SQLException {
        String sql = statement.sql();
        Object[] binds = statement.bindings();
        if (sql.contains("sp_getapplock")) {
            return row(0);
        }
        if (sql.contains("object_id(") && sql.startsWith("select case")) {
            return row(1);
        }
        if (sql.contains("select fence") || sql.contains("set fence")) {
            return row(1L);
        }
        if (sql.startsWith("select top (1) h.")) {
            return next(sql, binds);
        }
        if (sql.startsWith("select dataset, batch_id")) {
            return entries(sql, binds);
        }
        if (sql.startsWith("select count_big(*)")) {
            return row(5L);
        }
        if (sql.contains("as rows_there, sum(")) {
            return current();
        }
        if (sql.startsWith("delete top (4000) from " + HISTORY)) {
            return removed(UUID.fromString(binds[1].toString()));
        }
        if (sql.startsWith("update " + LEDGER + " set state")
                && sql.contains("batch_id =")
                && SnapshotState.REMOVED.name().equals(binds[0])) {
            ledger.computeIfPresent(
                    UUID.fromString(binds[2].toString()),
                    (batch, entry) -> new Entry(SnapshotState.REMOVED, entry.date(), entry.rows()));
            events.add("ledger");
            return changed(1);
        }
        return sql.startsWith("select") ? nothing() : written(sql, binds);
    }

    private MockResult[] next(String sql, Object[] binds) {
        if (sql.contains("h.customer_filter from")) {
            return binds.length == 0 && !history.isEmpty() ? row(PARTITION) : nothing();
        }
        Optional<UUID> last = binds.length == 1 ? Optional.empty() : Optional.of(UUID.fromString(binds[1].toString()));
        return history.keySet().stream()
                .filter(batch -> last.isEmpty() || batch.compareTo(last.get()) > 0)
                .findFirst()
                .map(SimulatedWindow::row)
                .orElseGet(SimulatedWindow::nothing);
    }

    private MockResult[] entries(String sql, Object[] binds) {
        List<String> wanted = Arrays.stream(binds).map(String::valueOf).toList();
        Field<?>[] fields = {
            field("dataset", SQLDataType.VARCHAR.getType()), field("batch_id", UUID.class),
            field("customer_filter", String.class), field("snapshot_date", LocalDateTime.class),
            field("records_count", Long.class), field("state", String.class),
            field("hash_spec_id", String.class), field("fingerprint", String.class),
            field("parquet_archive_id", Long.class), field("column_names", String.class),
            field("column_types", String.class), field("started_at", LocalDateTime.class),
            field("published_at", LocalDateTime.class), field("attempt", Integer.class),
            field("archive_awaited", String.class)
        };
        Result<Record> rows = JOOQ.newResult(fields);
        List<UUID> newestFirst = new ArrayList<>(ledger.keySet());
        java.util.Collections.reverse(newestFirst);
        for (UUID batch : newestFirst) {
            Entry entry = ledger.get(batch);
            boolean isWanted =
                    wanted.contains(sql.contains("state in") ? entry.state().name() : batch.toString());
            if (isWanted) {
                Record row = JOOQ.newRecord(fields);
                row.fromArray(
                        "ORDERS_UNIFIED",
                        batch,
                        PARTITION,
                        entry.date(),
                        entry.rows(),
                        entry.state().name(),
                        "hsr1",
                        null,
                        null,
                        null,
                        null,
                        entry.date(),
                        null,
                        1,
                        null);
                rows.add(row);
            }
        }
        return results(rows);
    }

    private MockResult[] current() {
        Field<?>[] fields = {
            field("customer_filter", String.class), field("rows_there", Long.class),
            field("rows_known", Long.class), field("newest", LocalDateTime.class)
        };
        Result<Record> rows = JOOQ.newResult(fields);
        ledger.values().stream()
                .filter(entry -> entry.state() == SnapshotState.CURRENT)
                .forEach(entry -> {
                    Record row = JOOQ.newRecord(fields);
                    row.fromArray(PARTITION, entry.rows(), entry.rows(), entry.date());
                    rows.add(row);
                });
        return results(rows);
    }

    private MockResult[] removed(UUID batch) throws SQLException {
        boolean isPrevious = Optional.ofNullable(ledger.get(batch))
                .filter(entry -> entry.state() == SnapshotState.PREVIOUS)
                .isPresent();
        int there = isPrevious ? 0 : history.getOrDefault(batch, 0);
        int rows = Math.min(4000, there);
        if (rows > 0 && chunksBeforeFailure-- == 0) {
            throw new SQLException("the transaction log is full", "S0001", LOG_FULL);
        }
        if (rows > 0) {
            history.compute(batch, (id, left) -> left == rows ? null : left - rows);
            events.add("rows " + rows);
        }
        return changed(rows);
    }

    private MockResult[] written(String sql, Object[] binds) {
        if (sql.startsWith("update " + LEDGER + " set state")) {
            SnapshotState wanted = SnapshotState.valueOf(binds[0].toString());
            ledger.replaceAll((batch, entry) -> {
                boolean isMeant = wanted == SnapshotState.CURRENT
                        ? entry.state() == SnapshotState.STAGED
                        : entry.state() == SnapshotState.CURRENT;
                return isMeant ? new Entry(wanted, entry.date(), entry.rows()) : entry;
            });
        } else if (sql.startsWith("insert into " + HISTORY)) {
            history.put(UUID.fromString(binds[0].toString()), 5);
        } else if (sql.startsWith("update c set") && sql.contains("c.batch_id is null")) {
            return changed(5);
        } else if (sql.contains("#snapshot_") && cleansBeforeCopy) {
            ledger.values().removeIf(entry -> entry.state() == SnapshotState.PREVIOUS);
        }
        return changed(0);
    }

    private static <T> Field<T> field(String name, Class<T> type) {
        return DSL.field(DSL.name(name), type);
    }

    private static MockResult[] row(Object value) {
        Field<?>[] fields = {field("value", value.getClass())};
        Result<Record> rows = JOOQ.newResult(fields);
        Record row = JOOQ.newRecord(fields);
        row.fromArray(value);
        rows.add(row);
        return results(rows);
    }

    private static MockResult[] nothing() {
        return results(JOOQ.newResult(new Field<?>[] {field("value", String.class)}));
    }

    private static MockResult[] results(Result<Record> rows) {
        return new MockResult[] {new MockResult(rows.size(), rows)};
    }

    private static MockResult[] changed(int rows) {
        return new MockResult[] {new MockResult(rows)};
    }
}
