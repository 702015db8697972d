package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.BATCH_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.window.WindowTables.FIRST_NUMBER;
import static io.hybridsnapshot.postgres.window.WindowTables.LAST_NUMBER;
import static io.hybridsnapshot.postgres.window.WindowTables.PARQUET_ARCHIVE_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORDS_COUNT;
import static io.hybridsnapshot.postgres.window.WindowTables.SNAPSHOT_DATE;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.trueCondition;

import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.RowStamps;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Select;
import org.jooq.SelectField;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/**
 * For each visible entry of the ledger, counts its rows and the rows with stamps that differ from the ledger. A row has
 * the stamps of its origin, the snapshot with which its version appeared. Snapshots share rows, and a row's stamps
 * count for one of them: those of a current row for the current snapshot, those of a former version for the newest
 * previous snapshot that has it. The server counts. Used once, in a transaction that sees one moment; one thread.
 */
final class StampedRows {
    private static final Field<UUID> ORIGIN = field(name("origin"), UUID.class);
    private static final Field<Integer> ROWS = field(name("own"), Integer.class);
    private static final Field<Integer> STRANGERS = field(name("strangers"), Integer.class);
    private static final Field<Integer> OTHER_DATES = field(name("other_dates"), Integer.class);
    private static final Field<Integer> OTHER_COUNTS = field(name("other_counts"), Integer.class);
    private static final Field<Integer> OTHER_ARCHIVES = field(name("other_archives"), Integer.class);

    private final PostgresSession session;
    private final Ledger ledger;
    private final WindowTables tables;
    private final Condition isInPartition;
    private final Map<UUID, Tally> tallies = new HashMap<>();
    private Map<UUID, ArchiveId> archives = Map.of();

    /** What was counted for one snapshot. */
    private static final class Tally {
        private long rows;
        private long strangers;
        private long otherDates;
        private long otherCounts;
        private final Map<UUID, Long> otherArchives = new HashMap<>();

        /** Adds rows of one origin; null for rows with the batch id of no snapshot. */
        void add(@Nullable UUID origin, Record row) {
            otherDates += row.get(OTHER_DATES);
            otherCounts += row.get(OTHER_COUNTS);
            if (origin != null && row.get(ROWS) > 0) {
                otherArchives.merge(origin, (long) row.get(OTHER_ARCHIVES), Long::sum);
            }
        }
    }

    private StampedRows(PostgresSession session, Ledger ledger, WindowTables tables, Optional<Partition> partition) {
        this.session = session;
        this.ledger = ledger;
        this.tables = tables;
        this.isInPartition =
                partition.map(only -> row(CUSTOMER_FILTER).eq(only.name())).orElse(noCondition());
    }

    static List<RowStamps> stamps(
            PostgresSession session, Ledger ledger, WindowTables tables, Optional<Partition> partition) {
        String dataset = tables.dataset().name();
        List<Ledger.Entry> current =
                ledger.entries(session.dsl(), Ledger.of(dataset, partition, SnapshotState.CURRENT));
        List<Ledger.Entry> previous =
                ledger.entries(session.dsl(), Ledger.of(dataset, partition, SnapshotState.PREVIOUS));
        StampedRows rows = new StampedRows(session, ledger, tables, partition);
        rows.countCurrent(Ledger.of(dataset, partition, SnapshotState.CURRENT));
        boolean copied = previous.stream().anyMatch(entry -> entry.number() == null);
        if (copied) {
            rows.countCopies(
                    Ledger.of(dataset, partition, SnapshotState.PREVIOUS).and(Ledger.NUMBER.isNull()));
        }
        if (!previous.isEmpty()) {
            rows.countPrevious(previous, RowCounts.of(session, tables, partition, true));
            rows.countFormer(previous);
        }
        rows.readArchives(copied);
        List<Ledger.Entry> entries = new ArrayList<>(current);
        entries.addAll(previous);
        return entries.stream().map(rows::stamps).toList();
    }

    private RowStamps stamps(Ledger.Entry entry) {
        UUID batch = entry.id().value();
        Tally tally = tally(batch);
        List<RowStamps.Earlier> earlier = tally.otherArchives.entrySet().stream()
                .filter(origin -> !origin.getKey().equals(batch))
                .sorted(Map.Entry.comparingByKey())
                .map(origin -> new RowStamps.Earlier(
                        new SnapshotId(origin.getKey()), origin.getValue(), archiveOf(origin.getKey())))
                .toList();
        return new RowStamps(
                entry.snapshot(),
                tally.rows,
                tally.strangers,
                tally.otherDates,
                tally.otherCounts,
                tally.otherArchives.getOrDefault(batch, 0L),
                archiveOf(batch),
                earlier);
    }

    private Tally tally(UUID batch) {
        return tallies.computeIfAbsent(batch, id -> new Tally());
    }

    private Optional<ArchiveId> archiveOf(UUID batch) {
        return Optional.ofNullable(archives.get(batch));
    }

    /** Counts the current rows for the current snapshots. */
    private void countCurrent(Condition entries) {
        Condition isTheirs =
                row(FIRST_NUMBER).le(entry(Ledger.NUMBER)).and(row(BATCH_ID).isNotNull());
        countRows(entries, tables.current(), noCondition(), isTheirs);
    }

    /** Counts the whole copies of snapshots without a number, which share no row. */
    private void countCopies(Condition entries) {
        countRows(entries, tables.whole(), row(BATCH_ID).eq(entry(Ledger.BATCH_ID)), trueCondition());
    }

    private void countRows(Condition inScope, Table<Record> table, Condition isJoined, Condition isTheirs) {
        Table<Record> entries =
                session.dsl().select().from(ledger.snapshots()).where(inScope).asTable("l");
        Condition isThere = row(CUSTOMER_FILTER).isNotNull();
        List<SelectField<?>> counts = new ArrayList<>(
                List.of(entry(Ledger.BATCH_ID), origin(Ledger.BATCH_ID).as(ORIGIN)));
        counts.add(count().filterWhere(
                        isThere, coalesce(field(isTheirs), inline(false)).isFalse())
                .as(STRANGERS));
        counts.addAll(tallied(isThere.and(isTheirs)));
        session.dsl()
                .select(counts)
                .from(entries)
                .leftJoin(table.as("r"))
                .on(row(CUSTOMER_FILTER).eq(entry(Ledger.PARTITION)), isJoined)
                .leftJoin(ledger.snapshots().as("o"))
                .on(isOrigin())
                .groupBy(entry(Ledger.BATCH_ID), origin(Ledger.BATCH_ID))
                .forEach(row -> {
                    Tally tally = tally(row.get(entry(Ledger.BATCH_ID)));
                    tally.rows += row.get(ROWS);
                    tally.strangers += row.get(STRANGERS);
                    tally.add(row.get(ORIGIN), row);
                });
    }

    private void countPrevious(List<Ledger.Entry> previous, Map<String, RowCounts> counts) {
        for (Ledger.Entry entry : previous) {
            RowCounts rows = counts.get(entry.snapshot().partition().name());
            if (entry.number() != null && rows != null) {
                tally(entry.id().value()).rows = rows.of(entry.number());
            }
        }
    }

    /** Counts each former version for the newest snapshot that has it. */
    private void countFormer(List<Ledger.Entry> previous) {
        List<SelectField<?>> counts = new ArrayList<>(List.of(
                row(CUSTOMER_FILTER),
                row(FIRST_NUMBER),
                row(LAST_NUMBER),
                origin(Ledger.BATCH_ID).as(ORIGIN)));
        counts.addAll(tallied(trueCondition()));
        session.dsl()
                .select(counts)
                .from(tables.version().as("r"))
                .leftJoin(ledger.snapshots().as("o"))
                .on(isOrigin())
                .where(isInPartition)
                .groupBy(row(CUSTOMER_FILTER), row(FIRST_NUMBER), row(LAST_NUMBER), origin(Ledger.BATCH_ID))
                .forEach(row -> previous.stream()
                        .filter(entry -> entry.snapshot().partition().name().equals(row.get(row(CUSTOMER_FILTER))))
                        .filter(entry -> entry.number() != null
                                && row.get(row(FIRST_NUMBER)) <= entry.number()
                                && entry.number() < row.get(row(LAST_NUMBER)))
                        .max(Comparator.comparing(Ledger.Entry::number))
                        .ifPresent(newest -> tally(newest.id().value()).add(row.get(ORIGIN), row)));
    }

    private static List<Field<?>> tallied(Condition isCounted) {
        return List.of(
                count().filterWhere(isCounted).as(ROWS),
                count().filterWhere(isCounted, row(SNAPSHOT_DATE).isDistinctFrom(origin(Ledger.DATE)))
                        .as(OTHER_DATES),
                count().filterWhere(isCounted, row(RECORDS_COUNT).isDistinctFrom(origin(Ledger.ROW_COUNT)))
                        .as(OTHER_COUNTS),
                count().filterWhere(isCounted, row(PARQUET_ARCHIVE_ID).isDistinctFrom(origin(Ledger.ARCHIVE_ID)))
                        .as(OTHER_ARCHIVES));
    }

    /** Reads the archives that all rows of one origin refer to. */
    private void readArchives(boolean withCopies) {
        Select<Record> rows = stamps(tables.current()).unionAll(stamps(tables.version()));
        if (withCopies) {
            rows = rows.unionAll(stamps(tables.whole()));
        }
        Field<Integer> referring = count(row(PARQUET_ARCHIVE_ID));
        Map<UUID, ArchiveId> found = new HashMap<>();
        session.dsl()
                .select(origin(Ledger.BATCH_ID), min(row(PARQUET_ARCHIVE_ID)))
                .from(rows.asTable("r"))
                .join(ledger.snapshots().as("o"))
                .on(isOrigin())
                .where(isInPartition)
                .groupBy(origin(Ledger.BATCH_ID))
                .having(referring.eq(count()), min(row(PARQUET_ARCHIVE_ID)).eq(max(row(PARQUET_ARCHIVE_ID))))
                .forEach(row -> found.put(row.value1(), new ArchiveId(row.value2())));
        archives = found;
    }

    private static Select<Record> stamps(Table<Record> table) {
        return select(List.of(CUSTOMER_FILTER, BATCH_ID, PARQUET_ARCHIVE_ID)).from(table);
    }

    private Condition isOrigin() {
        return origin(Ledger.DATASET)
                .eq(tables.dataset().name())
                .and(origin(Ledger.BATCH_ID).eq(row(BATCH_ID)))
                .and(origin(Ledger.PARTITION).eq(row(CUSTOMER_FILTER)));
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
