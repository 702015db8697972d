package io.hybridsnapshot.sqlserver.window;

import com.microsoft.sqlserver.jdbc.SQLServerBulkCopy;
import com.microsoft.sqlserver.jdbc.SQLServerBulkCopyOptions;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.KeepCount;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.BaseSnapshot;
import io.hybridsnapshot.domain.window.ChangedRows;
import io.hybridsnapshot.domain.window.PublishRequest;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowChanges;
import io.hybridsnapshot.domain.window.WindowConflicts;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.jdbc.connection.SqlWork;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jooq.Name;
import org.jooq.Record;

/**
 * The writer of a partition. Its lock is an application lock of its session, so a dead writer holds no lock. Every
 * transaction that writes compares the writer's number, the fence. A session that stalled or was resumed therefore
 * cannot write after another writer took over. Each {@link #stage} is one bulk copy in a transaction of its own.
 *
 * <p>A publish is one transaction, for all of which it locks the current table exclusively: {@link Publication}. A
 * reader at READ COMMITTED waits for it, and its statement sees either the whole publish or nothing of it. A reader of
 * row versions never waits. The publish takes snapshots beyond the keep count out of the ledger; rows that only they
 * had, and the staged rows, are removed after it, in several transactions.
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
    private final PublishStatements writes;
    private final WindowSweep sweep;
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
        this.writes = new PublishStatements(tables, ledger);
        // The fence alone keeps others from publishing: rows of a partition become versions by its writer.
        this.sweep = new WindowSweep(session, ledger, tables, this::inFencedTransaction);
        this.partition = partition;
        this.dataset = tables.dataset().name();
        this.conflicts = new WindowConflicts(dataset, partition);
        this.lockName = tables.lockName("writer", partition.name());
        this.tablePatience = Math.max(TABLE_PATIENCE_MILLIS, request.patienceMillis());
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
        writer.writeAsOwner();
        writer.takeFence(request);
        // What an earlier writer of the partition did not live to remove.
        writer.sweep.sweepStaged(entry -> entry.partition().equals(partition));
        writer.sweep.sweep(partition);
        return writer;
    }

    private void lock(WriterRequest request) {
        int result = session.run(
                "taking the writer's lock",
                () -> session.dsl()
                        .fetchSingle(
                                WindowStatements.takeLock(lockName, "Session", Math.max(1, request.patienceMillis())))
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

    /** Foreign statements alone are watched by the trigger of the current table. */
    private void writeAsOwner() {
        session.undoAtClose(WindowStatements.writeAsOthers());
        session.run("preparing the session", () -> {
            WindowTables.run(session, List.of(WindowStatements.writeAsOwner()));
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
                        .fetch(ledger.list(dataset, Optional.of(partition), SnapshotState.CURRENT))
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
        hashes.requireAllOf(rows);
        stage(id, () -> StagedRows.whole(id, rows, hashes, carried, conflicts.place()));
    }

    /**
     * Stages rows in a transaction of their own.
     *
     * @param rows makes the rows once the carried columns are known
     */
    private void stage(SnapshotId id, Supplier<StagedRows> rows) {
        guarded(() -> {
            boolean first = !staging.equals(Optional.of(id));
            inFencedTransaction("staging rows", () -> {
                if (first) {
                    requireState(id, SnapshotState.STAGING);
                    carried = tables.carriedColumns(session);
                }
                StagedRows feed = rows.get();
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
        options.setBulkCopyTimeout(session.statementSeconds());
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
        return published(id, archiveId, keepCount).orElseThrow(() -> conflicts.baseChanged(id));
    }

    private Optional<WindowSnapshot> published(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount) {
        KeepCount.require(keepCount);
        return guarded(() -> {
            Optional<WindowSnapshot> published;
            try {
                published = inFencedTransaction("publishing a snapshot", () -> {
                    lockTables();
                    WindowSnapshot sealed = requireState(id, SnapshotState.STAGED);
                    PublishRequest request = new PublishRequest(partition, sealed, archiveId, keepCount);
                    return new Publication(session, ledger, tables, request).publish();
                });
            } catch (SnapshotException e) {
                if (isRepeated(e)) {
                    throw conflicts.repeatedIdentity(id, e);
                }
                if (SqlServerSession.errorNumber(e).equals(OptionalInt.of(LOCK_TIMEOUT))) {
                    throw conflicts.notPublished(id, archiveId, tablePatience, e);
                }
                throw e;
            }
            if (published.isPresent()) {
                afterPublish(id);
            }
            return published;
        });
    }

    /**
     * Takes the turn and then the current table, before any row of the ledger is locked: a session whose turn has come,
     * or a foreign statement whose trigger reads the ledger, may need that row.
     */
    private void lockTables() {
        tables.takeTurn(session, WindowTables.PUBLISHING, tablePatience);
        session.dsl().fetch(writes.lockCurrent());
    }

    /** Removes rows that no reader sees any more; the next writer or recovery removes them if this one cannot. */
    private void afterPublish(SnapshotId id) {
        try {
            sweep.removeStaged(id.value());
            sweep.sweep(partition);
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

    @Override
    public Optional<WindowChanges> changes() {
        return Optional.of(new Changes());
    }

    /** The same writer, for snapshots that are stored as their changes. */
    private final class Changes implements WindowChanges {
        @Override
        public Optional<BaseSnapshot> base() {
            return guarded(() -> session.run(
                    "reading the state of the current rows",
                    () -> ledger.published(session.dsl(), dataset, partition)
                            .filter(current -> current.carriedColumns()
                                    .equals(tables.dataset().carriedColumns()))
                            .filter(current -> current.token() != null
                                    && StateToken.of(session, statements, partition)
                                            .is(current.token()))
                            .map(current -> new BaseSnapshot(current.entry().id(), current.token()))));
        }

        @Override
        public void stage(SnapshotId id, ChangedRows changes) {
            SqlServerWindowWriter.this.stage(id, () -> StagedRows.changed(id, changes, carried, conflicts.place()));
        }

        @Override
        public void stageDeleted(SnapshotId id, KeyedHashes former) {
            former.requireIdentities();
            SqlServerWindowWriter.this.stage(id, () -> StagedRows.deleted(id, former, carried, conflicts.place()));
        }

        @Override
        public void seal(SnapshotId id, BaseSnapshot base, DeltaSummary counts, Fingerprint fingerprint) {
            guarded(() -> inFencedTransaction("sealing the changes of a snapshot", () -> {
                requireState(id, SnapshotState.STAGING);
                return session.dsl().execute(ledger.sealChanges(dataset, id, base, counts, fingerprint));
            }));
            staging = Optional.empty();
        }

        @Override
        public Optional<WindowSnapshot> publish(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount) {
            return published(id, archiveId, keepCount);
        }

        @Override
        public void restage(SnapshotId id) {
            guarded(() -> {
                // STAGING first: sealed changes without all of their rows would be published as corrupt ones.
                inFencedTransaction("starting a snapshot again", () -> {
                    requireState(id, SnapshotState.STAGED);
                    return session.dsl().execute(ledger.restage(dataset, id));
                });
                sweep.removeStaged(id.value());
                return null;
            });
            staging = Optional.empty();
        }
    }

    @Override
    public void discard(SnapshotId id) {
        guarded(() -> {
            boolean unfinished = inFencedTransaction("discarding a snapshot", () -> isUnfinished(id));
            if (unfinished) {
                // The rows first, some a transaction: an entry without rows can be discarded again, rows without an
                // unfinished entry would stay.
                sweep.removeStaged(id.value());
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
                return inFencedTransaction("taking back a snapshot", () -> {
                    lockTables();
                    new TakingBack(session, ledger, tables, partition).run(current, predecessor);
                    return null;
                });
            } catch (SnapshotException e) {
                if (SqlServerSession.errorNumber(e).equals(OptionalInt.of(LOCK_TIMEOUT))) {
                    throw conflicts.notTakenBack(current, tablePatience, e);
                }
                throw e;
            }
        });
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
