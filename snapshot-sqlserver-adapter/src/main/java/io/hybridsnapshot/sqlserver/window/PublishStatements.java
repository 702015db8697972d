package io.hybridsnapshot.sqlserver.window;

import static io.hybridsnapshot.sqlserver.window.WindowStatements.IDENTITY_OF_BYTES;
import static org.jooq.impl.DSL.query;
import static org.jooq.impl.DSL.resultQuery;
import static org.jooq.impl.DSL.val;

import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.sqlserver.connection.GuidBytes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Name;
import org.jooq.Query;
import org.jooq.QueryPart;
import org.jooq.Record;
import org.jooq.ResultQuery;

/**
 * The statements that write rows of a dataset, as T-SQL templates with names and values as arguments. The class runs no
 * statement itself. Immutable.
 *
 * <p>Those of a publish run under the exclusive lock of the current table, which {@link #lockCurrent} takes first.
 * Their hints repeat it, so that none of them takes a lock for each row. A statement that joins the staged changes
 * seeks their rows by key, or joins by hash, as {@link Plan} says: statistics of a table that was just filled mislead
 * the server.
 */
final class PublishStatements {
    /** A plan for the join of staged changes with current rows. */
    enum Plan {
        /** Reads the staged changes once and seeks the current row of each. */
        SEEK("loop join"),
        /** Reads the current rows of the partition once. */
        SCAN("hash join");

        private final String hint;

        Plan(String hint) {
            this.hint = hint;
        }
    }

    private static final String DIGESTS = " collate " + WindowTables.BINARY_COLLATION;

    private final WindowTables tables;
    private final Ledger ledger;

    PublishStatements(WindowTables tables, Ledger ledger) {
        this.tables = tables;
        this.ledger = ledger;
    }

    /** Locks the current table for this transaction. Each transaction that takes this lock takes it before any row. */
    ResultQuery<Record> lockCurrent() {
        return resultQuery(
                "select count_big(*) from (select top (1) c.customer_filter from {0} as c with (tablockx, holdlock))"
                        + " as x",
                tables.current());
    }

    // Changes

    /** The staged changes by kind, and the sums of the digests of the rows that they replace and bring. */
    ResultQuery<Record> stagedCounts(UUID batch) {
        return resultQuery(
                "select " + counted("s.former_hash is null") + " as rows_new, "
                        + counted("s.former_hash is not null and s.row_hash is not null") + " as rows_changed, "
                        + counted("s.row_hash is null") + " as rows_deleted, sum(case when s.former_hash is not null"
                        + " then " + WindowStatements.digest("s.record_uuid", "s.former_hash")
                        + " else 0 end) as replaced, sum(case when s.row_hash is not null then "
                        + WindowStatements.digest("s.record_uuid", "s.row_hash")
                        + " else 0 end) as brought from {0} as s where s.batch_id = {1} option (recompile)",
                tables.staging(),
                bytes(batch));
    }

    private static String counted(String condition) {
        return "coalesce(sum(case when " + condition + " then cast(1 as bigint) else cast(0 as bigint) end), 0)";
    }

    /** The staged changes joined with the current rows that they were counted from. */
    private String staged(Arguments a, UUID batch, Partition partition, String kind) {
        return a.add(tables.staging()) + " as s inner join " + a.add(tables.current())
                + " as c with (tablockx) on c.customer_filter = " + a.bind(partition.name())
                + " and c.record_uuid = " + IDENTITY_OF_BYTES.formatted("s.")
                + " and c.row_hash = convert(nvarchar(64), s.former_hash)" + DIGESTS + " where s.batch_id = "
                + a.add(bytes(batch)) + " and " + kind;
    }

    private static String planned(Plan plan) {
        return " option (" + plan.hint + ", force order, recompile)";
    }

    /** Copies the current rows that change or go to the former versions, with the number that they end at. */
    Query keepReplaced(UUID batch, Partition partition, long number, Plan plan) {
        Arguments a = new Arguments();
        String into = a.add(tables.version());
        String columns = carried(a, "");
        String from = kept(a, "c.batch_id", "c.records_count", "c.snapshot_date");
        return query(
                "insert into " + into + " with (tablock) (record_uuid, row_hash" + columns
                        + ", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id,"
                        + " first_number, last_number) select " + from + ", c.first_number, " + a.bind(number)
                        + " from "
                        + staged(a, batch, partition, "s.former_hash is not null") + planned(plan),
                a.all());
    }

    private String kept(Arguments a, String batch, String count, String date) {
        StringBuilder texts = new StringBuilder();
        tables.carried()
                .forEach(column -> texts.append(", convert(nvarchar(max), c.")
                        .append(a.add(column))
                        .append(')'));
        return "c.record_uuid, c.row_hash" + texts + ", " + date + ", c.customer_filter, " + batch + ", " + count
                + ", c.parquet_archive_id";
    }

    /** Writes all columns of the changed rows. The {@code others} get the values that an INSERT would give them. */
    Query updateChanged(WindowSnapshot sealed, long number, Optional<ArchiveId> archive, List<Name> others, Plan plan) {
        Arguments a = new Arguments();
        StringBuilder set = new StringBuilder("c.row_hash = s.row_hash");
        for (Name column : tables.carried()) {
            set.append(", c.").append(a.add(column)).append(" = s.").append(a.add(column));
        }
        for (Name column : others) {
            set.append(", c.").append(a.add(column)).append(" = default");
        }
        return query(
                "update c set " + set + ", c.first_number = " + a.bind(number) + ", " + stamps(a, sealed, archive)
                        + " from "
                        + staged(
                                a,
                                batch(sealed),
                                sealed.partition(),
                                "s.former_hash is not null and s.row_hash is not null")
                        + planned(plan),
                a.all());
    }

    Query deleteGone(UUID batch, Partition partition, Plan plan) {
        Arguments a = new Arguments();
        return query("delete c from " + staged(a, batch, partition, "s.row_hash is null") + planned(plan), a.all());
    }

    /** Inserts the staged rows that are new, or all of them. */
    Query insert(WindowSnapshot sealed, long number, Optional<ArchiveId> archive, boolean isNewAlone) {
        Arguments a = new Arguments();
        String current = a.add(tables.current());
        String columns = carried(a, "");
        return query(
                "insert into " + current + " with (tablockx) (record_uuid, row_hash" + columns
                        + ", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id, first_number)"
                        + " select " + IDENTITY_OF_BYTES.formatted("s.") + ", s.row_hash" + carried(a, "s.") + ", "
                        + a.add(Ledger.moment(sealed.date())) + ", "
                        + a.bind(sealed.partition().name()) + ", "
                        + a.bind(batch(sealed)) + ", " + a.bind(sealed.rowCount()) + ", "
                        + a.add(archiveValue(archive)) + ", " + a.bind(number) + " from " + a.add(tables.staging())
                        + " as s where s.batch_id = " + a.add(bytes(batch(sealed)))
                        + (isNewAlone ? " and s.former_hash is null" : "") + " option (recompile)",
                a.all());
    }

    /** Gives the stamps of a snapshot to all rows that have another batch id. The texts are not written. */
    Query stampAll(WindowSnapshot snapshot, Optional<ArchiveId> archive) {
        Arguments a = new Arguments();
        return query(
                "update c set " + stamps(a, snapshot, archive) + " from " + a.add(tables.current())
                        + " as c with (tablockx) where c.customer_filter = "
                        + a.bind(snapshot.partition().name()) + " and (c.batch_id is null or c.batch_id <> "
                        + a.bind(batch(snapshot)) + ") option (recompile)",
                a.all());
    }

    /** Gives the stamps of a snapshot to the rows that have the batch id of another one. */
    Query stampInstead(UUID other, WindowSnapshot snapshot) {
        Arguments a = new Arguments();
        return query(
                "update c set " + stamps(a, snapshot, snapshot.archiveId()) + " from " + a.add(tables.current())
                        + " as c with (tablockx) where c.customer_filter = "
                        + a.bind(snapshot.partition().name()) + " and c.batch_id = " + a.bind(other)
                        + " option (recompile)",
                a.all());
    }

    private static String stamps(Arguments a, WindowSnapshot snapshot, Optional<ArchiveId> archive) {
        return "c.snapshot_date = " + a.add(Ledger.moment(snapshot.date())) + ", c.batch_id = "
                + a.bind(batch(snapshot)) + ", c.records_count = " + a.bind(snapshot.rowCount())
                + ", c.parquet_archive_id = " + a.add(archiveValue(archive));
    }

    // All rows

    /**
     * A foreign snapshot that becomes a previous one.
     *
     * @param batch the batch id that the window gives it
     * @param rowCount its rows
     * @param date the date of its rows, if that is not the one that they have
     */
    record Retired(UUID batch, long rowCount, Optional<Instant> date) {}

    /**
     * Copies the current rows that previous snapshots have to the former versions.
     *
     * @param numberOfStrangers the number of the snapshot that rows without a number belong to; empty: to none
     * @param foreign the foreign snapshot that those rows are
     * @param newestPrevious the number of the newest previous snapshot
     * @param last the number at which the versions end
     */
    Query keepAll(
            Partition partition,
            Optional<Long> numberOfStrangers,
            Optional<Retired> foreign,
            long newestPrevious,
            long last) {
        Arguments a = new Arguments();
        String into = a.add(tables.version());
        String columns = carried(a, "");
        String first = numberOfStrangers
                .map(number -> "coalesce(c.first_number, " + a.bind(number) + ")")
                .orElse("c.first_number");
        String batch = "c.batch_id";
        String count = "c.records_count";
        String date = "c.snapshot_date";
        if (foreign.isPresent()) {
            Retired by = foreign.get();
            batch = ofStranger("batch_id", a.bind(by.batch()));
            count = ofStranger("records_count", a.bind(by.rowCount()));
            date = by.date()
                    .map(given -> ofStranger("snapshot_date", a.add(Ledger.moment(given))))
                    .orElse(date);
        }
        String from = kept(a, batch, count, date);
        return query(
                "insert into " + into + " with (tablock) (record_uuid, row_hash" + columns
                        + ", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id,"
                        + " first_number, last_number) select " + from + ", " + first + ", " + a.bind(last) + " from "
                        + a.add(tables.current()) + " as c where c.customer_filter = " + a.bind(partition.name())
                        + " and " + first + " <= " + a.bind(newestPrevious) + " option (recompile)",
                a.all());
    }

    private static String ofStranger(String column, String value) {
        return "case when c.first_number is null then " + value + " else c." + column + " end";
    }

    /** Removes the current rows of a partition, or those that a previous snapshot does not have. */
    Query removeCurrent(Partition partition, Optional<Long> notOf) {
        Arguments a = new Arguments();
        return query(
                "delete c from " + a.add(tables.current()) + " as c with (tablockx) where c.customer_filter = "
                        + a.bind(partition.name())
                        + notOf.map(number ->
                                        " and (c.first_number > " + a.bind(number) + " or c.first_number is null)")
                                .orElse("")
                        + " option (recompile)",
                a.all());
    }

    /**
     * Copies a previous snapshot's former versions back into the current table.
     *
     * @param foreign the batch id that the window gave a foreign snapshot; its rows lose it again
     */
    Query bringBack(Partition partition, long number, Optional<UUID> foreign) {
        Arguments a = new Arguments();
        String current = a.add(tables.current());
        String columns = carried(a, "");
        String texts = carried(a, "v.");
        String batch = "v.batch_id";
        String count = "v.records_count";
        String first = "v.first_number";
        if (foreign.isPresent()) {
            String given = a.bind(foreign.get());
            batch = "nullif(v.batch_id, " + given + ")";
            count = "case when v.batch_id = " + given + " then null else v.records_count end";
            first = "nullif(v.first_number, " + a.bind(number) + ")";
        }
        return query(
                "insert into " + current + " with (tablockx) (record_uuid, row_hash" + columns
                        + ", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id, first_number)"
                        + " select v.record_uuid, v.row_hash" + texts + ", v.snapshot_date, v.customer_filter, " + batch
                        + ", " + count + ", v.parquet_archive_id, " + first + " from " + a.add(tables.version())
                        + " as v where v.customer_filter = " + a.bind(partition.name()) + " and v.first_number <= "
                        + a.bind(number) + " and v.last_number > " + a.bind(number) + " option (recompile)",
                a.all());
    }

    /** Removes the former versions that {@link #bringBack} has copied. */
    Query removeFormer(Partition partition, long number) {
        Arguments a = new Arguments();
        return query(
                "delete v from " + a.add(tables.version()) + " as v with (tablockx) where v.customer_filter = "
                        + a.bind(partition.name()) + " and v.first_number <= " + a.bind(number)
                        + " and v.last_number > " + a.bind(number) + " option (recompile)",
                a.all());
    }

    // Linking

    /** Sets the archive in the current rows with a batch id. */
    Query linkCurrent(Partition partition, UUID batch, ArchiveId archive) {
        return query(
                "update c set c.parquet_archive_id = {3} from {0} as c with (tablockx) where c.customer_filter = {1}"
                        + " and c.batch_id = {2} option (recompile)",
                tables.current(), val(partition.name()), val(batch), val(archive.value()));
    }

    /** Sets the archive in the former versions with a batch id. */
    Query linkFormer(Partition partition, UUID batch, ArchiveId archive) {
        return query(
                "update v set v.parquet_archive_id = {3} from {0} as v with (tablockx) where v.customer_filter = {1}"
                        + " and v.batch_id = {2} option (recompile)",
                tables.version(), val(partition.name()), val(batch), val(archive.value()));
    }

    // Removing

    /** The partition with former versions that comes next, in the order of the index; a seek. */
    ResultQuery<Record> nextPartition(Optional<Partition> behind) {
        Arguments a = new Arguments();
        return resultQuery(
                "select top (1) v.customer_filter from " + a.add(tables.version()) + " as v"
                        + behind.map(last -> " where v.customer_filter > " + a.bind(last.name()))
                                .orElse("")
                        + " order by v.customer_filter",
                a.all());
    }

    /** The last of some former versions that end at a number, behind an identity: a range to remove. */
    ResultQuery<Record> endOfFormerRange(Partition partition, long end, Optional<UUID> behind, int rows) {
        Arguments a = new Arguments();
        return resultQuery(
                "select top (1) x.record_uuid from (select top (" + rows + ") v.record_uuid from "
                        + a.add(tables.version()) + " as v where v.customer_filter = " + a.bind(partition.name())
                        + " and v.last_number = " + a.bind(end)
                        + behind.map(last -> " and v.record_uuid > " + a.bind(last))
                                .orElse("")
                        + " order by v.record_uuid) as x order by x.record_uuid desc",
                a.all());
    }

    /**
     * Removes a range of the former versions that end at a number, if no visible snapshot has them.
     *
     * @param upTo the last identity of the range
     */
    Query removeFormerRange(Partition partition, long end, Optional<UUID> behind, UUID upTo) {
        Arguments a = new Arguments();
        return query(
                "delete v from " + a.add(tables.version()) + " as v where v.customer_filter = "
                        + a.bind(partition.name()) + " and v.last_number = " + a.bind(end)
                        + behind.map(last -> " and v.record_uuid > " + a.bind(last))
                                .orElse("")
                        + " and v.record_uuid <= " + a.bind(upTo) + " and not exists (select 1 from "
                        + a.add(ledger.snapshots()) + " as l where l.dataset = "
                        + a.bind(tables.dataset().name()) + " and l.customer_filter = " + a.bind(partition.name())
                        + " and l.state in ('CURRENT', 'PREVIOUS') and l.number < " + a.bind(end) + ")",
                a.all());
    }

    /** The batch with staged rows that comes next, in the order of the key; a seek. */
    ResultQuery<Record> nextStaged(Optional<UUID> behind) {
        Arguments a = new Arguments();
        return resultQuery(
                "select top (1) " + "convert(uniqueidentifier, s.batch_id) as batch_id from " + a.add(tables.staging())
                        + " as s"
                        + behind.map(last -> " where s.batch_id > " + a.add(bytes(last)))
                                .orElse("")
                        + " order by s.batch_id",
                a.all());
    }

    /** The last row that is staged of a batch; a seek. */
    ResultQuery<Record> lastStaged(UUID batch) {
        return resultQuery(
                "select top (1) s.row_order from {0} as s where s.batch_id = {1} order by s.row_order desc",
                tables.staging(), bytes(batch));
    }

    /** The last of some staged rows of a batch, behind another one: a range to remove. */
    ResultQuery<Record> endOfStagedRange(UUID batch, long behind, int rows) {
        return resultQuery(
                "select top (1) x.row_order from (select top (" + rows
                        + ") s.row_order from {0} as s where s.batch_id ="
                        + " {1} and s.row_order > {2} order by s.row_order) as x order by x.row_order desc",
                tables.staging(),
                bytes(batch),
                val(behind));
    }

    /** Removes a range of a batch's staged rows. */
    Query removeStagedRange(UUID batch, long behind, long upTo) {
        return query(
                "delete s from {0} as s where s.batch_id = {1} and s.row_order > {2} and s.row_order <= {3}",
                tables.staging(), bytes(batch), val(behind), val(upTo));
    }

    private String carried(Arguments a, String prefix) {
        return tables.carried().isEmpty() ? "" : ", " + a.add(tables.carried(), prefix);
    }

    private static QueryPart archiveValue(Optional<ArchiveId> archive) {
        return val(archive.map(ArchiveId::value).orElse(null), Long.class);
    }

    private static QueryPart bytes(UUID batch) {
        return val(GuidBytes.of(batch));
    }

    private static UUID batch(WindowSnapshot sealed) {
        return sealed.id().orElseThrow().value();
    }
}
