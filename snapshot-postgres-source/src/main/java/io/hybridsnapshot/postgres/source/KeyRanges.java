package io.hybridsnapshot.postgres.source;

import io.hybridsnapshot.jdbc.connection.RangeStream;
import java.util.Objects;

/**
 * The plan to read one large source in ranges of a key, over several connections at a time. The ranges have equal width
 * between the least and the greatest value, so keys should be spread evenly. An index that begins with the key makes
 * the ranges cheap. Rows with a NULL key belong to the first range.
 *
 * <p>A range is read ahead by up to {@value RangeStream#BATCHES_AHEAD} batches until its turn comes. Take many more
 * ranges than connections, so that one range fits about that many batches. Memory: up to
 * {@value RangeStream#RANGES_A_CONNECTION} × connections × {@value RangeStream#BATCHES_AHEAD} batches.
 *
 * @param column the key: an integer, a numeric, a date, a timestamp, a timestamptz or a uuid of the query
 * @param ranges the number of ranges, 1 to 10,000
 * @param connections the number of ranges read at a time, 1 to 64
 */
public record KeyRanges(String column, int ranges, int connections) {
    public KeyRanges {
        Objects.requireNonNull(column, "column");
        RangeStream.requireCounts(ranges, connections);
    }
}
