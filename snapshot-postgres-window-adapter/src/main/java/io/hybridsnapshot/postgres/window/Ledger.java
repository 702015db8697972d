package io.hybridsnapshot.postgres.window;

import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.BaseSnapshot;
import io.hybridsnapshot.domain.window.SealedChanges;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.jdbc.connection.UtcTimestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/** The tables {@code snapshot_ledger} and {@code snapshot_writer} of a schema. Immutable. */
final class Ledger {
    static final Field<String> DATASET = field(name("dataset"), SQLDataType.VARCHAR);
    static final Field<UUID> BATCH_ID = field(name("batch_id"), SQLDataType.UUID);
    static final Field<String> PARTITION = field(name("partition"), SQLDataType.VARCHAR);
    static final Field<Instant> DATE = field(name("date"), UtcTimestamps.TYPE);
    static final Field<Long> ROW_COUNT = field(name("row_count"), SQLDataType.BIGINT);
    static final Field<String> STATE = field(name("state"), SQLDataType.VARCHAR);
    static final Field<String> HASH_SPEC_ID = field(name("hash_spec_id"), SQLDataType.VARCHAR);
    static final Field<String> FINGERPRINT = field(name("fingerprint"), SQLDataType.VARCHAR);
    static final Field<Long> ARCHIVE_ID = field(name("archive_id"), SQLDataType.BIGINT);
    static final Field<String[]> COLUMN_NAMES = field(name("column_names"), SQLDataType.CLOB.array());
    static final Field<String[]> COLUMN_TYPES = field(name("column_types"), SQLDataType.CLOB.array());
    static final Field<String[]> CARRIED_COLUMNS = field(name("carried_columns"), SQLDataType.CLOB.array());
    static final Field<Instant> STARTED_AT = field(name("started_at"), UtcTimestamps.TYPE);
    static final Field<Instant> SEALED_AT = field(name("sealed_at"), UtcTimestamps.TYPE);
    static final Field<Instant> PUBLISHED_AT = field(name("published_at"), UtcTimestamps.TYPE);
    static final Field<Integer> ATTEMPT = field(name("attempt"), SQLDataType.INTEGER);
    static final Field<String> ARCHIVE_AWAITED = field(name("archive_awaited"), SQLDataType.CLOB);

    static final Field<Long> NUMBER = field(name("number"), SQLDataType.BIGINT);
    static final Field<String> STATE_TOKEN = field(name("state_token"), SQLDataType.CLOB);
    static final Field<String> ROW_VERSIONS = field(name("row_versions"), SQLDataType.CLOB);
    static final Field<UUID> BASE_BATCH = field(name("base_batch"), SQLDataType.UUID);
    static final Field<String> BASE_TOKEN = field(name("base_token"), SQLDataType.CLOB);
    static final Field<Long> ROWS_NEW = field(name("rows_new"), SQLDataType.BIGINT);
    static final Field<Long> ROWS_CHANGED = field(name("rows_changed"), SQLDataType.BIGINT);
    static final Field<Long> ROWS_DELETED = field(name("rows_deleted"), SQLDataType.BIGINT);
    static final Field<Integer> LAYOUT = field(name("layout"), SQLDataType.INTEGER);

    /** The layout that this program writes; the ledger refuses entries of another one. */
    static final int PRESENT_LAYOUT = 2;

    static final Field<Long> FENCE = field(name("fence"), SQLDataType.BIGINT);
    static final Field<String> HOLDER = field(name("holder"), SQLDataType.CLOB);
    static final Field<Instant> SINCE = field(name("since"), UtcTimestamps.TYPE);

    /** The server's clock, so that the times of all writers are of one clock. */
    static final Field<Instant> NOW = field("(clock_timestamp() at time zone 'UTC')", UtcTimestamps.TYPE);

    private static final List<Field<?>> ALL = List.of(
            DATASET,
            BATCH_ID,
            PARTITION,
            DATE,
            ROW_COUNT,
            STATE,
            HASH_SPEC_ID,
            FINGERPRINT,
            ARCHIVE_ID,
            COLUMN_NAMES,
            COLUMN_TYPES,
            STARTED_AT,
            PUBLISHED_AT,
            ATTEMPT,
            ARCHIVE_AWAITED,
            NUMBER);

    /**
     * An entry with its number in the partition.
     *
     * @param number null before the snapshot is published, and for a previous snapshot that layout 1 retired
     */
    record Entry(WindowSnapshot snapshot, @Nullable Long number) {
        SnapshotId id() {
            return snapshot.id().orElseThrow();
        }
    }

    /**
     * The current snapshot as it was published.
     *
     * @param token the state of its rows then; null if it is unknown
     * @param versions the versions of its rows then; null if they are unknown
     */
    record Published(
            Entry entry, @Nullable String token, @Nullable String versions, List<String> carriedColumns) {}

    private final Table<Record> snapshots;
    private final Table<Record> writers;

    Ledger(String schema) {
        this.snapshots = table(name(schema, "snapshot_ledger"));
        this.writers = table(name(schema, "snapshot_writer"));
    }

    Table<Record> snapshots() {
        return snapshots;
    }

    Table<Record> writers() {
        return writers;
    }

    /** Of this dataset, in these states. */
    static Condition of(String dataset, SnapshotState... states) {
        List<String> names = new ArrayList<>();
        for (SnapshotState state : states) {
            names.add(state.name());
        }
        return DATASET.eq(dataset).and(STATE.in(names));
    }

    /** Of one partition or of all, in these states. */
    static Condition of(String dataset, Optional<Partition> partition, SnapshotState... states) {
        return partition.map(only -> of(dataset, only, states)).orElseGet(() -> of(dataset, states));
    }

    /** Of this partition, in these states. */
    static Condition of(String dataset, Partition partition, SnapshotState... states) {
        return of(dataset, states).and(PARTITION.eq(partition.name()));
    }

    Optional<WindowSnapshot> find(DSLContext dsl, String dataset, SnapshotId id) {
        return dsl.select(ALL)
                .from(snapshots)
                .where(DATASET.eq(dataset), BATCH_ID.eq(id.value()))
                .fetchOptional()
                .map(Ledger::snapshot);
    }

    /**
     * The columns with texts carried by the window when the snapshot became current. Empty if an older program
     * published the snapshot.
     */
    List<String> carriedColumns(DSLContext dsl, String dataset, SnapshotId id) {
        return dsl.select(CARRIED_COLUMNS)
                .from(snapshots)
                .where(DATASET.eq(dataset), BATCH_ID.eq(id.value()))
                .fetchOptional(CARRIED_COLUMNS)
                .map(List::of)
                .orElse(List.of());
    }

    /** The same entry, locked against changes by others until this transaction ends. */
    Optional<WindowSnapshot> findForUpdate(DSLContext dsl, String dataset, SnapshotId id) {
        return dsl.select(ALL)
                .from(snapshots)
                .where(DATASET.eq(dataset), BATCH_ID.eq(id.value()))
                .forUpdate()
                .fetchOptional()
                .map(Ledger::snapshot);
    }

    /** Newest first. Of two snapshots of one date, the one published later comes first. */
    List<WindowSnapshot> list(DSLContext dsl, Condition condition) {
        return entries(dsl, condition).stream().map(Entry::snapshot).toList();
    }

    /** The same with the numbers. */
    List<Entry> entries(DSLContext dsl, Condition condition) {
        return dsl.select(ALL)
                .from(snapshots)
                .where(condition)
                .orderBy(DATE.desc(), PUBLISHED_AT.desc().nullsFirst(), STARTED_AT.desc(), BATCH_ID)
                .fetch(Ledger::entry);
    }

    Optional<Entry> entry(DSLContext dsl, String dataset, SnapshotId id) {
        return entries(dsl, DATASET.eq(dataset).and(BATCH_ID.eq(id.value()))).stream()
                .findFirst();
    }

    /** The changes of a sealed snapshot; empty if all of its rows were staged. */
    Optional<SealedChanges> changes(DSLContext dsl, String dataset, SnapshotId id) {
        return dsl.select(BASE_BATCH, BASE_TOKEN, ROWS_NEW, ROWS_CHANGED, ROWS_DELETED)
                .from(snapshots)
                .where(DATASET.eq(dataset), BATCH_ID.eq(id.value()), BASE_BATCH.isNotNull())
                .fetchOptional()
                .map(row -> new SealedChanges(
                        new BaseSnapshot(new SnapshotId(row.value1()), row.value2()),
                        row.value3(),
                        row.value4(),
                        row.value5()));
    }

    /** The ledger's current snapshot of a partition. */
    Optional<Published> published(DSLContext dsl, String dataset, Partition partition) {
        List<Field<?>> columns = new ArrayList<>(ALL);
        columns.addAll(List.of(STATE_TOKEN, ROW_VERSIONS, CARRIED_COLUMNS));
        return dsl.select(columns)
                .from(snapshots)
                .where(of(dataset, partition, SnapshotState.CURRENT))
                .fetchOptional()
                .map(row -> new Published(
                        entry(row),
                        row.get(STATE_TOKEN),
                        row.get(ROW_VERSIONS),
                        row.get(CARRIED_COLUMNS) == null ? List.of() : List.of(row.get(CARRIED_COLUMNS))));
    }

    /** The number of the partition's next publish. */
    long nextNumber(DSLContext dsl, String dataset, Partition partition) {
        return dsl.select(coalesce(max(NUMBER), inline(0L)).plus(1))
                .from(snapshots)
                .where(DATASET.eq(dataset), PARTITION.eq(partition.name()))
                .fetchSingle()
                .value1();
    }

    /** The number of the partition's newest previous snapshot; empty if none has a number. */
    Optional<Long> newestPrevious(DSLContext dsl, String dataset, Partition partition) {
        return dsl.select(max(NUMBER))
                .from(snapshots)
                .where(of(dataset, partition, SnapshotState.PREVIOUS))
                .fetchOptional(0, Long.class);
    }

    /** The snapshots that saves have begun, in one partition or in all, by partition and then oldest first. */
    List<WindowSnapshot> unfinished(DSLContext dsl, String dataset, Optional<Partition> partition) {
        Condition begun = of(dataset, SnapshotState.STAGING, SnapshotState.STAGED);
        List<WindowSnapshot> found = new ArrayList<>(list(
                dsl, partition.map(one -> begun.and(PARTITION.eq(one.name()))).orElse(begun)));
        found.sort(Comparator.comparing(
                        (WindowSnapshot snapshot) -> snapshot.partition().name())
                .thenComparing(snapshot -> snapshot.startedAt().orElse(snapshot.date())));
        return List.copyOf(found);
    }

    /** The attempts that may have left an orphaned archive, of one partition or of all. */
    List<WindowSnapshot> undone(DSLContext dsl, String dataset, Optional<Partition> partition) {
        Condition wanted = DATASET.eq(dataset)
                .and(STATE.eq(SnapshotState.UNDONE.name())
                        .and(FINGERPRINT.isNotNull())
                        .or(ATTEMPT.gt(1)));
        return list(
                dsl, partition.map(one -> wanted.and(PARTITION.eq(one.name()))).orElse(wanted));
    }

    /** The datasets with an entry. The order is Java's, not that of the server's collation. */
    List<String> datasets(DSLContext dsl) {
        return dsl.selectDistinct(DATASET).from(snapshots).fetch(DATASET).stream()
                .sorted()
                .toList();
    }

    /**
     * Takes snapshots out of the window; their rows are gone. The ledger entries stay, so that a batch id is never
     * given to another snapshot. The column lists, which make up most of an entry, are removed.
     */
    void end(DSLContext dsl, Condition entries, SnapshotState state) {
        dsl.update(snapshots)
                .set(STATE, state.name())
                .setNull(COLUMN_NAMES)
                .setNull(COLUMN_TYPES)
                .where(entries)
                .execute();
    }

    /** Whether an entry describes a foreign snapshot. A foreign snapshot has a batch id while it is a previous one. */
    static Condition isForeign() {
        return HASH_SPEC_ID.isNull().and(STARTED_AT.isNull());
    }

    private static Entry entry(Record row) {
        return new Entry(snapshot(row), row.get(NUMBER));
    }

    private static WindowSnapshot snapshot(Record row) {
        return WindowSnapshot.builder(
                        row.get(DATASET),
                        new Partition(row.get(PARTITION)),
                        row.get(DATE),
                        SnapshotState.valueOf(row.get(STATE)))
                .id(Optional.of(new SnapshotId(row.get(BATCH_ID))))
                .rowCount(row.get(ROW_COUNT))
                .hashSpecId(Optional.ofNullable(row.get(HASH_SPEC_ID)))
                .fingerprint(Optional.ofNullable(row.get(FINGERPRINT)).map(Fingerprint::new))
                .archiveId(Optional.ofNullable(row.get(ARCHIVE_ID)).map(ArchiveId::new))
                .schema(schema(row.get(COLUMN_NAMES), row.get(COLUMN_TYPES)))
                .startedAt(Optional.ofNullable(row.get(STARTED_AT)))
                .publishedAt(Optional.ofNullable(row.get(PUBLISHED_AT)))
                .attempt(row.get(ATTEMPT))
                .archiveAwaited(Optional.ofNullable(row.get(ARCHIVE_AWAITED)))
                .build();
    }

    private static Optional<Schema> schema(String[] names, String[] types) {
        if (names == null) {
            return Optional.empty();
        }
        List<Column> columns = new ArrayList<>(names.length);
        for (int i = 0; i < names.length; i++) {
            columns.add(new Column(names[i], ColumnType.parse(types[i])));
        }
        return Optional.of(Schema.of(columns));
    }
}
