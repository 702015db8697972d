package io.hybridsnapshot.sqlserver.window;

import com.microsoft.sqlserver.jdbc.SQLServerBulkCopy;
import com.microsoft.sqlserver.jdbc.SQLServerBulkCopyOptions;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.dataset.KeepCount;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowConflicts;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.jdbc.connection.SqlWork;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Supplier;
import org.jooq.Name;
import org.jooq.Record;

/**
 * The writer of a partition. Its lock is an application lock of its session, so a dead writer holds no lock. Every
 * transaction that writes compares the writer's number, the fence. A session that stalled or was resumed therefore
 * cannot write after another writer took over. Each {@link #stage} is one bulk copy in a transaction of its own.
 *
 * <p>The swap is one transaction in two parts. In the first part, the current table is locked for reading. Its rows are
 * copied to the history and compared with the staged ones, while readers continue. In the second part, the table is
 * locked exclusively and receives the changes. A reader at READ COMMITTED therefore waits only for the second part, and
 * its statement sees either the whole swap or nothing of it. A reader of versions never waits. The swap takes snapshots
 * beyond the keep count out of the ledger; their rows are removed after it, in several transactions.
 */
final class SqlServerWindowWriter implements WindowWriter {
    /** The minimum time that a publish waits for open transactions on the current table. */
    private static final int TABLE_PATIENCE_MILLIS = 30_000;

    private static final int LOCK_TIMEOUT = 1222;
    private static final int UNIQUE_INDEX = 2601;
    private static final int UNIQUE_CONSTRAINT = 2627;
    private static final int LOCK_NOT_GRANTED = -1;

    private final SqlServerSession session;
    private final Ledger ledger;
    private final WindowTables tables;
    private final WindowStatements statements;
    private final HistorySweep history;
    private final Partition partition;
    private final WindowConflicts conflicts;
    private final String dataset;
    private final String lockName;
    private final int tablePatience;
    private long fence;
    private int temporaries;
    private List<WindowTables.CarriedColumn> carried = List.of();
    private Optional<SnapshotId> staging = Optional.empty();

    private SqlServerWindowWriter(
            SqlServerSession session, Ledger ledger, WindowTables tables, Partition partition, WriterRequest request) {
        this.session = session;
        this.ledger = ledger;
        this.tables = tables;
        this.statements = new WindowStatements(tables, ledger);
        // The fence alone keeps others from publishing: rows of a partition come into the history by its writer.
        this.history = new HistorySweep(session, ledger, tables, this::inFencedTransaction);
        this.partition = partition;
        this.dataset = tables.dataset().name();
        this.conflicts = new WindowConflicts(dataset, partition);
        this.lockName = tables.lockName("writer", partition.name());
        this.tablePatience = Math.max(TABLE_PATIENCE_MILLIS, millis(request));
    }

    /**
     * Takes the lock and then owns the session.
     *
     * @throws SnapshotException CONFLICT naming the holder
     */
    static SqlServerWindowWriter open(
            SqlServerSession session, Ledger ledger, WindowTables tables, Partition partition, WriterRequest request) {
        SqlServerWindowWriter writer = new SqlServerWindowWriter(session, ledger, tables, partition, request);
        // Others hold rows of the ledger and the tables while they publish, for as long as that takes.
        writer.lockTimeout(writer.tablePatience);
        writer.lock(request);
        writer.takeFence(request);
        writer.sweep();
        writer.history.sweep(partition);
        return writer;
    }

    private static int millis(WriterRequest request) {
        Duration longest = Duration.ofMillis(Integer.MAX_VALUE);
        Duration patience = request.patience();
        return (int) (patience.compareTo(longest) < 0 ? patience : longest).toMillis();
    }

    private void lock(WriterRequest request) {
        int result = session.run(
                "taking the writer's lock",
                () -> session.dsl()
                        .fetchSingle(WindowStatements.takeLock(lockName, "Session", Math.max(1, millis(request))))
                        .get(0, Integer.class));
        if (result == LOCK_NOT_GRANTED) {
            throw held(request);
        }
        session.undoAtClose(WindowStatements.releaseSessionLock(lockName));
        if (result < 0) {
            throw SnapshotException.unavailable("the server did not give the writer's lock")
                    .where(conflicts.place())
                    .actual("sp_getapplock answered " + result)
                    .expected("0 or 1")
                    .nextStep("{0}", CommonRemedy.REPEAT)
                    .build();
        }
    }

    private SnapshotException held(WriterRequest request) {
        Optional<String> holder = session.run(
                "looking for the lock's holder",
                () -> session.dsl()
                        .fetchOptional(ledger.holder(dataset, partition))
                        .map(row -> row.value1() + " since " + row.value2()));
        return conflicts.held(holder, request.patience());
    }

    private void takeFence(WriterRequest request) {
        fence = session.inTransaction("entering the writer", () -> {
            Optional<Record> counted =
                    session.dsl().fetchOptional(ledger.takeFence(dataset, partition, request.holder()));
            return counted.orElseGet(
                            () -> session.dsl().fetchSingle(ledger.insertFence(dataset, partition, request.holder())))
                    .get(0, Long.class);
        });
    }

    /** Removes staged rows of published snapshots that an earlier writer did not live to remove. */
    private void sweep() {
        List<UUID> leftovers = session.run(
                "looking for staged rows of published snapshots",
                () -> session.dsl()
                        .fetch(ledger.stagedLeftovers(tables.staging(), dataset, partition))
                        .map(row -> row.get(0, UUID.class)));
        leftovers.forEach(this::removeStaged);
    }

    private void removeStaged(UUID batch) {
        session.run("removing staged rows", () -> {
            while (session.dsl().execute(statements.removeStaged(batch)) > 0) {
                // Some at a time: the log and the locks of one statement stay small.
            }
            return null;
        });
    }

    @Override
    public Optional<WindowSnapshot> current() {
        return guarded(() -> session.inOneMoment(
                "reading the ledger", moment -> new CurrentSnapshots(session, ledger, tables, moment).find(partition)));
    }

    @Override
    public Optional<WindowSnapshot> recorded() {
        return guarded(() -> session.run(
                "reading the ledger",
                () -> session
                        .dsl()
                        .fetch(ledger.list(
                                WindowStatements.AS_ISOLATED,
                                dataset,
                                Optional.of(partition),
                                SnapshotState.CURRENT,
                                SnapshotState.CURRENT))
                        .map(Ledger::snapshot)
                        .stream()
                        .findFirst()));
    }

    @Override
    public List<WindowSnapshot> unfinished() {
        return guarded(() -> session.run(
                "reading the ledger", () -> ledger.unfinished(session.dsl(), dataset, Optional.of(partition))));
    }

    @Override
    public int begin(StagingRequest request) {
        return guarded(() -> {
            try {
                return inFencedTransaction("entering a snapshot in the ledger", () -> {
                    int attempt = session.dsl()
                                    .fetchOptional(ledger.replaceUndone(dataset, partition, request.id()))
                                    .map(row -> row.get(0, Integer.class))
                                    .orElse(0)
                            + 1;
                    session.dsl().execute(ledger.begin(dataset, partition, request, attempt));
                    return attempt;
                });
            } catch (SnapshotException e) {
                if (!isRepeated(e)) {
                    throw e;
                }
                throw conflicts.batchIdKnown(request.id(), e);
            }
        });
    }

    private static boolean isRepeated(SnapshotException failure) {
        OptionalInt number = SqlServerSession.errorNumber(failure);
        return number.equals(OptionalInt.of(UNIQUE_CONSTRAINT)) || number.equals(OptionalInt.of(UNIQUE_INDEX));
    }

    @Override
    public void stage(SnapshotId id, RowBatch rows, KeyedHashes hashes) {
        if (rows.rowCount() != hashes.size()) {
            throw new IllegalArgumentException(rows.rowCount() + " rows with " + hashes.size() + " hashes");
        }
        if (hashes.missingIdentities() > 0) {
            throw new IllegalArgumentException(hashes.missingIdentities() + " rows without identity");
        }
        guarded(() -> {
            boolean first = !staging.equals(Optional.of(id));
            inFencedTransaction("staging rows", () -> {
                if (first) {
                    requireState(id, SnapshotState.STAGING);
                    carried = tables.carriedColumns(session);
                }
                StagedRows feed = new StagedRows(id, rows, hashes, carried, conflicts.place());
                feed.requireFit();
                send(feed);
                return null;
            });
            staging = Optional.of(id);
            return null;
        });
    }

    /** Within the open transaction, so that the fence holds for it. */
    private void send(StagedRows rows) throws SQLException {
        SQLServerBulkCopyOptions options = new SQLServerBulkCopyOptions();
        options.setBulkCopyTimeout(0);
        options.setKeepNulls(true);
        try (SQLServerBulkCopy copy = new SQLServerBulkCopy(session.driver())) {
            copy.setBulkCopyOptions(options);
            copy.setDestinationTableName(tables.stagingTarget());
            for (int column : rows.getColumnOrdinals()) {
                copy.addColumnMapping(column, rows.getColumnName(column));
            }
            copy.writeToServer(rows);
        }
    }

    @Override
    public SnapshotDelta delta(SnapshotId id) {
        Name changes = WindowStatements.temporary("snapshot_delta", ++temporaries);
        return guarded(() -> {
            RowDelta.makeTable(session, changes);
            return session.inOneMoment(
                    "comparing with the window",
                    moment -> RowDelta.compute(
                            session,
                            changes,
                            statements.staged(id.value()),
                            statements.current(CurrentSnapshots.tableHint(moment), partition)));
        });
    }

    @Override
    public void seal(SnapshotId id, long rowCount, Fingerprint fingerprint) {
        guarded(() -> inFencedTransaction("sealing a snapshot", () -> {
            requireState(id, SnapshotState.STAGING);
            return session.dsl().execute(ledger.seal(dataset, id, rowCount, fingerprint));
        }));
        staging = Optional.empty();
    }

    @Override
    public void awaitArchive(SnapshotId id, String where) {
        guarded(() -> inFencedTransaction("noting where an archive waits", () -> {
            requireState(id, SnapshotState.STAGED);
            return session.dsl().execute(ledger.awaitArchive(dataset, id, where));
        }));
    }

    @Override
    public WindowSnapshot publish(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount) {
        KeepCount.require(keepCount);
        Name changes = WindowStatements.temporary("snapshot_swap", ++temporaries);
        return guarded(() -> {
            Swapped swapped;
            try {
                RowDelta.makeTable(session, changes);
                swapped = inFencedTransaction("publishing a snapshot", () -> swap(id, archiveId, keepCount, changes));
            } catch (SnapshotException e) {
                if (isRepeated(e)) {
                    throw conflicts.repeatedIdentity(id, e);
                }
                if (SqlServerSession.errorNumber(e).equals(OptionalInt.of(LOCK_TIMEOUT))) {
                    throw conflicts.notPublished(id, archiveId, tablePatience, e);
                }
                throw e;
            }
            afterPublish(id, swapped.beyond());
            return swapped.published();
        });
    }

    /**
     * The result of the swap's transaction.
     *
     * @param beyond previous snapshots that were taken out of the ledger and still have rows in the history
     */
    private record Swapped(WindowSnapshot published, List<WindowSnapshot> beyond) {}

    /** Removes rows that no reader sees any more; the next writer removes them if this one cannot. */
    private void afterPublish(SnapshotId id, List<WindowSnapshot> beyond) {
        try {
            removeStaged(id.value());
            history.remove(beyond);
        } catch (SnapshotException e) {
            // The snapshot is published; saying otherwise would be wrong.
        }
    }

    private void lockTimeout(int millis) {
        session.run("setting the patience", () -> {
            try (Statement statement = session.connection().createStatement()) {
                return statement.execute("SET LOCK_TIMEOUT " + millis);
            }
        });
    }

    private Swapped swap(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount, Name changes) {
        // Before any row of the ledger is locked, because the session whose turn has come may need that row.
        tables.takeTurn(session, WindowTables.PUBLISHING, tablePatience);
        WindowSnapshot sealed = requireState(id, SnapshotState.STAGED);
        long staged = session.dsl()
                .fetchSingle(WindowStatements.count(statements.staged(id.value())))
                .get(0, Long.class);
        conflicts.requireAllStaged(id, staged, sealed.rowCount());
        // Foreign writers wait from here on; readers do not.
        Optional<WindowSnapshot> current =
                new CurrentSnapshots(session, ledger, tables, SqlServerSession.Moment.LOCKED).find(partition);
        boolean hashesTell = current.isPresent() && hashesTellTexts(current.get(), sealed);
        retire(current, keepCount);
        WindowStatements.Rows later = statements.staged(id.value());
        WindowStatements.Rows earlier = statements.current(WindowStatements.AS_ISOLATED, partition);
        session.dsl()
                .execute(
                        hashesTell
                                ? WindowStatements.compare(changes, later, earlier)
                                : WindowStatements.compareKeys(changes, later, earlier));
        session.dsl()
                .execute(ledger.publish(dataset, id, archiveId, tables.dataset().carriedColumns()));
        List<WindowSnapshot> beyond = takeBeyond(keepCount);
        bringIn(changes, sealed, archiveId);
        return new Swapped(ledgerEntry(id).orElseThrow(), beyond);
    }

    private Optional<WindowSnapshot> ledgerEntry(SnapshotId id) {
        return session.dsl().fetchOptional(ledger.find(dataset, id)).map(Ledger::snapshot);
    }

    /**
     * Whether rows with equal hashes carry equal texts, so that the texts need not be written again. This holds if this
     * platform computed both hashes in the same way, over the unchanged carried columns, and the window carried the
     * same columns then.
     */
    private boolean hashesTellTexts(WindowSnapshot current, WindowSnapshot sealed) {
        Dataset definition = tables.dataset();
        if (current.isForeign()
                || current.hashSpecId().isEmpty()
                || !current.hashSpecId().equals(sealed.hashSpecId())
                || !sealed.hashSpecId().equals(Optional.of(definition.hashSpec().id()))) {
            return false;
        }
        Optional<String> carriedThen = session.dsl()
                .fetchOptional(ledger.carriedColumns(dataset, current.id().orElseThrow()))
                .map(row -> row.get(0, String.class));
        return carriedThen.equals(Optional.of(Ledger.lines(definition.carriedColumns())))
                && definition.carriedColumns().stream()
                        .allMatch(column -> definition.hashSpec().covers(column)
                                && definition.hashSpec().rulesOf(column).equals(ColumnRules.NONE)
                                && sameExactType(current.schema(), sealed.schema(), column));
    }

    /** Equal numbers of other types, and zeros of other signs, have one hash and several texts. */
    private static boolean sameExactType(Optional<Schema> before, Optional<Schema> after, String column) {
        Optional<ColumnType> then = before.flatMap(schema -> type(schema, column));
        return then.isPresent()
                && then.equals(after.flatMap(schema -> type(schema, column)))
                && !then.get().kind().isFloat();
    }

    private static Optional<ColumnType> type(Schema schema, String column) {
        OptionalInt index = schema.find(column);
        return index.isEmpty()
                ? Optional.empty()
                : Optional.of(schema.column(index.getAsInt()).type());
    }

    /** Turns the current snapshot into a previous one, including a foreign snapshot. */
    private void retire(Optional<WindowSnapshot> current, int keepCount) {
        boolean kept = current.isPresent() && current.get().state() != SnapshotState.INCOMPLETE && keepCount > 1;
        if (kept && !current.get().isForeign()) {
            session.dsl().execute(ledger.retire(dataset, partition));
        } else {
            // Not kept, or its rows are no longer all there.
            session.dsl().execute(ledger.endCurrent(dataset, partition));
        }
        if (kept) {
            UUID batch = current.get().id().orElseGet(SnapshotId::random).value();
            if (current.get().isForeign()) {
                session.dsl().execute(ledger.retireForeign(dataset, current.get(), batch));
            }
            session.dsl().execute(statements.retire(partition, batch, current.get()));
        }
    }

    /**
     * Replaces the partition's rows by the staged rows. The work is proportional to the changes, except for the
     * snapshot columns, which change in every row.
     */
    private void bringIn(Name changes, WindowSnapshot sealed, Optional<ArchiveId> archiveId) {
        session.dsl().execute(statements.deleteGone(changes, partition));
        long rows = session.dsl()
                .execute(statements.updateChanged(changes, sealed, archiveId, tables.othersInCurrent(session)));
        rows += session.dsl().execute(statements.updateUnchanged(sealed, archiveId));
        rows += session.dsl().execute(statements.insertNew(changes, sealed, archiveId));
        if (rows != sealed.rowCount()) {
            throw conflicts.repeatedIdentity(sealed.id().orElseThrow(), null);
        }
    }

    /**
     * Takes the snapshots beyond the keep count out of the ledger and thus hides them from every reader. Their rows are
     * removed after the swap.
     */
    private List<WindowSnapshot> takeBeyond(int keepCount) {
        List<WindowSnapshot> previous = session.dsl()
                .fetch(ledger.list(
                        WindowStatements.AS_ISOLATED,
                        dataset,
                        Optional.of(partition),
                        SnapshotState.PREVIOUS,
                        SnapshotState.PREVIOUS))
                .map(Ledger::snapshot);
        List<WindowSnapshot> beyond =
                List.copyOf(previous.subList(Math.min(previous.size(), keepCount - 1), previous.size()));
        beyond.forEach(snapshot -> SqlServerWindowStore.endPrevious(session, ledger, snapshot));
        return beyond;
    }

    @Override
    public void discard(SnapshotId id) {
        guarded(() -> {
            boolean unfinished = inFencedTransaction("discarding a snapshot", () -> isUnfinished(id));
            if (unfinished) {
                // The rows first, some a transaction: an entry without rows can be discarded again, rows without an
                // unfinished entry would stay.
                while (inFencedTransaction(
                                "discarding a snapshot",
                                () -> session.dsl().execute(statements.removeStaged(id.value())))
                        > 0) {
                    // Until none is left.
                }
                inFencedTransaction(
                        "discarding a snapshot",
                        () -> session.dsl().execute(ledger.end(dataset, id, SnapshotState.UNDONE)));
            }
            return null;
        });
        staging = Optional.empty();
    }

    @Override
    public void takeBack(SnapshotId current, Optional<SnapshotId> predecessor) {
        guarded(() -> {
            try {
                return inFencedTransaction("taking back a snapshot", () -> takeBackNow(current, predecessor));
            } catch (SnapshotException e) {
                if (SqlServerSession.errorNumber(e).equals(OptionalInt.of(LOCK_TIMEOUT))) {
                    throw conflicts.notTakenBack(current, tablePatience, e);
                }
                throw e;
            }
        });
    }

    private Object takeBackNow(SnapshotId current, Optional<SnapshotId> predecessor) {
        // Before any row of the ledger is locked, as a publish does.
        tables.takeTurn(session, WindowTables.PUBLISHING, tablePatience);
        if (new CurrentSnapshots(session, ledger, tables, SqlServerSession.Moment.LOCKED)
                .find(partition)
                .filter(found -> found.id().equals(Optional.of(current)))
                .isEmpty()) {
            throw conflicts.notCurrent(current);
        }
        Optional<WindowSnapshot> earlier = predecessor.map(id -> session.dsl()
                .fetchOptional(ledger.findForUpdate(dataset, id))
                .map(Ledger::snapshot)
                .filter(found -> found.partition().equals(partition))
                .filter(found -> found.state() == SnapshotState.PREVIOUS || found.state() == SnapshotState.REMOVED)
                .orElseThrow(() -> conflicts.notEarlier(id)));
        session.dsl().execute(statements.removeCurrent(partition));
        session.dsl().execute(ledger.end(dataset, current, SnapshotState.UNDONE));
        earlier.ifPresent(this::bringBack);
        return null;
    }

    /** Makes an earlier snapshot the current one again, with the rows that the history has of it. */
    private void bringBack(WindowSnapshot earlier) {
        SnapshotId id = earlier.id().orElseThrow();
        boolean foreign = earlier.hashSpecId().isEmpty() && earlier.startedAt().isEmpty();
        session.dsl().execute(statements.bringBack(partition, id.value(), foreign));
        session.dsl().execute(statements.removePrevious(partition, id.value()));
        session.dsl().execute(foreign ? ledger.removeForeign(dataset, id) : ledger.bringBack(dataset, id));
    }

    private boolean isUnfinished(SnapshotId id) {
        return session.dsl()
                .fetchOptional(ledger.findForUpdate(dataset, id))
                .map(Ledger::snapshot)
                .filter(found -> found.partition().equals(partition))
                .filter(found -> found.state().isUnfinished())
                .isPresent();
    }

    @Override
    public void close() {
        try {
            // Closing the connection would release it too, only later: the server does that when it gets to it.
            session.run(
                    "releasing the writer's lock", () -> session.dsl().execute(WindowStatements.releaseLock(lockName)));
            session.isUndone(WindowStatements.releaseSessionLock(lockName));
        } catch (SnapshotException e) {
            if (!SqlServerSession.isBroken(e)) {
                throw e;
            }
        } finally {
            session.close();
        }
    }

    private <T> T inFencedTransaction(String task, SqlWork<T> work) {
        return session.inTransaction(task, () -> {
            requireFence();
            return work.run();
        });
    }

    /** Also keeps the next writer from entering before this transaction ends. */
    private void requireFence() {
        Optional<Long> found = session.dsl()
                .fetchOptional(ledger.fenceForUpdate(dataset, partition))
                .map(row -> row.get(0, Long.class));
        if (!found.equals(Optional.of(fence))) {
            throw lockLost("writer number " + found.map(String::valueOf).orElse("none") + " has it", null);
        }
    }

    private WindowSnapshot requireState(SnapshotId id, SnapshotState expected) {
        Optional<WindowSnapshot> found = session.dsl()
                .fetchOptional(ledger.findForUpdate(dataset, id))
                .map(Ledger::snapshot)
                .filter(entry -> entry.partition().equals(partition));
        return conflicts.requireState(id, found, expected);
    }

    /** If the session is broken and the server still runs, the lock is lost. */
    private <T> T guarded(Supplier<T> call) {
        try {
            return call.get();
        } catch (SnapshotException e) {
            if (e.kind() == Kind.UNAVAILABLE && SqlServerSession.isBroken(e) && !SqlServerSession.isSilence(e)) {
                SqlServerSession.open(session.database(), "window").close();
                throw lockLost("the session with the lock has ended", e);
            }
            throw e;
        }
    }

    private SnapshotException lockLost(String actual, SnapshotException cause) {
        return conflicts.lockLost(actual, "the session that took it, as writer number " + fence, cause);
    }
}
