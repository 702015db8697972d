package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.window.WindowTables.FIRST_NUMBER;
import static io.hybridsnapshot.postgres.window.WindowTables.LAST_NUMBER;
import static org.jooq.impl.DSL.min;

import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/** The former versions of the rows of one partition, within the session's transaction. */
final class FormerVersions {
    private FormerVersions() {}

    /** Those that the snapshot of this number has. */
    static Condition of(Partition partition, long number) {
        return CUSTOMER_FILTER.eq(partition.name()).and(FIRST_NUMBER.le(number)).and(LAST_NUMBER.gt(number));
    }

    /** Removes the versions that no snapshot has, older than all that the ledger shows. */
    static void prune(PostgresSession session, Ledger ledger, WindowTables tables, Partition partition) {
        Optional<Long> oldest = session.dsl()
                .select(min(Ledger.NUMBER))
                .from(ledger.snapshots())
                .where(Ledger.of(tables.dataset().name(), partition, SnapshotState.CURRENT, SnapshotState.PREVIOUS))
                .fetchOptional(0, Long.class);
        session.dsl()
                .deleteFrom(tables.version())
                .where(CUSTOMER_FILTER.eq(partition.name()))
                .and(oldest.map(LAST_NUMBER::le).orElseGet(DSL::noCondition))
                .execute();
    }

    /**
     * Lets the session write to current tables without the trigger that keeps rows of previous snapshots from foreign
     * statements. Ends with the transaction.
     */
    static void writeAsOwner(PostgresSession session) {
        session.dsl().fetch("select set_config('hybrid_snapshots.window_writer', 'on', true)");
    }
}
