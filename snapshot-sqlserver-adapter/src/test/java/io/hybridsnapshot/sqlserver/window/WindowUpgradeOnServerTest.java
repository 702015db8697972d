package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.sqlserver.TestSqlServer;
import io.hybridsnapshot.sqlserver.TransactSql;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A window of layout 1 on a server, brought to layout 2 by the scripts. */
@Tag(TestSqlServer.TAG)
class WindowUpgradeOnServerTest {
    private static final Dataset ORDERS =
            Dataset.of("ORDERS_UNIFIED", List.of("record_uuid")).withCarriedColumns(List.of("AAG ORDER NUMBER"));

    @RegisterExtension
    static final TestSqlServer SERVER = new TestSqlServer(TestSqlServer.Reading.LOCKS);

    @BeforeAll
    static void upgrade() throws IOException {
        String fixture =
                Files.readString(Path.of("src", "test", "resources", "window_layout_1.sql"), StandardCharsets.UTF_8);
        TransactSql.batches(fixture).forEach(SERVER::execute);
        SERVER.execute("CREATE ROLE readers; GRANT SELECT ON dbo.ORDERS_UNIFIED_SNAPSHOT_HISTORY TO readers");
        TestSqlServer.TABLE_SCRIPTS.forEach(SERVER::executeScript);
        TestSqlServer.TABLE_SCRIPTS.forEach(SERVER::executeScript);
    }

    @Test
    void snapshotsOfLayout1StayWholeAndTheStagedOneIsPublished() {
        SqlServerWindowStore store = new SqlServerWindowStore(SqlServerWindowSettings.of(SERVER.database()));
        List<WindowSnapshot> visible = store.snapshots(ORDERS, Optional.empty());
        assertEquals(
                List.of(SnapshotState.CURRENT, SnapshotState.PREVIOUS),
                visible.stream().map(WindowSnapshot::state).toList());
        assertEquals(List.of("1", "9", "3"), hashes(store, visible.get(0)));
        assertEquals(List.of("1", "2", "3"), hashes(store, visible.get(1)));
        assertEquals(
                List.of("3|1"),
                SERVER.rows("SELECT COUNT(*), COUNT(DISTINCT batch_id) FROM dbo.ORDERS_UNIFIED_SNAPSHOT_HISTORY"));
        assertEquals(
                List.of("1"),
                SERVER.rows("SELECT COUNT(*) FROM sys.database_permissions AS p INNER JOIN sys.database_principals AS g"
                        + " ON g.principal_id = p.grantee_principal_id WHERE g.name = 'readers' AND p.major_id ="
                        + " OBJECT_ID('dbo.ORDERS_UNIFIED_SNAPSHOT_HISTORY')"));

        SnapshotId staged = new SnapshotId(UUID.fromString("00000000-0000-0000-0000-0000000000a3"));
        try (WindowWriter writer =
                store.openWriter(ORDERS, Partition.ALL, new WriterRequest("test", Duration.ofSeconds(20)))) {
            assertEquals(Optional.empty(), writer.changes().orElseThrow().base(), "layout 1 knows no state");
            writer.publish(staged, Optional.empty(), 3);
            assertEquals(
                    Optional.of(staged), writer.changes().orElseThrow().base().map(base -> base.snapshot()));
        }
        List<WindowSnapshot> after = store.snapshots(ORDERS, Optional.empty());
        assertEquals(List.of("5"), hashes(store, after.get(0)));
        assertEquals(List.of("1", "9", "3"), hashes(store, after.get(1)));
        assertEquals(List.of("1", "2", "3"), hashes(store, after.get(2)));
    }

    /** The first digits of the hashes, in the order of the identities. */
    private static List<String> hashes(SqlServerWindowStore store, WindowSnapshot snapshot) {
        List<String> rows = new ArrayList<>();
        try (KeyedRowStream stream = store.openRows(ORDERS, snapshot)) {
            for (Optional<KeyedHashes> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                for (int row = 0; row < batch.get().size(); row++) {
                    rows.add(batch.get().identity(row) + batch.get().hex(row).substring(0, 1));
                }
            }
        }
        Collections.sort(rows);
        return rows.stream().map(row -> row.substring(row.length() - 1)).toList();
    }
}
