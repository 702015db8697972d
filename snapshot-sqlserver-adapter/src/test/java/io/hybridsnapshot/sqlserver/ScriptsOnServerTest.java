package io.hybridsnapshot.sqlserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The scripts of {@code sql} on a server, in the order in which an administrator runs them. */
@Tag(TestSqlServer.TAG)
class ScriptsOnServerTest {
    @RegisterExtension
    static final TestSqlServer SERVER = new TestSqlServer(TestSqlServer.Reading.LOCKS);

    @BeforeAll
    static void runScripts() throws IOException {
        runAll();
    }

    /** Tables before procedures before rights. */
    private static void runAll() throws IOException {
        for (String folder : List.of("tables", "procedures", "security")) {
            for (Path script : ScriptCorpusTest.scripts()) {
                String path = Path.of("..", "sql").relativize(script).toString();
                if (path.contains(folder)) {
                    SERVER.executeScript(path);
                }
            }
        }
    }

    @Test
    void theyMayBeRunAgainAndKeepTheRows() throws IOException {
        Assumptions.assumeTrue(
                SERVER.isSqlServer(), "sys.indexes of Babelfish has other names than those that were given");
        SERVER.execute("INSERT INTO dbo.ORDERS_UNIFIED_SNAPSHOT (record_uuid, row_hash, [AAG ORDER NUMBER])"
                + " VALUES ('00000000-0000-0000-0000-000000000001', REPLICATE(N'a', 64), N'A1')");
        runAll();
        assertEquals(
                List.of("A1|ALL"),
                SERVER.rows("SELECT [AAG ORDER NUMBER], customer_filter FROM dbo.ORDERS_UNIFIED_SNAPSHOT"));
    }

    @Test
    void everyTableColumnAndProcedureIsDescribed() {
        assertEquals(
                List.of(),
                SERVER.rows("SELECT o.name FROM sys.objects AS o WHERE o.is_ms_shipped = 0 AND o.type IN ('U', 'P')"
                        + " AND NOT EXISTS (SELECT 1 FROM sys.extended_properties AS p WHERE p.class = 1"
                        + " AND p.major_id = o.object_id AND p.minor_id = 0 AND p.name = N'MS_Description')"));
        assertEquals(
                List.of(),
                SERVER.rows("SELECT CONCAT(o.name, N'.', c.name) FROM sys.objects AS o"
                        + " INNER JOIN sys.columns AS c ON c.object_id = o.object_id"
                        + " WHERE o.is_ms_shipped = 0 AND o.type = 'U'"
                        + " AND NOT EXISTS (SELECT 1 FROM sys.extended_properties AS p WHERE p.class = 1"
                        + " AND p.major_id = o.object_id AND p.minor_id = c.column_id AND p.name ="
                        + " N'MS_Description')"));
    }
}
