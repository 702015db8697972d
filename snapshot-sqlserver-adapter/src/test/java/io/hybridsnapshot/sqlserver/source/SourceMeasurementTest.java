package io.hybridsnapshot.sqlserver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.sqlserver.TestSqlServer;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Measures the reading of a wide table by the size of the packets and the number of connections;
 * docs/how-to/sql-server.md has the command.
 */
@Tag(TestSqlServer.TAG)
@EnabledIfSystemProperty(named = "measure", matches = "true", disabledReason = "a measurement, run by hand")
class SourceMeasurementTest {
    private static final int RUNS = Integer.getInteger("runs", 5);
    private static final int ROWS = 200_000;

    @RegisterExtension
    static final TestSqlServer SERVER = new TestSqlServer();

    @Test
    void packetsAndConnections() {
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            columns.append(", CAST(n * " + i + " AS bigint) AS i" + i)
                    .append(", CAST(n / 7.0 AS decimal(12,2)) AS d" + i)
                    .append(", CONCAT(N'text of ', n) AS t" + i)
                    .append(", DATEADD(second, n, CAST('2026-01-01' AS datetime2(3))) AS s" + i);
        }
        SERVER.execute("SELECT n" + columns + " INTO dbo.wide FROM (SELECT TOP (" + ROWS
                + ") CAST(ROW_NUMBER() OVER (ORDER BY (SELECT 1)) AS int) AS n"
                + " FROM sys.all_columns AS a CROSS JOIN sys.all_columns AS b) AS numbers");
        SERVER.execute("CREATE UNIQUE CLUSTERED INDEX wide_n ON dbo.wide (n)");
        for (int run = 0; run < RUNS; run++) {
            for (String size : new String[] {"4096", "8000", "16383"}) {
                read("packetSize=" + size, size, Optional.empty());
            }
            for (int connections : new int[] {2, 4}) {
                read(
                        connections + " connections",
                        "8000",
                        Optional.of(new KeyRanges("n", 16 * connections, connections, KeyRanges.Moments.ONE_EACH)));
            }
        }
    }

    private void read(String name, String packetSize, Optional<KeyRanges> ranges) {
        SqlServerSettings there = SERVER.database();
        Map<String, String> properties = new HashMap<>(there.properties());
        properties.put(SqlServerSettings.PACKET_SIZE, packetSize);
        SqlServerRowSource source = new SqlServerRowSource(
                new SqlServerSettings(
                        there.host(), there.port(), there.database(), there.user(), there.password(), properties),
                "241 columns",
                "SELECT * FROM dbo.wide");
        MeasuredRead measured = new MeasuredRead();
        long rows = 0;
        try (RowStream stream =
                ranges.isPresent() ? source.split(ranges.get()).open(ReadOptions.ALL) : source.open(ReadOptions.ALL)) {
            for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                rows += next.get().rowCount();
            }
        }
        measured.report(name, rows);
        assertEquals(ROWS, rows);
    }
}
