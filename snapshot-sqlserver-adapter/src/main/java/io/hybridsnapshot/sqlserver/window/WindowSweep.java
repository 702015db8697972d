package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.jdbc.connection.SqlWork;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Removes rows that no reader sees any more: former versions that no visible snapshot has, and staged rows of snapshots
 * that are published or undone. They go by ranges of their key, in transactions of a few thousand rows each, so that
 * neither the log nor Azure's limit on one transaction has to hold a whole snapshot, and so that no statement reads
 * what the one before it has removed. After an interruption, the ledger still tells which rows are left. For one
 * thread, as the session.
 */
final class WindowSweep {
    /** Runs one range's statement in a transaction of its own, again after a deadlock. */
    @FunctionalInterface
    interface Transactions {
        <T extends @Nullable Object> T run(String task, SqlWork<T> work);
    }

    /** The rows of a range. Their locks stay below the number that the server would turn into one table lock. */
    private static final int RANGE_ROWS = 4_000;

    private static final String VERSIONS = "removing versions that no snapshot has any more";
    private static final String STAGED = "removing staged rows";

    private final SqlServerSession session;
    private final Ledger ledger;
    private final WindowTables tables;
    private final WindowStatements statements;
    private final PublishStatements writes;
    private final Transactions transactions;

    /**
     * @param transactions have to keep others from publishing the partition while they run
     */
    WindowSweep(SqlServerSession session, Ledger ledger, WindowTables tables, Transactions transactions) {
        this.session = session;
        this.ledger = ledger;
        this.tables = tables;
        this.statements = new WindowStatements(tables, ledger);
        this.writes = new PublishStatements(tables, ledger);
        this.transactions = transactions;
    }

    /** Removes what is left of all partitions and all batches. */
    void sweep() {
        Optional<Partition> partition = nextPartition(Optional.empty());
        while (partition.isPresent()) {
            sweep(partition.get());
            partition = nextPartition(partition);
        }
        sweepStaged(entry -> true);
    }

    private Optional<Partition> nextPartition(Optional<Partition> behind) {
        return session.run(
                VERSIONS,
                () -> session.dsl()
                        .fetchOptional(writes.nextPartition(behind))
                        .map(row -> new Partition(row.get(0, String.class))));
    }

    /** Removes the versions of a partition that are older than all snapshots that the ledger shows. */
    void sweep(Partition partition) {
        Long oldest = session.run(
                VERSIONS,
                () -> session.dsl()
                        .fetchSingle(ledger.oldestVisible(tables.dataset().name(), partition))
                        .get(0, Long.class));
        Optional<Long> end = nextEnd(partition, 0);
        while (end.isPresent() && (oldest == null || end.get() <= oldest)) {
            removeVersions(partition, end.get());
            end = nextEnd(partition, end.get());
        }
    }

    private Optional<Long> nextEnd(Partition partition, long behind) {
        return session.run(
                VERSIONS,
                () -> session.dsl()
                        .fetchOptional(statements.nextEnd(partition, behind))
                        .map(row -> row.get(0, Long.class)));
    }

    private void removeVersions(Partition partition, long end) {
        Optional<UUID> behind = Optional.empty();
        do {
            Optional<UUID> from = behind;
            behind = transactions.run(VERSIONS, () -> {
                Optional<UUID> upTo = session.dsl()
                        .fetchOptional(writes.endOfFormerRange(partition, end, from, RANGE_ROWS))
                        .map(row -> row.get(0, UUID.class));
                upTo.ifPresent(last -> session.dsl().execute(writes.removeFormerRange(partition, end, from, last)));
                return upTo;
            });
        } while (behind.isPresent());
    }

    /** Removes staged rows of snapshots that are no longer on their way: published, undone or unknown ones. */
    void sweepStaged(Predicate<WindowSnapshot> wanted) {
        Optional<UUID> batch = nextStaged(Optional.empty());
        while (batch.isPresent()) {
            UUID staged = batch.get();
            // Rows that a new attempt at the batch stages from here on are behind the last one.
            long last = lastStaged(staged);
            Optional<WindowSnapshot> entry = session.run(
                    STAGED,
                    () -> session.dsl()
                            .fetchOptional(ledger.find(tables.dataset().name(), new SnapshotId(staged)))
                            .map(Ledger::snapshot));
            if (entry.map(found -> !found.state().isUnfinished() && wanted.test(found))
                    .orElse(true)) {
                removeStaged(staged, last);
            }
            batch = nextStaged(batch);
        }
    }

    private Optional<UUID> nextStaged(Optional<UUID> behind) {
        return session.run(
                STAGED,
                () -> session.dsl().fetchOptional(writes.nextStaged(behind)).map(row -> row.get(0, UUID.class)));
    }

    private long lastStaged(UUID batch) {
        return session.run(
                STAGED,
                () -> session.dsl()
                        .fetchOptional(writes.lastStaged(batch))
                        .map(row -> row.get(0, Long.class))
                        .orElse(0L));
    }

    /** Removes all rows that are staged of a batch. */
    void removeStaged(UUID batch) {
        removeStaged(batch, lastStaged(batch));
    }

    private void removeStaged(UUID batch, long last) {
        long behind = 0;
        while (behind < last) {
            long from = behind;
            behind = transactions.run(STAGED, () -> {
                long upTo = session.dsl()
                        .fetchOptional(writes.endOfStagedRange(batch, from, RANGE_ROWS))
                        .map(row -> Math.min(last, row.get(0, Long.class)))
                        .orElse(last);
                session.dsl().execute(writes.removeStagedRange(batch, from, upTo));
                return upTo;
            });
        }
    }
}
