package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.sqlserver.TestSqlServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag(TestSqlServer.TAG)
class SqlServerWindowSchemaOnServerTest {
    private static final Dataset ORDERS = Dataset.of("ORDERS", List.of("NO"));

    @RegisterExtension
    static final TestSqlServer SERVER = new TestSqlServer();

    @Test
    void aWindowIsMadeInAnEmptyDatabaseAndASecondCallKeepsTheRows() {
        SqlServerWindowSettings settings = SqlServerWindowSettings.of(SERVER.database());
        SqlServerWindowSchema.create(settings);
        SqlServerWindowStore store = new SqlServerWindowStore(settings);
        store.prepare(ORDERS);
        store.openWriter(ORDERS, Partition.ALL, new WriterRequest("test", Duration.ZERO))
                .close();
        SqlServerWindowSchema.create(settings);
        assertEquals(List.of("1"), SERVER.rows("SELECT COUNT(*) FROM dbo.SNAPSHOT_WRITER"));
        assertEquals(List.of(), store.snapshots(ORDERS, Optional.empty()));
    }
}
