package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.BATCH_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.window.WindowTables.PARQUET_ARCHIVE_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORD_UUID;
import static io.hybridsnapshot.postgres.window.WindowTables.ROW_HASH;
import static org.jooq.impl.DSL.val;

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
import io.hybridsnapshot.postgres.connection.Isolation;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/**
 * The window in PostgreSQL. Each dataset has a table of current rows, which readers query, a table of previous
 * snapshots and a table for staging. All datasets share one ledger. Rows that a foreign writer wrote into the current
 * table count as a foreign snapshot. Each call, writer and probe has a connection of its own. Safe to share between
 * threads.
 */
public final class PostgresWindowStore implements WindowStore {
    private static final String PURPOSE = "window";

    private final PostgresWindowSettings settings;
    private final Optional<ZoneId> foreignZone;
    private final Ledger ledger;

    /** A window in a database with the tables of {@code sql/ddl/tables/window}. Connects when it is used. */
    public PostgresWindowStore(PostgresWindowSettings settings) {
        this(settings, Optional.empty());
    }

    private PostgresWindowStore(PostgresWindowSettings settings, Optional<ZoneId> foreignZone) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.foreignZone = foreignZone;
        this.ledger = new Ledger(settings.schema());
    }

    @Override
    public WindowStore withForeignZone(ZoneId zone) {
        return new PostgresWindowStore(settings, Optional.of(zone));
    }

    @Override
    public List<String> datasets() {
        return reading("reading the ledger", session -> ledger.datasets(session.dsl()));
    }

    @Override
    public void prepare(Dataset dataset) {
        WindowTables tables = tables(dataset);
        String task = "preparing the window of " + dataset.name();
        try (PostgresSession session = open(PURPOSE)) {
            if (session.run(task, () -> tables.areClaimed(session) && tables.isComplete(session))) {
                return;
            }
            session.inTransaction(Isolation.READ_COMMITTED, task, () -> {
                // CREATE TABLE IF NOT EXISTS fails where two do it at once.
                session.dsl().fetch("select pg_advisory_xact_lock({0})", val(tables.lockKey("tables")));
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
        partition.requireNamed();
        WindowTables tables = tables(dataset);
        PostgresSession session = open("window writer");
        try {
            boolean prepared = session.run("looking for the window's tables", () -> {
                tables.requireNoOtherOwner(session);
                return tables.exist(session);
            });
            if (!prepared) {
                throw conflicts(dataset, partition).notPrepared("schema '" + settings.schema() + "'");
            }
            return PostgresWindowWriter.open(session, ledger, tables, partition, request);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    @Override
    public WindowProbe openProbe(Dataset dataset, Partition partition) {
        WindowTables tables = tables(dataset);
        PostgresSession session = open("window probe");
        try {
            return PostgresWindowProbe.open(session, ledger, tables, partition);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    @Override
    public Optional<WindowSnapshot> findCurrent(Dataset dataset, Partition partition) {
        WindowTables tables = tables(dataset);
        return reading(
                "reading the ledger",
                session -> tables.exist(session)
                        ? CurrentSnapshots.find(session, ledger, tables, partition)
                        : Optional.empty());
    }

    @Override
    public Optional<WindowSnapshot> find(Dataset dataset, SnapshotId id) {
        return reading("reading the ledger", session -> ledger.find(session.dsl(), dataset.name(), id));
    }

    @Override
    public List<WindowSnapshot> snapshots(Dataset dataset, Optional<Partition> partition) {
        WindowTables tables = tables(dataset);
        return reading("reading the ledger", session -> visible(session, tables, partition));
    }

    private List<WindowSnapshot> visible(PostgresSession session, WindowTables tables, Optional<Partition> partition) {
        return tables.exist(session) ? CurrentSnapshots.visible(session, ledger, tables, partition) : List.of();
    }

    @Override
    public List<WindowSnapshot> unfinished(Dataset dataset) {
        WindowTables tables = tables(dataset);
        return reading(
                "reading the ledger",
                session -> tables.exist(session)
                        ? ledger.unfinished(session.dsl(), dataset.name(), Optional.empty())
                        : List.of());
    }

    @Override
    public List<WindowSnapshot> undone(Dataset dataset, Optional<Partition> partition) {
        return reading("reading the ledger", session -> ledger.undone(session.dsl(), dataset.name(), partition));
    }

    @Override
    public KeyedRowStream openRows(Dataset dataset, WindowSnapshot snapshot) {
        WindowTables tables = tables(dataset);
        PostgresSession session = open(PURPOSE);
        try {
            String task = "reading a snapshot's rows";
            session.begin(Isolation.READ_ONLY, task);
            return session.run(task, () -> rows(session, find(session, tables, snapshot)));
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** The place of a snapshot's rows. */
    private record Rows(Table<Record> table, Condition condition) {}

    /** To be asked in a transaction that sees one moment. */
    private Rows find(PostgresSession session, WindowTables tables, WindowSnapshot snapshot) {
        Dataset dataset = tables.dataset();
        Condition inPartition = CUSTOMER_FILTER.eq(snapshot.partition().name());
        Optional<WindowSnapshot> same = tables.exist(session)
                ? CurrentSnapshots.find(session, ledger, tables, snapshot.partition())
                        .filter(current -> current.isSameAs(snapshot))
                : Optional.empty();
        if (same.isPresent()) {
            conflicts(dataset, snapshot.partition()).requireComplete(same.get());
            return new Rows(tables.current(), inPartition);
        }
        UUID previous = snapshot.id()
                .flatMap(id -> ledger.find(session.dsl(), dataset.name(), id))
                .filter(entry -> entry.state() == SnapshotState.PREVIOUS)
                .flatMap(WindowSnapshot::id)
                .map(SnapshotId::value)
                .orElseThrow(() -> WindowConflicts.gone(dataset.name(), snapshot.id()));
        return new Rows(tables.history(), inPartition.and(BATCH_ID.eq(previous)));
    }

    @Override
    public Optional<RowStream> openCarried(Dataset dataset, WindowSnapshot snapshot) {
        WindowTables tables = tables(dataset);
        PostgresSession session = open(PURPOSE);
        try {
            String task = "reading a snapshot's carried texts";
            session.begin(Isolation.READ_ONLY, task);
            return Optional.of(session.run(task, () -> {
                Rows rows = find(session, tables, snapshot);
                List<String> then = snapshot.id()
                        .map(id -> ledger.carriedColumns(session.dsl(), dataset.name(), id))
                        .orElse(List.of());
                List<Field<String>> carried = tables.carriedThere(session, then);
                List<Field<?>> read = new ArrayList<>(List.of(RECORD_UUID));
                read.addAll(carried);
                return new CarriedRows(
                        session,
                        session.dsl()
                                .select(read)
                                .from(rows.table())
                                .where(rows.condition())
                                .fetchSize(CarriedRows.FETCH_ROWS)
                                .fetchLazy()
                                .resultSet(),
                        carried.stream().map(Field::getName).toList());
            }));
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static KeyedRowStream rows(PostgresSession session, Rows rows) {
        return new PostgresKeyedRowStream(
                session,
                session.dsl()
                        .select(RECORD_UUID, ROW_HASH)
                        .from(rows.table())
                        .where(rows.condition())
                        .fetchSize(KeyedRowStream.BATCH_ROWS)
                        .fetchLazy()
                        .resultSet());
    }

    private static WindowConflicts conflicts(Dataset dataset, Partition partition) {
        return new WindowConflicts(dataset.name(), partition);
    }

    @Override
    public List<RowStamps> stamps(Dataset dataset, Optional<Partition> partition) {
        WindowTables tables = tables(dataset);
        return reading(
                "comparing rows with the ledger",
                session -> tables.exist(session) ? StampedRows.stamps(session, ledger, tables, partition) : List.of());
    }

    @Override
    public void linkArchive(Dataset dataset, SnapshotId id, ArchiveId archiveId) {
        WindowTables tables = tables(dataset);
        try (PostgresSession session = open(PURPOSE)) {
            session.inTransaction(Isolation.READ_COMMITTED, "linking an archive", () -> {
                WindowSnapshot entry = ledger.findForUpdate(session.dsl(), dataset.name(), id)
                        .filter(found -> found.state().isVisible())
                        .orElseThrow(() -> WindowConflicts.gone(dataset.name(), Optional.of(id)));
                if (entry.archiveId().isPresent()) {
                    conflicts(dataset, entry.partition())
                            .requireSameArchive(id, entry.archiveId().get(), archiveId);
                    return null;
                }
                session.dsl()
                        .update(ledger.snapshots())
                        .set(Ledger.ARCHIVE_ID, archiveId.value())
                        .setNull(Ledger.ARCHIVE_AWAITED)
                        .where(Ledger.DATASET.eq(dataset.name()), Ledger.BATCH_ID.eq(id.value()))
                        .execute();
                session.dsl()
                        .update(entry.state() == SnapshotState.CURRENT ? tables.current() : tables.history())
                        .set(PARQUET_ARCHIVE_ID, archiveId.value())
                        .where(CUSTOMER_FILTER.eq(entry.partition().name()), BATCH_ID.eq(id.value()))
                        .execute();
                return null;
            });
        }
    }

    @Override
    public List<WindowSnapshot> removeBeyond(Dataset dataset, Optional<Partition> partition, int keepCount) {
        KeepCount.require(keepCount);
        WindowTables tables = tables(dataset);
        try (PostgresSession session = open(PURPOSE)) {
            // A concurrent publish makes this transaction fail as a conflict. It never removes a snapshot that it has
            // not seen.
            return session.inTransaction(Isolation.REPEATABLE_READ, "removing previous snapshots", () -> {
                List<WindowSnapshot> beyond = WindowStore.beyond(visible(session, tables, partition), keepCount);
                for (WindowSnapshot snapshot : beyond) {
                    remove(session, ledger, tables, snapshot);
                }
                return beyond;
            });
        }
    }

    /** Removes a previous snapshot within the session's transaction. */
    static void remove(PostgresSession session, Ledger ledger, WindowTables tables, WindowSnapshot previous) {
        UUID batch = previous.id().orElseThrow().value();
        Condition entry =
                Ledger.of(tables.dataset().name(), SnapshotState.PREVIOUS).and(Ledger.BATCH_ID.eq(batch));
        session.dsl()
                .deleteFrom(ledger.snapshots())
                .where(entry, Ledger.isForeign())
                .execute();
        ledger.end(session.dsl(), entry, SnapshotState.REMOVED);
        session.dsl()
                .deleteFrom(tables.history())
                .where(CUSTOMER_FILTER.eq(previous.partition().name()), BATCH_ID.eq(batch))
                .execute();
    }

    private <T> T reading(String task, Reading<T> reading) {
        try (PostgresSession session = open(PURPOSE)) {
            return session.inTransaction(Isolation.READ_ONLY, task, () -> reading.from(session));
        }
    }

    /**
     * Checks that a dataset's definition fits into a window of this kind, without a connection.
     *
     * @throws SnapshotException INVALID_REQUEST if the name of the dataset or of a carried column is too long or has
     *     another meaning here
     */
    public static void requireFit(Dataset dataset) {
        new WindowTables("public", dataset, Optional.empty());
    }

    private WindowTables tables(Dataset dataset) {
        return new WindowTables(settings.schema(), dataset, foreignZone);
    }

    private PostgresSession open(String purpose) {
        return PostgresSession.open(settings.connection(), purpose);
    }

    @FunctionalInterface
    private interface Reading<T> {
        T from(PostgresSession session);
    }
}
