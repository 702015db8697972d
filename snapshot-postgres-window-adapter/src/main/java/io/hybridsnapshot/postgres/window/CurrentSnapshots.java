package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.window.WindowTables.SNAPSHOT_DATE;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.noCondition;

import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record4;
import org.jooq.Result;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * Determines the owner of the current table's rows. Rows belong to the ledger's snapshot if each has its batch id and
 * none is missing. If each has its batch id but some or all are missing, a foreign statement has deleted them, and the
 * snapshot is INCOMPLETE. Otherwise a foreign writer has written, and the whole partition is one foreign snapshot. Call
 * the methods in a transaction that sees one moment, or under the writer's lock.
 */
final class CurrentSnapshots {
    private CurrentSnapshots() {}

    static Optional<WindowSnapshot> find(
            PostgresSession session, Ledger ledger, WindowTables tables, Partition partition) {
        return all(session, ledger, tables, Optional.of(partition)).values().stream()
                .findFirst();
    }

    /** The current snapshots by the name of their partition. */
    static Map<String, WindowSnapshot> all(
            PostgresSession session, Ledger ledger, WindowTables tables, Optional<Partition> partition) {
        Map<String, WindowSnapshot> known = new HashMap<>();
        Condition wanted = Ledger.of(tables.dataset().name(), SnapshotState.CURRENT);
        for (WindowSnapshot snapshot : ledger.list(
                session.dsl(),
                partition
                        .map(only -> wanted.and(Ledger.PARTITION.eq(only.name())))
                        .orElse(wanted))) {
            known.put(snapshot.partition().name(), snapshot);
        }
        Map<String, WindowSnapshot> found = new TreeMap<>();
        known.forEach((name, snapshot) ->
                found.put(name, snapshot.rowCount() == 0 ? snapshot : snapshot.in(SnapshotState.INCOMPLETE)));
        for (Record4<String, Integer, Integer, Instant> rows : tally(session, ledger, tables, partition)) {
            WindowSnapshot ours = known.get(rows.value1());
            found.put(
                    rows.value1(),
                    ours(ours, rows.value2(), rows.value3())
                            .orElseGet(() -> foreign(tables, rows.value1(), rows.value2(), rows.value4())));
        }
        return found;
    }

    /** The ledger's snapshot, if all existing rows are its rows. */
    private static Optional<WindowSnapshot> ours(WindowSnapshot recorded, long there, long known) {
        if (recorded == null || there != known || there > recorded.rowCount()) {
            return Optional.empty();
        }
        return Optional.of(there == recorded.rowCount() ? recorded : recorded.in(SnapshotState.INCOMPLETE));
    }

    /**
     * Per partition: the number of its rows, the number of those with the batch id of the ledger's current snapshot,
     * and the newest date.
     */
    private static Result<Record4<String, Integer, Integer, Instant>> tally(
            PostgresSession session, Ledger ledger, WindowTables tables, Optional<Partition> partition) {
        Table<Record> rows = tables.current().as("c");
        Table<Record> entries = ledger.snapshots().as("l");
        Field<String> filter = DSL.field(name("c", CUSTOMER_FILTER.getName()), String.class);
        Field<UUID> batch = DSL.field(name("c", "batch_id"), UUID.class);
        Field<UUID> ledgerBatch = DSL.field(name("l", "batch_id"), UUID.class);
        return session.dsl()
                .select(filter, count(), count().filterWhere(batch.eq(ledgerBatch)), max(SNAPSHOT_DATE))
                .from(rows)
                .leftJoin(entries)
                .on(
                        DSL.field(name("l", "dataset"), String.class)
                                .eq(tables.dataset().name()),
                        DSL.field(name("l", "partition"), String.class).eq(filter),
                        DSL.field(name("l", "state"), String.class).eq(SnapshotState.CURRENT.name()))
                .where(partition.map(only -> filter.eq(only.name())).orElse(noCondition()))
                .groupBy(filter)
                .fetch();
    }

    private static WindowSnapshot foreign(WindowTables tables, String partition, long rowCount, Instant newest) {
        return WindowSnapshot.builder(
                        tables.dataset().name(),
                        new Partition(partition),
                        tables.foreignDate(newest),
                        SnapshotState.CURRENT)
                .rowCount(rowCount)
                .build();
    }

    /** All visible snapshots by partition and then newest first. */
    static List<WindowSnapshot> visible(
            PostgresSession session, Ledger ledger, WindowTables tables, Optional<Partition> partition) {
        Condition wanted = Ledger.of(tables.dataset().name(), SnapshotState.PREVIOUS);
        Map<String, List<WindowSnapshot>> byPartition = new TreeMap<>();
        all(session, ledger, tables, partition)
                .forEach((name, snapshot) -> byPartition.put(name, new ArrayList<>(List.of(snapshot))));
        for (WindowSnapshot previous : ledger.list(
                session.dsl(),
                partition
                        .map(only -> wanted.and(Ledger.PARTITION.eq(only.name())))
                        .orElse(wanted))) {
            byPartition
                    .computeIfAbsent(previous.partition().name(), name -> new ArrayList<>())
                    .add(previous);
        }
        return byPartition.values().stream().flatMap(List::stream).toList();
    }
}
