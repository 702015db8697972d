package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.BATCH_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.window.WindowTables.FIRST_NUMBER;
import static io.hybridsnapshot.postgres.window.WindowTables.SNAPSHOT_DATE;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.max;

import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotDates;
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
import org.jooq.Condition;
import org.jspecify.annotations.Nullable;

/**
 * Determines the owner of the current table's rows. Rows belong to the ledger's snapshot if each has a number up to
 * that of the snapshot and none is missing. If some or all are missing, a foreign statement has deleted them, and the
 * snapshot is INCOMPLETE. If a row has no number or no batch id, a foreign writer has written, and the whole partition
 * is one foreign snapshot. Call the methods in a transaction that sees one moment, or under the writer's lock.
 */
final class CurrentSnapshots {
    private CurrentSnapshots() {}

    /** Reads the partition's rows once, or twice if they are not in the versions that were published. */
    static Optional<WindowSnapshot> find(
            PostgresSession session, Ledger ledger, WindowTables tables, Partition partition) {
        return findUntouched(session, ledger, tables, partition)
                .map(found -> found.entry().snapshot())
                .or(() -> findChanged(session, ledger, tables, partition));
    }

    /** The ledger's snapshot, if all its rows are in the versions that its publish left. Reads the rows once. */
    static Optional<Ledger.Published> findUntouched(
            PostgresSession session, Ledger ledger, WindowTables tables, Partition partition) {
        return ledger.published(session.dsl(), tables.dataset().name(), partition)
                .filter(published -> RowVersions.areThoseOf(published, session, tables, partition));
    }

    /** Counts the rows by their owner. Reads the rows once. */
    static Optional<WindowSnapshot> findChanged(
            PostgresSession session, Ledger ledger, WindowTables tables, Partition partition) {
        Optional<Ledger.Entry> known = known(session, ledger, tables, partition);
        Owners owners = Owners.of(session, tables, partition, known);
        if (owners.rows() == 0) {
            return known.map(CurrentSnapshots::withoutRows);
        }
        Optional<WindowSnapshot> ours = ours(known.orElse(null), owners.rows(), owners.strangers() > 0);
        return ours.isPresent()
                ? ours
                : Optional.of(foreign(
                        tables,
                        partition.name(),
                        owners.rows(),
                        session.dsl()
                                .select(max(SNAPSHOT_DATE))
                                .from(tables.current())
                                .where(CUSTOMER_FILTER.eq(partition.name()))
                                .fetchSingle()
                                .value1()));
    }

    /** The ledger's snapshot, if the partition has all its rows and others. Reads the rows once. */
    static Optional<WindowSnapshot> findAddedTo(
            PostgresSession session, Ledger ledger, WindowTables tables, Partition partition) {
        Optional<Ledger.Entry> known = known(session, ledger, tables, partition);
        Owners owners = Owners.of(session, tables, partition, known);
        return known.map(Ledger.Entry::snapshot)
                .filter(recorded -> owners.rows() > recorded.rowCount() && owners.theirs() >= recorded.rowCount());
    }

    private static Optional<Ledger.Entry> known(
            PostgresSession session, Ledger ledger, WindowTables tables, Partition partition) {
        return ledger
                .entries(session.dsl(), Ledger.of(tables.dataset().name(), partition, SnapshotState.CURRENT))
                .stream()
                .findFirst();
    }

    /**
     * The rows of a partition by their owner.
     *
     * @param rows all rows
     * @param theirs the rows that the ledger's snapshot may have, by their stamps
     */
    private record Owners(int rows, int theirs) {
        static Owners of(
                PostgresSession session, WindowTables tables, Partition partition, Optional<Ledger.Entry> known) {
            Condition isTheirs =
                    FIRST_NUMBER.le(known.map(Ledger.Entry::number).orElse(0L)).and(BATCH_ID.isNotNull());
            return session.dsl()
                    .select(count(), count().filterWhere(isTheirs))
                    .from(tables.current())
                    .where(CUSTOMER_FILTER.eq(partition.name()))
                    .fetchSingle(row -> new Owners(row.value1(), row.value2()));
        }

        int strangers() {
            return rows - theirs;
        }
    }

    private static WindowSnapshot withoutRows(Ledger.Entry entry) {
        return entry.snapshot().rowCount() == 0
                ? entry.snapshot()
                : entry.snapshot().in(SnapshotState.INCOMPLETE);
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
        known.forEach((name, entry) -> found.put(name, withoutRows(entry)));
        counts.forEach((name, rows) -> {
            if (rows.rows() > 0) {
                Ledger.Entry entry = known.get(name);
                boolean hasStrangers = entry != null && entry.number() != null && rows.hasStrangers(entry.number());
                found.put(
                        name,
                        ours(entry, rows.rows(), hasStrangers)
                                .orElseGet(() -> foreign(tables, name, rows.rows(), rows.newest())));
            }
        });
        return found;
    }

    /** The ledger's snapshot, if all existing rows are its rows. */
    private static Optional<WindowSnapshot> ours(Ledger.@Nullable Entry entry, long rows, boolean hasStrangers) {
        if (entry == null || entry.number() == null || hasStrangers) {
            return Optional.empty();
        }
        WindowSnapshot recorded = entry.snapshot();
        if (rows > recorded.rowCount()) {
            return Optional.empty();
        }
        return Optional.of(rows == recorded.rowCount() ? recorded : recorded.in(SnapshotState.INCOMPLETE));
    }

    private static WindowSnapshot foreign(WindowTables tables, String partition, long rows, Instant newest) {
        return WindowSnapshot.builder(
                        tables.dataset().name(),
                        new Partition(partition),
                        SnapshotDates.ofForeignClock(newest, tables.foreignZone()),
                        SnapshotState.CURRENT)
                .rowCount(rows)
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
