package io.hybridsnapshot.sqlserver.window;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;

import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.RowStamps;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.impl.SQLDataType;

/**
 * Determines the owner of the current table's rows. Rows belong to the ledger's snapshot if each has its batch id and
 * none is missing. If each has its batch id but some or all are missing, a foreign statement has deleted them, and the
 * snapshot is INCOMPLETE. Otherwise a foreign writer has written, and the whole partition is one foreign snapshot.
 *
 * <p>Call the methods in a transaction that sees one moment: one of isolation SNAPSHOT, or one that locks the rows it
 * reads. The ledger is read before the current table, in the order in which a publish writes them, so that the two
 * cannot deadlock.
 */
final class CurrentSnapshots {
    /** The columns of {@link WindowStatements#tally}. */
    static final List<Field<?>> TALLY = List.of(
            field(name("customer_filter"), SQLDataType.VARCHAR),
            field(name("rows_there"), SQLDataType.BIGINT),
            field(name("rows_known"), SQLDataType.BIGINT),
            field(name("newest"), UtcDateTimes.TYPE));

    /** The columns of {@link WindowStatements#stamps}. */
    static final List<Field<?>> STAMPS = List.of(
            field(name("batch_id"), SQLDataType.UUID),
            field(name("own"), SQLDataType.BIGINT),
            field(name("strangers"), SQLDataType.BIGINT),
            field(name("other_dates"), SQLDataType.BIGINT),
            field(name("other_counts"), SQLDataType.BIGINT),
            field(name("other_archives"), SQLDataType.BIGINT),
            field(name("archived"), SQLDataType.BIGINT),
            field(name("least_archive"), SQLDataType.BIGINT),
            field(name("greatest_archive"), SQLDataType.BIGINT));

    private static final String HELD = "with (holdlock)";

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

    Optional<WindowSnapshot> find(Partition partition) {
        return all(Optional.of(partition)).values().stream().findFirst();
    }

    /** The current snapshots by the name of their partition. */
    private Map<String, WindowSnapshot> all(Optional<Partition> partition) {
        Map<String, WindowSnapshot> known = new HashMap<>();
        list(partition, SnapshotState.CURRENT)
                .forEach(snapshot -> known.put(snapshot.partition().name(), snapshot));
        Map<String, WindowSnapshot> found = new TreeMap<>();
        known.forEach((name, snapshot) ->
                found.put(name, snapshot.rowCount() == 0 ? snapshot : snapshot.in(SnapshotState.INCOMPLETE)));
        for (Record row : session.dsl().fetch(statements.tally(tableHint(moment), partition))) {
            String name = row.get("customer_filter", String.class);
            long rows = row.get("rows_there", Long.class);
            found.put(
                    name,
                    ours(known.get(name), rows, row.get("rows_known", Long.class))
                            .orElseGet(() -> foreign(name, rows, row.get("newest", Instant.class))));
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

    private List<WindowSnapshot> list(Optional<Partition> partition, SnapshotState state) {
        return session.dsl()
                .fetch(ledger.list(
                        moment == SqlServerSession.Moment.SNAPSHOT ? WindowStatements.AS_ISOLATED : HELD,
                        tables.dataset().name(),
                        partition,
                        state,
                        state))
                .map(Ledger::snapshot);
    }

    private WindowSnapshot foreign(String partition, long rowCount, Instant newest) {
        return WindowSnapshot.builder(
                        tables.dataset().name(),
                        new Partition(partition),
                        tables.foreignDate(newest),
                        SnapshotState.CURRENT)
                .rowCount(rowCount)
                .build();
    }

    /** The visible entries of the ledger, each with the stamps of its rows. */
    List<RowStamps> stamps(Optional<Partition> partition) {
        List<RowStamps> stamps = new ArrayList<>();
        for (SnapshotState state : List.of(SnapshotState.CURRENT, SnapshotState.PREVIOUS)) {
            // The ledger first, as everywhere: its locks keep a publish away from the history, too.
            List<WindowSnapshot> entries = list(partition, state);
            String hint = state == SnapshotState.CURRENT ? tableHint(moment) : WindowStatements.AS_ISOLATED;
            Map<UUID, Record> counted = new HashMap<>();
            session.dsl()
                    .fetch(statements.stamps(state, hint, partition))
                    .forEach(row -> counted.put(row.get("batch_id", UUID.class), row));
            entries.forEach(entry -> stamps.add(
                    stamps(entry, counted.get(entry.id().orElseThrow().value()))));
        }
        return stamps;
    }

    private static RowStamps stamps(WindowSnapshot entry, Record row) {
        long own = row.get("own", Long.class);
        Long archive = row.get("least_archive", Long.class);
        boolean isOne = own > 0
                && row.get("archived", Long.class) == own
                && archive.equals(row.get("greatest_archive", Long.class));
        return new RowStamps(
                entry,
                own,
                row.get("strangers", Long.class),
                row.get("other_dates", Long.class),
                row.get("other_counts", Long.class),
                row.get("other_archives", Long.class),
                isOne ? Optional.of(new ArchiveId(archive)) : Optional.empty());
    }

    /** All visible snapshots by partition and then newest first. */
    List<WindowSnapshot> visible(Optional<Partition> partition) {
        Map<String, List<WindowSnapshot>> byPartition = new TreeMap<>();
        List<WindowSnapshot> previous = list(partition, SnapshotState.PREVIOUS);
        all(partition).forEach((name, snapshot) -> byPartition.put(name, new ArrayList<>(List.of(snapshot))));
        for (WindowSnapshot earlier : previous) {
            byPartition
                    .computeIfAbsent(earlier.partition().name(), name -> new ArrayList<>())
                    .add(earlier);
        }
        return byPartition.values().stream().flatMap(List::stream).toList();
    }
}
