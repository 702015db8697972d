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
import io.hybridsnapshot.jdbc.connection.SqlWork;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jooq.Name;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * The window in SQL Server 2017 and later and Azure SQL. Each dataset has a table of current rows, which readers query,
 * a table of former versions of rows, a view of whole previous snapshots and a table for staging. All datasets share
 * one ledger. Rows that a foreign writer
 * wrote into the current table count as a foreign snapshot. Each call, writer and probe has a connection of its own.
 * Safe to share between threads.
 *
 * <p>If the database allows SNAPSHOT isolation, readers neither wait nor make others wait. Otherwise a read of one
 * moment holds a shared lock on the current table. Identities and hashes are read by ranges in short statements.
 */
public final class SqlServerWindowStore implements WindowStore {
    private static final String PURPOSE = "window";
    private static final String READING = "reading a snapshot's rows";
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
                tables.prepare(session);
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
        return ofCurrentRows(dataset, partition, snapshots -> snapshots.find(partition));
    }

    @Override
    public Optional<WindowSnapshot> findAddedTo(Dataset dataset, Partition partition) {
        return ofCurrentRows(dataset, partition, snapshots -> snapshots.findAddedTo(partition));
    }

    private Optional<WindowSnapshot> ofCurrentRows(
            Dataset dataset, Partition partition, Function<CurrentSnapshots, Optional<WindowSnapshot>> finding) {
        WindowTables tables = tables(dataset);
        tables.requireDistinct(partition);
        try (SqlServerSession session = open(PURPOSE)) {
            return session.inOneMoment(
                    "reading the ledger",
                    moment -> tables.exist(session)
                            ? finding.apply(new CurrentSnapshots(session, ledger, tables, moment))
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
            Optional<Ledger.Entry> entry =
                    session.inOneMoment(READING, moment -> find(session, tables, snapshot, moment));
            if (entry.isEmpty()) {
                return foreignRows(session, tables, snapshot);
            }
            KeyedRowStream rows = new SnapshotReader(session, ledger, tables, entry.get()).read();
            session.close();
            return rows;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /**
     * The rows of a current snapshot that a foreign writer made; they have no numbers. Not from the table itself: a
     * reader may take its time, and would hold its lock or its version as long.
     */
    private KeyedRowStream foreignRows(SqlServerSession session, WindowTables tables, WindowSnapshot snapshot) {
        WindowStatements statements = new WindowStatements(tables, ledger);
        session.run(READING, () -> {
            WindowTables.run(session, List.of(WindowStatements.createRows(SPOOLED)));
            return null;
        });
        session.undoAtClose(WindowStatements.dropTemporary(SPOOLED));
        session.inOneMoment(READING, moment -> {
            if (find(session, tables, snapshot, moment).isPresent()) {
                throw WindowConflicts.gone(tables.dataset().name(), snapshot.id());
            }
            return session.dsl()
                    .execute(WindowStatements.copyRows(
                            SPOOLED, statements.current(CurrentSnapshots.tableHint(moment), snapshot.partition())));
        });
        return session.run(
                READING,
                () -> new SqlServerKeyedRowStream(
                        session,
                        session.dsl().fetchLazy(WindowStatements.rows(SPOOLED)).resultSet()));
    }

    /**
     * The ledger's entry of a visible snapshot; empty for the current snapshot of a foreign writer. Within a
     * transaction that sees one moment.
     *
     * @throws SnapshotException CONFLICT if it is not in the window; CORRUPT if it is INCOMPLETE
     */
    private Optional<Ledger.Entry> find(
            SqlServerSession session, WindowTables tables, WindowSnapshot snapshot, SqlServerSession.Moment moment) {
        Dataset dataset = tables.dataset();
        WindowConflicts conflicts = conflicts(dataset, snapshot.partition());
        boolean exist = tables.exist(session);
        CurrentSnapshots current = new CurrentSnapshots(session, ledger, tables, moment);
        Optional<WindowSnapshot> same =
                exist ? current.find(snapshot.partition()).filter(found -> found.isSameAs(snapshot)) : Optional.empty();
        if (same.isPresent()) {
            conflicts.requireComplete(same.get());
            return same.get().id().flatMap(id -> ledger.entry(session.dsl(), dataset.name(), id));
        }
        Ledger.Entry previous = snapshot.id()
                .flatMap(id -> ledger.entry(session.dsl(), dataset.name(), id))
                .filter(entry -> exist && entry.snapshot().state() == SnapshotState.PREVIOUS)
                .orElseThrow(() -> WindowConflicts.gone(dataset.name(), snapshot.id()));
        conflicts.requireComplete(current.whole(previous));
        return Optional.of(previous);
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
            // Not from the tables themselves: a reader may take its time, and would hold its lock or its version as
            // long.
            List<Name> names = carried.stream().map(DSL::name).toList();
            session.inOneMoment(task, moment -> {
                for (WindowStatements.Rows rows : texts(session, tables, snapshot, moment, names)) {
                    session.dsl().execute(WindowStatements.copyTexts(TEXTS, rows, names));
                }
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

    /** The rows of a snapshot, the current ones before the former versions. */
    private List<WindowStatements.Rows> texts(
            SqlServerSession session,
            WindowTables tables,
            WindowSnapshot snapshot,
            SqlServerSession.Moment moment,
            List<Name> names) {
        WindowStatements statements = new WindowStatements(tables, ledger);
        String hint = CurrentSnapshots.tableHint(moment);
        Partition partition = snapshot.partition();
        return find(session, tables, snapshot, moment)
                .filter(entry -> entry.snapshot().state() == SnapshotState.PREVIOUS)
                .map(entry -> List.of(
                        statements.shared(hint, partition, entry.published(), names),
                        statements.former(partition, entry.published(), names)))
                .orElseGet(() -> List.of(statements.current(hint, partition, names)));
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
                            ? StampedRows.stamps(session, ledger, tables, moment, partition)
                            : List.of());
        }
    }

    @Override
    public void linkArchive(Dataset dataset, SnapshotId id, ArchiveId archiveId) {
        WindowTables tables = tables(dataset);
        PublishStatements writes = new PublishStatements(tables, ledger);
        try (SqlServerSession session = open(PURPOSE)) {
            session.inTransaction("linking an archive", () -> {
                WindowSnapshot entry = session.dsl()
                        .fetchOptional(ledger.find(dataset.name(), id))
                        .map(Ledger::snapshot)
                        .filter(found -> found.state().isVisible())
                        .orElseThrow(() -> WindowConflicts.gone(dataset.name(), Optional.of(id)));
                // As a publish locks them: the turn, the current table, the ledger, the versions.
                lockTables(session, tables, ledger);
                Optional<ArchiveId> linked = session.dsl()
                        .fetchOptional(ledger.findForUpdate(dataset.name(), id))
                        .map(Ledger::snapshot)
                        .filter(found -> found.state().isVisible())
                        .orElseThrow(() -> WindowConflicts.gone(dataset.name(), Optional.of(id)))
                        .archiveId();
                if (linked.isPresent()) {
                    conflicts(dataset, entry.partition()).requireSameArchive(id, linked.get(), archiveId);
                    return null;
                }
                session.dsl().execute(writes.linkCurrent(entry.partition(), id.value(), archiveId));
                session.dsl().execute(ledger.link(dataset.name(), id, archiveId));
                return session.dsl().execute(writes.linkFormer(entry.partition(), id.value(), archiveId));
            });
        }
    }

    private static void lockTables(SqlServerSession session, WindowTables tables, Ledger ledger) {
        tables.takeTurn(session, WindowTables.PUBLISHING, SqlServerSession.LOCK_TIMEOUT_MILLIS);
        session.dsl().fetch(new PublishStatements(tables, ledger).lockCurrent());
    }

    @Override
    public List<WindowSnapshot> removeBeyond(Dataset dataset, Optional<Partition> partition, int keepCount) {
        KeepCount.require(keepCount);
        WindowTables tables = tables(dataset);
        partition.ifPresent(tables::requireDistinct);
        try (SqlServerSession session = open(PURPOSE)) {
            if (!session.run("looking for the window's tables", () -> tables.exist(session))) {
                return List.of();
            }
            // The rows read stay locked, so that no publish intervenes.
            List<WindowSnapshot> removed = session.inTransaction("removing previous snapshots", () -> {
                lockTables(session, tables, ledger);
                List<WindowSnapshot> beyond = WindowStore.beyond(
                        visible(session, tables, partition, SqlServerSession.Moment.LOCKED), keepCount);
                beyond.forEach(snapshot -> endPrevious(session, ledger, snapshot));
                return beyond;
            });
            try {
                WindowSweep sweep = sweep(session, tables);
                removed.stream().map(WindowSnapshot::partition).distinct().forEach(sweep::sweep);
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
                sweep(session, tables).sweep();
            }
        }
    }

    /** A sweep beside the writers: each range has the turn to publish. */
    private WindowSweep sweep(SqlServerSession session, WindowTables tables) {
        return new WindowSweep(session, ledger, tables, new WindowSweep.Transactions() {
            @Override
            public <T extends @Nullable Object> T run(String task, SqlWork<T> work) {
                return session.inTransaction(task, () -> {
                    tables.takeTurn(session, WindowTables.PUBLISHING, SqlServerSession.LOCK_TIMEOUT_MILLIS);
                    return work.run();
                });
            }
        });
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
