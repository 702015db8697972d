package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.BATCH_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.window.WindowTables.FIRST_NUMBER;
import static io.hybridsnapshot.postgres.window.WindowTables.LAST_NUMBER;
import static io.hybridsnapshot.postgres.window.WindowTables.PARQUET_ARCHIVE_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORDS_COUNT;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORD_UUID;
import static io.hybridsnapshot.postgres.window.WindowTables.SNAPSHOT_DATE;
import static org.jooq.impl.DSL.castNull;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.val;

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
import org.jooq.Select;
import org.jooq.Table;

/**
 * For each visible entry of the ledger, counts its rows and the rows with stamps that differ from the ledger. A row has
 * the stamps of the snapshot with which its version appeared. The server counts and returns one row per entry. Call it
 * in a transaction that sees one moment.
 */
final class StampedRows {
    private static final Field<Integer> ROWS = field(name("own"), Integer.class);
    private static final Field<Integer> STRANGERS = field(name("strangers"), Integer.class);
    private static final Field<Integer> OTHER_DATES = field(name("other_dates"), Integer.class);
    private static final Field<Integer> OTHER_COUNTS = field(name("other_counts"), Integer.class);
    private static final Field<Integer> OTHER_ARCHIVES = field(name("other_archives"), Integer.class);
    private static final Field<Integer> APPEARED = field(name("appeared"), Integer.class);
    private static final Field<Integer> ARCHIVED = field(name("archived"), Integer.class);
    private static final Field<Long> LEAST = field(name("least_archive"), Long.class);
    private static final Field<Long> GREATEST = field(name("greatest_archive"), Long.class);

    private static final long NO_LAST = Long.MAX_VALUE;

    private StampedRows() {}

    static List<RowStamps> stamps(
            PostgresSession session, Ledger ledger, WindowTables tables, Optional<Partition> partition) {
        String dataset = tables.dataset().name();
        Condition current = Ledger.of(dataset, partition, SnapshotState.CURRENT);
        Condition previous = Ledger.of(dataset, partition, SnapshotState.PREVIOUS);
        List<RowStamps> stamps = new ArrayList<>();
        stamps.addAll(stamps(session, ledger, tables, current, rows(tables.current(), val(NO_LAST)), true));
        stamps.addAll(stamps(
                session,
                ledger,
                tables,
                previous.and(Ledger.NUMBER.isNotNull()),
                rows(tables.current(), val(NO_LAST)).unionAll(rows(tables.version(), LAST_NUMBER)),
                false));
        Condition copied = previous.and(Ledger.NUMBER.isNull());
        if (session.dsl().fetchExists(ledger.snapshots(), copied)) {
            stamps.addAll(stamps(session, ledger, tables, copied, rows(tables.whole(), val(NO_LAST)), false));
        }
        return stamps;
    }

    private static Select<Record> rows(Table<Record> table, Field<Long> last) {
        boolean isNumbered = !table.getName().endsWith("_whole");
        List<Field<?>> columns = new ArrayList<>(
                List.of(CUSTOMER_FILTER, RECORD_UUID, SNAPSHOT_DATE, BATCH_ID, RECORDS_COUNT, PARQUET_ARCHIVE_ID));
        columns.add(
                isNumbered ? FIRST_NUMBER : castNull(FIRST_NUMBER.getDataType()).as(FIRST_NUMBER));
        columns.add(last.as(LAST_NUMBER));
        return select(columns).from(table);
    }

    private static List<RowStamps> stamps(
            PostgresSession session,
            Ledger ledger,
            WindowTables tables,
            Condition inScope,
            Select<Record> rows,
            boolean isCurrent) {
        Map<UUID, Record> counted = new HashMap<>();
        tally(session, ledger, tables, inScope, rows, isCurrent)
                .forEach(row -> counted.put(row.get(entry(Ledger.BATCH_ID)), row));
        return ledger.list(session.dsl(), inScope).stream()
                .map(snapshot ->
                        stamps(snapshot, counted.get(snapshot.id().orElseThrow().value())))
                .toList();
    }

    private static RowStamps stamps(WindowSnapshot snapshot, Record row) {
        int archived = row.get(ARCHIVED);
        boolean isOne =
                archived > 0 && archived == row.get(APPEARED) && row.get(LEAST).equals(row.get(GREATEST));
        return new RowStamps(
                snapshot,
                row.get(ROWS),
                row.get(STRANGERS),
                row.get(OTHER_DATES),
                row.get(OTHER_COUNTS),
                row.get(OTHER_ARCHIVES),
                isOne ? Optional.of(new ArchiveId(row.get(LEAST))) : Optional.empty());
    }

    private static List<? extends Record> tally(
            PostgresSession session,
            Ledger ledger,
            WindowTables tables,
            Condition inScope,
            Select<Record> rows,
            boolean isCurrent) {
        Table<Record> entries =
                session.dsl().select().from(ledger.snapshots()).where(inScope).asTable("l");
        Table<Record> origins = ledger.snapshots().as("o");
        // The rows of whole copies have no number.
        Condition has =
                row(FIRST_NUMBER).le(entry(Ledger.NUMBER)).and(row(LAST_NUMBER).gt(entry(Ledger.NUMBER)));
        Condition copied = row(BATCH_ID)
                .eq(entry(Ledger.BATCH_ID))
                .and(entry(Ledger.NUMBER).isNull());
        Condition isTheirs = isCurrent ? has.and(row(BATCH_ID).isNotNull()) : has.or(copied);
        Condition isThere = row(RECORD_UUID).isNotNull();
        Condition appeared = isTheirs.and(row(BATCH_ID).eq(entry(Ledger.BATCH_ID)));
        Condition joined = row(CUSTOMER_FILTER).eq(entry(Ledger.PARTITION));
        return session.dsl()
                .select(
                        entry(Ledger.BATCH_ID),
                        count().filterWhere(isTheirs).as(ROWS),
                        count().filterWhere(
                                        isThere,
                                        coalesce(field(isTheirs), inline(false)).isFalse())
                                .as(STRANGERS),
                        count().filterWhere(isTheirs, row(SNAPSHOT_DATE).isDistinctFrom(origin(Ledger.DATE)))
                                .as(OTHER_DATES),
                        count().filterWhere(isTheirs, row(RECORDS_COUNT).isDistinctFrom(origin(Ledger.ROW_COUNT)))
                                .as(OTHER_COUNTS),
                        count().filterWhere(appeared, row(PARQUET_ARCHIVE_ID).isDistinctFrom(entry(Ledger.ARCHIVE_ID)))
                                .as(OTHER_ARCHIVES),
                        count().filterWhere(appeared).as(APPEARED),
                        count(row(PARQUET_ARCHIVE_ID)).filterWhere(appeared).as(ARCHIVED),
                        min(row(PARQUET_ARCHIVE_ID)).filterWhere(appeared).as(LEAST),
                        max(row(PARQUET_ARCHIVE_ID)).filterWhere(appeared).as(GREATEST))
                .from(entries)
                .leftJoin(rows.asTable("r"))
                .on(isCurrent ? joined : joined.and(isTheirs))
                .leftJoin(origins)
                .on(
                        origin(Ledger.DATASET).eq(tables.dataset().name()),
                        origin(Ledger.BATCH_ID).eq(row(BATCH_ID)))
                .groupBy(entry(Ledger.BATCH_ID))
                .fetch();
    }

    private static <T> Field<T> row(Field<T> column) {
        return field(name("r", column.getName()), column.getDataType());
    }

    private static <T> Field<T> entry(Field<T> column) {
        return field(name("l", column.getName()), column.getDataType());
    }

    private static <T> Field<T> origin(Field<T> column) {
        return field(name("o", column.getName()), column.getDataType());
    }
}
