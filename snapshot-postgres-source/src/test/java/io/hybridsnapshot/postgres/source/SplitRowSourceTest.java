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
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.postgres.connection.TestPool;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
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
        List<Long> numbers = new ArrayList<>();
        for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
            LongVector vector = (LongVector) next.get().vector(0);
            for (int row = 0; row < next.get().rowCount(); row++) {
                numbers.add(vector.get(row));
            }
        }
        assertEquals(Optional.empty(), stream.remark());
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
        assertTrue(Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("source-range")));
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
