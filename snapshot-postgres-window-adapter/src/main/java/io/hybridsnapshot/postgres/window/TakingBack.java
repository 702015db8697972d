package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.BATCH_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.window.WindowTables.FIRST_NUMBER;
import static io.hybridsnapshot.postgres.window.WindowTables.LAST_NUMBER;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORDS_COUNT;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORD_UUID;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.nullif;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.val;
import static org.jooq.impl.DSL.when;

import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowConflicts;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/**
 * Takes back the current snapshot of a partition, within the writer's transaction and under the lock of the current
 * table. Used once; one thread.
 */
final class TakingBack {
    private final PostgresSession session;
    private final DSLContext dsl;
    private final Ledger ledger;
    private final WindowTables tables;
    private final Partition partition;
    private final WindowConflicts conflicts;
    private final String dataset;
    private final Condition isInPartition;

    TakingBack(PostgresSession session, Ledger ledger, WindowTables tables, Partition partition) {
        this.session = session;
        this.dsl = session.dsl();
        this.ledger = ledger;
        this.tables = tables;
        this.partition = partition;
        this.dataset = tables.dataset().name();
        this.conflicts = new WindowConflicts(dataset, partition);
        this.isInPartition = CUSTOMER_FILTER.eq(partition.name());
    }

    void run(SnapshotId current, Optional<SnapshotId> predecessor) {
        CurrentSnapshots.find(session, ledger, tables, partition)
                .filter(found -> found.id().equals(Optional.of(current)))
                .orElseThrow(() -> conflicts.notCurrent(current));
        Ledger.Entry taken = ledger.entry(dsl, dataset, current).orElseThrow();
        Optional<Ledger.Entry> earlier = predecessor.map(this::earlier);
        FormerVersions.writeAsOwner(session);
        ledger.end(dsl, entry(current), SnapshotState.UNDONE);
        if (earlier.isPresent() && earlier.get().snapshot().state() == SnapshotState.PREVIOUS) {
            bringBack(earlier.get());
        } else {
            clear(taken.number());
            earlier.ifPresent(removed -> makeCurrent(removed, numberOf(removed)));
        }
        FormerVersions.prune(session, ledger, tables, partition);
    }

    /** A snapshot that can become the current one: the newest previous one, or one that is no longer in the window. */
    private Ledger.Entry earlier(SnapshotId id) {
        ledger.findForUpdate(dsl, dataset, id);
        return ledger.entry(dsl, dataset, id)
                .filter(found -> found.snapshot().partition().equals(partition))
                .filter(found -> found.snapshot().state() == SnapshotState.REMOVED
                        || found.snapshot().state() == SnapshotState.PREVIOUS
                                && ledger.newestPrevious(dsl, dataset, partition)
                                        .equals(Optional.ofNullable(found.number())))
                .orElseThrow(() -> conflicts.notEarlier(id));
    }

    private long numberOf(Ledger.Entry entry) {
        return entry.number() == null ? ledger.nextNumber(dsl, dataset, partition) : entry.number();
    }

    /** Makes a previous snapshot the current one again, with the rows that the window still has of it. */
    private void bringBack(Ledger.Entry earlier) {
        boolean copied = earlier.number() == null;
        long number = numberOf(earlier);
        UUID batch = earlier.id().value();
        boolean foreign = isForeign(earlier.snapshot());
        dsl.deleteFrom(tables.current())
                .where(
                        isInPartition,
                        copied ? noCondition() : FIRST_NUMBER.gt(number).or(FIRST_NUMBER.isNull()))
                .execute();
        Table<Record> from = copied ? tables.whole() : tables.version();
        Condition rows = copied ? isInPartition.and(BATCH_ID.eq(batch)) : FormerVersions.of(partition, number);
        List<Field<?>> columns = copied ? tables.copied(session) : tables.kept(session);
        List<Field<?>> values = new ArrayList<>();
        for (Field<?> column : columns) {
            if (foreign && column.equals(BATCH_ID)) {
                values.add(nullif(BATCH_ID, batch));
            } else if (foreign && column.equals(RECORDS_COUNT)) {
                values.add(when(BATCH_ID.ne(batch), RECORDS_COUNT));
            } else {
                values.add(column);
            }
        }
        Field<Long> first = copied ? val(number) : FIRST_NUMBER;
        columns.add(FIRST_NUMBER);
        values.add(foreign ? nullif(first, number) : first);
        dsl.insertInto(tables.current())
                .columns(columns)
                .select(select(values).from(from).where(rows).orderBy(RECORD_UUID))
                .execute();
        dsl.deleteFrom(from).where(rows).execute();
        if (foreign) {
            dsl.deleteFrom(ledger.snapshots()).where(entry(earlier.id())).execute();
        } else {
            makeCurrent(earlier, number);
        }
    }

    private static boolean isForeign(WindowSnapshot earlier) {
        return earlier.hashSpecId().isEmpty() && earlier.startedAt().isEmpty();
    }

    /** Removes the current rows, and keeps those that previous snapshots have. */
    private void clear(long taken) {
        Optional<Long> newest = ledger.newestPrevious(dsl, dataset, partition);
        if (newest.isPresent()) {
            List<Field<?>> columns = tables.kept(session);
            List<Field<?>> values = new ArrayList<>(columns);
            columns.addAll(List.of(FIRST_NUMBER, LAST_NUMBER));
            values.addAll(List.of(FIRST_NUMBER, val(taken)));
            dsl.insertInto(tables.version())
                    .columns(columns)
                    .select(select(values).from(tables.current()).where(isInPartition, FIRST_NUMBER.le(newest.get())))
                    .execute();
        }
        dsl.deleteFrom(tables.current()).where(isInPartition).execute();
    }

    private void makeCurrent(Ledger.Entry entry, long number) {
        dsl.update(ledger.snapshots())
                .set(Ledger.NUMBER, number)
                .set(Ledger.STATE, SnapshotState.CURRENT.name())
                .where(entry(entry.id()))
                .execute();
    }

    private Condition entry(SnapshotId id) {
        return Ledger.DATASET.eq(dataset).and(Ledger.BATCH_ID.eq(id.value()));
    }
}
