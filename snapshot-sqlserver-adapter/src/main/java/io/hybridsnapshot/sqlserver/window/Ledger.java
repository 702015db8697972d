package io.hybridsnapshot.sqlserver.window;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.query;
import static org.jooq.impl.DSL.resultQuery;
import static org.jooq.impl.DSL.val;

import io.hybridsnapshot.domain.delta.DeltaSummary;
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
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.jdbc.connection.UtcTimestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Param;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.Record2;
import org.jooq.ResultQuery;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/**
 * The statements on {@code SNAPSHOT_LEDGER} and {@code SNAPSHOT_WRITER} of a schema, as T-SQL templates. The class runs
 * no statement itself. Immutable.
 */
final class Ledger {
    static final String LEDGER_TABLE = "SNAPSHOT_LEDGER";
    static final String WRITER_TABLE = "SNAPSHOT_WRITER";

    private static final int MAX_PLACE_CHARACTERS = 1_000;

    /**
     * Reads committed data, even if the database reads versions, and keeps it unchanged until the transaction ends.
     * Used with all columns of a unique key, so that no neighbour of the row is locked.
     */
    private static final String FOR_UPDATE = "with (updlock, holdlock, rowlock)";

    private static final String WITHOUT_COLUMNS = "column_names = null, column_types = null, carried_columns = null";

    private static final String COLUMNS = "dataset, batch_id, customer_filter, snapshot_date, records_count, state,"
            + " hash_spec_id, fingerprint, parquet_archive_id, column_names, column_types, started_at,"
            + " published_at, attempt, archive_awaited, number";

    /**
     * The columns of {@link #find}, {@link #findForUpdate} and {@link #list}. Plain SQL alone would read times in the
     * JVM's zone.
     */
    private static final List<Field<?>> FIELDS = List.of(
            field(name("dataset"), SQLDataType.VARCHAR),
            field(name("batch_id"), SQLDataType.UUID),
            field(name("customer_filter"), SQLDataType.VARCHAR),
            field(name("snapshot_date"), UtcTimestamps.TYPE),
            field(name("records_count"), SQLDataType.BIGINT),
            field(name("state"), SQLDataType.VARCHAR),
            field(name("hash_spec_id"), SQLDataType.VARCHAR),
            field(name("fingerprint"), SQLDataType.VARCHAR),
            field(name("parquet_archive_id"), SQLDataType.BIGINT),
            field(name("column_names"), SQLDataType.VARCHAR),
            field(name("column_types"), SQLDataType.VARCHAR),
            field(name("started_at"), UtcTimestamps.TYPE),
            field(name("published_at"), UtcTimestamps.TYPE),
            field(name("attempt"), SQLDataType.INTEGER),
            field(name("archive_awaited"), SQLDataType.VARCHAR),
            field(name("number"), SQLDataType.BIGINT));

    /** The layout that this program writes; the ledger refuses entries of another one. */
    private static final int LAYOUT = 2;

    /**
     * An entry with its number in the partition.
     *
     * @param number null before the snapshot is published
     */
    record Entry(WindowSnapshot snapshot, @Nullable Long number) {
        SnapshotId id() {
            return snapshot.id().orElseThrow();
        }

        /** The number of a snapshot that is or was in the window. */
        long published() {
            return Objects.requireNonNull(number, "number");
        }
    }

    /**
     * The current snapshot as it was published.
     *
     * @param token the state of its rows then; null if it is unknown
     */
    record Published(Entry entry, @Nullable String token, List<String> carriedColumns) {}

    private final Name snapshots;
    private final Name writers;

    Ledger(String schema) {
        this.snapshots = name(schema, LEDGER_TABLE);
        this.writers = name(schema, WRITER_TABLE);
    }

    Name snapshots() {
        return snapshots;
    }

    // The owner of the tables, and their writers

    /** A row if the dataset owns its tables. */
    ResultQuery<Record> ownerOf(String dataset) {
        return resultQuery(
                "select dataset from {0} where dataset = {1} and customer_filter = N''", writers, val(dataset));
    }

    /** The dataset that owns the tables and has a name that differs only in case, if there is one. */
    ResultQuery<Record> ownerBeside(String dataset) {
        return resultQuery(
                "select dataset from {0} where lower(dataset) = lower({1}) and dataset <> {1} and"
                        + " customer_filter = N''",
                writers, val(dataset));
    }

    /** Datasets that have written anything and have names that differ only in case. */
    ResultQuery<Record> namesakesOf(String dataset) {
        return resultQuery(
                "select dataset from {0} where lower(dataset) = lower({2}) and dataset <> {2}"
                        + " union select dataset from {1} where lower(dataset) = lower({2}) and dataset <> {2}",
                writers, snapshots, val(dataset));
    }

    Query insertOwner(String dataset, String holder) {
        return query(
                "insert into {0} (dataset, customer_filter, fence, holder, since)"
                        + " values ({1}, N'', 0, {2}, sysutcdatetime())",
                writers, val(dataset), val(holder));
    }

    /** Counts the writer. The result is the new fence, or no row if the partition has no fence yet. */
    ResultQuery<Record> takeFence(String dataset, Partition partition, String holder) {
        return resultQuery(
                "update {0} set fence = fence + 1, holder = {3}, since = sysutcdatetime() output inserted.fence"
                        + " where dataset = {1} and customer_filter = {2}",
                writers, val(dataset), val(partition.name()), val(holder));
    }

    ResultQuery<Record> insertFence(String dataset, Partition partition, String holder) {
        return resultQuery(
                "insert into {0} (dataset, customer_filter, fence, holder, since) output inserted.fence"
                        + " values ({1}, {2}, 1, {3}, sysutcdatetime())",
                writers, val(dataset), val(partition.name()), val(holder));
    }

    ResultQuery<Record2<String, Instant>> holder(String dataset, Partition partition) {
        return resultQuery(
                        "select holder, since from {0} where dataset = {1} and customer_filter = {2}",
                        writers, val(dataset), val(partition.name()))
                .coerce(field(name("holder"), SQLDataType.VARCHAR), field(name("since"), UtcTimestamps.TYPE));
    }

    /** The partition's fence; no other writer takes it before this transaction ends. */
    ResultQuery<Record> fenceForUpdate(String dataset, Partition partition) {
        return resultQuery(
                "select fence from {0} " + FOR_UPDATE + " where dataset = {1} and customer_filter = {2}",
                writers,
                val(dataset),
                val(partition.name()));
    }

    // The snapshots

    ResultQuery<Record> find(String dataset, SnapshotId id) {
        return resultQuery(
                        "select " + COLUMNS + " from {0} where dataset = {1} and batch_id = {2}",
                        snapshots,
                        val(dataset),
                        val(id.value()))
                .coerce(FIELDS);
    }

    ResultQuery<Record> findForUpdate(String dataset, SnapshotId id) {
        return resultQuery(
                        "select " + COLUMNS + " from {0} " + FOR_UPDATE + " where dataset = {1} and batch_id = {2}",
                        snapshots,
                        val(dataset),
                        val(id.value()))
                .coerce(FIELDS);
    }

    /**
     * The snapshots in some states, of one partition or of all, newest first. Of two snapshots of one date, the one
     * published later comes first. States stand in the text: the column is no Unicode text, as a bound one is.
     */
    ResultQuery<Record> list(String dataset, Optional<Partition> partition, SnapshotState... states) {
        // Two statements: one for all partitions would read those of others too.
        String wanted = partition.isPresent() ? " and customer_filter = {2}" : "";
        return resultQuery(
                        "select " + COLUMNS + " from {0} where dataset = {1} and state in ("
                                + Stream.of(states)
                                        .map(state -> "'" + state.name() + "'")
                                        .collect(Collectors.joining(", "))
                                + ")" + wanted
                                + " order by snapshot_date desc, case when published_at is null then 0 else 1 end,"
                                + " published_at desc, started_at desc, batch_id",
                        snapshots,
                        val(dataset),
                        val(partition.map(Partition::name).orElse("")))
                .coerce(FIELDS);
    }

    List<Entry> entries(DSLContext dsl, String dataset, Optional<Partition> partition, SnapshotState... states) {
        return dsl.fetch(list(dataset, partition, states)).map(Ledger::entry);
    }

    Optional<Entry> entry(DSLContext dsl, String dataset, SnapshotId id) {
        return dsl.fetchOptional(find(dataset, id)).map(Ledger::entry);
    }

    /** The base and the counts of a snapshot; a row of NULLs if all of its rows were staged. */
    ResultQuery<Record> changes(String dataset, SnapshotId id) {
        return resultQuery(
                        "select base_batch, base_token, rows_new, rows_changed, rows_deleted from {0}"
                                + " where dataset = {1} and batch_id = {2}",
                        snapshots, val(dataset), val(id.value()))
                .coerce(List.of(
                        field(name("base_batch"), SQLDataType.UUID),
                        field(name("base_token"), SQLDataType.VARCHAR),
                        field(name("rows_new"), SQLDataType.BIGINT),
                        field(name("rows_changed"), SQLDataType.BIGINT),
                        field(name("rows_deleted"), SQLDataType.BIGINT)));
    }

    Optional<SealedChanges> changes(DSLContext dsl, String dataset, SnapshotId id) {
        return dsl.fetchOptional(changes(dataset, id))
                .filter(row -> row.get(0) != null)
                .map(row -> new SealedChanges(
                        new BaseSnapshot(
                                new SnapshotId(row.get("base_batch", UUID.class)), row.get("base_token", String.class)),
                        row.get("rows_new", Long.class),
                        row.get("rows_changed", Long.class),
                        row.get("rows_deleted", Long.class)));
    }

    /** The ledger's current snapshot of a partition, with the state of its rows. */
    ResultQuery<Record> published(String dataset, Partition partition) {
        List<Field<?>> fields = new ArrayList<>(FIELDS);
        fields.add(field(name("state_token"), SQLDataType.VARCHAR));
        fields.add(field(name("carried_columns"), SQLDataType.VARCHAR));
        return resultQuery(
                        "select " + COLUMNS + ", state_token, carried_columns from {0} where dataset = {1} and"
                                + " customer_filter = {2} and state = 'CURRENT'",
                        snapshots,
                        val(dataset),
                        val(partition.name()))
                .coerce(fields);
    }

    Optional<Published> published(DSLContext dsl, String dataset, Partition partition) {
        return dsl.fetchOptional(published(dataset, partition))
                .map(row -> new Published(
                        entry(row),
                        row.get("state_token", String.class),
                        Optional.ofNullable(row.get("carried_columns", String.class))
                                .map(Ledger::unlined)
                                .orElse(List.of())));
    }

    /** The number of the partition's next publish. */
    ResultQuery<Record> nextNumber(String dataset, Partition partition) {
        return resultQuery(
                "select coalesce(max(number), 0) + 1 from {0} where dataset = {1} and customer_filter = {2}",
                snapshots, val(dataset), val(partition.name()));
    }

    /** The number of the partition's newest previous snapshot; NULL if there is none. */
    ResultQuery<Record> newestPrevious(String dataset, Partition partition) {
        return resultQuery(
                "select max(number) from {0} where dataset = {1} and customer_filter = {2} and state = 'PREVIOUS'",
                snapshots, val(dataset), val(partition.name()));
    }

    /** The least number of the partition's visible snapshots; NULL if there are none. */
    ResultQuery<Record> oldestVisible(String dataset, Partition partition) {
        return resultQuery(
                "select min(number) from {0} where dataset = {1} and customer_filter = {2}"
                        + " and state in ('CURRENT', 'PREVIOUS')",
                snapshots, val(dataset), val(partition.name()));
    }

    /** The snapshots that saves have begun, in one partition or in all, by partition and then oldest first. */
    List<WindowSnapshot> unfinished(DSLContext dsl, String dataset, Optional<Partition> partition) {
        List<WindowSnapshot> found =
                new ArrayList<>(dsl.fetch(list(dataset, partition, SnapshotState.STAGING, SnapshotState.STAGED))
                        .map(Ledger::snapshot));
        found.sort(Comparator.comparing(
                        (WindowSnapshot snapshot) -> snapshot.partition().name())
                .thenComparing(snapshot -> snapshot.startedAt().orElse(snapshot.date())));
        return List.copyOf(found);
    }

    /** Removes the entry of an undone attempt. The result is that attempt, or no row if the entry does not exist. */
    ResultQuery<Record> replaceUndone(String dataset, Partition partition, SnapshotId id) {
        return resultQuery(
                "delete from {0} output deleted.attempt"
                        + " where dataset = {1} and customer_filter = {2} and batch_id = {3} and state = 'UNDONE'",
                snapshots, val(dataset), val(partition.name()), val(id.value()));
    }

    Query begin(String dataset, Partition partition, StagingRequest request, int attempt) {
        return query(
                "insert into {0} (dataset, batch_id, customer_filter, snapshot_date, records_count, state,"
                        + " hash_spec_id, column_names, column_types, attempt, started_at, layout)"
                        + " values ({1}, {2}, {3}, {4}, 0, 'STAGING', {5}, {6}, {7}, {8}, sysutcdatetime(), " + LAYOUT
                        + ")",
                snapshots,
                val(dataset),
                val(request.id().value()),
                val(partition.name()),
                moment(request.date()),
                val(request.hashSpecId()),
                val(lines(request.schema().columns().stream().map(Column::name).toList())),
                val(lines(request.schema().columns().stream()
                        .map(column -> column.type().toString())
                        .toList())),
                val(attempt));
    }

    Query seal(String dataset, SnapshotId id, long rowCount, Fingerprint fingerprint) {
        return query(
                "update {0} set state = 'STAGED', records_count = {3}, fingerprint = {4}, sealed_at = sysutcdatetime()"
                        + " where dataset = {1} and batch_id = {2}",
                snapshots, val(dataset), val(id.value()), val(rowCount), val(fingerprint.hex()));
    }

    /** Seals a snapshot that was staged as its changes. */
    Query sealChanges(String dataset, SnapshotId id, BaseSnapshot base, DeltaSummary counts, Fingerprint fingerprint) {
        return query(
                "update {0} set state = 'STAGED', records_count = {3}, fingerprint = {4}, sealed_at = sysutcdatetime(),"
                        + " base_batch = {5}, base_token = {6}, rows_new = {7}, rows_changed = {8},"
                        + " rows_deleted = {9} where dataset = {1} and batch_id = {2}",
                snapshots,
                val(dataset),
                val(id.value()),
                val(counts.after()),
                val(fingerprint.hex()),
                val(base.snapshot().value()),
                val(base.token()),
                val(counts.added()),
                val(counts.changed()),
                val(counts.deleted()));
    }

    /** Makes a sealed snapshot one that is being staged again. */
    Query restage(String dataset, SnapshotId id) {
        return query(
                "update {0} set state = 'STAGING', records_count = 0, sealed_at = null, base_batch = null,"
                        + " base_token = null, rows_new = null, rows_changed = null, rows_deleted = null"
                        + " where dataset = {1} and batch_id = {2}",
                snapshots, val(dataset), val(id.value()));
    }

    Query awaitArchive(String dataset, SnapshotId id, String where) {
        return query(
                "update {0} set archive_awaited = {3} where dataset = {1} and batch_id = {2}",
                snapshots,
                val(dataset),
                val(id.value()),
                val(where.substring(0, Math.min(where.length(), MAX_PLACE_CHARACTERS))));
    }

    /**
     * @param token the state of the rows that are now current
     */
    Query publish(
            String dataset,
            SnapshotId id,
            Optional<ArchiveId> archive,
            List<String> carried,
            long number,
            String token) {
        return query(
                "update {0} set state = 'CURRENT', parquet_archive_id = {3}, carried_columns = {4}, number = {5},"
                        + " state_token = {6}, published_at = sysutcdatetime() where dataset = {1} and batch_id = {2}",
                snapshots,
                val(dataset),
                val(id.value()),
                val(archive.map(ArchiveId::value).orElse(null), Long.class),
                val(lines(carried)),
                val(number),
                val(token));
    }

    /** The carried columns of a published snapshot, as {@link #publish} wrote them. */
    ResultQuery<Record> carriedColumns(String dataset, SnapshotId id) {
        return resultQuery(
                "select carried_columns from {0} where dataset = {1} and batch_id = {2}",
                snapshots, val(dataset), val(id.value()));
    }

    Query retire(String dataset, SnapshotId id) {
        return query(
                "update {0} set state = 'PREVIOUS' where dataset = {1} and batch_id = {2}",
                snapshots, val(dataset), val(id.value()));
    }

    /**
     * Enters a foreign writer's rows as the previous snapshot that they become.
     *
     * @param date the date that the previous snapshot has
     */
    Query retireForeign(String dataset, WindowSnapshot foreign, UUID batch, Instant date, long number) {
        return query(
                "insert into {0} (dataset, batch_id, customer_filter, snapshot_date, records_count, state, number,"
                        + " layout) values ({1}, {2}, {3}, {4}, {5}, 'PREVIOUS', {6}, " + LAYOUT + ")",
                snapshots,
                val(dataset),
                val(batch),
                val(foreign.partition().name()),
                moment(date),
                val(foreign.rowCount()),
                val(number));
    }

    Query link(String dataset, SnapshotId id, ArchiveId archive) {
        return query(
                "update {0} set parquet_archive_id = {3}, archive_awaited = null where dataset = {1} and"
                        + " batch_id = {2}",
                snapshots, val(dataset), val(id.value()), val(archive.value()));
    }

    /** Removes the entry of a foreign snapshot. A foreign snapshot has a batch id only while it is a previous one. */
    Query removeForeign(String dataset, SnapshotId id) {
        return query(
                "delete from {0} where dataset = {1} and batch_id = {2} and hash_spec_id is null and started_at"
                        + " is null",
                snapshots, val(dataset), val(id.value()));
    }

    /**
     * Takes a snapshot out of the window; its rows are gone. The ledger entry stays, so that its batch id is never
     * given to another snapshot. The column list, which makes up most of the entry, is removed.
     */
    Query end(String dataset, SnapshotId id, SnapshotState state) {
        return query(
                "update {0} set state = '" + state.name() + "', " + WITHOUT_COLUMNS
                        + " where dataset = {1} and batch_id = {2}",
                snapshots,
                val(dataset),
                val(id.value()));
    }

    /** Makes an earlier snapshot the current one again. The state of its rows is not known any more. */
    Query bringBack(String dataset, SnapshotId id, long number) {
        return query(
                "update {0} set state = 'CURRENT', number = {3} where dataset = {1} and batch_id = {2}",
                snapshots, val(dataset), val(id.value()), val(number));
    }

    /** The names of the datasets with an entry, in any order. */
    ResultQuery<Record> datasets() {
        return resultQuery("select distinct dataset from {0}", snapshots);
    }

    /** The attempts that may have left an orphaned archive, of one partition or of all. */
    ResultQuery<Record> undone(String dataset, Optional<Partition> partition) {
        String wanted = partition.isPresent() ? " and customer_filter = {2}" : "";
        return resultQuery(
                        "select " + COLUMNS + " from {0} where dataset = {1}"
                                + " and (state = 'UNDONE' and fingerprint is not null or attempt > 1)" + wanted,
                        snapshots,
                        val(dataset),
                        val(partition.map(Partition::name).orElse("")))
                .coerce(FIELDS);
    }

    static Entry entry(Record row) {
        return new Entry(snapshot(row), row.get("number", Long.class));
    }

    static WindowSnapshot snapshot(Record row) {
        return WindowSnapshot.builder(
                        row.get("dataset", String.class),
                        new Partition(row.get("customer_filter", String.class)),
                        row.get("snapshot_date", Instant.class),
                        SnapshotState.valueOf(row.get("state", String.class)))
                .id(Optional.of(new SnapshotId(row.get("batch_id", UUID.class))))
                .rowCount(row.get("records_count", Long.class))
                .hashSpecId(Optional.ofNullable(row.get("hash_spec_id", String.class)))
                .fingerprint(Optional.ofNullable(row.get("fingerprint", String.class))
                        .map(Fingerprint::new))
                .archiveId(Optional.ofNullable(row.get("parquet_archive_id", Long.class))
                        .map(ArchiveId::new))
                .schema(schema(row.get("column_names", String.class), row.get("column_types", String.class)))
                .startedAt(Optional.ofNullable(row.get("started_at", Instant.class)))
                .publishedAt(Optional.ofNullable(row.get("published_at", Instant.class)))
                .attempt(row.get("attempt", Integer.class))
                .archiveAwaited(Optional.ofNullable(row.get("archive_awaited", String.class)))
                .build();
    }

    private static Optional<Schema> schema(String names, String types) {
        if (names == null || types == null) {
            return Optional.empty();
        }
        List<String> allNames = unlined(names);
        List<String> allTypes = unlined(types);
        List<Column> columns = new ArrayList<>(allNames.size());
        for (int i = 0; i < allNames.size(); i++) {
            columns.add(new Column(allNames.get(i), ColumnType.parse(allTypes.get(i))));
        }
        return Optional.of(Schema.of(columns));
    }

    static Param<Instant> moment(Instant date) {
        return val(date, UtcTimestamps.TYPE);
    }

    /**
     * Texts, one per line. A line break within a text is written as {@code \n}, and a backslash is doubled. Without
     * texts the result is the empty text.
     */
    static String lines(List<String> texts) {
        return texts.stream()
                .map(text -> text.replace("\\", "\\\\").replace("\n", "\\n") + "\n")
                .collect(Collectors.joining());
    }

    /** The inverse of {@link #lines}. */
    static List<String> unlined(String lines) {
        List<String> texts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines.length(); i++) {
            char c = lines.charAt(i);
            if (c == '\n') {
                texts.add(text.toString());
                text.setLength(0);
            } else if (c == '\\' && i + 1 < lines.length()) {
                i++;
                text.append(lines.charAt(i) == 'n' ? '\n' : lines.charAt(i));
            } else {
                text.append(c);
            }
        }
        return texts;
    }
}
