package io.hybridsnapshot.sqlserver;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Objects;

/**
 * How one large source is read in ranges of a key, by several connections at a time. The ranges are of equal width between the least and the
 * greatest value, so keys should be spread evenly; an index that begins with the key makes them cheap. Rows whose key is NULL go with
 * the first range. A range is read ahead by up to {@value #BATCHES_AHEAD} batches until its turn comes: take many more ranges than
 * connections, so that one fits about that many batches. Memory: up to {@value #RANGES_A_CONNECTION} × connections × {@value #BATCHES_AHEAD}
 * batches.
 *
 * @param column the key: an integer, a date, a datetime, smalldatetime or datetime2, or a uniqueidentifier of the query
 * @param ranges how many ranges, 1 to 10,000
 * @param connections how many are read at a time, 1 to 64
 * @param moments what the caller asks of the rows' time
 */
public record KeyRanges(String column, int ranges, int connections, Moments moments) {
    /** How many batches a range is ahead of its turn at most. */
    static final int BATCHES_AHEAD = 4;

    /** How many ranges are held for each connection, so that it finds work while its last range waits for its turn. */
    static final int RANGES_A_CONNECTION = 2;

    private static final int MAX_RANGES = 10_000;
    private static final int MAX_CONNECTIONS = 64;

    /**
     * Of which time the rows of all ranges are. SQL Server has no way to share one snapshot between connections: only a database that
     * stands still shows all of them the same.
     */
    public enum Moments {
        /** All rows are of one moment. Refused unless the database is read-only or a database snapshot. */
        ONE,
        /**
         * Each connection reads one moment of its own, all begun close together, before the first row is read. Changes that are committed in
         * between are seen by some ranges and not by others; a row whose key changes meanwhile may be missed or come twice (which a
         * save then refuses). For keys that do not change, and for a table whose rows need not fit each other. Refused unless the database allows
         * SNAPSHOT isolation, for else not even one range is of one moment.
         */
        ONE_EACH
    }

    public KeyRanges {
        Objects.requireNonNull(column, "column");
        Objects.requireNonNull(moments, "moments");
        requireBetween("ranges", ranges, MAX_RANGES);
        requireBetween("connections", connections, MAX_CONNECTIONS);
    }

    private static void requireBetween(String what, int number, int most) {
        if (number < 1 || number > most) {
            throw SnapshotException.invalidRequest("a source cannot be split like this")
                    .actual(number + " " + what)
                    .expected("1 to " + most)
                    .nextStep("correct the number of " + what)
                    .build();
        }
    }
}
