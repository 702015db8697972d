package io.hybridsnapshot.sqlserver.source;

import io.hybridsnapshot.jdbc.connection.RangeStream;
import java.util.Objects;
import java.util.Optional;

/**
 * The plan to read one large source in ranges of a key, over several connections at a time. The ranges have equal width
 * between the least and the greatest value, so keys should be spread evenly. An index that begins with the key makes
 * the ranges cheap. Rows with a NULL key belong to the first range.
 *
 * <p>A range is read ahead by up to {@value RangeStream#BATCHES_AHEAD} batches until its turn comes. Take many more
 * ranges than connections, so that one range fits about that many batches. Memory: up to
 * {@value RangeStream#RANGES_A_CONNECTION} × connections × {@value RangeStream#BATCHES_AHEAD} batches.
 *
 * @param column the key: an integer, a date, a datetime, smalldatetime or datetime2, or a uniqueidentifier of the query
 * @param ranges the number of ranges, 1 to 10,000
 * @param connections the number of ranges read at a time, 1 to 64
 * @param moments the caller's demand on the moments of the rows
 */
public record KeyRanges(String column, int ranges, int connections, Moments moments) {
    /**
     * The moment or moments that the rows of the ranges belong to. SQL Server cannot share one snapshot between
     * connections, so only a database without changes shows the same rows to all of them.
     */
    public enum Moments {
        /** All rows are of one moment. Refused unless the database is read-only or a database snapshot. */
        ONE,
        /**
         * Each connection reads one moment of its own. All moments begin close together, before the first row is read.
         * Changes committed in between are visible to some ranges and invisible to others. A row with a key that
         * changes meanwhile may be missed or read twice; a save refuses the latter. Suited to keys that do not change,
         * in a table of mutually independent rows. Refused unless the database allows SNAPSHOT isolation, because
         * otherwise not even a single range is of one moment.
         */
        ONE_EACH
    }

    public KeyRanges {
        Objects.requireNonNull(column, "column");
        Objects.requireNonNull(moments, "moments");
        RangeStream.requireCounts(ranges, connections);
    }

    /** The remark about a read in these ranges that does not show one moment. */
    Optional<String> remark() {
        return moments == Moments.ONE || connections == 1 || ranges == 1
                ? Optional.empty()
                : Optional.of("the source was not read as of one moment: " + Math.min(connections, ranges)
                        + " connections read ranges of '" + column + "', each as of a moment of its own, so rows that"
                        + " others changed meanwhile may be missing or of another moment");
    }
}
