package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.BATCH_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.window.WindowTables.PARQUET_ARCHIVE_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORDS_COUNT;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORD_UUID;
import static io.hybridsnapshot.postgres.window.WindowTables.ROW_HASH;
import static io.hybridsnapshot.postgres.window.WindowTables.SNAPSHOT_DATE;
import static org.jooq.impl.DSL.castNull;
import static org.jooq.impl.DSL.defaultValue;
import static org.jooq.impl.DSL.excluded;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.notExists;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.val;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.KeepCount;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotDates;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowConflicts;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.postgres.connection.Isolation;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.SqlWork;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectField;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/**
 * The writer of a partition. Its lock is an advisory lock of its session, so a dead writer holds no lock. Every
 * transaction that writes compares the writer's number, the fence. A session behind a connection-sharing pooler
 * therefore cannot write after another writer took over. One COPY stays open from the first {@link #stage} to the next
 * other call, in a transaction of its own.
 */
final class PostgresWindowWriter implements WindowWriter {
    /**
     * The minimum time that a publish waits for open transactions on the current table: those of foreign writers, and
     * publishes of other partitions.
     */
    private static final int TABLE_PATIENCE_MILLIS = 30_000;

    private static final String UNIQUE_VIOLATION = "23505";
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /** A B-tree's entries end at a third of a page. */
    private static final int MAX_INDEXED_BYTES = 2_600;

    private static final int SYSTEM_FIELDS = 3;

    private static final int MAX_PLACE_CHARACTERS = 1_000;

    private final PostgresSession session;
    private final Ledger ledger;
    private final WindowTables tables;
    private final Partition partition;
    private final WindowConflicts conflicts;
    private final String dataset;
    private final long lockKey;
    private final int tablePatience;
    private final String copyTarget;
    private long fence;
    private @Nullable BinaryCopy copy;
    private @Nullable SnapshotId staging;

    private PostgresWindowWriter(
            PostgresSession session, Ledger ledger, WindowTables tables, Partition partition, WriterRequest request) {
        this.session = session;
        this.ledger = ledger;
        this.tables = tables;
        this.partition = partition;
        this.dataset = tables.dataset().name();
        this.conflicts = new WindowConflicts(dataset, partition);
        this.lockKey = tables.lockKey("writer\0" + partition.name());
        this.tablePatience = Math.max(TABLE_PATIENCE_MILLIS, millis(request));
        List<Field<?>> columns = new ArrayList<>(List.of(BATCH_ID, RECORD_UUID, ROW_HASH));
        columns.addAll(tables.carried());
        DSLContext dsl = session.dsl();
        List<String> names = columns.stream().map(dsl::render).toList();
        this.copyTarget = dsl.render(tables.staging()) + " (" + String.join(", ", names) + ")";
    }

    /**
     * Takes the lock and then owns the session.
     *
     * @throws SnapshotException CONFLICT naming the holder
     */
    static PostgresWindowWriter open(
            PostgresSession session, Ledger ledger, WindowTables tables, Partition partition, WriterRequest request) {
        PostgresWindowWriter writer = new PostgresWindowWriter(session, ledger, tables, partition, request);
        writer.noticeDeadClients();
        JoinDelta.giveMemory(session);
        writer.lock(request);
        writer.takeFence(request);
        return writer;
    }

    /**
     * A statement of a dead client continues and keeps the lock, unless the server checks the connection. Not every
     * platform supports that check.
     */
    private void noticeDeadClients() {
        try {
            session.run(
                    "preparing the session",
                    () -> session.dsl().execute("set client_connection_check_interval = '10s'"));
        } catch (SnapshotException e) {
            if (PostgresSession.isBroken(e)) {
                throw e;
            }
        }
    }

    private static int millis(WriterRequest request) {
        Duration longest = Duration.ofMillis(Integer.MAX_VALUE);
        Duration patience = request.patience();
        return (int) (patience.compareTo(longest) < 0 ? patience : longest).toMillis();
    }

    private void lock(WriterRequest request) {
        takeLock(request);
        session.undoAtClose(unlocking());
    }

    private String unlocking() {
        return "select pg_advisory_unlock(" + lockKey + ")";
    }

    private void takeLock(WriterRequest request) {
        int millis = millis(request);
        boolean taken;
        if (millis == 0) {
            taken = session.run(
                    "taking the writer's lock",
                    () -> session.dsl()
                            .select(field("pg_try_advisory_lock({0})", Boolean.class, val(lockKey)))
                            .fetchSingle()
                            .value1());
        } else {
            taken = waitForLock(millis);
        }
        if (!taken) {
            throw held(request);
        }
    }

    private boolean waitForLock(int millis) {
        try {
            session.run("taking the writer's lock", () -> {
                session.dsl().execute("set lock_timeout = {0}", inline(millis));
                session.dsl().fetch("select pg_advisory_lock({0})", val(lockKey));
                return session.dsl().execute("set lock_timeout = 0");
            });
            return true;
        } catch (SnapshotException e) {
            if (PostgresSession.sqlState(e).equals(Optional.of(LOCK_NOT_AVAILABLE))) {
                return false;
            }
            throw e;
        }
    }

    private SnapshotException held(WriterRequest request) {
        Optional<String> holder = session.run(
                "looking for the lock's holder",
                () -> session.dsl()
                        .select(Ledger.HOLDER, Ledger.SINCE)
                        .from(ledger.writers())
                        .where(ownWriterRow())
                        .fetchOptional()
                        .map(row -> row.value1() + " since " + row.value2()));
        return conflicts.held(holder, request.patience());
    }

    private void takeFence(WriterRequest request) {
        fence = session.inTransaction(
                Isolation.READ_COMMITTED,
                "entering the writer",
                () -> session.dsl()
                        .insertInto(ledger.writers())
                        .set(Ledger.DATASET, dataset)
                        .set(Ledger.PARTITION, partition.name())
                        .set(Ledger.FENCE, 1L)
                        .set(Ledger.HOLDER, request.holder().replace('\0', '?'))
                        .set(Ledger.SINCE, Ledger.NOW)
                        .onConflict(Ledger.DATASET, Ledger.PARTITION)
                        .doUpdate()
                        .set(
                                Ledger.FENCE,
                                field(name("snapshot_writer", Ledger.FENCE.getName()), Long.class)
                                        .plus(1))
                        .set(Ledger.HOLDER, excluded(Ledger.HOLDER))
                        .set(Ledger.SINCE, excluded(Ledger.SINCE))
                        .returning(Ledger.FENCE)
                        .fetchSingle()
                        .get(Ledger.FENCE));
    }

    @Override
    public Optional<WindowSnapshot> current() {
        return guarded(() -> {
            endStaging();
            return session.inTransaction(
                    Isolation.READ_ONLY,
                    "reading the ledger",
                    () -> CurrentSnapshots.find(session, ledger, tables, partition));
        });
    }

    @Override
    public Optional<WindowSnapshot> recorded() {
        return guarded(() -> {
            endStaging();
            return session.run(
                    "reading the ledger",
                    () -> ledger
                            .list(
                                    session.dsl(),
                                    Ledger.of(dataset, SnapshotState.CURRENT)
                                            .and(Ledger.PARTITION.eq(partition.name())))
                            .stream()
                            .findFirst());
        });
    }

    @Override
    public List<WindowSnapshot> unfinished() {
        return guarded(() -> {
            endStaging();
            return session.inTransaction(
                    Isolation.READ_ONLY,
                    "reading the ledger",
                    () -> ledger.unfinished(session.dsl(), dataset, Optional.of(partition)));
        });
    }

    @Override
    public int begin(StagingRequest request) {
        List<Column> columns = request.schema().columns();
        String[] names = columns.stream().map(Column::name).toArray(String[]::new);
        String[] types =
                columns.stream().map(column -> column.type().toString()).toArray(String[]::new);
        for (String name : names) {
            if (name.indexOf('\0') >= 0) {
                throw SnapshotException.invalidRequest("a column's name cannot be kept in the ledger")
                        .where("dataset '" + dataset + "'")
                        .actual("a name with a NUL character, '" + name.replace('\0', '?') + "'")
                        .expected("names without NUL characters")
                        .nextStep("rename the column in the source")
                        .build();
            }
        }
        session.database().requireRoom();
        return guarded(() -> {
            endStaging();
            try {
                return inFencedTransaction(
                        "entering a snapshot in the ledger",
                        () -> enter(request, names, types, nextAttempt(request.id())));
            } catch (SnapshotException e) {
                if (!PostgresSession.sqlState(e).equals(Optional.of(UNIQUE_VIOLATION))) {
                    throw e;
                }
                throw conflicts.batchIdKnown(request.id(), e);
            }
        });
    }

    /** Removes the entry of an undone attempt, which the next attempt replaces. */
    private int nextAttempt(SnapshotId id) {
        return session.dsl()
                        .deleteFrom(ledger.snapshots())
                        .where(entry(id), Ledger.PARTITION.eq(partition.name()))
                        .and(Ledger.STATE.eq(SnapshotState.UNDONE.name()))
                        .returning(Ledger.ATTEMPT)
                        .fetchOptional()
                        .map(row -> row.get(Ledger.ATTEMPT))
                        .orElse(0)
                + 1;
    }

    private int enter(StagingRequest request, String[] names, String[] types, int attempt) {
        session.dsl()
                .insertInto(ledger.snapshots())
                .set(Ledger.DATASET, dataset)
                .set(Ledger.BATCH_ID, request.id().value())
                .set(Ledger.PARTITION, partition.name())
                .set(Ledger.DATE, request.date())
                .set(Ledger.STATE, SnapshotState.STAGING.name())
                .set(Ledger.HASH_SPEC_ID, request.hashSpecId())
                .set(Ledger.COLUMN_NAMES, names)
                .set(Ledger.COLUMN_TYPES, types)
                .set(Ledger.STARTED_AT, Ledger.NOW)
                .set(Ledger.ATTEMPT, attempt)
                .execute();
        return attempt;
    }

    @Override
    public void stage(SnapshotId id, RowBatch rows, KeyedHashes hashes) {
        if (rows.rowCount() != hashes.size()) {
            throw new IllegalArgumentException(rows.rowCount() + " rows with " + hashes.size() + " hashes");
        }
        if (hashes.missingIdentities() > 0) {
            throw new IllegalArgumentException(hashes.missingIdentities() + " rows without identity");
        }
        int[] positions = new int[tables.carried().size()];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = rows.schema().indexOf(tables.carried().get(i).getName());
        }
        guarded(() -> {
            if (!id.equals(staging)) {
                endStaging();
                startStaging(id);
            }
            return session.run("staging rows", () -> {
                send(id.value(), rows, hashes, positions);
                return null;
            });
        });
    }

    private void startStaging(SnapshotId id) {
        session.begin(Isolation.READ_COMMITTED, "staging rows");
        try {
            session.run("staging rows", () -> {
                requireFence();
                requireState(id, SnapshotState.STAGING);
                copy = BinaryCopy.start(session, copyTarget);
                return null;
            });
            staging = id;
        } finally {
            if (staging == null) {
                session.rollback();
            }
        }
    }

    private void send(UUID batch, RowBatch rows, KeyedHashes hashes, int[] positions) throws SQLException {
        for (int row = 0; row < rows.rowCount(); row++) {
            copy.startRow(SYSTEM_FIELDS + positions.length);
            copy.uuid(batch.getMostSignificantBits(), batch.getLeastSignificantBits());
            copy.uuid(hashes.identityHigh(row), hashes.identityLow(row));
            copy.hash(hashes, row);
            for (int i = 0; i < positions.length; i++) {
                Column column = rows.schema().column(positions[i]);
                int bytes = copy.text(column.type(), rows.vector(positions[i]), row);
                if (i == 0 && bytes > MAX_INDEXED_BYTES) {
                    throw SnapshotException.invalidRequest("a business key is too long for the window's index")
                            .where(conflicts.place() + ", column '" + column.name() + "', record "
                                    + hashes.identity(row))
                            .actual(bytes + " bytes")
                            .expected("at most " + MAX_INDEXED_BYTES)
                            .nextStep("put another column first among the carried columns")
                            .build();
                }
            }
        }
    }

    /** Commits staged rows, if there are any, and ends a transaction that was left open for reading. */
    private void endStaging() {
        if (copy == null) {
            session.rollback();
            return;
        }
        BinaryCopy ending = copy;
        copy = null;
        staging = null;
        try {
            session.run("staging rows", () -> {
                ending.finish();
                return null;
            });
            session.commit("staging rows");
        } finally {
            session.rollback();
        }
        // Without new statistics the planner assumes the table's former contents.
        session.run(
                "counting the staged rows",
                () -> session.dsl().execute("analyze {0} ({1}, {2})", tables.staging(), BATCH_ID, RECORD_UUID));
    }

    private void cancelStaging() {
        BinaryCopy ending = copy;
        copy = null;
        staging = null;
        if (ending != null) {
            session.run("giving up staged rows", () -> {
                ending.cancel();
                return null;
            });
        }
        session.rollback();
    }

    @Override
    public SnapshotDelta delta(SnapshotId id) {
        return guarded(() -> {
            endStaging();
            return new JoinDelta(
                    session,
                    () -> guarded(() -> {
                        if (!session.isInTransaction()) {
                            session.begin(Isolation.READ_ONLY, "comparing with the window");
                        }
                        return null;
                    }),
                    select(RECORD_UUID, ROW_HASH).from(tables.staging()).where(BATCH_ID.eq(id.value())),
                    select(RECORD_UUID, ROW_HASH).from(tables.current()).where(CUSTOMER_FILTER.eq(partition.name())));
        });
    }

    @Override
    public void seal(SnapshotId id, long rowCount, Fingerprint fingerprint) {
        guarded(() -> {
            endStaging();
            return inFencedTransaction("sealing a snapshot", () -> {
                requireState(id, SnapshotState.STAGING);
                return session.dsl()
                        .update(ledger.snapshots())
                        .set(Ledger.STATE, SnapshotState.STAGED.name())
                        .set(Ledger.ROW_COUNT, rowCount)
                        .set(Ledger.FINGERPRINT, fingerprint.hex())
                        .set(Ledger.SEALED_AT, Ledger.NOW)
                        .where(entry(id))
                        .execute();
            });
        });
    }

    @Override
    public void awaitArchive(SnapshotId id, String where) {
        guarded(() -> inFencedTransaction("noting where an archive waits", () -> {
            requireState(id, SnapshotState.STAGED);
            return session.dsl()
                    .update(ledger.snapshots())
                    .set(Ledger.ARCHIVE_AWAITED, where.substring(0, Math.min(where.length(), MAX_PLACE_CHARACTERS)))
                    .where(entry(id))
                    .execute();
        }));
    }

    @Override
    public WindowSnapshot publish(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount) {
        KeepCount.require(keepCount);
        session.database().requireRoom();
        return guarded(() -> {
            endStaging();
            try {
                return inFencedTransaction("publishing a snapshot", () -> swap(id, archiveId, keepCount));
            } catch (SnapshotException e) {
                if (PostgresSession.sqlState(e).equals(Optional.of(UNIQUE_VIOLATION))) {
                    throw conflicts.repeatedIdentity(id, e);
                }
                throw e;
            }
        });
    }

    private WindowSnapshot swap(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount) {
        WindowSnapshot sealed = requireState(id, SnapshotState.STAGED);
        long staged = session.dsl().fetchCount(tables.staging(), BATCH_ID.eq(id.value()));
        conflicts.requireAllStaged(id, staged, sealed.rowCount());
        // Each statement below processes a whole partition. A recently filled table has no statistics yet. Without them
        // the planner estimates a few rows for the partition and may join each of its rows with each staged row.
        session.dsl().execute("set local enable_nestloop = off");
        lockTable(cause -> conflicts.notPublished(id, archiveId, tablePatience, cause));
        retire(sealed, keepCount);
        bringIn(sealed, archiveId);
        prune(keepCount);
        return ledger.find(session.dsl(), dataset, id).orElseThrow();
    }

    /** Foreign writers, and publishes of other partitions, wait from here on; readers do not. */
    private void lockTable(Function<SnapshotException, SnapshotException> busy) {
        session.dsl().execute("set local lock_timeout = {0}", inline(tablePatience));
        try {
            session.run(
                    "waiting for the current table",
                    () -> session.dsl().execute("lock table {0} in share row exclusive mode", tables.current()));
        } catch (SnapshotException e) {
            if (PostgresSession.sqlState(e).equals(Optional.of(LOCK_NOT_AVAILABLE))) {
                throw busy.apply(e);
            }
            throw e;
        }
        session.dsl().execute("set local lock_timeout = 0");
    }

    /** Turns the current snapshot into a previous one, including a foreign snapshot. */
    private void retire(WindowSnapshot sealed, int keepCount) {
        DSLContext dsl = session.dsl();
        Optional<WindowSnapshot> current = CurrentSnapshots.find(session, ledger, tables, partition);
        boolean kept = current.isPresent() && current.get().state() != SnapshotState.INCOMPLETE && keepCount > 1;
        UUID batch = current.flatMap(WindowSnapshot::id)
                .map(SnapshotId::value)
                .orElseGet(() -> SnapshotId.random().value());
        Condition ours = Ledger.of(dataset, SnapshotState.CURRENT).and(Ledger.PARTITION.eq(partition.name()));
        if (kept && !current.get().isForeign()) {
            dsl.update(ledger.snapshots())
                    .set(Ledger.STATE, SnapshotState.PREVIOUS.name())
                    .where(ours)
                    .execute();
        } else {
            // Not kept, or its rows are no longer all there.
            ledger.end(dsl, ours, SnapshotState.REMOVED);
        }
        if (kept && current.get().isForeign()) {
            dsl.insertInto(ledger.snapshots())
                    .set(Ledger.DATASET, dataset)
                    .set(Ledger.BATCH_ID, batch)
                    .set(Ledger.PARTITION, partition.name())
                    .set(Ledger.DATE, retiredDate(current.get(), sealed))
                    .set(Ledger.ROW_COUNT, current.get().rowCount())
                    .set(Ledger.STATE, SnapshotState.PREVIOUS.name())
                    .execute();
        }
        if (kept) {
            List<Field<?>> from = new ArrayList<>(List.of(RECORD_UUID, ROW_HASH));
            from.addAll(tables.carried());
            boolean isLocalTime =
                    current.get().isForeign() && tables.foreignZone().isPresent();
            from.addAll(List.of(
                    isLocalTime ? val(current.get().date(), SNAPSHOT_DATE) : SNAPSHOT_DATE,
                    CUSTOMER_FILTER,
                    val(batch),
                    val(current.get().rowCount()),
                    PARQUET_ARCHIVE_ID));
            dsl.insertInto(tables.history())
                    .columns(columns())
                    .select(select(from)
                            .from(tables.current())
                            .where(CUSTOMER_FILTER.eq(partition.name()))
                            // Neighbours in the index one after the other: a page is written once.
                            .orderBy(RECORD_UUID))
                    .execute();
        }
    }

    /** A date at the end of time would keep a foreign snapshot the newest previous one for all time. */
    private static Instant retiredDate(WindowSnapshot foreign, WindowSnapshot sealed) {
        return SnapshotDates.isPossible(foreign.date()) && foreign.date().isBefore(sealed.date())
                ? foreign.date()
                : sealed.date().minus(1, ChronoUnit.MICROS);
    }

    /**
     * Replaces the partition's rows by the staged rows. Rows that stay are updated in place. Except for the business
     * key, no changed column is indexed, so most updates add no index entry (heap-only tuples). Deleting and inserting
     * all rows would add one for each.
     */
    private void bringIn(WindowSnapshot sealed, Optional<ArchiveId> archiveId) {
        DSLContext dsl = session.dsl();
        UUID batch = sealed.id().orElseThrow().value();
        Long archive = archiveId.map(ArchiveId::value).orElse(null);
        Table<Record> staged = tables.staging().as("staged");
        Field<UUID> stagedId = of(staged, RECORD_UUID);
        Condition isStaged = of(staged, BATCH_ID).eq(batch);
        Condition isCurrent = tables.inCurrent(CUSTOMER_FILTER).eq(partition.name());
        Condition isSame = tables.inCurrent(RECORD_UUID).eq(stagedId);

        dsl.deleteFrom(tables.current())
                .where(isCurrent, notExists(selectOne().from(staged).where(isStaged, isSame)))
                .execute();

        Map<Field<?>, Object> values = new LinkedHashMap<>();
        values.put(SNAPSHOT_DATE, val(sealed.date(), SNAPSHOT_DATE));
        values.put(BATCH_ID, val(batch));
        values.put(RECORDS_COUNT, val(sealed.rowCount()));
        values.put(PARQUET_ARCHIVE_ID, val(archive, PARQUET_ARCHIVE_ID));
        List<Field<?>> copied = new ArrayList<>(List.of(ROW_HASH));
        copied.addAll(tables.carried());

        Map<Field<?>, Object> changes = new LinkedHashMap<>(values);
        copied.forEach(column -> changes.put(column, of(staged, column)));
        // Columns that are no longer carried, or that others added, get their default values, as in an INSERT.
        tables.othersInCurrent(session).forEach(column -> changes.put(column, defaultValue(column)));
        long rows = dsl.update(tables.current())
                .set(changes)
                .from(staged)
                .where(isCurrent, isStaged, isSame)
                .execute();

        List<Field<?>> into = new ArrayList<>(List.of(RECORD_UUID, CUSTOMER_FILTER));
        into.addAll(copied);
        into.addAll(values.keySet());
        List<SelectField<?>> from = new ArrayList<>(List.of(stagedId, val(partition.name())));
        copied.forEach(column -> from.add(of(staged, column)));
        values.values().forEach(value -> from.add((Field<?>) value));
        if (rows < sealed.rowCount()) {
            rows += dsl.insertInto(tables.current())
                    .columns(into)
                    .select(select(from)
                            .from(staged)
                            .where(
                                    isStaged,
                                    notExists(selectOne().from(tables.current()).where(isCurrent, isSame)))
                            .orderBy(stagedId))
                    .execute();
        }
        if (rows != sealed.rowCount()) {
            throw conflicts.repeatedIdentity(sealed.id().orElseThrow(), null);
        }

        dsl.deleteFrom(tables.staging()).where(BATCH_ID.eq(batch)).execute();
        dsl.update(ledger.snapshots())
                .set(Ledger.STATE, SnapshotState.CURRENT.name())
                .set(Ledger.ARCHIVE_ID, archive)
                .set(Ledger.CARRIED_COLUMNS, tables.dataset().carriedColumns().toArray(new String[0]))
                .set(Ledger.PUBLISHED_AT, Ledger.NOW)
                .where(entry(sealed.id().orElseThrow()))
                .execute();
    }

    private static <T> Field<T> of(Table<Record> alias, Field<T> column) {
        return field(name(alias.getUnqualifiedName(), column.getUnqualifiedName()), column.getDataType());
    }

    private List<Field<?>> columns() {
        List<Field<?>> columns = new ArrayList<>(List.of(RECORD_UUID, ROW_HASH));
        columns.addAll(tables.carried());
        columns.addAll(List.of(SNAPSHOT_DATE, CUSTOMER_FILTER, BATCH_ID, RECORDS_COUNT, PARQUET_ARCHIVE_ID));
        return columns;
    }

    private void prune(int keepCount) {
        List<WindowSnapshot> previous = ledger.list(
                session.dsl(), Ledger.of(dataset, SnapshotState.PREVIOUS).and(Ledger.PARTITION.eq(partition.name())));
        for (WindowSnapshot beyond : previous.subList(Math.min(previous.size(), keepCount - 1), previous.size())) {
            PostgresWindowStore.remove(session, ledger, tables, beyond);
        }
    }

    @Override
    public void discard(SnapshotId id) {
        guarded(() -> {
            if (id.equals(staging)) {
                cancelStaging();
            } else {
                endStaging();
            }
            return inFencedTransaction("discarding a snapshot", () -> {
                boolean unfinished = ledger.findForUpdate(session.dsl(), dataset, id)
                        .filter(found -> found.partition().equals(partition))
                        .filter(found -> found.state().isUnfinished())
                        .isPresent();
                if (unfinished) {
                    session.dsl()
                            .deleteFrom(tables.staging())
                            .where(BATCH_ID.eq(id.value()))
                            .execute();
                    ledger.end(session.dsl(), entry(id), SnapshotState.UNDONE);
                }
                return null;
            });
        });
    }

    @Override
    public void takeBack(SnapshotId current, Optional<SnapshotId> predecessor) {
        guarded(() -> {
            endStaging();
            return inFencedTransaction("taking back a snapshot", () -> {
                session.dsl().execute("set local enable_nestloop = off");
                lockTable(cause -> conflicts.notTakenBack(current, tablePatience, cause));
                WindowSnapshot newest = CurrentSnapshots.find(session, ledger, tables, partition)
                        .filter(found -> found.id().equals(Optional.of(current)))
                        .orElseThrow(() -> conflicts.notCurrent(current));
                Optional<WindowSnapshot> earlier =
                        predecessor.map(id -> ledger.findForUpdate(session.dsl(), dataset, id)
                                .filter(found -> found.partition().equals(partition))
                                .filter(found -> found.state() == SnapshotState.PREVIOUS
                                        || found.state() == SnapshotState.REMOVED)
                                .orElseThrow(() -> conflicts.notEarlier(id)));
                session.dsl()
                        .deleteFrom(tables.current())
                        .where(CUSTOMER_FILTER.eq(partition.name()))
                        .execute();
                ledger.end(session.dsl(), entry(newest.id().orElseThrow()), SnapshotState.UNDONE);
                earlier.ifPresent(this::bringBack);
                return null;
            });
        });
    }

    /** Makes an earlier snapshot the current one again, with the rows that the history has of it. */
    private void bringBack(WindowSnapshot earlier) {
        DSLContext dsl = session.dsl();
        SnapshotId id = earlier.id().orElseThrow();
        boolean foreign = earlier.hashSpecId().isEmpty() && earlier.startedAt().isEmpty();
        Condition rows = CUSTOMER_FILTER.eq(partition.name()).and(BATCH_ID.eq(id.value()));
        List<Field<?>> from = new ArrayList<>(List.of(RECORD_UUID, ROW_HASH));
        from.addAll(tables.carried());
        from.addAll(List.of(
                SNAPSHOT_DATE,
                CUSTOMER_FILTER,
                foreign ? castNull(BATCH_ID.getDataType()) : BATCH_ID,
                foreign ? castNull(RECORDS_COUNT.getDataType()) : RECORDS_COUNT,
                PARQUET_ARCHIVE_ID));
        dsl.insertInto(tables.current())
                .columns(columns())
                .select(select(from).from(tables.history()).where(rows).orderBy(RECORD_UUID))
                .execute();
        dsl.deleteFrom(tables.history()).where(rows).execute();
        if (foreign) {
            dsl.deleteFrom(ledger.snapshots()).where(entry(id)).execute();
        } else {
            dsl.update(ledger.snapshots())
                    .set(Ledger.STATE, SnapshotState.CURRENT.name())
                    .where(entry(id))
                    .execute();
        }
    }

    @Override
    public void close() {
        try {
            cancelStaging();
            // Closing the connection would release it too, only later: the server does that when it gets to it.
            session.run("releasing the writer's lock", () -> session.dsl().fetch(unlocking()));
            session.isUndone(unlocking());
        } catch (SnapshotException e) {
            if (!PostgresSession.isBroken(e)) {
                throw e;
            }
        } finally {
            session.close();
        }
    }

    private <T> T inFencedTransaction(String task, SqlWork<T> work) {
        return session.inTransaction(Isolation.READ_COMMITTED, task, () -> {
            requireFence();
            return work.run();
        });
    }

    /** Also keeps the next writer from entering before this transaction ends. */
    private void requireFence() {
        Long found = session.dsl()
                .select(Ledger.FENCE)
                .from(ledger.writers())
                .where(ownWriterRow())
                .forUpdate()
                .fetchOne(Ledger.FENCE);
        if (found == null || found != fence) {
            throw lockLost("writer number " + (found == null ? "none" : found) + " has it", null);
        }
    }

    private WindowSnapshot requireState(SnapshotId id, SnapshotState expected) {
        Optional<WindowSnapshot> found = ledger.findForUpdate(session.dsl(), dataset, id)
                .filter(entry -> entry.partition().equals(partition));
        return conflicts.requireState(id, found, expected);
    }

    /** If the session is broken and the server still runs, the lock is lost. A full disk has been reported already. */
    private <T> T guarded(Supplier<T> call) {
        try {
            return call.get();
        } catch (SnapshotException e) {
            if (e.kind() == Kind.UNAVAILABLE
                    && PostgresSession.isBroken(e)
                    && !PostgresSession.isSilence(e)
                    && session.database().storage().afterFailure().isEmpty()) {
                PostgresSession.open(session.database(), "window").close();
                throw lockLost("the session with the lock has ended", e);
            }
            throw e;
        }
    }

    private SnapshotException lockLost(String actual, SnapshotException cause) {
        return conflicts.lockLost(actual, "the session that took it, as writer number " + fence, cause);
    }

    private Condition ownWriterRow() {
        return Ledger.DATASET.eq(dataset).and(Ledger.PARTITION.eq(partition.name()));
    }

    private Condition entry(SnapshotId id) {
        return Ledger.DATASET.eq(dataset).and(Ledger.BATCH_ID.eq(id.value()));
    }
}
