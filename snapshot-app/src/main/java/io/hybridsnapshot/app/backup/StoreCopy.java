package io.hybridsnapshot.app.backup;

import static io.hybridsnapshot.app.backup.Store.quotedName;

import io.hybridsnapshot.app.backup.Manifest.Column;
import io.hybridsnapshot.app.backup.Manifest.Sequence;
import io.hybridsnapshot.app.backup.Manifest.StoreContents;
import io.hybridsnapshot.app.backup.Manifest.TableRows;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.postgres.connection.Isolation;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowSchema;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One store's tables on a connection: read into members, or filled from members. Rows travel in PostgreSQL's binary
 * COPY format, and the files of archives on their own, in pieces. For one thread; the opener closes it.
 */
final class StoreCopy implements AutoCloseable {
    /** The end of the names of members with rows. */
    static final String ROWS = ".copy";

    private static final String ARCHIVES = "snapshot_archive";
    private static final String FILE = "parquet_data";
    private static final String LEDGER = "snapshot_ledger";

    /** Describes versions by transactions of their server, which another server does not have. */
    private static final String VERSIONS = "row_versions";

    private static final int PIECE = 1 << 22;
    private static final String LOCK_TIMEOUT = "SET LOCAL lock_timeout = '60s'";
    private static final String NO_IDLE_TIMEOUT = "SET LOCAL idle_in_transaction_session_timeout = 0";
    private static final String NO_STATEMENT_TIMEOUT = "SET LOCAL statement_timeout = 0";

    private final Store store;
    private final PostgresSession session;
    private final String task;

    private StoreCopy(Store store, PostgresSession session, String task) {
        this.store = store;
        this.session = session;
        this.task = task + " the " + store.label();
    }

    /** Connects; {@code task} is worded to follow "while" and to precede "the archive". */
    static StoreCopy open(Store store, PostgresSettings settings, String task) {
        return new StoreCopy(store, PostgresSession.open(settings, "backup"), task);
    }

    /** Keeps all writers from committing to the store until this connection is closed. */
    void lockWriters() {
        session.begin(Isolation.READ_COMMITTED, task);
        lock("SHARE");
    }

    private void lock(String mode) {
        execute(LOCK_TIMEOUT);
        execute(NO_IDLE_TIMEOUT);
        execute(NO_STATEMENT_TIMEOUT);
        for (String table : store.tables()) {
            execute("LOCK TABLE " + store.quoted(table) + " IN " + mode + " MODE");
        }
    }

    /** Begins a transaction in which the store stays as it is now. */
    void beginReading() {
        session.begin(Isolation.READ_ONLY, task);
        execute(NO_IDLE_TIMEOUT);
        execute(NO_STATEMENT_TIMEOUT);
        execute("SELECT pg_current_snapshot()");
    }

    /** Begins the transaction of a restoration, which keeps all others out of the store. */
    void beginWriting() {
        session.begin(Isolation.READ_COMMITTED, task);
        lock("ACCESS EXCLUSIVE");
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

    /** Reads the whole store. */
    StoreContents read(Members members) throws IOException {
        List<String> datasets = datasets();
        requireLayout(datasets);
        List<TableRows> tables = new ArrayList<>();
        List<Sequence> sequences = new ArrayList<>();
        for (String table : existing(datasets)) {
            List<Column> columns = columns(table);
            String member = store.label() + "/" + table + ROWS;
            long rows;
            try (OutputStream out = members.open(member)) {
                rows = session.run(task, () -> session.copyOut(query(table, columns), out));
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            tables.add(new TableRows(table, member, rows, columns));
            if (table.equals(ARCHIVES)) {
                readFiles(members);
            }
            sequences.addAll(sequences(table));
        }
        return new StoreContents(store, store == Store.ARCHIVE ? archived() : datasets, tables, sequences);
    }

    /** Files of archives may be as large as a value can be, so no row is read with its file. */
    private void readFiles(Members members) throws IOException {
        for (String archive : texts("SELECT archive_id FROM " + store.quoted(ARCHIVES) + " WHERE octet_length(" + FILE
                + ") > 0 ORDER BY archive_id")) {
            try (OutputStream out = members.open(fileOf(Long.parseLong(archive)))) {
                readFile(Long.parseLong(archive), out);
            }
        }
    }

    private void readFile(long archive, OutputStream out) throws IOException {
        for (int from = 1; ; from += PIECE) {
            int first = from;
            byte[] piece = session.run(task, () -> {
                try (PreparedStatement statement = session.connection()
                        .prepareStatement("SELECT substring(" + FILE + " FROM ? FOR ?) FROM " + store.quoted(ARCHIVES)
                                + " WHERE archive_id = ?")) {
                    statement.setInt(1, first);
                    statement.setInt(2, PIECE);
                    statement.setLong(3, archive);
                    try (ResultSet row = statement.executeQuery()) {
                        return row.next() ? row.getBytes(1) : new byte[0];
                    }
                }
            });
            out.write(piece);
            if (piece.length < PIECE) {
                return;
            }
        }
    }

    private String fileOf(long archive) {
        return store.label() + "/files/" + archive;
    }

    private String query(String table, List<Column> columns) {
        List<String> selected = new ArrayList<>();
        for (Column column : columns) {
            boolean isFile = table.equals(ARCHIVES) && column.name().equals(FILE);
            boolean isVersions = table.equals(LEDGER) && column.name().equals(VERSIONS);
            selected.add(isFile ? "''::bytea" : isVersions ? "NULL::text" : quotedName(column.name()));
        }
        return "SELECT " + String.join(", ", selected) + " FROM " + store.quoted(table) + " ORDER BY "
                + order(table, columns);
    }

    /** The order by the primary key, or else by all columns: the same rows always make the same member. */
    private String order(String table, List<Column> columns) {
        List<String> key = texts("SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
                + " AND a.attnum = ANY (i.indkey::int2[]) WHERE i.indisprimary AND i.indrelid = " + regclass(table)
                + " ORDER BY a.attnum");
        return String.join(
                ", ",
                columns.stream()
                        .filter(column -> key.isEmpty() || key.contains(column.name()))
                        .map(StoreCopy::sorted)
                        .toList());
    }

    private static String sorted(Column column) {
        boolean isText = column.type().equals("text") || column.type().startsWith("character");
        return quotedName(column.name()) + (isText ? " COLLATE \"C\"" : "");
    }

    private List<Column> columns(String table) {
        return session.run(task, () -> {
            List<Column> columns = new ArrayList<>();
            try (Statement statement = session.connection().createStatement();
                    ResultSet rows = statement.executeQuery("SELECT attname, format_type(atttypid, NULL)"
                            + " FROM pg_attribute WHERE attrelid = " + regclass(table) + " AND attnum > 0"
                            + " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum")) {
                while (rows.next()) {
                    columns.add(new Column(rows.getString(1), rows.getString(2)));
                }
            }
            return columns;
        });
    }

    private List<Sequence> sequences(String table) {
        List<Sequence> sequences = new ArrayList<>();
        for (Column column : columns(table)) {
            sequence(table, column.name())
                    .ifPresent(name -> sequences.add(new Sequence(
                            table,
                            column.name(),
                            number("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM " + name))));
        }
        return sequences;
    }

    private Optional<String> sequence(String table, String column) {
        List<String> found = texts("SELECT name FROM pg_get_serial_sequence(" + literal(store.quoted(table)) + ", "
                + literal(column) + ") name WHERE name IS NOT NULL");
        return found.stream().findFirst();
    }

    /** The datasets with tables in the window, or none for the archive. */
    private List<String> datasets() {
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

    private List<String> archived() {
        return texts("SELECT DISTINCT source_table FROM " + store.quoted(ARCHIVES) + " ORDER BY 1");
    }

    private List<String> existing(List<String> datasets) {
        List<String> tables = new ArrayList<>(store.tables());
        for (String dataset : datasets) {
            List<String> own = PostgresWindowSchema.tablesOf(dataset);
            own.subList(0, own.size() - 1).stream().filter(this::exists).forEach(tables::add);
        }
        return tables;
    }

    private void requireLayout(List<String> datasets) {
        for (String dataset : datasets) {
            List<String> own = PostgresWindowSchema.tablesOf(dataset);
            String whole = own.get(own.size() - 1);
            if (exists(whole) && number("SELECT count(*) FROM " + store.quoted(whole)) > 0) {
                throw SnapshotException.invalidRequest("the window has previous snapshots of an earlier layout")
                        .where("table '" + whole + "'")
                        .expected("none: they leave the window with the next saves")
                        .nextStep("save the dataset's partitions until 'snapshot list " + dataset
                                + "' shows newer snapshots alone")
                        .build();
            }
        }
    }

    /**
     * Fills the empty store from a backup, within the transaction that {@link #beginWriting} began.
     *
     * @throws SnapshotException INVALID_REQUEST if a column has another type here, or a table has rows
     */
    void fill(StoreContents contents, BackupFile backup) throws IOException {
        if (store == Store.WINDOW) {
            makeTables(contents);
        }
        for (TableRows table : contents.tables()) {
            requireTable(contents, table, backup);
        }
        for (TableRows table : contents.tables()) {
            execute("ALTER TABLE " + store.quoted(table.table()) + " DISABLE TRIGGER USER");
        }
        for (TableRows table : contents.tables()) {
            fill(table, backup);
            if (table.table().equals(ARCHIVES)) {
                fillFiles(backup);
            }
        }
        for (TableRows table : contents.tables()) {
            execute("ALTER TABLE " + store.quoted(table.table()) + " ENABLE TRIGGER USER");
        }
        for (Sequence each : contents.sequences()) {
            sequence(each.table(), each.column())
                    .filter(name -> each.value() > 0)
                    .ifPresent(name -> number("SELECT setval(" + literal(name) + ", greatest(" + each.value()
                            + ", (SELECT last_value FROM " + name + ")))"));
        }
    }

    private void makeTables(StoreContents contents) {
        List<String> own = List.of(
                "record_uuid",
                "row_hash",
                "snapshot_date",
                "customer_filter",
                "batch_id",
                "records_count",
                "parquet_archive_id",
                "first_number");
        for (String dataset : contents.datasets()) {
            String current = PostgresWindowSchema.tablesOf(dataset).get(0);
            List<String> carried = contents.tables().stream()
                    .filter(table -> table.table().equals(current))
                    .flatMap(table -> table.columns().stream())
                    .filter(column -> column.type().equals("text"))
                    .map(Column::name)
                    .filter(name -> !own.contains(name))
                    .toList();
            session.run(task, () -> {
                PostgresWindowSchema.make(session, PostgresWindowSettings.DEFAULT_SCHEMA, dataset, carried);
                return null;
            });
        }
        // The claims of the tables come with the rows.
        execute("DELETE FROM " + store.quoted("snapshot_writer"));
    }

    /** Checks that a table can take its rows, and adds the columns that other programs added to it. */
    private void requireTable(StoreContents contents, TableRows table, BackupFile backup) {
        boolean isKnown = store.tables().contains(table.table())
                || contents.datasets().stream()
                        .anyMatch(name -> PostgresWindowSchema.tablesOf(name).contains(table.table()));
        if (!isKnown || !exists(table.table())) {
            throw SnapshotException.invalidRequest("the backup has a table that this release does not know")
                    .where(backup.named().toString())
                    .actual("'" + table.table() + "'")
                    .expected("the tables of the " + store.label())
                    .nextStep("restore it with the release of the program that wrote it, or a later one")
                    .build();
        }
        if (number("SELECT count(*) FROM (SELECT 1 FROM " + store.quoted(table.table()) + " LIMIT 1) t") > 0) {
            throw notEmpty(List.of(table.table()));
        }
        List<Column> here = columns(table.table());
        for (Column column : table.columns()) {
            Optional<Column> same = here.stream()
                    .filter(each -> each.name().equals(column.name()))
                    .findFirst();
            if (same.isEmpty()) {
                addColumn(table.table(), column);
            } else if (!same.get().type().equals(column.type())) {
                throw SnapshotException.invalidRequest("a column has another type than in the backup")
                        .where(session.database().address() + ", table '" + table.table() + "', column '"
                                + column.name() + "'")
                        .actual(same.get().type())
                        .expected(column.type())
                        .nextStep("restore into a database in which the program makes the tables itself")
                        .build();
            }
        }
    }

    private void addColumn(String table, Column column) {
        // The name of the type comes from a file, so only the server's own spelling of it becomes part of a statement.
        String type = texts("SELECT to_regtype(" + literal(column.type()) + ")::text WHERE to_regtype("
                        + literal(column.type()) + ") IS NOT NULL")
                .stream()
                .findFirst()
                .orElseThrow(
                        () -> SnapshotException.invalidRequest("a column has a type that this server does not know")
                                .where("table '" + table + "', column '" + column.name() + "'")
                                .actual(column.type())
                                .nextStep("create the type in the database first")
                                .build());
        execute("ALTER TABLE " + store.quoted(table) + " ADD COLUMN " + quotedName(column.name()) + " " + type);
    }

    private void fill(TableRows table, BackupFile backup) throws IOException {
        String target = store.quoted(table.table()) + " ("
                + String.join(
                        ", ",
                        table.columns().stream()
                                .map(column -> quotedName(column.name()))
                                .toList())
                + ")";
        try (InputStream rows = backup.open(table.member())) {
            session.run(task, () -> session.copyIn(target, rows));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void fillFiles(BackupFile backup) throws IOException {
        String prefix = store.label() + "/files/";
        for (Manifest.Member member : backup.manifest().members()) {
            if (!member.name().startsWith(prefix)) {
                continue;
            }
            try (InputStream file = backup.open(member.name())) {
                session.run(task, () -> {
                    try (PreparedStatement statement = session.connection()
                            .prepareStatement("UPDATE " + store.quoted(ARCHIVES) + " SET " + FILE
                                    + " = ? WHERE archive_id = ?::bigint")) {
                        statement.setBinaryStream(1, file, member.bytes());
                        statement.setString(2, member.name().substring(prefix.length()));
                        return statement.executeUpdate();
                    }
                });
            }
        }
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

    private boolean exists(String table) {
        return number("SELECT count(*) FROM pg_class WHERE oid = to_regclass(" + literal(store.quoted(table)) + ")")
                > 0;
    }

    private String regclass(String table) {
        return "to_regclass(" + literal(store.quoted(table)) + ")";
    }

    /** Sessions have standard strings, in which a backslash is a character. */
    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private void execute(String sql) {
        session.run(task, () -> {
            try (Statement statement = session.connection().createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    private long number(String sql) {
        return Long.parseLong(texts(sql).get(0));
    }

    private List<String> texts(String sql) {
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
