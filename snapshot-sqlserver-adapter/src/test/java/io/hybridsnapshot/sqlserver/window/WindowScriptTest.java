package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.sqlserver.window.WindowScript.Carried;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The scripts that administrators run equal the text that the program derives from a dataset. */
class WindowScriptTest {
    private static final Path SCRIPTS = Path.of("../sql/ddl/tables/orders");
    private static final Path WANTED = Path.of("target/wanted-scripts");

    private static final WindowScript ORDERS = new WindowScript(
            "dbo",
            "ORDERS_UNIFIED",
            List.of(
                    new Carried("AAG ORDER NUMBER", "NVARCHAR(255)", "NOT NULL", "Business key"),
                    new Carried("CUSTOMER NAME", "NVARCHAR(255)", "NULL", "Carried from the source as text"),
                    new Carried("CUSTOMER STYLE", "NVARCHAR(255)", "NULL", "Carried from the source as text"),
                    new Carried(
                            "CUSTOMER COLOUR DESCRIPTION", "NVARCHAR(255)", "NULL", "Carried from the source as text"),
                    new Carried("PO NUMBER", "NVARCHAR(255)", "NULL", "Carried from the source as text"),
                    new Carried("CUSTOMER ALT PO", "NVARCHAR(255)", "NULL", "Carried from the source as text"),
                    new Carried("ACTIVE", "NVARCHAR(10)", "NULL", "Carried from the source as text")));

    @Test
    void scriptOfTheCurrentTableIsWhatTheProgramWouldRun() throws IOException {
        assertScript("dbo_orders_unified_snapshot.sql", """
                The current snapshot of every partition of ORDERS_UNIFIED: what readers query. A record stands here \
                once per
                partition.

                SQL Server 2017 or later, Azure SQL. Runs with sqlcmd as it is and through Liquibase (endDelimiter \
                GO). Run it again
                at will: it makes what is missing, rekeys a table of the founding shape, and leaves rows alone. All \
                times are UTC.
                """, ORDERS.current());
    }

    @Test
    void scriptOfTheHistoryIsWhatTheProgramWouldRun() throws IOException {
        assertScript("dbo_orders_unified_snapshot_history.sql", """
                The previous snapshots of ORDERS_UNIFIED that the window still keeps: former versions of rows, a view \
                that shows whole
                snapshots, and the trigger that keeps them from the statements of other programs.

                SQL Server 2017 or later, Azure SQL. Runs with sqlcmd as it is and through Liquibase (endDelimiter \
                GO), after the
                scripts of the ledger and of the current table. Run it again at will. All times are UTC.

                A reader of the view shares the lock of the current table until its transaction ends, and a publish \
                waits for it: read
                with autocommit, or commit after reading.
                """, ORDERS.history());
    }

    @Test
    void scriptOfTheStagingTableIsWhatTheProgramWouldRun() throws IOException {
        assertScript("dbo_orders_unified_snapshot_staging.sql", """
                Rows and changes of snapshots of ORDERS_UNIFIED that are being loaded; only the program reads it.

                SQL Server 2017 or later, Azure SQL. Runs with sqlcmd as it is and through Liquibase (endDelimiter \
                GO). Run it again
                at will.
                """, ORDERS.staging());
    }

    private static void assertScript(String name, String comment, List<String> batches) throws IOException {
        String wanted = WindowScript.script(comment, batches);
        Files.createDirectories(WANTED);
        Files.writeString(WANTED.resolve(name), wanted);
        Path script = SCRIPTS.resolve(name);
        assertTrue(
                Files.exists(script), () -> script + " is missing; " + WANTED.resolve(name) + " is what it should be");
        assertEquals(wanted, Files.readString(script, StandardCharsets.UTF_8));
    }

    @Test
    void namesAndTextsAreQuoted() {
        assertEquals("[a]]b[c 'd\" ?]", WindowScript.bracketed("a]b[c 'd\" ?"));
        assertEquals("N'it''s ''so'''", WindowScript.literal("it's 'so'"));
    }

    @Test
    void oddNamesOfColumnsStandQuotedInEveryBatch() {
        String odd = "it's [odd]] ? {0} %";
        WindowScript script = new WindowScript("my]schema", "DATA", Carried.of(List.of(odd, "ÄÖ\u65e5")));
        for (List<String> batches : List.of(script.current(), script.history(), script.staging())) {
            String all = String.join("\n", batches);
            assertTrue(all.contains("[it's [odd]]]] ? {0} %]"), all);
            assertTrue(all.contains("N'it''s [odd]] ? {0} %'"), all);
            assertTrue(all.contains("[my]]schema].[DATA_SNAPSHOT"), all);
            assertTrue(all.contains("[ÄÖ\u65e5]"), all);
        }
    }
}
