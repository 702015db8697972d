package io.hybridsnapshot.postgres.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Measures the reading of a wide table, next to the limits of the server and of the driver on the
 * same rows; docs/how-to/postgresql.md has the command.
 */
@EnabledIfSystemProperty(named = "measure", matches = "true", disabledReason = "a measurement, run by hand")
class SourceMeasurementTest {
    private static final int ROWS = 100_000;
    private static final int RUNS = Integer.getInteger("runs", 3);

    @Test
    void aHundredThousandRowsOfTwoHundredAndSixtyFiveColumns() throws Exception {
        try (TestServer server = TestServer.start(Map.of("fsync", "on", "synchronous_commit", "on"))) {
            PostgresSettings settings = server.settings("postgres");
            try (Connection connection = connect(settings);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE wide AS " + computed());
                statement.execute("CREATE UNIQUE INDEX ON wide (n)");
                statement.execute("VACUUM ANALYZE wide");
            }
            for (int run = 0; run < RUNS; run++) {
                server(settings);
                drain(settings);
                assertEquals(ROWS, read("source", new PostgresRowSource(settings, "265 columns", "TABLE wide")));
                for (int connections : new int[] {2, 4}) {
                    assertEquals(
                            ROWS,
                            read(
                                    "source, " + connections + " connections",
                                    new PostgresRowSource(settings, "265 columns", "TABLE wide")
                                            .split(new KeyRanges("n", 16 * connections, connections))));
                }
            }
        }
    }

    private static String computed() {
        StringBuilder query = new StringBuilder("SELECT n");
        for (int i = 0; i < 66; i++) {
            query.append(", n * ").append(i).append("::bigint AS i").append(i);
            query.append(", (n / 7.0)::numeric(12,2) AS d").append(i);
            query.append(", 'text of ' || n AS t").append(i);
            query.append(", timestamp '2026-01-01' + n * interval '1 second' AS s")
                    .append(i);
        }
        return query + " FROM generate_series(1, " + ROWS + ") AS n";
    }

    /** The server's own limit: it writes the rows of the same COPY to nowhere. */
    private static void server(PostgresSettings settings) throws Exception {
        try (Connection connection = connect(settings);
                Statement statement = connection.createStatement()) {
            Usage usage = new Usage(pid(connection));
            statement.execute("COPY wide TO '/dev/null' (FORMAT binary)");
            usage.report("server alone");
        }
    }

    /** The driver's own limit: it receives the rows and drops them. */
    private static void drain(PostgresSettings settings) throws Exception {
        try (Connection connection = connect(settings)) {
            Usage usage = new Usage(pid(connection));
            CopyOut copy =
                    connection.unwrap(PGConnection.class).getCopyAPI().copyOut("COPY wide TO STDOUT (FORMAT binary)");
            while (copy.readFromCopy() != null) {
                // Dropped.
            }
            usage.report("driver alone");
        }
    }

    private static long read(String name, RowSource source) throws IOException {
        Usage usage = new Usage(0);
        long rows = 0;
        try (RowStream stream = source.open(ReadOptions.ALL)) {
            for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                rows += next.get().rowCount();
            }
        }
        usage.report(name);
        return rows;
    }

    private static Connection connect(PostgresSettings settings) throws Exception {
        return DriverManager.getConnection(
                "jdbc:postgresql://" + settings.host() + ":" + settings.port() + "/" + settings.database(),
                settings.user(),
                settings.password());
    }

    private static long pid(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Time by the clock, CPU time of this thread and, on Linux, of a backend. */
    private static final class Usage {
        private static final int USER_AND_SYSTEM = 11;

        private final long backend;
        private final long wall = System.nanoTime();
        private final long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        private final long ticks;

        Usage(long backend) throws IOException {
            this.backend = backend;
            this.ticks = ticks(backend);
        }

        void report(String what) throws IOException {
            long millis = (System.nanoTime() - wall) / 1_000_000;
            long cpuMillis = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1_000_000;
            System.out.printf(
                    "%s: %d rows of 265 columns in %d ms, %d ms CPU of the client (%d rows/s a core)%s%n",
                    what,
                    ROWS,
                    millis,
                    cpuMillis,
                    ROWS * 1000L / Math.max(1, cpuMillis),
                    backend == 0 ? "" : ", " + 10 * (ticks(backend) - ticks) + " ms CPU of the server");
        }

        private static long ticks(long backend) throws IOException {
            Path stat = Path.of("/proc", Long.toString(backend), "stat");
            if (!Files.isReadable(stat)) {
                return 0;
            }
            String line = Files.readString(stat);
            String[] words = line.substring(line.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(words[USER_AND_SYSTEM]) + Long.parseLong(words[USER_AND_SYSTEM + 1]);
        }
    }
}
