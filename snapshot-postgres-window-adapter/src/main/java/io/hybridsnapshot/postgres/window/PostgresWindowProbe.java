package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORD_UUID;
import static io.hybridsnapshot.postgres.window.WindowTables.ROW_HASH;
import static org.jooq.impl.DSL.castNull;
import static org.jooq.impl.DSL.falseCondition;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;

import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowProbe;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.postgres.connection.Isolation;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Record;
import org.jooq.Record2;
import org.jooq.Select;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/**
 * Stages rows for comparison in a temporary table of the probe's own session, which drops the table at its end. The
 * first question opens a transaction that sees one moment. The transaction stays open until the probe is closed.
 */
final class PostgresWindowProbe implements WindowProbe {
    private static final Table<Record> PROBE = table(name("pg_temp", "snapshot_probe"));
    private static final String ADDING = "sending rows to compare";

    private final PostgresSession session;
    private final Ledger ledger;
    private final WindowTables tables;
    private final Partition partition;
    private @Nullable BinaryCopy copy;

    private PostgresWindowProbe(PostgresSession session, Ledger ledger, WindowTables tables, Partition partition) {
        this.session = session;
        this.ledger = ledger;
        this.tables = tables;
        this.partition = partition;
    }

    /** Takes over the session, also if it fails to start. */
    static PostgresWindowProbe open(PostgresSession session, Ledger ledger, WindowTables tables, Partition partition) {
        session.run(
                "making a temporary table",
                () -> session.dsl()
                        .createTemporaryTable(PROBE)
                        .columns(RECORD_UUID, ROW_HASH)
                        .execute());
        session.undoAtClose("drop table if exists pg_temp.snapshot_probe");
        return new PostgresWindowProbe(session, ledger, tables, partition);
    }

    @Override
    public Optional<WindowSnapshot> current() {
        startAsking();
        return session.run(
                "reading the ledger",
                () -> tables.exist(session)
                        ? CurrentSnapshots.find(session, ledger, tables, partition)
                        : Optional.empty());
    }

    @Override
    public void add(KeyedHashes hashes) {
        session.run(ADDING, () -> {
            send(hashes);
            return null;
        });
    }

    private void send(KeyedHashes hashes) throws SQLException {
        if (copy == null) {
            copy = BinaryCopy.start(session, "pg_temp.snapshot_probe");
        }
        for (int row = 0; row < hashes.size(); row++) {
            copy.startRow(2);
            copy.uuid(hashes.identityHigh(row), hashes.identityLow(row));
            copy.hash(hashes, row);
        }
    }

    @Override
    public SnapshotDelta delta() {
        startAsking();
        boolean prepared = session.run("looking for the window's tables", () -> tables.exist(session));
        Select<Record2<UUID, String>> earlier = prepared
                ? select(RECORD_UUID, ROW_HASH).from(tables.current()).where(CUSTOMER_FILTER.eq(partition.name()))
                : select(
                                castNull(RECORD_UUID.getDataType()).as(RECORD_UUID),
                                castNull(ROW_HASH.getDataType()).as(ROW_HASH))
                        .where(falseCondition());
        return new JoinDelta(session, () -> {}, select(RECORD_UUID, ROW_HASH).from(PROBE), earlier);
    }

    private void startAsking() {
        session.run(ADDING, () -> {
            if (copy != null) {
                BinaryCopy ending = copy;
                copy = null;
                ending.finish();
                // Without it the planner takes the table for a small one.
                session.dsl().execute("analyze {0}", PROBE);
            }
            return null;
        });
        if (!session.isInTransaction()) {
            session.begin(Isolation.READ_ONLY, "comparing with the window");
        }
    }

    @Override
    public void close() {
        try {
            if (copy != null) {
                session.run(ADDING, () -> {
                    copy.cancel();
                    return null;
                });
            }
        } catch (SnapshotException e) {
            // The probe leaves nothing behind, and the connection is dropped.
            session.abort();
        } finally {
            session.close();
        }
    }
}
