package io.hybridsnapshot.sqlserver.window;

import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.query;
import static org.jooq.impl.DSL.resultQuery;
import static org.jooq.impl.DSL.val;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.sqlserver.connection.GuidBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jooq.Name;
import org.jooq.Query;
import org.jooq.QueryPart;
import org.jooq.Record;
import org.jooq.ResultQuery;

/**
 * The statements on the three tables of a dataset, as T-SQL templates with names and values as arguments. The class
 * runs no statement itself. Immutable.
 *
 * <p>Each statement processes a whole partition, and stale statistics may suggest only a few rows. Joins are therefore
 * by hash or merge, and each plan is compiled anew.
 */
final class WindowStatements {
    /** Locks all of a table for reading until the transaction ends; others may read it. */
    static final String SHARED_TABLE = "with (tablock, holdlock)";

    /** Reads the rows that the transaction's isolation shows. */
    static final String AS_ISOLATED = "";

    private static final String WHOLE_PARTITIONS = " option (hash join, merge join, recompile)";

    private static final String HASHES_DIFFER =
            "later.row_hash <> earlier.row_hash collate " + WindowTables.BINARY_COLLATION;

    private final WindowTables tables;
    private final Ledger ledger;

    WindowStatements(WindowTables tables, Ledger ledger) {
        this.tables = tables;
        this.ledger = ledger;
    }

    /** Bulk copy fills columns of bytes; their counterparts in comparisons are UNIQUEIDENTIFIER columns. */
    private static final String IDENTITY_OF_BYTES = "convert(uniqueidentifier, %srecord_uuid)";

    /** How a table keeps identities. */
    private enum Form {
        /** As readers of the window know them. */
        GUID("record_uuid"),
        /** As bulk copy filled them in. */
        BYTES(IDENTITY_OF_BYTES.formatted(""));

        private final String identity;

        Form(String identity) {
            this.identity = identity;
        }
    }

    /** A set of rows to compare: the rows of a table with given values in one or two columns. */
    record Rows(Name table, Form form, String hint, String condition, List<QueryPart> arguments) {}

    Rows staged(UUID batch) {
        return new Rows(tables.staging(), Form.BYTES, AS_ISOLATED, "batch_id = {%d}", List.of(bytes(batch)));
    }

    private static QueryPart bytes(UUID batch) {
        return val(GuidBytes.of(batch));
    }

    Rows current(String hint, Partition partition) {
        return new Rows(tables.current(), Form.GUID, hint, "customer_filter = {%d}", List.of(val(partition.name())));
    }

    Rows previous(Partition partition, UUID batch) {
        return new Rows(
                tables.history(),
                Form.GUID,
                AS_ISOLATED,
                "customer_filter = {%d} and batch_id = {%d}",
                List.of(val(partition.name()), val(batch)));
    }

    /** All rows of a table that {@link #createRows} made. */
    static Rows all(Name table) {
        return new Rows(table, Form.GUID, AS_ISOLATED, "1 = 1", List.of());
    }

    /** All rows of a table that {@link #createBytes} made. */
    static Rows allBytes(Name table) {
        return new Rows(table, Form.BYTES, AS_ISOLATED, "1 = 1", List.of());
    }

    /** Numbers a template's arguments and collects them. */
    private static final class Arguments {
        private final List<QueryPart> parts = new ArrayList<>();

        String add(QueryPart part) {
            parts.add(part);
            return "{" + (parts.size() - 1) + "}";
        }

        String add(List<Name> names, String prefix) {
            return names.stream().map(column -> prefix + add(column)).collect(Collectors.joining(", "));
        }

        /** A subquery of some rows' identities and hashes. */
        String select(Rows rows) {
            String from = "(select " + rows.form().identity + " as record_uuid, row_hash from " + add(rows.table())
                    + " " + rows.hint() + " where ";
            return from + condition(rows) + ")";
        }

        String condition(Rows rows) {
            Object[] numbers = IntStream.range(0, rows.arguments().size())
                    .mapToObj(i -> parts.size() + i)
                    .toArray();
            parts.addAll(rows.arguments());
            return String.format(rows.condition(), numbers);
        }

        QueryPart[] all() {
            return parts.toArray(QueryPart[]::new);
        }
    }

    // The owner of the current rows

    /**
     * Per partition: the number of its rows, the number of those with the batch id of the ledger's current snapshot,
     * and the newest date.
     *
     * @param hint the lock for the current table
     */
    ResultQuery<Record> tally(String hint, Optional<Partition> partition) {
        Arguments a = new Arguments();
        String template = "select c.customer_filter, count_big(*) as rows_there,"
                + " sum(case when c.batch_id = l.batch_id then cast(1 as bigint) else cast(0 as bigint) end) as"
                + " rows_known, max(c.snapshot_date) as newest"
                + " from " + a.add(tables.current()) + " as c " + hint
                + " left join " + a.add(ledger.snapshots()) + " as l"
                + " on l.dataset = " + a.add(val(tables.dataset().name()))
                + " and l.customer_filter = c.customer_filter"
                + " and l.state = " + a.add(val(SnapshotState.CURRENT.name()))
                + partition
                        .map(only -> " where c.customer_filter = " + a.add(val(only.name())))
                        .orElse("")
                + " group by c.customer_filter";
        return resultQuery(template, a.all()).coerce(CurrentSnapshots.TALLY);
    }

    /**
     * Per batch id of the ledger's entries in a state: the rows with that batch id, the other rows in the place of a
     * current snapshot, and the rows with stamps that differ from the entry.
     *
     * @param state CURRENT or PREVIOUS
     * @param hint the lock for the rows' table
     */
    ResultQuery<Record> stamps(SnapshotState state, String hint, Optional<Partition> partition) {
        Arguments a = new Arguments();
        boolean isCurrent = state == SnapshotState.CURRENT;
        String template = "select l.batch_id, "
                + counted("r.batch_id = l.batch_id", "own") + ", "
                + counted("r.record_uuid is not null and (r.batch_id is null or r.batch_id <> l.batch_id)", "strangers")
                + ", " + differing("r.snapshot_date", "l.snapshot_date", "other_dates")
                + ", " + differing("r.records_count", "l.records_count", "other_counts")
                + ", " + differing("r.parquet_archive_id", "l.parquet_archive_id", "other_archives")
                + ", " + counted("r.batch_id = l.batch_id and r.parquet_archive_id is not null", "archived")
                + ", min(case when r.batch_id = l.batch_id then r.parquet_archive_id end) as least_archive"
                + ", max(case when r.batch_id = l.batch_id then r.parquet_archive_id end) as greatest_archive"
                + " from " + a.add(ledger.snapshots()) + " as l left join "
                + a.add(isCurrent ? tables.current() : tables.history()) + " as r " + hint
                + " on r.customer_filter = l.customer_filter" + (isCurrent ? "" : " and r.batch_id = l.batch_id")
                + " where l.dataset = " + a.add(val(tables.dataset().name())) + " and l.state = "
                + a.add(val(state.name()))
                + partition
                        .map(only -> " and l.customer_filter = " + a.add(val(only.name())))
                        .orElse("")
                + " group by l.batch_id";
        return resultQuery(template, a.all()).coerce(CurrentSnapshots.STAMPS);
    }

    private static String counted(String condition, String alias) {
        return "sum(case when " + condition + " then cast(1 as bigint) else cast(0 as bigint) end) as " + alias;
    }

    private static String differing(String stamp, String expected, String alias) {
        return counted(
                "r.batch_id = l.batch_id and (" + stamp + " <> " + expected + " or " + stamp + " is null and "
                        + expected + " is not null or " + stamp + " is not null and " + expected + " is null)",
                alias);
    }

    static ResultQuery<Record> count(Rows rows) {
        Arguments a = new Arguments();
        return resultQuery(
                "select count_big(*) from " + a.add(rows.table()) + " " + rows.hint() + " where " + a.condition(rows),
                a.all());
    }

    // Comparing

    /** A temporary table of the session for changed rows. Run unprepared, so that the table outlives the statement. */
    static String createDelta(Name table) {
        return "create table " + WindowScript.bracketed(table.last())
                + " (record_uuid uniqueidentifier not null, kind tinyint not null)";
    }

    /** A temporary table of the session's for identities and hashes. */
    static String createRows(Name table) {
        return "create table " + WindowScript.bracketed(table.last())
                + " (record_uuid uniqueidentifier not null, row_hash nvarchar(64) not null)";
    }

    /** A temporary table of the session's that bulk copy fills with identities and hashes. */
    static String createBytes(Name table) {
        return "create table " + WindowScript.bracketed(table.last())
                + " (record_uuid binary(16) not null, row_hash char(64) not null)";
    }

    /** Enters the NEW, CHANGED and DELETED rows into a temporary table, by the ordinal of {@link ChangeKind}. */
    static Query compare(Name into, Rows later, Rows earlier) {
        return compare(into, later, earlier, HASHES_DIFFER);
    }

    /** The same, but every row of both counts as CHANGED. */
    static Query compareKeys(Name into, Rows later, Rows earlier) {
        return compare(into, later, earlier, "1 = 1");
    }

    private static Query compare(Name into, Rows later, Rows earlier, String changed) {
        Arguments a = new Arguments();
        return query(
                "insert into " + a.add(into) + " with (tablock) (record_uuid, kind)"
                        + " select coalesce(later.record_uuid, earlier.record_uuid),"
                        + " case when earlier.record_uuid is null then " + ChangeKind.NEW.ordinal()
                        + " when later.record_uuid is null then " + ChangeKind.DELETED.ordinal()
                        + " else " + ChangeKind.CHANGED.ordinal() + " end"
                        + " from " + a.select(later) + " as later"
                        + " full outer join " + a.select(earlier) + " as earlier"
                        + " on later.record_uuid = earlier.record_uuid"
                        + " where later.record_uuid is null or earlier.record_uuid is null or " + changed
                        + WHOLE_PARTITIONS,
                a.all());
    }

    static ResultQuery<Record> changesByKind(Name delta) {
        return resultQuery("select kind, count_big(*) as rows_there from {0} group by kind", delta);
    }

    /**
     * In the byte order of the identity's text, which equals the order of its bytes. The server's own order of the type
     * differs.
     */
    static ResultQuery<Record> changesInOrder(Name delta) {
        return resultQuery(
                "select convert(binary(16), record_uuid) as record_uuid, kind from {0}"
                        + " order by convert(char(36), record_uuid) collate " + WindowTables.BINARY_COLLATION,
                delta);
    }

    // Reading rows

    static ResultQuery<Record> rows(Rows rows) {
        Arguments a = new Arguments();
        return resultQuery(
                "select convert(binary(16), record_uuid) as record_uuid, row_hash from " + a.add(rows.table()) + " "
                        + rows.hint() + " where " + a.condition(rows),
                a.all());
    }

    static Query copyRows(Name into, Rows rows) {
        Arguments a = new Arguments();
        return query(
                "insert into " + a.add(into)
                        + " with (tablock) (record_uuid, row_hash) select record_uuid, row_hash from "
                        + a.add(rows.table()) + " " + rows.hint() + " where " + a.condition(rows),
                a.all());
    }

    /** A temporary table of the session for identities and this number of carried texts. */
    static String createTexts(Name table, int columns) {
        return "create table " + WindowScript.bracketed(table.last()) + " (record_uuid uniqueidentifier not null"
                + IntStream.range(0, columns)
                        .mapToObj(i -> ", " + textColumn(i) + " nvarchar(max) null")
                        .collect(Collectors.joining())
                + ")";
    }

    private static String textColumn(int index) {
        return "text_" + index;
    }

    /** Copies identities and carried columns into a table that {@link #createTexts} made. */
    static Query copyTexts(Name into, Rows rows, List<Name> columns) {
        Arguments a = new Arguments();
        String to = IntStream.range(0, columns.size())
                .mapToObj(i -> ", " + textColumn(i))
                .collect(Collectors.joining());
        String from = columns.stream().map(column -> ", " + a.add(column)).collect(Collectors.joining());
        return query(
                "insert into " + a.add(into) + " with (tablock) (record_uuid" + to + ") select record_uuid" + from
                        + " from " + a.add(rows.table()) + " " + rows.hint() + " where " + a.condition(rows),
                a.all());
    }

    static ResultQuery<Record> texts(Name table, int columns) {
        return resultQuery(
                "select convert(binary(16), record_uuid) as record_uuid"
                        + IntStream.range(0, columns)
                                .mapToObj(i -> ", " + textColumn(i))
                                .collect(Collectors.joining())
                        + " from {0}",
                table);
    }

    // The swap

    /** Copies the current rows into the history, under the batch id that they have there. */
    Query retire(Partition partition, UUID batch, WindowSnapshot current) {
        Arguments a = new Arguments();
        boolean isLocalTime = current.isForeign() && tables.foreignZone().isPresent();
        String history = a.add(tables.history());
        String carried = carried(a, "");
        return query(
                "insert into " + history + " (record_uuid, row_hash" + carried
                        + ", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id)"
                        + " select record_uuid, row_hash" + carried(a, "") + ", "
                        + (isLocalTime ? a.add(Ledger.moment(current.date())) : "snapshot_date") + ", customer_filter, "
                        + a.add(val(batch)) + ", " + a.add(val(current.rowCount())) + ", parquet_archive_id"
                        + " from " + a.add(tables.current()) + " where customer_filter = "
                        + a.add(val(partition.name()))
                        + " option (recompile)",
                a.all());
    }

    private String carried(Arguments a, String prefix) {
        return tables.carried().isEmpty() ? "" : ", " + a.add(tables.carried(), prefix);
    }

    /** Removes rows that no longer exist. The exclusive table lock keeps readers from seeing half of the swap. */
    Query deleteGone(Name delta, Partition partition) {
        return query(
                "delete c from {0} as c with (tablockx) where c.customer_filter = {2} and exists (select 1 from"
                        + " {1} as d where d.record_uuid = c.record_uuid and d.kind = " + ChangeKind.DELETED.ordinal()
                        + ") option (recompile)",
                tables.current(),
                delta,
                val(partition.name()));
    }

    /** Writes all columns of the changed rows. The {@code others} get the values that an INSERT would give them. */
    Query updateChanged(Name delta, WindowSnapshot sealed, Optional<ArchiveId> archive, List<Name> others) {
        Arguments a = new Arguments();
        StringBuilder set = new StringBuilder("c.row_hash = s.row_hash");
        for (Name column : tables.carried()) {
            set.append(", c.").append(a.add(column)).append(" = s.").append(a.add(column));
        }
        for (Name column : others) {
            set.append(", c.").append(a.add(column)).append(" = default");
        }
        return query(
                "update c set " + set + ", " + snapshotColumns(a, sealed, archive) + " from " + a.add(tables.current())
                        + " as c with (tablockx) inner join " + a.add(delta)
                        + " as d on d.record_uuid = c.record_uuid and d.kind = " + ChangeKind.CHANGED.ordinal()
                        + " inner join " + a.add(tables.staging())
                        + " as s on " + IDENTITY_OF_BYTES.formatted("s.")
                        + " = d.record_uuid and s.batch_id = " + a.add(bytes(batch(sealed)))
                        + " where c.customer_filter = "
                        + a.add(val(sealed.partition().name())) + " option (recompile)",
                a.all());
    }

    /** Updates the snapshot columns of the unchanged rows. */
    Query updateUnchanged(WindowSnapshot sealed, Optional<ArchiveId> archive) {
        Arguments a = new Arguments();
        return query(
                "update c set " + snapshotColumns(a, sealed, archive) + " from " + a.add(tables.current())
                        + " as c with (tablockx) where c.customer_filter = "
                        + a.add(val(sealed.partition().name()))
                        + " and (c.batch_id is null or c.batch_id <> " + a.add(val(batch(sealed)))
                        + ") option (recompile)",
                a.all());
    }

    private static String snapshotColumns(Arguments a, WindowSnapshot sealed, Optional<ArchiveId> archive) {
        return "c.snapshot_date = " + a.add(Ledger.moment(sealed.date())) + ", c.batch_id = "
                + a.add(val(batch(sealed))) + ", c.records_count = " + a.add(val(sealed.rowCount()))
                + ", c.parquet_archive_id = " + a.add(archiveValue(archive));
    }

    private static QueryPart archiveValue(Optional<ArchiveId> archive) {
        return val(archive.map(ArchiveId::value).orElse(null), Long.class);
    }

    /** Brings in the rows that are new. */
    Query insertNew(Name delta, WindowSnapshot sealed, Optional<ArchiveId> archive) {
        Arguments a = new Arguments();
        String current = a.add(tables.current());
        String carried = carried(a, "");
        return query(
                "insert into " + current + " with (tablockx) (record_uuid, row_hash" + carried
                        + ", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id)"
                        + " select " + IDENTITY_OF_BYTES.formatted("s.") + ", s.row_hash" + carried(a, "s.") + ", "
                        + a.add(Ledger.moment(sealed.date())) + ", "
                        + a.add(val(sealed.partition().name())) + ", " + a.add(val(batch(sealed))) + ", "
                        + a.add(val(sealed.rowCount())) + ", " + a.add(archiveValue(archive)) + " from "
                        + a.add(tables.staging()) + " as s where s.batch_id = " + a.add(bytes(batch(sealed)))
                        + " and exists (select 1 from " + a.add(delta)
                        + " as d where d.record_uuid = " + IDENTITY_OF_BYTES.formatted("s.") + " and d.kind = "
                        + ChangeKind.NEW.ordinal()
                        + ") option (recompile)",
                a.all());
    }

    private static UUID batch(WindowSnapshot sealed) {
        return sealed.id().orElseThrow().value();
    }

    // Taking back

    /** Removes all current rows of a partition. The lock on all of the table keeps readers from seeing half of it. */
    Query removeCurrent(Partition partition) {
        return query(
                "delete c from {0} as c with (tablockx) where c.customer_filter = {1} option (recompile)",
                tables.current(), val(partition.name()));
    }

    /** Copies a previous snapshot's rows back into the current table; those of a foreign one have no batch id there. */
    Query bringBack(Partition partition, UUID batch, boolean foreign) {
        Arguments a = new Arguments();
        String current = a.add(tables.current());
        String carried = carried(a, "");
        return query(
                "insert into " + current + " with (tablockx) (record_uuid, row_hash" + carried
                        + ", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id)"
                        + " select record_uuid, row_hash" + carried(a, "") + ", snapshot_date, customer_filter, "
                        + (foreign ? "null, null" : "batch_id, records_count") + ", parquet_archive_id from "
                        + a.add(tables.history()) + " where customer_filter = " + a.add(val(partition.name()))
                        + " and batch_id = " + a.add(val(batch)) + " option (recompile)",
                a.all());
    }

    /** Removes the rows of a previous snapshot that {@link #bringBack} has copied. */
    Query removePrevious(Partition partition, UUID batch) {
        return query(
                "delete from {0} where customer_filter = {1} and batch_id = {2}",
                tables.history(), val(partition.name()), val(batch));
    }

    // Removing and linking

    /** The partition of the history that comes next, in the order of its key; a seek. */
    ResultQuery<Record> nextPartitionInHistory(Optional<Partition> behind) {
        Arguments a = new Arguments();
        return resultQuery(
                "select top (1) h.customer_filter from " + a.add(tables.history()) + " as h"
                        + behind.map(last -> " where h.customer_filter > " + a.add(val(last.name())))
                                .orElse("")
                        + " order by h.customer_filter",
                a.all());
    }

    /** The batch of a partition's history that comes next, in the order of its key; a seek. */
    ResultQuery<Record> nextBatchInHistory(Partition partition, Optional<UUID> behind) {
        Arguments a = new Arguments();
        return resultQuery(
                "select top (1) h.batch_id from " + a.add(tables.history()) + " as h where h.customer_filter = "
                        + a.add(val(partition.name()))
                        + behind.map(last -> " and h.batch_id > " + a.add(val(last)))
                                .orElse("")
                        + " order by h.batch_id",
                a.all());
    }

    /**
     * Removes some rows of a batch from the history. Their number stays below the number of locks that the server would
     * turn into one table lock. Removes no rows if the ledger lists the batch as a previous snapshot.
     */
    Query removeOrphans(Partition partition, UUID batch) {
        Arguments a = new Arguments();
        return query(
                "delete top (4000) from " + a.add(tables.history()) + " where customer_filter = "
                        + a.add(val(partition.name())) + " and batch_id = " + a.add(val(batch))
                        + " and not exists (select 1 from " + a.add(ledger.snapshots()) + " as l where l.dataset = "
                        + a.add(val(tables.dataset().name())) + " and l.batch_id = " + a.add(val(batch))
                        + " and l.state = " + a.add(val(SnapshotState.PREVIOUS.name())) + ")",
                a.all());
    }

    /**
     * Removes some of a batch's staged rows. Their number stays below the number of locks that the server would turn
     * into one table lock.
     */
    Query removeStaged(UUID batch) {
        return query("delete top (4000) from {0} where batch_id = {1}", tables.staging(), bytes(batch));
    }

    Query link(SnapshotState state, Partition partition, UUID batch, ArchiveId archive) {
        return query(
                "update {0} set parquet_archive_id = {3} where customer_filter = {1} and batch_id = {2}",
                state == SnapshotState.CURRENT ? tables.current() : tables.history(),
                val(partition.name()),
                val(batch),
                val(archive.value()));
    }

    // Locks

    /** The result is 0 or 1 if the lock was taken, and -1 if another session held it for longer. */
    static ResultQuery<Record> takeLock(String resource, String owner, int millis) {
        return resultQuery(
                "declare @result int; execute @result = sp_getapplock @Resource = {0}, @LockMode = 'Exclusive',"
                        + " @LockOwner = {1}, @LockTimeout = {2}, @DbPrincipal = 'public'; select @result as result",
                val(resource), val(owner), val(millis));
    }

    /** {@link #releaseLock} as one text. */
    static String releaseSessionLock(String resource) {
        return "EXECUTE sp_releaseapplock @Resource = N'" + resource.replace("'", "''")
                + "', @LockOwner = 'Session', @DbPrincipal = 'public'";
    }

    /** Removes a temporary table of the session, if it is there. */
    static String dropTemporary(Name table) {
        return "DROP TABLE IF EXISTS " + WindowScript.bracketed(table.last());
    }

    static Query releaseLock(String resource) {
        return query(
                "execute sp_releaseapplock @Resource = {0}, @LockOwner = 'Session', @DbPrincipal = 'public'",
                val(resource));
    }

    /** A temporary table's name. */
    static Name temporary(String stem, int number) {
        return name("#" + stem + "_" + number);
    }
}
