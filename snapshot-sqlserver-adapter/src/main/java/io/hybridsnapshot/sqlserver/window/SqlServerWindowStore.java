package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.dataset.KeepCount;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.RowStamps;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowConflicts;
import io.hybridsnapshot.domain.window.WindowProbe;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jooq.Name;
import org.jooq.impl.DSL;

/**
 * The window in SQL Server 2017 and later and Azure SQL. Each dataset has a table of current rows, which readers query,
 * a table of previous snapshots and a table for staging. All datasets share one ledger. Rows that a foreign writer
 * wrote into the current table count as a foreign snapshot. Each call, writer and probe has a connection of its own.
 * Safe to share between threads.
 *
 * <p>If the database allows SNAPSHOT isolation, readers neither wait nor make others wait. Otherwise a read holds a
 * shared lock on the current table for the duration of its one statement.
 */
public final class SqlServerWindowStore implements WindowStore {
    private static final String PURPOSE = "window";
    private static final Name SPOOLED = WindowStatements.temporary("snapshot_rows", 1);
    private static final Name TEXTS = WindowStatements.temporary("snapshot_texts", 1);

    private final SqlServerWindowSettings settings;
    private final Function<String, SqlServerSession> sessions;
    private final Optional<ZoneId> foreignZone;
    private final Ledger ledger;

    /** A window in a database with the tables of {@code sql/ddl/tables/orders}. Connects when it is used. */
    public SqlServerWindowStore(SqlServerWindowSettings settings) {
        this(settings, purpose -> SqlServerSession.open(settings.connection(), purpose), Optional.empty());
    }

    /** The same over sessions opened elsewhere, for tests without a server. */
    SqlServerWindowStore(
            SqlServerWindowSettings settings,
            Function<String, SqlServerSession> sessions,
            Optional<ZoneId> foreignZone) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.foreignZone = foreignZone;
        this.sessions = sessions;
        this.ledger = new Ledger(settings.schema());
    }

    @Override
    public WindowStore withForeignZone(ZoneId zone) {
        return new SqlServerWindowStore(settings, sessions, Optional.of(zone));
    }

    @Override
    public List<String> datasets() {
        try (SqlServerSession session = open(PURPOSE)) {
            // The order is Java's, not that of the server's collation.
            return session.run("reading the ledger", () -> session.dsl().fetch(ledger.datasets())).stream()
                    .map(row -> row.get(0, String.class))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void prepare(Dataset dataset) {
        WindowTables tables = tables(dataset);
        String task = "preparing the window of " + dataset.name();
        try (SqlServerSession session = open(PURPOSE)) {
            if (session.run(task, () -> tables.areClaimed(session) && tables.isComplete(session))) {
                return;
            }
            session.inTransaction(task, () -> {
                tables.takeTurn(session, WindowTables.MAKING, SqlServerSession.LOCK_TIMEOUT_MILLIS);
                tables.claim(session);
                // Tables that an administrator made are not this user's to alter.
                if (!tables.isComplete(session)) {
                    tables.make(session);
                }
                return null;
            });
        }
    }

    @Override
    public WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request) {
        WindowTables tables = tables(dataset);
        tables.requireDistinct(partition.requireNamed());
        SqlServerSession session = open("window writer");
        try {
            boolean prepared = session.run("looking for the window's tables", () -> {
                tables.requireNoOtherOwner(session);
                return tables.exist(session);
            });
            if (!prepared) {
                throw conflicts(dataset, partition).notPrepared("schema '" + settings.schema() + "'");
            }
            return SqlServerWindowWriter.open(session, ledger, tables, partition, request);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    @Override
    public WindowProbe openProbe(Dataset dataset, Partition partition) {
        WindowTables tables = tables(dataset);
        tables.requireDistinct(partition);
        SqlServerSession session = open("window probe");
        try {
            return SqlServerWindowProbe.open(session, ledger, tables, partition);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    @Override
    public Optional<WindowSnapshot> findCurrent(Dataset dataset, Partition partition) {
        WindowTables tables = tables(dataset);
        tables.requireDistinct(partition);
        try (SqlServerSession session = open(PURPOSE)) {
            return session.inOneMoment(
                    "reading the ledger",
                    moment -> tables.exist(session)
                            ? new CurrentSnapshots(session, ledger, tables, moment).find(partition)
                            : Optional.empty());
        }
    }

    @Override
    public Optional<WindowSnapshot> find(Dataset dataset, SnapshotId id) {
        try (SqlServerSession session = open(PURPOSE)) {
            return session.run(
                    "reading the ledger",
                    () -> session.dsl()
                            .fetchOptional(ledger.find(dataset.name(), id))
                            .map(Ledger::snapshot));
        }
    }

    @Override
    public List<WindowSnapshot> snapshots(Dataset dataset, Optional<Partition> partition) {
        WindowTables tables = tables(dataset);
        partition.ifPresent(tables::requireDistinct);
        try (SqlServerSession session = open(PURPOSE)) {
            return session.inOneMoment("reading the ledger", moment -> visible(session, tables, partition, moment));
        }
    }

    private List<WindowSnapshot> visible(
            SqlServerSession session,
            WindowTables tables,
            Optional<Partition> partition,
            SqlServerSession.Moment moment) {
        return tables.exist(session)
                ? new CurrentSnapshots(session, ledger, tables, moment).visible(partition)
                : List.of();
    }

    @Override
    public List<WindowSnapshot> unfinished(Dataset dataset) {
        WindowTables tables = tables(dataset);
        try (SqlServerSession session = open(PURPOSE)) {
            return session.run(
                    "reading the ledger",
                    () -> tables.exist(session)
                            ? ledger.unfinished(session.dsl(), dataset.name(), Optional.empty())
                            : List.of());
        }
    }

    @Override
    public List<WindowSnapshot> undone(Dataset dataset, Optional<Partition> partition) {
        try (SqlServerSession session = open(PURPOSE)) {
            return session.run(
                    "reading the ledger",
                    () -> session.dsl()
                            .fetch(ledger.undone(dataset.name(), partition))
                            .map(Ledger::snapshot));
        }
    }

    @Override
    public KeyedRowStream openRows(Dataset dataset, WindowSnapshot snapshot) {
        WindowTables tables = tables(dataset);
        tables.requireDistinct(snapshot.partition());
        SqlServerSession session = open(PURPOSE);
        try {
            String task = "reading a snapshot's rows";
            session.run(task, () -> {
                WindowTables.run(session, List.of(WindowStatements.createRows(SPOOLED)));
                return null;
            });
            session.undoAtClose(WindowStatements.dropTemporary(SPOOLED));
            // Not from the tables themselves: a reader may take its time, and would hold its lock or its version as
            // long.
            session.inOneMoment(task, moment -> {
                WindowStatements.Rows rows = rows(session, tables, snapshot, moment);
                session.dsl().execute(WindowStatements.copyRows(SPOOLED, rows));
                requireWhole(session, tables, snapshot, rows);
                return null;
            });
            return session.run(
                    task,
                    () -> new SqlServerKeyedRowStream(
                            session,
                            session.dsl()
                                    .fetchLazy(WindowStatements.rows(WindowStatements.all(SPOOLED)))
                                    .resultSet()));
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    @Override
    public Optional<RowStream> openCarried(Dataset dataset, WindowSnapshot snapshot) {
        WindowTables tables = tables(dataset);
        tables.requireDistinct(snapshot.partition());
        SqlServerSession session = open(PURPOSE);
        try {
            String task = "reading a snapshot's carried texts";
            List<String> carried = session.run(task, () -> carried(session, tables, snapshot));
            session.run(task, () -> {
                WindowTables.run(session, List.of(WindowStatements.createTexts(TEXTS, carried.size())));
                return null;
            });
            session.undoAtClose(WindowStatements.dropTemporary(TEXTS));
            // As with the rows: a reader may take its time, and would hold its lock or its version as long.
            session.inOneMoment(task, moment -> {
                WindowStatements.Rows rows = rows(session, tables, snapshot, moment);
                session.dsl()
                        .execute(WindowStatements.copyTexts(
                                TEXTS, rows, carried.stream().map(DSL::name).toList()));
                requireWhole(session, tables, snapshot, rows);
                return null;
            });
            return Optional.of(session.run(
                    task,
                    () -> new CarriedRows(
                            session,
                            session.dsl()
                                    .fetchLazy(WindowStatements.texts(TEXTS, carried.size()))
                                    .resultSet(),
                            carried)));
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** Those of the carried columns that the snapshot was published with and that the tables still have. */
    private List<String> carried(SqlServerSession session, WindowTables tables, WindowSnapshot snapshot) {
        Dataset dataset = tables.dataset();
        List<String> then = snapshot.id()
                .flatMap(id -> session.dsl().fetchOptional(ledger.carriedColumns(dataset.name(), id)))
                .map(row -> row.get(0, String.class))
                .map(Ledger::unlined)
                .orElse(List.of());
        if (!tables.exist(session) || !tables.isComplete(session)) {
            return List.of();
        }
        return dataset.carriedColumns().stream().filter(then::contains).toList();
    }

    private WindowStatements.Rows rows(
            SqlServerSession session, WindowTables tables, WindowSnapshot snapshot, SqlServerSession.Moment moment) {
        WindowStatements statements = new WindowStatements(tables, ledger);
        Optional<WindowSnapshot> same = tables.exist(session)
                ? new CurrentSnapshots(session, ledger, tables, moment)
                        .find(snapshot.partition())
                        .filter(current -> current.isSameAs(snapshot))
                : Optional.empty();
        if (same.isPresent()) {
            conflicts(tables.dataset(), snapshot.partition()).requireComplete(same.get());
            return statements.current(CurrentSnapshots.tableHint(moment), snapshot.partition());
        }
        return statements.previous(snapshot.partition(), requirePrevious(session, tables.dataset(), snapshot));
    }

    /**
     * A snapshot leaves the ledger before its first row leaves the history. A snapshot that is still in the ledger
     * after the read was therefore complete.
     */
    private void requireWhole(
            SqlServerSession session, WindowTables tables, WindowSnapshot snapshot, WindowStatements.Rows read) {
        if (read.table().equals(tables.history())) {
            requirePrevious(session, tables.dataset(), snapshot);
        }
    }

    private UUID requirePrevious(SqlServerSession session, Dataset dataset, WindowSnapshot snapshot) {
        return snapshot.id()
                .flatMap(id -> session.dsl().fetchOptional(ledger.find(dataset.name(), id)))
                .map(Ledger::snapshot)
                .filter(entry -> entry.state() == SnapshotState.PREVIOUS)
                .flatMap(WindowSnapshot::id)
                .map(SnapshotId::value)
                .orElseThrow(() -> WindowConflicts.gone(dataset.name(), snapshot.id()));
    }

    private static WindowConflicts conflicts(Dataset dataset, Partition partition) {
        return new WindowConflicts(dataset.name(), partition);
    }

    @Override
    public List<RowStamps> stamps(Dataset dataset, Optional<Partition> partition) {
        WindowTables tables = tables(dataset);
        partition.ifPresent(tables::requireDistinct);
        try (SqlServerSession session = open(PURPOSE)) {
            return session.inOneMoment(
                    "comparing rows with the ledger",
                    moment -> tables.exist(session)
                            ? new CurrentSnapshots(session, ledger, tables, moment).stamps(partition)
                            : List.of());
        }
    }

    @Override
    public void linkArchive(Dataset dataset, SnapshotId id, ArchiveId archiveId) {
        WindowTables tables = tables(dataset);
        WindowStatements statements = new WindowStatements(tables, ledger);
        try (SqlServerSession session = open(PURPOSE)) {
            session.inTransaction("linking an archive", () -> {
                WindowSnapshot entry = session.dsl()
                        .fetchOptional(ledger.findForUpdate(dataset.name(), id))
                        .map(Ledger::snapshot)
                        .filter(found -> found.state().isVisible())
                        .orElseThrow(() -> WindowConflicts.gone(dataset.name(), Optional.of(id)));
                if (entry.archiveId().isPresent()) {
                    conflicts(dataset, entry.partition())
                            .requireSameArchive(id, entry.archiveId().get(), archiveId);
                    return null;
                }
                session.dsl().execute(ledger.link(dataset.name(), id, archiveId));
                session.dsl().execute(statements.link(entry.state(), entry.partition(), id.value(), archiveId));
                return null;
            });
        }
    }

    @Override
    public List<WindowSnapshot> removeBeyond(Dataset dataset, Optional<Partition> partition, int keepCount) {
        KeepCount.require(keepCount);
        WindowTables tables = tables(dataset);
        partition.ifPresent(tables::requireDistinct);
        try (SqlServerSession session = open(PURPOSE)) {
            // The rows read stay locked, so that no publish intervenes.
            List<WindowSnapshot> removed = session.inTransaction("removing previous snapshots", () -> {
                tables.takeTurn(session, WindowTables.PUBLISHING, SqlServerSession.LOCK_TIMEOUT_MILLIS);
                List<WindowSnapshot> beyond = WindowStore.beyond(
                        visible(session, tables, partition, SqlServerSession.Moment.LOCKED), keepCount);
                beyond.forEach(snapshot -> endPrevious(session, ledger, snapshot));
                return beyond;
            });
            try {
                historySweep(session, tables).remove(removed);
            } catch (SnapshotException e) {
                // The snapshots are gone for every reader; the next save of their partition or recovery removes the
                // rows.
            }
            return removed;
        }
    }

    /** Hides a previous snapshot from readers within the session's transaction. Its rows are removed afterwards. */
    static void endPrevious(SqlServerSession session, Ledger ledger, WindowSnapshot previous) {
        SnapshotId id = previous.id().orElseThrow();
        session.dsl().execute(ledger.removeForeign(previous.dataset(), id));
        session.dsl().execute(ledger.end(previous.dataset(), id, SnapshotState.REMOVED));
    }

    @Override
    public void sweep(Dataset dataset) {
        WindowTables tables = tables(dataset);
        try (SqlServerSession session = open(PURPOSE)) {
            if (session.run("looking for the window's tables", () -> tables.exist(session))) {
                historySweep(session, tables).sweep();
            }
        }
    }

    /** A sweep beside the writers: each chunk has the turn to publish. */
    private HistorySweep historySweep(SqlServerSession session, WindowTables tables) {
        return new HistorySweep(
                session,
                ledger,
                tables,
                (task, work) -> session.inTransaction(task, () -> {
                    tables.takeTurn(session, WindowTables.PUBLISHING, SqlServerSession.LOCK_TIMEOUT_MILLIS);
                    return work.run();
                }));
    }

    /**
     * Checks that a dataset's definition fits into a window of this kind, without a connection.
     *
     * @throws SnapshotException INVALID_REQUEST if the name of the dataset or of a carried column is too long or has
     *     another meaning here
     */
    public static void requireFit(Dataset dataset) {
        new WindowTables("dbo", dataset, Optional.empty());
    }

    private WindowTables tables(Dataset dataset) {
        return new WindowTables(settings.schema(), dataset, foreignZone);
    }

    private SqlServerSession open(String purpose) {
        return sessions.apply(purpose);
    }
}
