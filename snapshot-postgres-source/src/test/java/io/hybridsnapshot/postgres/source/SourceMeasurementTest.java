package io.hybridsnapshot.postgres.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestServer;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Measures the reading of a wide query; docs/how-to/postgresql.md has the command. */
@EnabledIfSystemProperty(named = "measure", matches = "true", disabledReason = "a measurement, run by hand")
class SourceMeasurementTest {
    private static final int ROWS = 50_000;

    @Test
    void fiftyThousandRowsOfTwoHundredAndSixtyFiveColumns() throws Exception {
        try (TestServer server = TestServer.start(Map.of("fsync", "on", "synchronous_commit", "on"))) {
            for (int run = 0; run < 3; run++) {
                assertEquals(ROWS, read(server.settings("postgres")));
            }
        }
    }

    private static long read(PostgresSettings settings) {
        StringBuilder query = new StringBuilder("SELECT n");
        for (int i = 0; i < 66; i++) {
            query.append(", n * ").append(i).append(" AS i").append(i);
            query.append(", (n / 7.0)::numeric(12,2) AS d").append(i);
            query.append(", 'text of ' || n AS t").append(i);
            query.append(", timestamp '2026-01-01' AS s").append(i);
        }
        long start = System.nanoTime();
        long rows = 0;
        try (RowStream stream = new PostgresRowSource(
                        settings, "265 columns", query + " FROM generate_series(1, " + ROWS + ") AS n")
                .open(ReadOptions.ALL)) {
            for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                rows += next.get().rowCount();
            }
        }
        System.out.printf("source: %d rows of 265 columns in %d ms%n", rows, (System.nanoTime() - start) / 1_000_000);
        return rows;
    }
}
