package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.CUSTOMER_FILTER;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;

import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.math.BigDecimal;
import org.jooq.Field;
import org.jooq.Record;

/**
 * The versions of a partition's current rows, counted by the transactions that wrote them (the system column
 * {@code xmin}), and the table's columns. If both are equal, the rows are the same: a committed transaction adds no row
 * versions, and a version that was deleted or replaced never comes back. ALTER TABLE can change the texts of a row and
 * keep its version, so the columns count too. Counting takes less than half of the server's time for a
 * {@link StateToken}. A difference proves nothing: a restored table, or one whose column got another type, has the same
 * rows in other versions. VACUUM FULL and CLUSTER keep the versions. Transaction numbers repeat after four billion
 * transactions. Immutable.
 *
 * @param rows all rows
 * @param hashes the sum, modulo 2^64, of a 64-bit hash of the transaction of each row
 * @param columns {@link WindowTables#columnsHash}
 */
record RowVersions(long rows, long hashes, long columns) {
    private static final String HASH = "hashtextextended({0}::text, 0)";

    /** Reads all rows of the partition once. */
    static RowVersions of(PostgresSession session, WindowTables tables, Partition partition) {
        Record counted = session.dsl()
                .fetchSingle(
                        "select coalesce(sum(n), 0)::bigint, coalesce(sum(n * hashtextextended(writer::text, 0)), 0),"
                                + " {2} from (select xmin as writer, count(*)::numeric as n from {0} where {1}"
                                + " group by xmin) as versions",
                        tables.current(), CUSTOMER_FILTER.eq(partition.name()), tables.columnsHash(session));
        return new RowVersions(
                counted.get(0, Long.class), modulo(counted.get(1, BigDecimal.class)), counted.get(2, Long.class));
    }

    /** The sum of the hashes of current rows, among other tables. */
    static Field<BigDecimal> sum(WindowTables tables) {
        Field<?> writer = tables.inCurrent(field(name("xmin")));
        return field("coalesce(sum(" + HASH + "::numeric), 0)", BigDecimal.class, writer);
    }

    /**
     * Whether the current rows are in the versions that the publish of a snapshot left. Reads all rows of the partition
     * once, if the ledger has the versions.
     */
    static boolean areThoseOf(
            Ledger.Published current, PostgresSession session, WindowTables tables, Partition partition) {
        if (current.versions() == null) {
            return false;
        }
        RowVersions versions = of(session, tables, partition);
        return versions.text().equals(current.versions())
                && versions.rows() == current.entry().snapshot().rowCount();
    }

    /**
     * The versions after this session's transaction has replaced rows. The result has another transaction than the rows
     * if the driver sets savepoints ({@code autosave}); the next comparison then finds a difference.
     *
     * @param gone the rows that it deleted or replaced
     * @param goneHashes their {@link #sum}, read before
     * @param written the rows that it wrote
     */
    RowVersions after(long gone, BigDecimal goneHashes, long written, PostgresSession session) {
        long own = session.dsl()
                .select(field(HASH, Long.class, field("pg_current_xact_id()::xid")))
                .fetchSingle()
                .value1();
        return new RowVersions(rows - gone + written, hashes - modulo(goneHashes) + written * own, columns);
    }

    private static long modulo(BigDecimal sum) {
        return sum.toBigIntegerExact().longValue();
    }

    /** The text of the ledger. */
    String text() {
        return rows + "/" + hashes + "/" + columns;
    }
}
