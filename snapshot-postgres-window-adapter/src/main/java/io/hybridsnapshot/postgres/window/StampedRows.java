package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.BATCH_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.window.WindowTables.PARQUET_ARCHIVE_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORDS_COUNT;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORD_UUID;
import static io.hybridsnapshot.postgres.window.WindowTables.SNAPSHOT_DATE;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.name;

import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.RowStamps;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/**
 * For each visible entry of the ledger, counts its rows and the rows with stamps that differ from the entry. The server
 * counts and returns one row per entry. Call it in a transaction that sees one moment.
 */
final class StampedRows {
    private static final Field<Integer> OWN = field(name("own"), Integer.class);
    private static final Field<Integer> STRANGERS = field(name("strangers"), Integer.class);
    private static final Field<Integer> OTHER_DATES = field(name("other_dates"), Integer.class);
    private static final Field<Integer> OTHER_COUNTS = field(name("other_counts"), Integer.class);
    private static final Field<Integer> OTHER_ARCHIVES = field(name("other_archives"), Integer.class);
    private static final Field<Integer> ARCHIVED = field(name("archived"), Integer.class);
    private static final Field<Long> LEAST = field(name("least_archive"), Long.class);
    private static final Field<Long> GREATEST = field(name("greatest_archive"), Long.class);

    private StampedRows() {}

    static List<RowStamps> stamps(
            PostgresSession session, Ledger ledger, WindowTables tables, Optional<Partition> partition) {
        List<RowStamps> stamps = new ArrayList<>();
        for (SnapshotState state : List.of(SnapshotState.CURRENT, SnapshotState.PREVIOUS)) {
            stamps.addAll(stamps(session, ledger, tables, partition, state));
        }
        return stamps;
    }

    private static List<RowStamps> stamps(
            PostgresSession session,
            Ledger ledger,
            WindowTables tables,
            Optional<Partition> partition,
            SnapshotState state) {
        Condition wanted = Ledger.of(tables.dataset().name(), state);
        Condition inScope = partition
                .map(only -> wanted.and(Ledger.PARTITION.eq(only.name())))
                .orElse(wanted);
        Map<UUID, Record> counted = new HashMap<>();
        tally(session, ledger, tables, inScope, state)
                .forEach(row -> counted.put(row.get(entry(Ledger.BATCH_ID)), row));
        return ledger.list(session.dsl(), inScope).stream()
                .map(snapshot ->
                        stamps(snapshot, counted.get(snapshot.id().orElseThrow().value())))
                .toList();
    }

    private static RowStamps stamps(WindowSnapshot snapshot, Record row) {
        long own = row.get(OWN);
        boolean isOne = row.get(ARCHIVED) == own && own > 0 && row.get(LEAST).equals(row.get(GREATEST));
        return new RowStamps(
                snapshot,
                own,
                row.get(STRANGERS),
                row.get(OTHER_DATES),
                row.get(OTHER_COUNTS),
                row.get(OTHER_ARCHIVES),
                isOne ? Optional.of(new ArchiveId(row.get(LEAST))) : Optional.empty());
    }

    private static List<? extends Record> tally(
            PostgresSession session, Ledger ledger, WindowTables tables, Condition inScope, SnapshotState state) {
        boolean isCurrent = state == SnapshotState.CURRENT;
        Table<Record> rows = (isCurrent ? tables.current() : tables.history()).as("r");
        Table<Record> entries =
                session.dsl().select().from(ledger.snapshots()).where(inScope).asTable("l");
        Condition isTheirs = row(BATCH_ID).eq(entry(Ledger.BATCH_ID));
        Condition isThere = row(RECORD_UUID).isNotNull();
        Condition joined = row(CUSTOMER_FILTER).eq(entry(Ledger.PARTITION));
        return session.dsl()
                .select(
                        entry(Ledger.BATCH_ID),
                        count().filterWhere(isTheirs).as(OWN),
                        count().filterWhere(isThere, row(BATCH_ID).isDistinctFrom(entry(Ledger.BATCH_ID)))
                                .as(STRANGERS),
                        count().filterWhere(isTheirs, row(SNAPSHOT_DATE).isDistinctFrom(entry(Ledger.DATE)))
                                .as(OTHER_DATES),
                        count().filterWhere(isTheirs, row(RECORDS_COUNT).isDistinctFrom(entry(Ledger.ROW_COUNT)))
                                .as(OTHER_COUNTS),
                        count().filterWhere(isTheirs, row(PARQUET_ARCHIVE_ID).isDistinctFrom(entry(Ledger.ARCHIVE_ID)))
                                .as(OTHER_ARCHIVES),
                        count(row(PARQUET_ARCHIVE_ID)).filterWhere(isTheirs).as(ARCHIVED),
                        min(row(PARQUET_ARCHIVE_ID)).filterWhere(isTheirs).as(LEAST),
                        max(row(PARQUET_ARCHIVE_ID)).filterWhere(isTheirs).as(GREATEST))
                .from(entries)
                .leftJoin(rows)
                .on(isCurrent ? joined : joined.and(isTheirs))
                .groupBy(entry(Ledger.BATCH_ID))
                .fetch();
    }

    private static <T> Field<T> row(Field<T> column) {
        return field(name("r", column.getName()), column.getDataType());
    }

    private static <T> Field<T> entry(Field<T> column) {
        return field(name("l", column.getName()), column.getDataType());
    }
}
