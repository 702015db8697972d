package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.BATCH_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORD_UUID;
import static io.hybridsnapshot.postgres.window.WindowTables.ROW_HASH;
import static org.jooq.impl.DSL.excluded;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.val;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.KeepCount;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.Column;
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
import io.hybridsnapshot.postgres.connection.Isolation;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jooq.Condition;
import org.jooq.Record;
import org.jooq.UpdateSetMoreStep;

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

    private static final int MAX_PLACE_CHARACTERS = 1_000;

    private final PostgresSession session;
    private final Ledger ledger;
    private final WindowTables tables;
    private final Partition partition;
    private final WindowConflicts conflicts;
    private final String dataset;
    private final long lockKey;
    private final int tablePatience;
    private final Staging staging;
    private long fence;

    /** The published snapshot whose rows {@link #current} has just found untouched. */
    private Optional<Ledger.Published> untouched = Optional.empty();

    private PostgresWindowWriter(
            PostgresSession session, Ledger ledger, WindowTables tables, Partition partition, WriterRequest request) {
        this.session = session;
        this.ledger = ledger;
        this.tables = tables;
        this.partition = partition;
        this.dataset = tables.dataset().name();
        this.conflicts = new WindowConflicts(dataset, partition);
        this.lockKey = tables.lockKey("writer\0" + partition.name());
        this.tablePatience = Math.max(TABLE_PATIENCE_MILLIS, request.patienceMillis());
        this.staging = new Staging(session, tables, conflicts);
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
        SessionSettings.giveMemory(session);
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

    private void lock(WriterRequest request) {
        takeLock(request);
        session.undoAtClose(unlocking());
    }

    private String unlocking() {
        return "select pg_advisory_unlock(" + lockKey + ")";
    }

    private void takeLock(WriterRequest request) {
        int millis = request.patienceMillis();
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
            return session.inTransaction(Isolation.READ_ONLY, "reading the ledger", () -> {
                untouched = CurrentSnapshots.findUntouched(session, ledger, tables, partition);
                return untouched.isPresent()
                        ? untouched.map(found -> found.entry().snapshot())
                        : CurrentSnapshots.findChanged(session, ledger, tables, partition);
            });
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
                .set(Ledger.LAYOUT, Ledger.PRESENT_LAYOUT)
                .execute();
        return attempt;
    }

    @Override
    public void stage(SnapshotId id, RowBatch rows, KeyedHashes hashes) {
        hashes.requireAllOf(rows);
        stage(id, false, copy -> copy.whole(rows, hashes));
    }

    /** Sends rows through the COPY of this snapshot and this form, which is started if another one or none is open. */
    private void stage(SnapshotId id, boolean asChanges, Staging.Sending rows) {
        guarded(() -> {
            if (!staging.isOpen(id, asChanges)) {
                endStaging();
                startStaging(id, asChanges);
            }
            return session.run("staging rows", () -> {
                rows.send(staging);
                return null;
            });
        });
    }

    private void startStaging(SnapshotId id, boolean asChanges) {
        session.begin(Isolation.READ_COMMITTED, "staging rows");
        try {
            session.run("staging rows", () -> {
                requireFence();
                requireState(id, SnapshotState.STAGING);
                staging.start(id, asChanges);
                return null;
            });
        } finally {
            if (!staging.isOpen()) {
                session.rollback();
            }
        }
    }

    /** Commits staged rows, if there are any, and ends a transaction that was left open for reading. */
    private void endStaging() {
        if (!staging.isOpen()) {
            session.rollback();
            return;
        }
        staging.finish();
    }

    private void cancelStaging() {
        staging.cancel();
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
                return sealed(rowCount, fingerprint).where(entry(id)).execute();
            });
        });
    }

    private UpdateSetMoreStep<Record> sealed(long rowCount, Fingerprint fingerprint) {
        return session.dsl()
                .update(ledger.snapshots())
                .set(Ledger.STATE, SnapshotState.STAGED.name())
                .set(Ledger.ROW_COUNT, rowCount)
                .set(Ledger.FINGERPRINT, fingerprint.hex())
                .set(Ledger.SEALED_AT, Ledger.NOW);
    }

    @Override
    public Optional<WindowChanges> changes() {
        return Optional.of(new Changes());
    }

    /** The same writer, for snapshots that are stored as their changes. */
    private final class Changes implements WindowChanges {
        @Override
        public Optional<BaseSnapshot> base() {
            return guarded(() -> {
                endStaging();
                // A publish compares the rows again, so the answer may be that of a moment ago.
                Optional<Ledger.Published> found = untouched;
                untouched = Optional.empty();
                return session.inTransaction(
                        Isolation.READ_ONLY,
                        "reading the state of the current rows",
                        () -> found.or(() -> ledger.published(session.dsl(), dataset, partition))
                                .filter(current -> current.carriedColumns()
                                        .equals(tables.dataset().carriedColumns()))
                                .filter(current -> current.token() != null
                                        && (found.isPresent()
                                                || RowVersions.areThoseOf(current, session, tables, partition)
                                                || StateToken.of(session, tables, partition)
                                                        .is(current.token())))
                                .map(current -> new BaseSnapshot(current.entry().id(), current.token())));
            });
        }

        @Override
        public void stage(SnapshotId id, ChangedRows changes) {
            PostgresWindowWriter.this.stage(id, true, copy -> copy.changed(changes));
        }

        @Override
        public void stageDeleted(SnapshotId id, KeyedHashes former) {
            former.requireIdentities();
            PostgresWindowWriter.this.stage(id, true, copy -> copy.deleted(former));
        }

        @Override
        public void seal(SnapshotId id, BaseSnapshot base, DeltaSummary counts, Fingerprint fingerprint) {
            guarded(() -> {
                endStaging();
                return inFencedTransaction("sealing the changes of a snapshot", () -> {
                    requireState(id, SnapshotState.STAGING);
                    return sealed(counts.after(), fingerprint)
                            .set(Ledger.BASE_BATCH, base.snapshot().value())
                            .set(Ledger.BASE_TOKEN, base.token())
                            .set(Ledger.ROWS_NEW, counts.added())
                            .set(Ledger.ROWS_CHANGED, counts.changed())
                            .set(Ledger.ROWS_DELETED, counts.deleted())
                            .where(entry(id))
                            .execute();
                });
            });
        }

        @Override
        public Optional<WindowSnapshot> publish(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount) {
            return published(id, archiveId, keepCount);
        }

        @Override
        public void restage(SnapshotId id) {
            guarded(() -> {
                endStaging();
                return inFencedTransaction("starting a snapshot again", () -> {
                    requireState(id, SnapshotState.STAGED);
                    session.dsl()
                            .deleteFrom(tables.staging())
                            .where(BATCH_ID.eq(id.value()))
                            .execute();
                    return session.dsl()
                            .update(ledger.snapshots())
                            .set(Ledger.STATE, SnapshotState.STAGING.name())
                            .set(Ledger.ROW_COUNT, 0L)
                            .setNull(Ledger.SEALED_AT)
                            .setNull(Ledger.BASE_BATCH)
                            .setNull(Ledger.BASE_TOKEN)
                            .setNull(Ledger.ROWS_NEW)
                            .setNull(Ledger.ROWS_CHANGED)
                            .setNull(Ledger.ROWS_DELETED)
                            .where(entry(id))
                            .execute();
                });
            });
        }
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
        return published(id, archiveId, keepCount).orElseThrow(() -> conflicts.baseChanged(id));
    }

    private Optional<WindowSnapshot> published(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount) {
        KeepCount.require(keepCount);
        session.database().requireRoom();
        return guarded(() -> {
            endStaging();
            try {
                return inFencedTransaction("publishing a snapshot", () -> {
                    WindowSnapshot sealed = requireState(id, SnapshotState.STAGED);
                    lockTable(cause -> conflicts.notPublished(id, archiveId, tablePatience, cause));
                    PublishRequest request = new PublishRequest(partition, sealed, archiveId, keepCount);
                    return new Publication(session, ledger, tables, request).publish();
                });
            } catch (SnapshotException e) {
                if (PostgresSession.sqlState(e).equals(Optional.of(UNIQUE_VIOLATION))) {
                    throw conflicts.repeatedIdentity(id, e);
                }
                throw e;
            }
        });
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

    @Override
    public void discard(SnapshotId id) {
        guarded(() -> {
            if (staging.isOpen(id)) {
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
                new TakingBack(session, ledger, tables, partition).run(current, predecessor);
                return null;
            });
        });
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
