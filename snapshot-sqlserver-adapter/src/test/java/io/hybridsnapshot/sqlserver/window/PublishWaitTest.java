package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Readers that wait for a publish do so in a statement of its own. With row versions at READ COMMITTED a statement
 * reads the ledger as of its start, and so misses the publish that it waited for.
 */
class PublishWaitTest {
    private static final Dataset ORDERS = Dataset.of("ORDERS_UNIFIED", List.of("record_uuid"));
    private static final String SHARE = "select count_big(*) from (select top (1) c.customer_filter from"
            + " \"dbo\".\"ORDERS_UNIFIED_SNAPSHOT\" as c with (tablock, holdlock)) as x";

    private final SimulatedWindow window = new SimulatedWindow();
    private final SqlServerWindowStore store = new SqlServerWindowStore(
            SqlServerWindowSettings.of(new SqlServerSettings("host", 1433, "ORDERS", "etl", "secret", Map.of())),
            purpose -> window.session(),
            Optional.empty());

    @BeforeEach
    void oneSnapshot() {
        window.add(SnapshotState.CURRENT, SimulatedWindow.ROWS);
    }

    private void assertSharedFirst() {
        List<String> queries = window.queries();
        assertEquals(SHARE, queries.get(0), queries::toString);
        assertEquals(1, queries.stream().filter(SHARE::equals).count(), queries::toString);
        assertTrue(queries.stream().anyMatch(query -> query.contains("SNAPSHOT_LEDGER")), queries::toString);
    }

    @Test
    void theCurrentSnapshotIsFoundBehindAWait() {
        store.findCurrent(ORDERS, Partition.ALL);
        assertSharedFirst();
    }

    @Test
    void visibleSnapshotsAreListedBehindAWait() {
        store.snapshots(ORDERS, Optional.empty());
        assertSharedFirst();
    }

    @Test
    void stampsAreComparedBehindAWait() {
        store.stamps(ORDERS, Optional.of(Partition.ALL));
        assertSharedFirst();
    }

    @Test
    void theStatisticsAreCountedBehindAWait() throws IOException {
        String procedure =
                Files.readString(Path.of("..", "sql", "ddl", "procedures", "orders", "dbo_sp_snapshot_statistics.sql"));
        int begin = procedure.indexOf("BEGIN TRANSACTION;");
        int wait = procedure.indexOf("SELECT TOP (1) c.[customer_filter] FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] AS c WITH"
                + " (TABLOCK, HOLDLOCK)) AS x);");
        int join = procedure.indexOf("LEFT JOIN [dbo].[SNAPSHOT_LEDGER]");
        assertTrue(begin >= 0 && begin < wait && wait < join, procedure);
    }

    /** A condition that holds for a parameter or for none cannot seek. */
    @Test
    void theCleanupSeeksTheRangesOfVersions() throws IOException {
        String procedure = Files.readString(
                Path.of("..", "sql", "ddl", "procedures", "orders", "dbo_sp_cleanup_snapshot_history.sql"));
        assertFalse(procedure.contains("@from IS NULL"), procedure);
        assertEquals(2, procedure.split("SET @from = '0{8}-0{4}-0{4}-0{4}-0{12}';", -1).length - 1);
        assertTrue(procedure.contains("AND v.[record_uuid] >= @from AND v.[record_uuid] <= @to"), procedure);
    }
}
