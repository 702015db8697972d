package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.sqlserver.TransactSql;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link SqlServerWindowSchemaOnServerTest} runs the batches where a server is at hand. */
class SqlServerWindowSchemaTest {
    @Test
    void theJarHoldsTheLedgersScriptCutAsSqlcmdCutsIt() throws IOException {
        String script = Files.readString(Path.of("..", "sql", "ddl", "tables", "orders", "dbo_snapshot_ledger.sql"));
        List<String> batches = SqlServerWindowSchema.batches();
        assertEquals(
                TransactSql.batches(script).stream().map(String::strip).toList(),
                batches.stream().map(String::strip).toList());
        assertTrue(batches.size() > 5, () -> batches.size() + " batches");
        batches.forEach(TransactSql::assertValid);
    }

    @Test
    void anotherSchemaIsRefusedBeforeAnythingIsAsked() {
        SqlServerWindowSettings settings = new SqlServerWindowSettings(
                SqlServerSettings.of("no.such.host.invalid", 1433, "db", "u", "p"), "other");
        SnapshotException error = assertThrows(SnapshotException.class, () -> SqlServerWindowSchema.create(settings));
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("'other'"), error.getMessage());
    }
}
