package io.hybridsnapshot.postgres.window;

import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Determines the owner of the current table's rows. Rows belong to the ledger's snapshot if each has a number up to
 * that of the snapshot and none is missing. If some or all are missing, a foreign statement has deleted them, and the
 * snapshot is INCOMPLETE. If a row has no number or no batch id, a foreign writer has written, and the whole partition
 * is one foreign snapshot. Call the methods in a transaction that sees one moment, or under the writer's lock.
 */
final class CurrentSnapshots {
    private CurrentSnapshots() {}

    static Optional<WindowSnapshot> find(
            PostgresSession session, Ledger ledger, WindowTables tables, Partition partition) {
        Map<String, RowCounts> counts = RowCounts.of(session, tables, Optional.of(partition), false);
        return all(session, ledger, tables, Optional.of(partition), counts).values().stream()
                .findFirst();
    }

    /** The current snapshots by the name of their partition. */
    private static Map<String, WindowSnapshot> all(
            PostgresSession session,
            Ledger ledger,
            WindowTables tables,
            Optional<Partition> partition,
            Map<String, RowCounts> counts) {
        Map<String, Ledger.Entry> known = new HashMap<>();
        for (Ledger.Entry entry :
                ledger.entries(session.dsl(), Ledger.of(tables.dataset().name(), partition, SnapshotState.CURRENT))) {
            known.put(entry.snapshot().partition().name(), entry);
        }
        Map<String, WindowSnapshot> found = new TreeMap<>();
        known.forEach((name, entry) -> found.put(
                name,
                entry.snapshot().rowCount() == 0
                        ? entry.snapshot()
                        : entry.snapshot().in(SnapshotState.INCOMPLETE)));
        counts.forEach((name, rows) -> {
            if (rows.rows() > 0) {
                found.put(name, ours(known.get(name), rows).orElseGet(() -> foreign(tables, name, rows)));
            }
        });
        return found;
    }

    /** The ledger's snapshot, if all existing rows are its rows. */
    private static Optional<WindowSnapshot> ours(Ledger.Entry entry, RowCounts rows) {
        if (entry == null || entry.number() == null || rows.hasStrangers(entry.number())) {
            return Optional.empty();
        }
        WindowSnapshot recorded = entry.snapshot();
        if (rows.rows() > recorded.rowCount()) {
            return Optional.empty();
        }
        return Optional.of(rows.rows() == recorded.rowCount() ? recorded : recorded.in(SnapshotState.INCOMPLETE));
    }

    private static WindowSnapshot foreign(WindowTables tables, String partition, RowCounts rows) {
        return WindowSnapshot.builder(
                        tables.dataset().name(),
                        new Partition(partition),
                        tables.foreignDate(rows.newest()),
                        SnapshotState.CURRENT)
                .rowCount(rows.rows())
                .build();
    }

    /** All visible snapshots by partition and then newest first. A previous one that lacks rows is INCOMPLETE. */
    static List<WindowSnapshot> visible(
            PostgresSession session, Ledger ledger, WindowTables tables, Optional<Partition> partition) {
        List<Ledger.Entry> previous =
                ledger.entries(session.dsl(), Ledger.of(tables.dataset().name(), partition, SnapshotState.PREVIOUS));
        Map<String, RowCounts> counts = RowCounts.of(session, tables, partition, !previous.isEmpty());
        Map<String, List<WindowSnapshot>> byPartition = new TreeMap<>();
        all(session, ledger, tables, partition, counts)
                .forEach((name, snapshot) -> byPartition.put(name, new ArrayList<>(List.of(snapshot))));
        for (Ledger.Entry entry : previous) {
            String name = entry.snapshot().partition().name();
            byPartition.computeIfAbsent(name, key -> new ArrayList<>()).add(whole(entry, counts.get(name)));
        }
        return byPartition.values().stream().flatMap(List::stream).toList();
    }

    /** The copies of snapshots without a number are not counted. */
    private static WindowSnapshot whole(Ledger.Entry entry, RowCounts counts) {
        WindowSnapshot previous = entry.snapshot();
        return entry.number() == null || (counts == null ? 0 : counts.of(entry.number())) == previous.rowCount()
                ? previous
                : previous.in(SnapshotState.INCOMPLETE);
    }
}
