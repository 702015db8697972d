package io.hybridsnapshot.sqlserver.window;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;

import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotDates;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.VersionCounts;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.jdbc.connection.UtcTimestamps;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.impl.SQLDataType;

/**
 * Determines the owner of the current table's rows. Rows belong to the ledger's snapshot if each has the batch id of
 * that snapshot or of an earlier one and none is missing. If some or all are missing, a foreign statement has deleted
 * them, and the snapshot is INCOMPLETE. Otherwise a foreign writer has written, and the whole partition is one foreign
 * snapshot.
 *
 * <p>Call the methods in a transaction that sees one moment: one of isolation SNAPSHOT, or one that locks the current
 * table. The current table is read before the ledger and the versions, in the order in which a publish locks them, so
 * that the two cannot deadlock.
 */
final class CurrentSnapshots {
    /** The columns of {@link WindowStatements#tally}. */
    static final List<Field<?>> TALLY = List.of(
            field(name("customer_filter"), SQLDataType.VARCHAR),
            field(name("rows_there"), SQLDataType.BIGINT),
            field(name("newest"), UtcTimestamps.TYPE),
            field(name("number"), SQLDataType.BIGINT));

    private final SqlServerSession session;
    private final Ledger ledger;
    private final WindowTables tables;
    private final WindowStatements statements;
    private final SqlServerSession.Moment moment;

    /**
     * @param moment how the session's transaction sees one moment
     */
    CurrentSnapshots(SqlServerSession session, Ledger ledger, WindowTables tables, SqlServerSession.Moment moment) {
        this.session = session;
        this.ledger = ledger;
        this.tables = tables;
        this.statements = new WindowStatements(tables, ledger);
        this.moment = moment;
    }

    /** How a transaction has to read the current table. */
    static String tableHint(SqlServerSession.Moment moment) {
        return moment == SqlServerSession.Moment.SNAPSHOT
                ? WindowStatements.AS_ISOLATED
                : WindowStatements.SHARED_TABLE;
    }

    /** Waits for a publish, in a statement of its own, unless the transaction sees one moment without locks. */
    static void share(SqlServerSession session, WindowStatements statements, SqlServerSession.Moment moment) {
        if (moment == SqlServerSession.Moment.LOCKED) {
            session.dsl().fetchSingle(statements.shareCurrent());
        }
    }

    Optional<WindowSnapshot> find(Partition partition) {
        return all(Optional.of(partition)).values().stream().findFirst();
    }

    /** The ledger's snapshot, if the partition has all its rows and others. */
    Optional<WindowSnapshot> findAddedTo(Partition partition) {
        Optional<Owners> owners =
                owners(Optional.of(partition)).values().stream().findFirst();
        return entries(Optional.of(partition), SnapshotState.CURRENT).stream()
                .filter(entry -> owners.filter(rows -> rows.areAddedTo(entry)).isPresent())
                .map(Ledger.Entry::snapshot)
                .findFirst();
    }

    /** Rows of one partition by the number in the ledger of the snapshot whose batch id they have. */
    private static final class Owners {
        private long rows;
        private long strangers;
        private long newestNumber;
        private Instant newest = Instant.MIN;

        /** Whether no row of the entry's snapshot is missing, by the stamps, and there are others. */
        private boolean areAddedTo(Ledger.Entry entry) {
            long recorded = entry.snapshot().rowCount();
            return rows > recorded && rows - strangers >= recorded && newestNumber <= entry.published();
        }

        private void add(Record row) {
            long counted = row.get("rows_there", Long.class);
            Instant date = row.get("newest", Instant.class);
            Long number = row.get("number", Long.class);
            rows += counted;
            strangers += number == null ? counted : 0;
            newestNumber = Math.max(newestNumber, number == null ? 0 : number);
            newest = date.isAfter(newest) ? date : newest;
        }
    }

    /** The owners of the current rows by the name of the partition. */
    private Map<String, Owners> owners(Optional<Partition> partition) {
        share(session, statements, moment);
        Map<String, Owners> owners = new TreeMap<>();
        session.dsl()
                .fetch(statements.tally(tableHint(moment), partition))
                .forEach(row -> owners.computeIfAbsent(row.get("customer_filter", String.class), name -> new Owners())
                        .add(row));
        return owners;
    }

    /** The current snapshots by the name of their partition. */
    private Map<String, WindowSnapshot> all(Optional<Partition> partition) {
        Map<String, Owners> owners = owners(partition);
        Map<String, Ledger.Entry> known = new HashMap<>();
        Map<String, WindowSnapshot> found = new TreeMap<>();
        for (Ledger.Entry entry : entries(partition, SnapshotState.CURRENT)) {
            WindowSnapshot snapshot = entry.snapshot();
            known.put(snapshot.partition().name(), entry);
            found.put(
                    snapshot.partition().name(),
                    snapshot.rowCount() == 0 ? snapshot : snapshot.in(SnapshotState.INCOMPLETE));
        }
        owners.forEach((name, rows) ->
                found.put(name, ours(known.get(name), rows).orElseGet(() -> foreign(name, rows))));
        return found;
    }

    /** The ledger's snapshot, if all existing rows are its rows. */
    private static Optional<WindowSnapshot> ours(Ledger.Entry entry, Owners owners) {
        if (entry == null
                || owners.strangers > 0
                || owners.newestNumber > entry.published()
                || owners.rows > entry.snapshot().rowCount()) {
            return Optional.empty();
        }
        WindowSnapshot recorded = entry.snapshot();
        return Optional.of(owners.rows == recorded.rowCount() ? recorded : recorded.in(SnapshotState.INCOMPLETE));
    }

    private List<Ledger.Entry> entries(Optional<Partition> partition, SnapshotState state) {
        return ledger.entries(session.dsl(), tables.dataset().name(), partition, state);
    }

    private WindowSnapshot foreign(String partition, Owners owners) {
        return WindowSnapshot.builder(
                        tables.dataset().name(),
                        new Partition(partition),
                        SnapshotDates.ofForeignClock(owners.newest, tables.foreignZone()),
                        SnapshotState.CURRENT)
                .rowCount(owners.rows)
                .build();
    }

    /** All visible snapshots by partition and then newest first. A previous one that lacks rows is INCOMPLETE. */
    List<WindowSnapshot> visible(Optional<Partition> partition) {
        Map<String, List<WindowSnapshot>> byPartition = new TreeMap<>();
        all(partition).forEach((name, snapshot) -> byPartition.put(name, new ArrayList<>(List.of(snapshot))));
        List<Ledger.Entry> previous = entries(partition, SnapshotState.PREVIOUS);
        Map<String, VersionCounts> counts = previous.isEmpty() ? Map.of() : counts(partition);
        for (Ledger.Entry entry : previous) {
            String name = entry.snapshot().partition().name();
            byPartition.computeIfAbsent(name, key -> new ArrayList<>()).add(whole(entry, counts.get(name)));
        }
        return byPartition.values().stream().flatMap(List::stream).toList();
    }

    /** The snapshot of an entry; INCOMPLETE if the window lacks rows of it. */
    WindowSnapshot whole(Ledger.Entry previous) {
        Partition partition = previous.snapshot().partition();
        return whole(previous, counts(Optional.of(partition)).get(partition.name()));
    }

    private static WindowSnapshot whole(Ledger.Entry entry, VersionCounts counts) {
        WindowSnapshot previous = entry.snapshot();
        return (counts == null ? 0 : counts.of(entry.published())) == previous.rowCount()
                ? previous
                : previous.in(SnapshotState.INCOMPLETE);
    }

    private Map<String, VersionCounts> counts(Optional<Partition> partition) {
        Map<String, VersionCounts> counts = new HashMap<>();
        session.dsl()
                .fetch(statements.numbered(tableHint(moment), partition))
                .forEach(row -> of(counts, row).addCurrent(row.get(1, Long.class), row.get(2, Long.class)));
        session.dsl()
                .fetch(statements.spans(partition))
                .forEach(row -> of(counts, row)
                        .addFormer(row.get(1, Long.class), row.get(2, Long.class), row.get(3, Long.class)));
        return counts;
    }

    private static VersionCounts of(Map<String, VersionCounts> counts, Record row) {
        return counts.computeIfAbsent(row.get(0, String.class), name -> new VersionCounts());
    }
}
