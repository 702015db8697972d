package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.jdbc.connection.SqlWork;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Removes orphans: rows of the history with a batch that is no longer a previous snapshot of the ledger. A snapshot
 * leaves the ledger in one transaction. Its rows follow in transactions of a few thousand rows each, so that neither
 * the log nor Azure's limit on one transaction has to hold a whole snapshot. After an interruption, the ledger still
 * tells which rows are left. For one thread, as the session.
 */
final class HistorySweep {
    /** Runs one chunk's statement in a transaction of its own. */
    @FunctionalInterface
    interface Transactions {
        int run(String task, SqlWork<Integer> work);
    }

    private static final String TASK = "removing rows of snapshots that have left the window";

    private final SqlServerSession session;
    private final Ledger ledger;
    private final WindowTables tables;
    private final WindowStatements statements;
    private final Transactions transactions;

    /**
     * @param transactions have to keep others from publishing the partition while they run
     */
    HistorySweep(SqlServerSession session, Ledger ledger, WindowTables tables, Transactions transactions) {
        this.session = session;
        this.ledger = ledger;
        this.tables = tables;
        this.statements = new WindowStatements(tables, ledger);
        this.transactions = transactions;
    }

    /** Removes the orphans of all partitions. */
    void sweep() {
        Optional<Partition> partition = nextPartition(Optional.empty());
        while (partition.isPresent()) {
            sweep(partition.get());
            partition = nextPartition(partition);
        }
    }

    private Optional<Partition> nextPartition(Optional<Partition> behind) {
        return session.run(
                TASK,
                () -> session.dsl()
                        .fetchOptional(statements.nextPartitionInHistory(behind))
                        .map(row -> new Partition(row.get(0, String.class))));
    }

    /** Removes the orphans of a partition. */
    void sweep(Partition partition) {
        for (UUID orphan : orphans(partition)) {
            remove(partition, orphan);
        }
    }

    private List<UUID> orphans(Partition partition) {
        return session.run(TASK, () -> {
            Set<UUID> known = new HashSet<>();
            session.dsl()
                    .fetch(ledger.list(
                            WindowStatements.AS_ISOLATED,
                            tables.dataset().name(),
                            Optional.of(partition),
                            SnapshotState.PREVIOUS,
                            SnapshotState.PREVIOUS))
                    .map(Ledger::snapshot)
                    .forEach(previous -> previous.id().map(SnapshotId::value).ifPresent(known::add));
            List<UUID> orphans = new ArrayList<>();
            Optional<UUID> batch = nextBatch(partition, Optional.empty());
            while (batch.isPresent()) {
                batch.filter(found -> !known.contains(found)).ifPresent(orphans::add);
                batch = nextBatch(partition, batch);
            }
            return orphans;
        });
    }

    private Optional<UUID> nextBatch(Partition partition, Optional<UUID> behind) {
        return session.dsl()
                .fetchOptional(statements.nextBatchInHistory(partition, behind))
                .map(row -> row.get(0, UUID.class));
    }

    /** Removes the rows of snapshots that have just left the ledger. */
    void remove(List<WindowSnapshot> removed) {
        removed.forEach(snapshot ->
                remove(snapshot.partition(), snapshot.id().orElseThrow().value()));
    }

    private void remove(Partition partition, UUID batch) {
        int removed;
        do {
            removed = transactions.run(TASK, () -> session.dsl().execute(statements.removeOrphans(partition, batch)));
        } while (removed > 0);
    }
}
