package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.BATCH_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.FORMER_HASH;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORD_UUID;
import static io.hybridsnapshot.postgres.window.WindowTables.ROW_HASH;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.ChangedRows;
import io.hybridsnapshot.domain.window.WindowConflicts;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;

/**
 * The COPY into the staging table, of all rows of a snapshot or of its changes. It stays open between calls, in a
 * transaction that the writer opens. One thread.
 */
final class Staging {
    /** A B-tree's entries end at a third of a page. */
    private static final int MAX_INDEXED_BYTES = 2_600;

    private static final String TASK = "staging rows";

    private final PostgresSession session;
    private final WindowTables tables;
    private final WindowConflicts conflicts;
    private @Nullable BinaryCopy copy;
    private @Nullable SnapshotId staged;
    private boolean asChanges;

    Staging(PostgresSession session, WindowTables tables, WindowConflicts conflicts) {
        this.session = session;
        this.tables = tables;
        this.conflicts = conflicts;
    }

    /** Sends rows through an open COPY. */
    @FunctionalInterface
    interface Sending {
        void send(Staging staging) throws SQLException;
    }

    boolean isOpen() {
        return copy != null;
    }

    boolean isOpen(SnapshotId id) {
        return copy != null && id.equals(staged);
    }

    boolean isOpen(SnapshotId id, boolean changes) {
        return isOpen(id) && asChanges == changes;
    }

    /** Opens the COPY; the session cannot run other statements until it has ended. */
    void start(SnapshotId id, boolean changes) throws SQLException {
        List<Field<?>> columns = new ArrayList<>(List.of(BATCH_ID, RECORD_UUID, ROW_HASH));
        if (changes) {
            columns.add(FORMER_HASH);
        }
        columns.addAll(tables.carried());
        DSLContext dsl = session.dsl();
        List<String> names = columns.stream().map(dsl::render).toList();
        copy = BinaryCopy.start(session, dsl.render(tables.staging()) + " (" + String.join(", ", names) + ")");
        staged = id;
        asChanges = changes;
    }

    /** All rows of the snapshot, or some of them. */
    void whole(RowBatch rows, KeyedHashes hashes) throws SQLException {
        int[] positions = positions(rows);
        for (int row = 0; row < rows.rowCount(); row++) {
            start(hashes, row, 3 + positions.length);
            copy.hash(hashes, row);
            carried(rows, row, positions, hashes);
        }
    }

    /** Rows that are NEW or CHANGED. */
    void changed(ChangedRows changes) throws SQLException {
        int[] positions = positions(changes.rows());
        for (int row = 0; row < changes.size(); row++) {
            start(changes.hashes(), row, 4 + positions.length);
            copy.hash(changes.hashes(), row);
            if (changes.isNew(row)) {
                copy.nil();
            } else {
                copy.hash(changes.former(), row);
            }
            carried(changes.rows(), row, positions, changes.hashes());
        }
    }

    /** Rows that are DELETED. */
    void deleted(KeyedHashes former) throws SQLException {
        int texts = tables.carried().size();
        for (int row = 0; row < former.size(); row++) {
            start(former, row, 4 + texts);
            copy.nil();
            copy.hash(former, row);
            for (int i = 0; i < texts; i++) {
                copy.nil();
            }
        }
    }

    private int[] positions(RowBatch rows) {
        int[] positions = new int[tables.carried().size()];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = rows.schema().indexOf(tables.carried().get(i).getName());
        }
        return positions;
    }

    private void start(KeyedHashes hashes, int row, int fields) throws SQLException {
        UUID batch = staged.value();
        copy.startRow(fields);
        copy.uuid(batch.getMostSignificantBits(), batch.getLeastSignificantBits());
        copy.uuid(hashes.identityHigh(row), hashes.identityLow(row));
    }

    private void carried(RowBatch rows, int row, int[] positions, KeyedHashes hashes) {
        for (int i = 0; i < positions.length; i++) {
            Column column = rows.schema().column(positions[i]);
            int bytes = copy.text(column.type(), rows.vector(positions[i]), row);
            if (i == 0 && bytes > MAX_INDEXED_BYTES) {
                throw SnapshotException.invalidRequest("a business key is too long for the window's index")
                        .where(conflicts.place() + ", column '" + column.name() + "', record " + hashes.identity(row))
                        .actual(bytes + " bytes")
                        .expected("at most " + MAX_INDEXED_BYTES)
                        .nextStep("put another column first among the carried columns")
                        .build();
            }
        }
    }

    /** Ends the COPY and commits the writer's transaction. */
    void finish() {
        BinaryCopy ending = copy;
        boolean whole = !asChanges;
        forget();
        try {
            session.run(TASK, () -> {
                ending.finish();
                return null;
            });
            session.commit(TASK);
        } finally {
            session.rollback();
        }
        if (whole) {
            // Without new statistics the planner assumes the table's former contents.
            session.run(
                    "counting the staged rows",
                    () -> session.dsl().execute("analyze {0} ({1}, {2})", tables.staging(), BATCH_ID, RECORD_UUID));
        }
    }

    /** Gives up the rows that were sent through the open COPY, if there is one. */
    void cancel() {
        BinaryCopy ending = copy;
        forget();
        if (ending != null) {
            session.run("giving up staged rows", () -> {
                ending.cancel();
                return null;
            });
        }
    }

    private void forget() {
        copy = null;
        staged = null;
    }
}
