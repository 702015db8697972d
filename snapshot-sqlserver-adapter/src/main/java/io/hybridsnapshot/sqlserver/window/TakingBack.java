package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.dataset.RowStampPolicy;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowConflicts;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.util.Optional;
import org.jooq.DSLContext;

/**
 * Takes back the current snapshot of a partition, within the writer's transaction and under the exclusive lock of the
 * current table. Used once; one thread.
 */
final class TakingBack {
    private final SqlServerSession session;
    private final DSLContext dsl;
    private final Ledger ledger;
    private final WindowTables tables;
    private final PublishStatements writes;
    private final Partition partition;
    private final WindowConflicts conflicts;
    private final String dataset;

    TakingBack(SqlServerSession session, Ledger ledger, WindowTables tables, Partition partition) {
        this.session = session;
        this.dsl = session.dsl();
        this.ledger = ledger;
        this.tables = tables;
        this.writes = new PublishStatements(tables, ledger);
        this.partition = partition;
        this.dataset = tables.dataset().name();
        this.conflicts = new WindowConflicts(dataset, partition);
    }

    void run(SnapshotId current, Optional<SnapshotId> predecessor) {
        new CurrentSnapshots(session, ledger, tables, SqlServerSession.Moment.LOCKED)
                .find(partition)
                .filter(found -> found.id().equals(Optional.of(current)))
                .orElseThrow(() -> conflicts.notCurrent(current));
        Ledger.Entry taken = ledger.entry(dsl, dataset, current).orElseThrow();
        Optional<Ledger.Entry> earlier = predecessor.map(this::earlier);
        dsl.execute(ledger.end(dataset, current, SnapshotState.UNDONE));
        if (earlier.isPresent() && earlier.get().snapshot().state() == SnapshotState.PREVIOUS) {
            bringBack(earlier.get(), current);
        } else {
            clear(taken.published());
            earlier.ifPresent(removed -> dsl.execute(ledger.bringBack(dataset, removed.id(), numberOf(removed))));
        }
    }

    /** A snapshot that can become the current one: the newest previous one, or one that is no longer in the window. */
    private Ledger.Entry earlier(SnapshotId id) {
        return dsl.fetchOptional(ledger.findForUpdate(dataset, id))
                .map(Ledger::entry)
                .filter(found -> found.snapshot().partition().equals(partition))
                .filter(found -> found.snapshot().state() == SnapshotState.REMOVED
                        || found.snapshot().state() == SnapshotState.PREVIOUS
                                && newestPrevious().equals(Optional.ofNullable(found.number())))
                .orElseThrow(() -> conflicts.notEarlier(id));
    }

    private Optional<Long> newestPrevious() {
        return Optional.ofNullable(
                dsl.fetchSingle(ledger.newestPrevious(dataset, partition)).get(0, Long.class));
    }

    private long numberOf(Ledger.Entry removed) {
        return removed.number() != null
                ? removed.number()
                : dsl.fetchSingle(ledger.nextNumber(dataset, partition)).get(0, Long.class);
    }

    /** Makes a previous snapshot the current one again, with the rows that the window still has of it. */
    private void bringBack(Ledger.Entry earlier, SnapshotId taken) {
        WindowSnapshot snapshot = earlier.snapshot();
        SnapshotId id = earlier.id();
        long number = earlier.published();
        boolean foreign =
                snapshot.hashSpecId().isEmpty() && snapshot.startedAt().isEmpty();
        dsl.execute(writes.removeCurrent(partition, Optional.of(number)));
        dsl.execute(writes.bringBack(partition, number, foreign ? Optional.of(id.value()) : Optional.empty()));
        dsl.execute(writes.removeFormer(partition, number));
        if (foreign) {
            dsl.execute(ledger.removeForeign(dataset, id));
            return;
        }
        dsl.execute(
                tables.dataset().rowStamps() == RowStampPolicy.SNAPSHOT
                        ? writes.stampAll(snapshot, snapshot.archiveId())
                        // The snapshot that is taken back may have stamped all rows, under another policy.
                        : writes.stampInstead(taken.value(), snapshot));
        dsl.execute(ledger.bringBack(dataset, id, number));
    }

    /** Removes the current rows, and keeps those that previous snapshots have. */
    private void clear(long taken) {
        newestPrevious()
                .ifPresent(newest ->
                        dsl.execute(writes.keepAll(partition, Optional.empty(), Optional.empty(), newest, taken)));
        dsl.execute(writes.removeCurrent(partition, Optional.empty()));
    }
}
