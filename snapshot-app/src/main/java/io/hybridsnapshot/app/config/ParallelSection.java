package io.hybridsnapshot.app.config;

import java.util.Objects;

/**
 * The plan to read a query's rows in ranges of a key, over several connections at a time. Immutable.
 *
 * @param column the key's column
 * @param connections the number of connections, 1 to 64
 * @param ranges the number of ranges, 1 to 10,000
 * @param moments the moments that the ranges may show
 */
public record ParallelSection(String column, int connections, int ranges, Moments moments) {
    static final int MOST_CONNECTIONS = 64;
    static final int MOST_RANGES = 10_000;
    static final int DEFAULT_CONNECTIONS = 4;
    static final int RANGES_A_CONNECTION = 16;

    /** The moments that the ranges of one read may show. */
    public enum Moments {
        /** All ranges show one moment. */
        ONE,
        /** Each connection reads a moment of its own. */
        EACH
    }

    public ParallelSection {
        Objects.requireNonNull(column, "column");
        Objects.requireNonNull(moments, "moments");
    }
}
