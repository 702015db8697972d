package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.sqlserver.connection.GuidBytes;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.math.BigDecimal;
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
import org.jooq.tools.jdbc.MockConnection;
import org.jooq.tools.jdbc.MockExecuteContext;
import org.jooq.tools.jdbc.MockResult;

/**
 * A database with the window of ORDERS_UNIFIED, partition ALL. It recognises the statements of a publish and of a sweep
 * by their texts, answers them from counts of rows, and notes the rows that they write. It has no locks and rolls
 * nothing back. For tests of the statements of a publish and of the division into transactions; for one thread.
 */
final class SimulatedWindow {
    /** The server's transaction log is full. */
    private static final int LOG_FULL = 9002;

    /** The rows of the current table. */
    static final int ROWS = 1_000;

    private static final DSLContext JOOQ = DSL.using(SQLDialect.DEFAULT);
    private static final LocalDateTime FIRST = LocalDateTime.parse("2026-03-01T06:00:00");
    private static final String CURRENT = "\"dbo\".\"ORDERS_UNIFIED_SNAPSHOT\"";
    private static final String VERSION = "\"dbo\".\"ORDERS_UNIFIED_SNAPSHOT_VERSION\"";
    private static final String STAGING = "\"dbo\".\"ORDERS_UNIFIED_SNAPSHOT_STAGING\"";
    private static final String LEDGER = "\"dbo\".\"SNAPSHOT_LEDGER\"";
    private static final String PARTITION = "ALL";
    private static final String TOKEN = ROWS + "/0/2026-03-01T06:00:00Z/0";

    /** An entry of the ledger. */
    private record Entry(SnapshotState state, LocalDateTime date, Long number, long rows) {}

    /** The changes that a snapshot was sealed with. */
    record Changes(int added, int changed, int deleted) {}

    private final Map<UUID, Entry> ledger = new LinkedHashMap<>();
    private final Map<Long, Integer> versions = new TreeMap<>();
    private final Map<UUID, Integer> staged = new LinkedHashMap<>();
    private final Map<UUID, Integer> stagedFrom = new LinkedHashMap<>();
    private final List<String> events = new ArrayList<>();
    private final List<String> statements = new ArrayList<>();
    private final List<String> queries = new ArrayList<>();
    private Optional<Changes> changes = Optional.empty();
    private UUID base = new UUID(0, 0);
    private String token = TOKEN;
    private int rangesBeforeFailure = Integer.MAX_VALUE;

    /** Enters a snapshot, dated and numbered after those before. */
    UUID add(SnapshotState state, long rows) {
        UUID batch = new UUID(0, ledger.size() + 1L);
        Long number = state == SnapshotState.STAGED ? null : ledger.size() + 1L;
        ledger.put(batch, new Entry(state, FIRST.plusDays(ledger.size()), number, rows));
        if (state == SnapshotState.CURRENT) {
            base = batch;
        }
        return batch;
    }

    /** Former versions that end at a number. */
    void addVersions(long end, int rows) {
        versions.put(end, rows);
    }

    void addStaged(UUID batch, int rows) {
        staged.put(batch, rows);
        stagedFrom.put(batch, 0);
    }

    /** The sealed snapshot has these changes against the current one. */
    void sealed(Changes sealed) {
        changes = Optional.of(sealed);
    }

    /** A foreign statement changes a row. */
    void changeForeign() {
        token = ROWS + "/1/2026-03-01T06:00:00Z/0";
    }

    /** Fails with a full log after some ranges of rows have been removed. */
    void failAfter(int ranges) {
        rangesBeforeFailure = ranges;
    }

    /** The former versions by the number that they end at. */
    Map<Long, Integer> versions() {
        return Map.copyOf(versions);
    }

    Map<UUID, Integer> staged() {
        return Map.copyOf(staged);
    }

    /** The removals of rows, and the commits, in order. The call clears the list. */
    List<String> events() {
        List<String> told = List.copyOf(events);
        events.clear();
        return told;
    }

    /** The statements on rows and on the ledger with the rows that they wrote, in order. The call clears the list. */
    List<String> statements() {
        List<String> told = List.copyOf(statements);
        statements.clear();
        return told;
    }

    /** The texts of the queries on rows and on the ledger, in order. */
    List<String> queries() {
        return List.copyOf(queries);
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
        if (sql.contains(VERSION) && sql.startsWith("select top")) {
            return nextVersions(sql, binds);
        }
        if (sql.contains(STAGING) && sql.startsWith("select top")) {
            return nextStaged(sql, binds);
        }
        if (sql.startsWith("delete")) {
            return removed(sql, binds);
        }
        if (sql.startsWith("select")) {
            note(sql);
            return read(sql, binds);
        }
        return written(sql, binds);
    }

    private void note(String sql) {
        if (sql.contains("from " + LEDGER) || sql.contains(CURRENT) || sql.contains(STAGING)) {
            statements.add(word(sql));
            queries.add(sql);
        }
    }

    /** What a statement does, in two words: the verb and the table. */
    private static String word(String sql) {
        String verb = sql.substring(0, sql.indexOf(' '));
        String target = verb.equals("insert") ? sql.substring(0, sql.indexOf('(')) : sql;
        String table = target.contains(STAGING)
                ? "staging"
                : target.contains(VERSION) ? "version" : target.contains(CURRENT) ? "current" : "ledger";
        boolean isOnCurrent = (verb.equals("update") || verb.equals("delete")) && sql.contains(CURRENT);
        return verb + " " + (isOnCurrent ? "current" : table);
    }

    private MockResult[] nextVersions(String sql, Object[] binds) {
        if (sql.contains("v.customer_filter from")) {
            return binds.length == 0 && !versions.isEmpty() ? row(PARTITION) : nothing();
        }
        if (sql.contains("v.last_number from")) {
            long behind = ((Number) binds[1]).longValue();
            return versions.keySet().stream()
                    .filter(end -> end > behind)
                    .findFirst()
                    .map(SimulatedWindow::row)
                    .orElseGet(SimulatedWindow::nothing);
        }
        int there = versions.getOrDefault(((Number) binds[1]).longValue(), 0);
        return there == 0 ? nothing() : row(new UUID(0, there));
    }

    private MockResult[] nextStaged(String sql, Object[] binds) {
        if (sql.contains("as batch_id")) {
            Optional<UUID> behind = binds.length == 0 ? Optional.empty() : Optional.of(batch(binds[0]));
            return staged.keySet().stream()
                    .filter(batch -> behind.isEmpty() || batch.compareTo(behind.get()) > 0)
                    .findFirst()
                    .map(SimulatedWindow::row)
                    .orElseGet(SimulatedWindow::nothing);
        }
        UUID batch = batch(binds[0]);
        int from = stagedFrom.getOrDefault(batch, 0);
        int there = staged.getOrDefault(batch, 0);
        if (sql.contains("s.row_order desc")) {
            return there == 0 ? nothing() : row((long) from + there);
        }
        return there == 0 ? nothing() : row((long) from + Math.min(4_000, there));
    }

    private MockResult[] removed(String sql, Object[] binds) throws SQLException {
        if (sql.startsWith("delete s from " + STAGING)) {
            UUID batch = batch(binds[0]);
            int rows = Math.min(4_000, staged.getOrDefault(batch, 0));
            range("staged", rows);
            staged.computeIfPresent(batch, (id, left) -> left == rows ? null : left - rows);
            stagedFrom.merge(batch, rows, Integer::sum);
            return changed(rows);
        }
        if (sql.startsWith("delete v from " + VERSION + " as v where")) {
            long end = ((Number) binds[1]).longValue();
            int rows = Math.min(4_000, versions.getOrDefault(end, 0));
            range("versions", rows);
            versions.computeIfPresent(end, (id, left) -> left == rows ? null : left - rows);
            return changed(rows);
        }
        int rows = sql.startsWith("delete c from " + STAGING)
                ? changes.orElseThrow().deleted()
                : sql.startsWith("delete c from " + CURRENT) ? ROWS : 0;
        return wrote(sql, rows);
    }

    private void range(String what, int rows) throws SQLException {
        if (rangesBeforeFailure-- == 0) {
            throw new SQLException("the transaction log is full", "S0001", LOG_FULL);
        }
        events.add(what + " " + rows);
    }

    private MockResult[] read(String sql, Object[] binds) {
        if (sql.startsWith("select base_batch")) {
            Changes sealed = changes.orElse(null);
            return rows(
                    List.of("base_batch", "base_token", "rows_new", "rows_changed", "rows_deleted"),
                    Arrays.asList(
                            sealed == null ? null : base,
                            sealed == null ? null : TOKEN,
                            sealed == null ? null : (long) sealed.added(),
                            sealed == null ? null : (long) sealed.changed(),
                            sealed == null ? null : (long) sealed.deleted()));
        }
        if (sql.contains("state_token, carried_columns")) {
            return entries(List.of(SnapshotState.CURRENT), true);
        }
        if (sql.startsWith("select dataset, batch_id")) {
            if (sql.contains("state in")) {
                return entries(
                        Arrays.stream(SnapshotState.values())
                                .filter(state -> sql.contains("'" + state + "'"))
                                .toList(),
                        false);
            }
            return entry(UUID.fromString(binds[1].toString()));
        }
        if (sql.startsWith("select coalesce(max(number)")) {
            return row(ledger.size() + 1L);
        }
        if (sql.startsWith("select max(number)") || sql.startsWith("select min(number)")) {
            return number(sql);
        }
        if (sql.contains("as replaced")) {
            Changes sealed = changes.orElseThrow();
            return rows(
                    List.of("rows_new", "rows_changed", "rows_deleted", "replaced", "brought"),
                    List.of(
                            (long) sealed.added(),
                            (long) sealed.changed(),
                            (long) sealed.deleted(),
                            BigDecimal.ZERO,
                            BigDecimal.ZERO));
        }
        if (sql.contains("as strangers, sum(") && sql.contains("as hashes")) {
            String[] parts = token.split("/");
            return rows(
                    List.of("rows_there", "strangers", "hashes"),
                    List.of(Long.valueOf(parts[0]), Long.valueOf(parts[1]), BigDecimal.ZERO));
        }
        if (sql.startsWith("select top (1) c.snapshot_date")) {
            return rows(List.of("snapshot_date"), List.of(FIRST));
        }
        if (sql.startsWith("select g.customer_filter")) {
            return rows(
                    List.of("customer_filter", "rows_there", "newest", "number"),
                    List.of(PARTITION, (long) ROWS, FIRST, 1L));
        }
        if (sql.startsWith("select count_big(*)")) {
            return row((long) ROWS);
        }
        return nothing();
    }

    private MockResult[] number(String sql) {
        List<Long> numbers = ledger.values().stream()
                .filter(entry -> entry.state() == SnapshotState.PREVIOUS
                        || entry.state() == SnapshotState.CURRENT && sql.contains("min("))
                .map(Entry::number)
                .sorted()
                .toList();
        Long found = numbers.isEmpty() ? null : sql.contains("min(") ? numbers.get(0) : numbers.get(numbers.size() - 1);
        return rows(List.of("number"), java.util.Collections.singletonList(found));
    }

    private static final List<String> COLUMNS = List.of(
            "dataset",
            "batch_id",
            "customer_filter",
            "snapshot_date",
            "records_count",
            "state",
            "hash_spec_id",
            "fingerprint",
            "parquet_archive_id",
            "column_names",
            "column_types",
            "started_at",
            "published_at",
            "attempt",
            "archive_awaited",
            "number",
            "state_token",
            "carried_columns");

    private static List<Object> values(UUID batch, Entry entry) {
        return Arrays.asList(
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
                null,
                entry.number(),
                TOKEN,
                "");
    }

    private MockResult[] entry(UUID batch) {
        Entry entry = ledger.get(batch);
        return entry == null
                ? nothing()
                : rows(COLUMNS.subList(0, 16), values(batch, entry).subList(0, 16));
    }

    private MockResult[] entries(List<SnapshotState> states, boolean isPublished) {
        List<UUID> newestFirst = new ArrayList<>(ledger.keySet());
        java.util.Collections.reverse(newestFirst);
        int columns = isPublished ? COLUMNS.size() : 16;
        List<List<Object>> found = newestFirst.stream()
                .filter(batch -> states.contains(ledger.get(batch).state()))
                .map(batch -> values(batch, ledger.get(batch)).subList(0, columns))
                .toList();
        return all(COLUMNS.subList(0, columns), found);
    }

    private MockResult[] written(String sql, Object[] binds) {
        if (sql.startsWith("update " + LEDGER + " set state = '")) {
            SnapshotState state =
                    SnapshotState.valueOf(sql.substring(sql.indexOf('\'') + 1).split("'")[0]);
            UUID batch = UUID.fromString(binds[binds.length - 1].toString());
            ledger.computeIfPresent(
                    batch,
                    (id, entry) -> new Entry(
                            state,
                            entry.date(),
                            entry.number() == null && state == SnapshotState.CURRENT
                                    ? Long.valueOf(ledger.size())
                                    : entry.number(),
                            entry.rows()));
            return wrote(sql, 1);
        }
        int rows = 0;
        if (sql.startsWith("insert into " + VERSION)) {
            rows = changes.map(counts -> counts.changed() + counts.deleted()).orElse(ROWS);
        } else if (sql.startsWith("insert into " + CURRENT)) {
            rows = changes.map(Changes::added).orElse(ROWS);
        } else if (sql.startsWith("update c set c.row_hash")) {
            rows = changes.orElseThrow().changed();
        } else if (sql.startsWith("update c set c.snapshot_date")) {
            rows = ROWS
                    - changes.orElseThrow().changed()
                    - changes.orElseThrow().deleted();
        }
        return sql.contains(CURRENT) || sql.contains(VERSION) ? wrote(sql, rows) : changed(rows);
    }

    private MockResult[] wrote(String sql, int rows) {
        statements.add(word(sql) + " " + rows);
        return changed(rows);
    }

    private static UUID batch(Object bytes) {
        byte[] guid = (byte[]) bytes;
        return new UUID(GuidBytes.high(guid, 0), GuidBytes.low(guid, 0));
    }

    private static MockResult[] row(Object value) {
        return rows(List.of("value"), List.of(value));
    }

    private static MockResult[] nothing() {
        return all(List.of("value"), List.of());
    }

    private static MockResult[] rows(List<String> columns, List<?> values) {
        return all(columns, List.of(new ArrayList<>(values)));
    }

    private static MockResult[] all(List<String> columns, List<? extends List<?>> rows) {
        Field<?>[] fields = new Field<?>[columns.size()];
        for (int i = 0; i < fields.length; i++) {
            Object value = rows.isEmpty() ? null : rows.get(0).get(i);
            Class<?> type = value == null ? Object.class : value.getClass();
            fields[i] = DSL.field(DSL.name(columns.get(i)), type);
        }
        Result<Record> result = JOOQ.newResult(fields);
        for (List<?> values : rows) {
            Record row = JOOQ.newRecord(fields);
            row.fromArray(values.toArray());
            result.add(row);
        }
        return new MockResult[] {new MockResult(result.size(), result)};
    }

    private static MockResult[] changed(int rows) {
        return new MockResult[] {new MockResult(rows)};
    }
}
