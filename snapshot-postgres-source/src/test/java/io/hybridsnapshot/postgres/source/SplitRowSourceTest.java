package io.hybridsnapshot.postgres.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.postgres.connection.Isolation;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.postgres.connection.TestPool;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class SplitRowSourceTest {
    private static final int ROWS = 5_000;

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private static RowSource split(String query, String column, int ranges, int connections) {
        return new PostgresRowSource(DATABASE.settings(), "rows", query)
                .split(new KeyRanges(column, ranges, connections));
    }

    /** The values of the column n, in the order in which they come. */
    private static List<Long> read(RowSource source) {
        try (RowStream stream = source.open(ReadOptions.ALL.withColumns(List.of("n")))) {
            return numbers(stream);
        }
    }

    private static List<Long> numbers(RowStream stream) {
        List<Long> numbers = values(stream);
        assertEquals(Optional.empty(), stream.remark());
        return numbers;
    }

    private static List<Long> values(RowStream stream) {
        List<Long> numbers = new ArrayList<>();
        for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
            LongVector vector = (LongVector) next.get().vector(0);
            for (int row = 0; row < next.get().rowCount(); row++) {
                numbers.add(vector.get(row));
            }
        }
        return numbers;
    }

    private static List<Long> all(int count) {
        return LongStream.rangeClosed(1, count).boxed().toList();
    }

    @Test
    void keysOfEveryTypeGiveEachRowOnce() {
        for (String key : new String[] {
            "(n - 2500)::smallint",
            "n::integer",
            "n * 1000000007::bigint",
            "(n / 8.0)::numeric(10,3)",
            "n * 12345678901234567890::numeric",
            "CASE n WHEN 7 THEN 'NaN'::numeric ELSE n END",
            "date '2026-01-01' + n::int",
            "CASE n WHEN 1 THEN date '-infinity' WHEN 2 THEN date 'infinity' WHEN 3 THEN date '0044-03-15 BC'"
                    + " ELSE date '1999-12-31' - n::int END",
            "timestamp '1960-01-01' + n * interval '1.000001 seconds'",
            "timestamptz '2026-03-29 00:00+02' + n * interval '7 hours'",
            "CASE n WHEN 1 THEN timestamptz 'infinity' WHEN 2 THEN timestamptz '0300-01-01 BC'"
                    + " ELSE timestamptz '9999-12-31 23:00Z' - n * interval '1 day' END",
            "md5(n::text)::uuid",
            "CASE WHEN n % 3 = 0 THEN NULL ELSE n END",
            "NULL::bigint",
            "5"
        }) {
            String query = "SELECT n::bigint AS n, " + key + " AS \"the \"\"KEY\" FROM generate_series(1, " + ROWS
                    + ") AS n -- a comment";
            for (int connections : new int[] {1, 3}) {
                List<Long> numbers = read(split(query, "the \"KEY", 7, connections));
                assertEquals(
                        all(ROWS), numbers.stream().sorted().toList(), key + " over " + connections + " connections");
            }
        }
    }

    @Test
    void rowsComeInTheOrderOfTheRanges() {
        String query = "SELECT n::bigint AS n FROM generate_series(" + ROWS + ", 1, -1) AS n ORDER BY n;";
        assertEquals(all(ROWS), read(split(query, "n", 10, 4)));
    }

    @Test
    void anEmptyQueryHasNoRows() {
        assertEquals(List.of(), read(split("SELECT 1::bigint AS n WHERE false", "n", 10, 4)));
    }

    @Test
    void allConnectionsShowTheMomentOfTheOpening() {
        DATABASE.execute(
                "CREATE TABLE moments AS SELECT n::bigint AS n, 0 AS version FROM generate_series(1, 20000) AS n");
        RowSource source = split("SELECT n, version FROM moments", "n", 40, 4);
        try (RowStream stream = source.open(new ReadOptions(List.of("n"), 100, Optional.empty()))) {
            assertTrue(stream.next().isPresent());
            DATABASE.execute("INSERT INTO moments SELECT n, 1 FROM generate_series(20001, 30000) AS n");
            DATABASE.execute("UPDATE moments SET n = -n WHERE n % 2 = 0");
            DATABASE.execute("DELETE FROM moments WHERE n % 3 = 0");
            List<Long> numbers = numbers(stream);
            assertEquals(
                    LongStream.rangeClosed(101, 20_000).boxed().toList(),
                    numbers.stream().sorted().toList());
        }
        assertFalse(read(source).contains(2L));
    }

    @Test
    void aKeyWithoutAPlaceOnALineIsRefused() {
        SnapshotException text = failure(split("SELECT 'a' AS n", "n", 4, 2));
        assertEquals(Kind.INVALID_REQUEST, text.kind());
        assertTrue(
                text.getMessage().contains("a source cannot be split by this column (rows, column 'n'): found text"),
                text.getMessage());
        SnapshotException missing = failure(split("SELECT 1 AS n", "key", 4, 2));
        assertEquals(Kind.INVALID_REQUEST, missing.kind());
        assertTrue(missing.getMessage().contains("key"), missing.getMessage());
    }

    @Test
    void numbersOutsideTheLimitsAreRefused() {
        for (int[] counts : new int[][] {{0, 1}, {10_001, 1}, {1, 0}, {1, 65}}) {
            SnapshotException e = assertThrows(SnapshotException.class, () -> new KeyRanges("n", counts[0], counts[1]));
            assertEquals(Kind.INVALID_REQUEST, e.kind());
        }
    }

    @Test
    void anErrorOfOneRangeEndsTheRead() {
        SnapshotException division = failure(
                split("SELECT n, 1 / (n - 4000) AS q FROM generate_series(1::bigint, 5000::bigint) AS n", "n", 10, 3));
        assertEquals(Kind.INVALID_REQUEST, division.kind());
        assertTrue(division.getMessage().startsWith("the query cannot be run (rows, "), division.getMessage());
        SnapshotException infinity = failure(split(
                "SELECT n, CASE n WHEN 4001 THEN date 'infinity' END AS d FROM generate_series(1::bigint, 5000::bigint)"
                        + " AS n",
                "n",
                10,
                3));
        assertEquals(Kind.INVALID_REQUEST, infinity.kind());
        assertTrue(
                infinity.getMessage().startsWith("a value of row 1 of range 9 of 10 has no counterpart in a snapshot"),
                infinity.getMessage());
    }

    @Test
    void connectionsOfAPoolComeBackOrAreDropped() throws SQLException {
        try (TestPool pool = new TestPool(DATABASE.settings())) {
            RowSource source = new PostgresRowSource(
                            pool, "rows", "SELECT n FROM generate_series(1::bigint, 5000::bigint) AS n")
                    .split(new KeyRanges("n", 10, 3));
            for (int time = 0; time < 2; time++) {
                assertEquals(all(ROWS), read(source));
            }
            assertEquals(0, pool.dropped());
            assertEquals(0, pool.lent());
            assertEquals(List.of(), pool.changes());
            RowSource endless = new PostgresRowSource(
                            pool,
                            "rows",
                            "SELECT n, repeat('x', 500) AS t FROM generate_series(1::bigint, 2000000::bigint) AS n")
                    .split(new KeyRanges("n", 4, 3));
            try (RowStream stream = endless.open(ReadOptions.ALL)) {
                stream.next().orElseThrow();
            }
            assertTrue(pool.dropped() > 0, "all connections came back");
            assertEquals(0, pool.lent());
        }
        assertNoReaders();
    }

    /** The lock is requested while the first connection looks for the least and the greatest key. */
    @Test
    @Timeout(60)
    void aLockThatQueuesWhileTheQueryRunsStopsNoRange() throws Exception {
        DATABASE.execute("CREATE TABLE measured AS SELECT n::bigint AS n FROM generate_series(1, 5000) AS n");
        RowSource source = split("SELECT n, pg_sleep(0.0004)::text AS s FROM measured", "n", 40, 4);
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<?> lock = pool.submit(() -> {
                awaitRow("SELECT 1 FROM pg_locks WHERE relation = 'measured'::regclass AND granted");
                // A little later, the first connection runs the query.
                awaitRow("SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT min(%measured%'"
                        + " AND pid <> pg_backend_pid()");
                DATABASE.execute("BEGIN; LOCK TABLE measured IN ACCESS EXCLUSIVE MODE; COMMIT");
            });
            try (RowStream stream = source.open(ReadOptions.ALL.withColumns(List.of("n")))) {
                awaitRow("SELECT 1 FROM pg_locks WHERE relation = 'measured'::regclass AND NOT granted");
                assertEquals(all(ROWS), numbers(stream));
                assertFalse(lock.isDone(), "the lock did not wait");
            }
            lock.get();
        } finally {
            pool.shutdownNow();
        }
    }

    /** The lock is requested after the first connection has its own, and before the second one opens. */
    @Test
    @Timeout(60)
    void aLockThatQueuesBetweenTwoConnectionsLeavesTheRowsToTheFirst() throws Exception {
        DATABASE.execute("CREATE TABLE locked AS SELECT n::bigint AS n FROM generate_series(1, 5000) AS n");
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (TestPool pool = new TestPool(DATABASE.settings())) {
            AtomicInteger opened = new AtomicInteger();
            AtomicReference<Future<?>> lock = new AtomicReference<>();
            DataSource queueing = (DataSource) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("getConnection") && opened.incrementAndGet() == 2) {
                            lock.set(threads.submit(() ->
                                    DATABASE.execute("BEGIN; LOCK TABLE locked IN ACCESS EXCLUSIVE MODE; COMMIT")));
                            awaitRow("SELECT 1 FROM pg_locks WHERE relation = 'locked'::regclass AND NOT granted");
                        }
                        return method.invoke(pool, arguments);
                    });
            RowSource source = new SplitRowSource(
                    new PostgresRowSource(queueing, "rows", "SELECT n FROM locked"),
                    new KeyRanges("n", 40, 4),
                    Duration.ofMillis(200),
                    Duration.ofSeconds(30));
            try (RowStream stream = source.open(ReadOptions.ALL)) {
                assertEquals(
                        Optional.of("the source was read over 1 instead of 4 connections, because another transaction"
                                + " waits for an exclusive lock on a table of the query"),
                        stream.remark());
                assertEquals(all(ROWS), values(stream));
                assertFalse(lock.get().isDone(), "the lock did not wait");
            }
            lock.get().get();
            assertEquals(2, opened.get());
            assertEquals(0, pool.lent());
            assertEquals(0, pool.dropped());
            assertEquals(List.of(), pool.changes());
        } finally {
            threads.shutdownNow();
        }
    }

    /** The server locks the tables of a function when the query runs. */
    @Test
    @Timeout(60)
    void aWaitForALockWhileTheQueryRunsHasALimit() throws Exception {
        DATABASE.execute("CREATE TABLE behind AS SELECT 1 AS one;"
                + " CREATE FUNCTION one() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN one FROM behind; END'");
        try (PostgresSession other = PostgresSession.open(DATABASE.settings(), "test")) {
            other.begin(Isolation.READ_COMMITTED, "locking");
            other.dsl().execute("LOCK TABLE behind IN ACCESS EXCLUSIVE MODE");
            RowSource source = new SplitRowSource(
                    new PostgresRowSource(
                            DATABASE.settings(), "rows", "SELECT n + one() AS n FROM generate_series(1, 10) AS n"),
                    new KeyRanges("n", 10, 3),
                    Duration.ofMillis(200),
                    Duration.ofMillis(200));
            assertEquals(Kind.CONFLICT, failure(source).kind());
        }
    }

    @Test
    void aServersLimitForIdleTransactionsEndsNoWaitForATurn() throws InterruptedException {
        PostgresSettings there = DATABASE.settings();
        PostgresSettings limited = new PostgresSettings(
                there.host(),
                there.port(),
                there.database(),
                there.user(),
                there.password(),
                Map.of("options", "-c idle_in_transaction_session_timeout=300"));
        RowSource source = new PostgresRowSource(
                        limited, "rows", "SELECT n FROM generate_series(1::bigint, 5000::bigint) AS n")
                .split(new KeyRanges("n", 40, 3));
        try (RowStream stream = source.open(ReadOptions.ALL)) {
            // The connections are far enough ahead by now, and wait.
            Thread.sleep(1_500);
            assertEquals(all(ROWS), numbers(stream));
        }
    }

    @Test
    void anInterruptEndsTheReadAndItsThreads() {
        RowSource source = split(
                "SELECT n, repeat('x', 500) AS t FROM generate_series(1::bigint, 2000000::bigint) AS n", "n", 4, 3);
        try (RowStream stream = source.open(ReadOptions.ALL)) {
            stream.next().orElseThrow();
            Thread.currentThread().interrupt();
            SnapshotException error = assertThrows(SnapshotException.class, () -> {
                while (stream.next().isPresent()) {
                    // Batches that were read before the interrupt.
                }
            });
            assertEquals(Kind.UNAVAILABLE, error.kind());
            assertEquals("interrupted while reading rows", error.problem());
        }
        assertTrue(Thread.interrupted());
        assertNoReaders();
    }

    @Test
    void aKilledConnectionEndsTheRead() {
        RowSource source = split(
                "SELECT n, repeat('x', 500) AS t FROM generate_series(1::bigint, 2000000::bigint) AS n", "n", 40, 3);
        try (RowStream stream = source.open(ReadOptions.ALL)) {
            stream.next().orElseThrow();
            DATABASE.execute("SELECT pg_terminate_backend(min(pid), 10000) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND application_name = 'hybrid-snapshots source'");
            SnapshotException error = assertThrows(SnapshotException.class, () -> {
                while (stream.next().isPresent()) {
                    // Batches that were read before.
                }
            });
            assertEquals(Kind.UNAVAILABLE, error.kind());
        }
        assertNoReaders();
    }

    private static void assertNoReaders() {
        assertTrue(Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("source-range")));
    }

    private static void awaitRow(String query) {
        while (DATABASE.rows(query).isEmpty()) {
            Thread.onSpinWait();
        }
    }

    private static SnapshotException failure(RowSource source) {
        return assertThrows(SnapshotException.class, () -> {
            try (RowStream stream = source.open(ReadOptions.ALL)) {
                while (stream.next().isPresent()) {
                    // Rows before the error.
                }
            }
        });
    }
}
