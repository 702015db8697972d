package io.hybridsnapshot.sqlserver.window;

import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.query;
import static org.jooq.impl.DSL.resultQuery;
import static org.jooq.impl.DSL.val;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.jdbc.connection.UtcTimestamps;
import io.hybridsnapshot.sqlserver.connection.GuidBytes;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jooq.Name;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.ResultQuery;

/**
 * The statements that read and compare rows of a dataset, and the session's locks and temporary tables, as T-SQL
 * templates with names and values as arguments. {@link PublishStatements} has those that write rows. The class runs no
 * statement itself. Immutable.
 *
 * <p>One text serves partitions of ten rows and of ten million, and stale statistics may suggest only a few rows. So
 * statements on whole partitions are compiled anew, and their joins are by hash or merge.
 */
final class WindowStatements {
    /** Locks all of a table for reading until the transaction ends; others may read it. */
    static final String SHARED_TABLE = "with (tablock, holdlock)";

    /** Reads the rows that the transaction's isolation shows. */
    static final String AS_ISOLATED = "";

    private static final String WHOLE_PARTITIONS = " option (hash join, merge join, recompile)";

    /** A stored hash that is no 64 digits differs from each hash; a comparison would overlook blanks behind it. */
    private static final String HASHES_DIFFER = "later.row_hash <> earlier.row_hash collate "
            + WindowTables.BINARY_COLLATION + " or datalength(convert(nvarchar(850), earlier.row_hash)) <> 128";

    /** Bulk copy fills columns of bytes; their counterparts in comparisons are UNIQUEIDENTIFIER columns. */
    static final String IDENTITY_OF_BYTES = "convert(uniqueidentifier, %srecord_uuid)";

    private static final String MOST = Long.toString(Long.MAX_VALUE);

    private final WindowTables tables;
    private final Ledger ledger;

    WindowStatements(WindowTables tables, Ledger ledger) {
        this.tables = tables;
        this.ledger = ledger;
    }

    /**
     * A set of rows: a query of their identities, hashes and perhaps texts.
     *
     * @param query the query's text within the template of these arguments
     */
    record Rows(Function<Arguments, String> query) {}

    Rows staged(UUID batch) {
        return new Rows(a -> "select " + IDENTITY_OF_BYTES.formatted("") + " as record_uuid, row_hash from "
                + a.add(tables.staging()) + " where batch_id = " + a.bind(GuidBytes.of(batch)));
    }

    /** All current rows, with the texts of columns. */
    Rows current(String hint, Partition partition, List<Name> texts) {
        return new Rows(a -> "select record_uuid, row_hash" + listed(a, texts) + " from " + a.add(tables.current())
                + " " + hint + " where customer_filter = " + a.bind(partition.name()));
    }

    Rows current(String hint, Partition partition) {
        return current(hint, partition, List.of());
    }

    /** The current rows that a previous snapshot has. */
    Rows shared(String hint, Partition partition, long number, List<Name> texts) {
        return new Rows(a -> "select record_uuid, row_hash" + listed(a, texts) + " from " + a.add(tables.current())
                + " " + hint + " where customer_filter = " + a.bind(partition.name()) + " and first_number <= "
                + a.bind(number));
    }

    /** The former versions that a previous snapshot has. */
    Rows former(Partition partition, long number, List<Name> texts) {
        return new Rows(a -> "select record_uuid, row_hash" + listed(a, texts) + " from " + a.add(tables.version())
                + " where customer_filter = " + a.bind(partition.name()) + " and first_number <= " + a.bind(number)
                + " and last_number > " + a.bind(number));
    }

    /** All rows of a previous snapshot, the current ones first. */
    Rows previous(String hint, Partition partition, long number) {
        Rows shared = shared(hint, partition, number, List.of());
        Rows former = former(partition, number, List.of());
        return new Rows(
                a -> shared.query().apply(a) + " union all " + former.query().apply(a));
    }

    private static String listed(Arguments a, List<Name> columns) {
        return columns.stream().map(column -> ", " + a.add(column)).collect(Collectors.joining());
    }

    /** All rows of a table that {@link #createRows} made. */
    static Rows all(Name table) {
        return new Rows(a -> "select record_uuid, row_hash from " + a.add(table));
    }

    /** All rows of a table that {@link #createBytes} made. */
    static Rows allBytes(Name table) {
        return new Rows(
                a -> "select " + IDENTITY_OF_BYTES.formatted("") + " as record_uuid, row_hash from " + a.add(table));
    }

    // The owner of the current rows, and counts

    /**
     * Waits for a publish and keeps the current table from the next one until the transaction ends. Run it before the
     * first statement that joins the ledger: with row versions at READ COMMITTED a statement reads the ledger as of its
     * own start, also after it waited for the table.
     */
    ResultQuery<Record> shareCurrent() {
        return resultQuery(
                "select count_big(*) from (select top (1) c.customer_filter from {0} as c " + SHARED_TABLE + ") as x",
                tables.current());
    }

    /**
     * Per partition and batch id of the current rows: their number, the newest date, and the number in the ledger of
     * the snapshot with that batch id; NULL if the ledger has no such snapshot. Reads one narrow index.
     *
     * @param hint the lock for the current table
     */
    ResultQuery<Record> tally(String hint, Optional<Partition> partition) {
        Arguments a = new Arguments();
        String template = "select g.customer_filter, g.rows_there, g.newest, l.number from (select c.customer_filter,"
                + " c.batch_id, count_big(*) as rows_there, max(c.snapshot_date) as newest from "
                + a.add(tables.current()) + " as c " + hint
                + partition
                        .map(only -> " where c.customer_filter = " + a.bind(only.name()))
                        .orElse("")
                + " group by c.customer_filter, c.batch_id) as g left join " + a.add(ledger.snapshots())
                + " as l on l.dataset = " + a.bind(tables.dataset().name())
                + " and l.customer_filter = g.customer_filter and l.batch_id = g.batch_id option (recompile)";
        return resultQuery(template, a.all()).coerce(CurrentSnapshots.TALLY);
    }

    /** The current rows by partition and number. Reads one narrow index. */
    ResultQuery<Record> numbered(String hint, Optional<Partition> partition) {
        Arguments a = new Arguments();
        return resultQuery(
                "select c.customer_filter, c.first_number, count_big(*) as rows_there from " + a.add(tables.current())
                        + " as c " + hint + " where c.first_number is not null"
                        + partition
                                .map(only -> " and c.customer_filter = " + a.bind(only.name()))
                                .orElse("")
                        + " group by c.customer_filter, c.first_number option (recompile)",
                a.all());
    }

    /** The former versions by partition and numbers. */
    ResultQuery<Record> spans(Optional<Partition> partition) {
        Arguments a = new Arguments();
        return resultQuery(
                "select v.customer_filter, v.first_number, v.last_number, count_big(*) as rows_there from "
                        + a.add(tables.version()) + " as v"
                        + partition
                                .map(only -> " where v.customer_filter = " + a.bind(only.name()))
                                .orElse("")
                        + " group by v.customer_filter, v.first_number, v.last_number option (recompile)",
                a.all());
    }

    /**
     * Per entry of the ledger in a state and batch id of rows: the rows that the snapshot has, the other rows in the
     * place of a current snapshot, and the rows with stamps that differ from the entry whose batch id they have.
     * Snapshots share rows; the stamps of a current row count for the current snapshot, and those of a former version
     * for the newest previous snapshot that has it.
     *
     * @param isCurrent counts for the CURRENT entries, and otherwise for the PREVIOUS ones
     * @param hint the lock for the current table
     */
    ResultQuery<Record> stamps(boolean isCurrent, String hint, Optional<Partition> partition) {
        Arguments a = new Arguments();
        String dataset = a.bind(tables.dataset().name());
        String snapshots = a.add(ledger.snapshots());
        String columns = "customer_filter, record_uuid, snapshot_date, batch_id, records_count, parquet_archive_id,"
                + " first_number";
        String rows = "select " + columns + ", cast(" + MOST + " as bigint) as last_number, cast(0 as bigint) as newest"
                + " from " + a.add(tables.current()) + " " + hint;
        if (!isCurrent) {
            rows += " union all select " + columns + ", last_number, (select max(n.number) from " + snapshots
                    + " as n where n.dataset = " + dataset + " and n.customer_filter = v.customer_filter and n.state ="
                    + " 'PREVIOUS' and n.number >= v.first_number and n.number < v.last_number) as newest from "
                    + a.add(tables.version()) + " as v";
        }
        String own = isCurrent
                ? "o.number is not null and o.number <= l.number and r.record_uuid is not null"
                : "r.record_uuid is not null";
        String stamped = isCurrent ? own : own + " and r.newest = l.number";
        String template = "select l.batch_id, r.batch_id as origin, " + counted(own, "own") + ", "
                + counted(
                        isCurrent ? "r.record_uuid is not null and (o.number is null or o.number > l.number)" : "1 = 0",
                        "strangers")
                + ", " + counted(stamped, "stamped")
                + ", " + counted(stamped + " and " + differing("r.snapshot_date", "o.snapshot_date"), "other_dates")
                + ", " + counted(stamped + " and " + differing("r.records_count", "o.records_count"), "other_counts")
                + ", "
                + counted(
                        stamped + " and " + differing("r.parquet_archive_id", "o.parquet_archive_id"), "other_archives")
                + ", " + counted(stamped + " and r.parquet_archive_id is not null", "archived")
                + ", min(case when " + stamped + " then r.parquet_archive_id end) as least_archive"
                + ", max(case when " + stamped + " then r.parquet_archive_id end) as greatest_archive"
                + " from " + snapshots + " as l left join (" + rows
                + ") as r on r.customer_filter = l.customer_filter"
                + (isCurrent ? "" : " and r.first_number <= l.number and l.number < r.last_number")
                + " left join " + snapshots
                + " as o on o.dataset = l.dataset and o.customer_filter = r.customer_filter and o.batch_id ="
                + " r.batch_id where l.dataset = " + dataset + " and l.state = "
                + (isCurrent ? "'CURRENT'" : "'PREVIOUS'")
                + partition
                        .map(only -> " and l.customer_filter = " + a.bind(only.name()))
                        .orElse("")
                + " group by l.batch_id, r.batch_id option (recompile)";
        return resultQuery(template, a.all()).coerce(StampedRows.COLUMNS);
    }

    private static String counted(String condition, String alias) {
        return "sum(case when " + condition + " then cast(1 as bigint) else cast(0 as bigint) end) as " + alias;
    }

    private static String differing(String stamp, String expected) {
        return "(" + stamp + " <> " + expected + " or " + stamp + " is null and " + expected + " is not null or "
                + stamp + " is not null and " + expected + " is null)";
    }

    static ResultQuery<Record> count(Rows rows) {
        Arguments a = new Arguments();
        return resultQuery("select count_big(*) from (" + rows.query().apply(a) + ") as r", a.all());
    }

    // The state of the current rows

    /**
     * The number of rows, of those without a number, and the sum of their digests. Reads one narrow index, which holds
     * no texts: the trigger takes the number of a row whose text a foreign statement changes.
     */
    ResultQuery<Record> state(Partition partition) {
        Arguments a = new Arguments();
        return resultQuery(
                "select count_big(*) as rows_there, "
                        + counted("c.first_number is null", "strangers") + ", sum("
                        + digest("c.record_uuid", "c.row_hash") + ") as hashes from " + a.add(tables.current())
                        + " as c where c.customer_filter = " + a.bind(partition.name()) + " option (recompile)",
                a.all());
    }

    /**
     * The 64-bit digest of a row's identity and hash, as a number for sums. The server has no documented XOR over rows;
     * a sum is as free of order, and exact.
     */
    static String digest(String identity, String hash) {
        return "cast(convert(bigint, substring(hashbytes('SHA2_256', convert(binary(16), " + identity
                + ") + convert(varbinary(1700), convert(nvarchar(850), " + hash
                + "))), 1, 8)) as decimal(38, 0))";
    }

    /** The newest date of the current rows; a seek. */
    ResultQuery<Record> newest(Partition partition) {
        Arguments a = new Arguments();
        return resultQuery(
                        "select top (1) c.snapshot_date from " + a.add(tables.current())
                                + " as c where c.customer_filter = " + a.bind(partition.name())
                                + " order by c.snapshot_date desc",
                        a.all())
                .coerce(List.of(org.jooq.impl.DSL.field(name("snapshot_date"), UtcTimestamps.TYPE)));
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
        Arguments a = new Arguments();
        return query(
                "insert into " + a.add(into) + " with (tablock) (record_uuid, kind)"
                        + " select coalesce(later.record_uuid, earlier.record_uuid),"
                        + " case when earlier.record_uuid is null then " + ChangeKind.NEW.ordinal()
                        + " when later.record_uuid is null then " + ChangeKind.DELETED.ordinal()
                        + " else " + ChangeKind.CHANGED.ordinal() + " end"
                        + " from (" + later.query().apply(a) + ") as later"
                        + " full outer join (" + earlier.query().apply(a) + ") as earlier"
                        + " on later.record_uuid = earlier.record_uuid"
                        + " where later.record_uuid is null or earlier.record_uuid is null or " + HASHES_DIFFER
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

    static ResultQuery<Record> rows(Name table) {
        return resultQuery("select convert(binary(16), record_uuid) as record_uuid, row_hash from {0}", table);
    }

    static Query copyRows(Name into, Rows rows) {
        Arguments a = new Arguments();
        return query(
                "insert into " + a.add(into) + " with (tablock) (record_uuid, row_hash) select record_uuid, row_hash"
                        + " from (" + rows.query().apply(a) + ") as r option (recompile)",
                a.all());
    }

    /**
     * Some current rows behind an identity, in the server's order of the type: identity, hash and number. A seek in one
     * narrow index.
     *
     * @param upTo only rows of the snapshot with this number; empty: all rows
     */
    ResultQuery<Record> range(Partition partition, OptionalLong upTo, Optional<UUID> behind, int rows) {
        Arguments a = new Arguments();
        return resultQuery(
                "select top (" + rows + ") convert(binary(16), c.record_uuid) as record_uuid, c.row_hash,"
                        + " c.first_number from " + a.add(tables.current()) + " as c where c.customer_filter = "
                        + a.bind(partition.name())
                        + (upTo.isPresent() ? " and c.first_number <= " + a.bind(upTo.getAsLong()) : "")
                        + behind.map(last -> " and c.record_uuid > " + a.bind(last))
                                .orElse("")
                        + " order by c.record_uuid",
                a.all());
    }

    /** The least number behind another one at which versions that a snapshot has end; a seek. */
    ResultQuery<Record> nextEnd(Partition partition, long behind) {
        Arguments a = new Arguments();
        return resultQuery(
                "select top (1) v.last_number from " + a.add(tables.version()) + " as v where v.customer_filter = "
                        + a.bind(partition.name()) + " and v.last_number > " + a.bind(behind)
                        + " order by v.last_number",
                a.all());
    }

    /** Some former versions that end at a number and that a snapshot has, behind an identity. */
    ResultQuery<Record> formerRange(Partition partition, long number, long end, Optional<UUID> behind, int rows) {
        Arguments a = new Arguments();
        return resultQuery(
                "select top (" + rows + ") convert(binary(16), v.record_uuid) as record_uuid, v.row_hash,"
                        + " v.first_number from " + a.add(tables.version()) + " as v where v.customer_filter = "
                        + a.bind(partition.name()) + " and v.last_number = " + a.bind(end)
                        + " and v.first_number <= " + a.bind(number)
                        + behind.map(last -> " and v.record_uuid > " + a.bind(last))
                                .orElse("")
                        + " order by v.record_uuid",
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
        String target = a.add(into);
        String from = columns.stream()
                .map(column -> ", convert(nvarchar(max), " + a.add(column) + ")")
                .collect(Collectors.joining());
        return query(
                "insert into " + target + " with (tablock) (record_uuid" + to + ") select record_uuid" + from
                        + " from (" + rows.query().apply(a) + ") as r option (recompile)",
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

    /** Silences the trigger of current tables for this session. */
    static String writeAsOwner() {
        return "EXECUTE sys.sp_set_session_context @key = N'" + WindowScript.WRITER_KEY + "', @value = 1";
    }

    /** Ends {@link #writeAsOwner}. */
    static String writeAsOthers() {
        return "EXECUTE sys.sp_set_session_context @key = N'" + WindowScript.WRITER_KEY + "', @value = NULL";
    }

    /** A temporary table's name. */
    static Name temporary(String stem, int number) {
        return name("#" + stem + "_" + number);
    }
}
