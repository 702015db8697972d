package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.sqlserver.TransactSql;
import io.hybridsnapshot.sqlserver.window.WindowScript.Carried;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The upgrade of a window of layout 1, without a server. {@link WindowUpgradeOnServerTest} runs it on one. */
class WindowUpgradeTest {
    private static final WindowScript ORDERS =
            new WindowScript("dbo", "ORDERS_UNIFIED", Carried.of(List.of("AAG ORDER NUMBER", "CUSTOMER NAME")));

    @Test
    void theFixtureIsTransactSqlOfLayout1() throws IOException {
        String fixture =
                Files.readString(Path.of("src", "test", "resources", "window_layout_1.sql"), StandardCharsets.UTF_8);
        TransactSql.assertValid(fixture);
        for (String ofLayout2 : List.of("first_number", "row_order", "[number]", "_SNAPSHOT_VERSION")) {
            assertTrue(!fixture.contains(ofLayout2), ofLayout2);
        }
    }

    /** Rows become versions only when the view exists, so that rights can move; the table is dropped with them. */
    @Test
    void theHistoryTableIsSetAsideBeforeTheViewTakesItsNameAndIsMovedAfterIt() {
        List<String> batches = ORDERS.history();
        int aside = first(batches, "sp_rename");
        int view = first(batches, "CREATE OR ALTER VIEW");
        int moved = first(batches, "DROP TABLE");
        int trigger = first(batches, "_SNAPSHOT_KEEP] ON");
        assertTrue(aside < view && view < moved && moved < trigger, batches::toString);
        String move = batches.get(moved);
        assertTrue(move.indexOf("BEGIN TRANSACTION") < move.indexOf("INSERT INTO"), move);
        assertTrue(move.indexOf("DROP TABLE") < move.indexOf("COMMIT TRANSACTION"), move);
    }

    /** GRANT fails for a user who may not grant, and for a grant to himself, and would undo the move of the rows. */
    @Test
    void rightsMoveOnlyWhereTheUserMayGrantThem() {
        List<String> batches = new WindowScript("it's", "ORDERS", Carried.of(List.of("A"))).history();
        String move = batches.get(first(batches, "DROP TABLE"));
        assertTrue(move.contains("AND r.grantee_principal_id <> DATABASE_PRINCIPAL_ID())"), move);
        int asked =
                move.indexOf("IF HAS_PERMS_BY_NAME(N'[it''s].[ORDERS_SNAPSHOT_HISTORY]', N'OBJECT', N'CONTROL') = 1\n");
        int granted = move.indexOf("EXEC sys.sp_executesql @rights;");
        int warned = move.indexOf("PRINT N'Warning: ");
        assertTrue(0 < asked && asked < granted && granted < warned, move);
        assertTrue(warned < move.indexOf("COMMIT TRANSACTION"), move);
        assertEquals(1, move.split("sp_executesql", -1).length - 1, move);
    }

    @Test
    void theViewTakesOneLockOfTheCurrentTableAndTheTriggerOneOfTheVersions() {
        List<String> batches = ORDERS.history();
        String view = batches.get(first(batches, "CREATE OR ALTER VIEW"));
        assertTrue(view.contains("FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] AS c WITH (TABLOCK, REPEATABLEREAD)"), view);
        assertTrue(view.contains("PARTITION BY x.[customer_filter], p.[batch_id], p.[snapshot_date])"), view);
        String trigger = batches.get(first(batches, "_SNAPSHOT_KEEP] ON"));
        assertTrue(trigger.contains("INSERT INTO [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] WITH (TABLOCK) ("), trigger);
    }

    private static int first(List<String> batches, String text) {
        for (int i = 0; i < batches.size(); i++) {
            if (batches.get(i).contains(text)) {
                return i;
            }
        }
        throw new AssertionError("no batch with " + text);
    }

    /** Each batch that makes or changes an object asks first, or may be run again by its nature. */
    @Test
    void everyBatchMayBeRunAgain() {
        for (List<String> batches : List.of(ORDERS.current(), ORDERS.history(), ORDERS.staging())) {
            for (String batch : batches) {
                boolean asks = batch.contains("IF OBJECT_ID(")
                        || batch.contains("IF NOT EXISTS (")
                        || batch.contains("IF EXISTS (")
                        || batch.contains("IF COL_LENGTH(")
                        || batch.contains("IF 1 = (SELECT COUNT(*)")
                        || batch.contains("CREATE OR ALTER ");
                assertTrue(asks, batch);
            }
        }
    }

    @Test
    void theLedgerRefusesOlderProgramsBeforeItIsNumbered() {
        List<String> batches = SqlServerWindowSchema.batches();
        int layout = first(batches, "[layout] INT NOT NULL");
        int numbered = first(batches, "SET [number] = n.[number]");
        int guard = first(batches, "TR_SNAPSHOT_LEDGER_LAYOUT");
        assertEquals(layout + 1, guard);
        assertTrue(guard < numbered);
        assertTrue(batches.get(guard).contains("THROW 50005"), batches.get(guard));
        assertEquals(
                1,
                batches.stream()
                        .filter(batch -> batch.contains("[layout] INT NOT NULL"))
                        .count());
    }
}
