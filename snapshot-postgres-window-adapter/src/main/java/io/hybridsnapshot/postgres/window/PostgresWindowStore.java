package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.BATCH_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.window.WindowTables.FIRST_NUMBER;
import static io.hybridsnapshot.postgres.window.WindowTables.LAST_NUMBER;
import static io.hybridsnapshot.postgres.window.WindowTables.PARQUET_ARCHIVE_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORD_UUID;
import static io.hybridsnapshot.postgres.window.WindowTables.ROW_HASH;

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
import org.jooq.Select;
import org.jooq.Table;

/**
 * The window in PostgreSQL. Each dataset has a table of current rows, which readers query, a table of former versions
 * of rows and a table for staging. A previous snapshot is the current rows that have not changed since and the former
 * versions of the others. All datasets share one ledger. Rows that a foreign writer wrote into the current
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
                tables.prepare(session);
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
    public Optional<WindowSnapshot> findAddedTo(Dataset dataset, Partition partition) {
        WindowTables tables = tables(dataset);
        return reading(
                "reading the ledger",
                session -> tables.exist(session)
                        ? CurrentSnapshots.findAddedTo(session, ledger, tables, partition)
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
            return session.run(
                    task,
                    () -> new PostgresKeyedRowStream(
                            session,
                            select(session, find(session, tables, snapshot), List.of(RECORD_UUID, ROW_HASH))
                                    .fetchSize(KeyedRowStream.BATCH_ROWS)
                                    .fetchLazy()
                                    .resultSet()));
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** The places of a snapshot's rows, and the table that holds those of them which are not current. */
    private record Rows(List<Place> places, Table<Record> previous) {}

    private record Place(Table<Record> table, Condition condition) {}

    /** To be asked in a transaction that sees one moment. */
    private Rows find(PostgresSession session, WindowTables tables, WindowSnapshot snapshot) {
        Partition partition = snapshot.partition();
        Condition inPartition = CUSTOMER_FILTER.eq(partition.name());
        Optional<WindowSnapshot> same = tables.exist(session)
                ? CurrentSnapshots.find(session, ledger, tables, partition)
                        .filter(current -> current.isSameAs(snapshot))
                : Optional.empty();
        if (same.isPresent()) {
            conflicts(tables.dataset(), partition).requireComplete(same.get());
            return new Rows(List.of(new Place(tables.current(), inPartition)), tables.version());
        }
        Ledger.Entry previous = snapshot.id()
                .flatMap(id -> ledger.entry(session.dsl(), tables.dataset().name(), id))
                .filter(entry -> entry.snapshot().state() == SnapshotState.PREVIOUS)
                .orElseThrow(() -> WindowConflicts.gone(tables.dataset().name(), snapshot.id()));
        if (previous.number() == null) {
            Condition copied = inPartition.and(BATCH_ID.eq(previous.id().value()));
            return new Rows(List.of(new Place(tables.whole(), copied)), tables.whole());
        }
        List<Place> places = List.of(
                new Place(tables.current(), inPartition.and(FIRST_NUMBER.le(previous.number()))),
                new Place(tables.version(), FormerVersions.of(partition, previous.number())));
        long rows = 0;
        for (Place place : places) {
            rows += session.dsl().fetchCount(place.table(), place.condition());
        }
        if (rows != previous.snapshot().rowCount()) {
            conflicts(tables.dataset(), partition)
                    .requireComplete(previous.snapshot().in(SnapshotState.INCOMPLETE));
        }
        return new Rows(places, tables.version());
    }

    private static Select<Record> select(PostgresSession session, Rows rows, List<? extends Field<?>> columns) {
        Select<Record> all = null;
        for (Place place : rows.places()) {
            Select<Record> part =
                    session.dsl().select(columns).from(place.table()).where(place.condition());
            all = all == null ? part : all.unionAll(part);
        }
        return all;
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
                List<Field<String>> carried = tables.carriedThere(session, then, rows.previous());
                List<Field<?>> read = new ArrayList<>(List.of(RECORD_UUID));
                read.addAll(carried);
                return new CarriedRows(
                        session,
                        select(session, rows, read)
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
                link(session, tables, entry, archiveId);
                return null;
            });
        }
    }

    /** Sets the archive in the rows whose version appeared with the snapshot. */
    private void link(PostgresSession session, WindowTables tables, WindowSnapshot snapshot, ArchiveId archiveId) {
        FormerVersions.writeAsOwner(session);
        SnapshotId id = snapshot.id().orElseThrow();
        Condition rows = CUSTOMER_FILTER.eq(snapshot.partition().name()).and(BATCH_ID.eq(id.value()));
        Long number = ledger.entry(session.dsl(), snapshot.dataset(), id)
                .orElseThrow()
                .number();
        List<Place> places = number == null
                ? List.of(new Place(tables.whole(), rows))
                : List.of(
                        new Place(tables.current(), rows.and(FIRST_NUMBER.le(number))),
                        new Place(tables.version(), rows.and(LAST_NUMBER.gt(number))));
        for (Place place : places) {
            session.dsl()
                    .update(place.table())
                    .set(PARQUET_ARCHIVE_ID, archiveId.value())
                    .where(place.condition())
                    .execute();
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
                    end(
                            session,
                            ledger,
                            tables,
                            ledger.entry(
                                            session.dsl(),
                                            dataset.name(),
                                            snapshot.id().orElseThrow())
                                    .orElseThrow());
                }
                beyond.stream()
                        .map(WindowSnapshot::partition)
                        .distinct()
                        .forEach(one -> FormerVersions.prune(session, ledger, tables, one));
                return beyond;
            });
        }
    }

    /**
     * Ends a previous snapshot in the ledger, within the session's transaction, and removes its whole copy.
     * {@link FormerVersions#prune} removes the versions that it alone had.
     */
    static void end(PostgresSession session, Ledger ledger, WindowTables tables, Ledger.Entry previous) {
        UUID batch = previous.id().value();
        Condition entry =
                Ledger.of(tables.dataset().name(), SnapshotState.PREVIOUS).and(Ledger.BATCH_ID.eq(batch));
        session.dsl()
                .deleteFrom(ledger.snapshots())
                .where(entry, Ledger.isForeign())
                .execute();
        ledger.end(session.dsl(), entry, SnapshotState.REMOVED);
        if (previous.number() == null) {
            session.dsl()
                    .deleteFrom(tables.whole())
                    .where(CUSTOMER_FILTER.eq(previous.snapshot().partition().name()), BATCH_ID.eq(batch))
                    .execute();
        }
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
        PostgresSession session = PostgresSession.open(settings.connection(), purpose);
        try {
            SessionSettings.readSmallTablesAlone(session);
            return session;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    @FunctionalInterface
    private interface Reading<T> {
        T from(PostgresSession session);
    }
}
