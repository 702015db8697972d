package io.hybridsnapshot.app.backup;

import io.hybridsnapshot.app.backup.Manifest.Column;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.jdbc.connection.SqlWork;
import io.hybridsnapshot.postgres.connection.Isolation;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowSchema;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A connection to one store for a copy of it: its transaction, its locks, and the description of its tables. For one
 * thread; the opener closes it.
 */
final class StoreConnection implements AutoCloseable {
    /** The table of archives. */
    static final String ARCHIVES = "snapshot_archive";

    /** The ledger of the window. */
    static final String LEDGER = "snapshot_ledger";

    private final Store store;
    private final PostgresSession session;
    private final String task;

    private StoreConnection(Store store, PostgresSession session, String task) {
        this.store = store;
        this.session = session;
        this.task = task + " the " + store.label();
    }

    /** Connects; {@code task} is worded to follow "while" and to precede "the archive". */
    static StoreConnection open(Store store, PostgresSettings settings, String task) {
        return new StoreConnection(store, PostgresSession.open(settings, "backup"), task);
    }

    Store store() {
        return store;
    }

    PostgresSession session() {
        return session;
    }

    /** Runs statements in the open transaction. */
    <T> T run(SqlWork<T> work) {
        return session.run(task, work);
    }

    /** Keeps all writers from committing until this connection is closed: each writes to the store's first table. */
    void lockWriters() {
        session.begin(Isolation.READ_COMMITTED, task);
        withoutTimeouts();
        lock(store.tables().get(0), "SHARE");
    }

    private void withoutTimeouts() {
        execute("SET LOCAL lock_timeout = '60s'");
        execute("SET LOCAL idle_in_transaction_session_timeout = 0");
        execute("SET LOCAL statement_timeout = 0");
    }

    private void lock(String table, String mode) {
        execute("LOCK TABLE " + store.quoted(table) + " IN " + mode + " MODE");
    }

    /**
     * Begins a transaction in which the store stays as it is now. The locks on its tables come first: TRUNCATE empties
     * a table for a transaction that began before it, too.
     */
    void beginReading(List<String> tables) {
        session.begin(Isolation.READ_ONLY, task);
        withoutTimeouts();
        tables.forEach(table -> lock(table, "ACCESS SHARE"));
        execute("SELECT pg_current_snapshot()");
    }

    /** Begins the transaction of a restoration, which keeps all others out of the store. */
    void beginWriting() {
        session.begin(Isolation.READ_COMMITTED, task);
        withoutTimeouts();
        store.tables().forEach(table -> lock(table, "ACCESS EXCLUSIVE"));
    }

    void commit() {
        session.commit(task);
    }

    /** How many snapshots of the window wait for an archive whose file is in an outbox. */
    long awaited() {
        return number("SELECT count(*) FROM " + store.quoted(LEDGER) + " WHERE archive_awaited IS NOT NULL");
    }

    /** The tables of the store that have rows. */
    List<String> filledTables() {
        return existing(datasets()).stream()
                .filter(table ->
                        number("SELECT count(*) FROM (SELECT 1 FROM " + store.quoted(table) + " LIMIT 1) t") > 0)
                .toList();
    }

    List<Column> columns(String table) {
        return session.run(task, () -> {
            List<Column> columns = new ArrayList<>();
            try (Statement statement = session.connection().createStatement();
                    ResultSet rows = statement.executeQuery("SELECT attname, format_type(atttypid, NULL), atttypmod"
                            + " FROM pg_attribute WHERE attrelid = " + regclass(table) + " AND attnum > 0"
                            + " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum")) {
                while (rows.next()) {
                    columns.add(new Column(rows.getString(1), rows.getString(2), rows.getInt(3)));
                }
            }
            return columns;
        });
    }

    Optional<String> sequence(String table, String column) {
        List<String> found = texts("SELECT name FROM pg_get_serial_sequence(" + literal(store.quoted(table)) + ", "
                + literal(column) + ") name WHERE name IS NOT NULL");
        return found.stream().findFirst();
    }

    /** The datasets with tables in the window, or none for the archive. */
    List<String> datasets() {
        if (store == Store.ARCHIVE) {
            return List.of();
        }
        Set<String> stems = new HashSet<>();
        List<String> datasets = new ArrayList<>();
        // The owner of tables comes first: two names that differ in case have one table.
        for (String name : texts("SELECT dataset FROM (SELECT dataset, 0 AS place FROM "
                + store.quoted("snapshot_writer") + " WHERE partition = '' UNION ALL SELECT DISTINCT dataset, 1 FROM "
                + store.quoted(LEDGER) + ") d ORDER BY place, dataset")) {
            String current = PostgresWindowSchema.tablesOf(name).get(0);
            if (exists(current) && stems.add(current)) {
                datasets.add(name);
            }
        }
        return List.copyOf(new TreeSet<>(datasets));
    }

    List<String> existing(List<String> datasets) {
        List<String> tables = new ArrayList<>(store.tables());
        for (String dataset : datasets) {
            List<String> own = PostgresWindowSchema.tablesOf(dataset);
            own.subList(0, own.size() - 1).stream().filter(this::exists).forEach(tables::add);
        }
        return tables;
    }

    SnapshotException notEmpty(List<String> tables) {
        return SnapshotException.invalidRequest("the " + store.label() + " is not empty")
                .where(session.database().address())
                .actual("rows in " + String.join(", ", tables))
                .expected("an empty store, or one that holds exactly this backup")
                .nextStep("nothing was changed: restore into another data directory (option --home, setting home) or"
                        + " another database")
                .build();
    }

    boolean exists(String table) {
        return number("SELECT count(*) FROM pg_class WHERE oid = to_regclass(" + literal(store.quoted(table)) + ")")
                > 0;
    }

    String regclass(String table) {
        return "to_regclass(" + literal(store.quoted(table)) + ")";
    }

    /** Sessions have standard strings, in which a backslash is a character. */
    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    void execute(String sql) {
        session.run(task, () -> {
            try (Statement statement = session.connection().createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    long number(String sql) {
        return Long.parseLong(texts(sql).get(0));
    }

    List<String> texts(String sql) {
        return session.run(task, () -> {
            List<String> texts = new ArrayList<>();
            try (Statement statement = session.connection().createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
            }
            return texts;
        });
    }

    /** Ends the transaction, without a commit, and the connection. */
    @Override
    public void close() {
        session.close();
    }
}
