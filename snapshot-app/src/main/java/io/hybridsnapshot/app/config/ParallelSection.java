package io.hybridsnapshot.app.config;

import java.util.Objects;
import java.util.Optional;

/**
 * The plan to read a query's rows in ranges of a key, over several connections at a time. Immutable.
 *
 * @param column the key's column
 * @param connections the number of connections, 1 to {@value #MOST_CONNECTIONS}
 * @param givenRanges the number of ranges, 1 to {@value #MOST_RANGES}; empty: not given
 * @param moments the moments that the ranges may show
 */
public record ParallelSection(String column, int connections, Optional<Integer> givenRanges, Moments moments) {
    private static final int MOST_CONNECTIONS = 64;
    private static final int MOST_RANGES = 10_000;
    private static final int DEFAULT_CONNECTIONS = 4;
    private static final int RANGES_A_CONNECTION = 16;

    /** The moments that the ranges of one read may show. */
    public enum Moments {
        /** All ranges show one moment. */
        ONE,
        /** Each connection may read a moment of its own. */
        EACH
    }

    /** The parts of a plan that are whole numbers from 1 to a limit. */
    public enum Count {
        /** The number of connections. */
        CONNECTIONS(MOST_CONNECTIONS),
        /** The number of ranges. */
        RANGES(MOST_RANGES);

        private final int most;

        Count(int most) {
            this.most = most;
        }

        /** Returns the number that a text states; empty if the text is no whole number within the limit. */
        public Optional<Integer> parse(String text) {
            return text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= most
                    ? Optional.of(Integer.valueOf(text))
                    : Optional.empty();
        }

        /** Returns the numbers that are allowed, for messages. */
        public String expected() {
            return "a whole number from 1 to " + most;
        }
    }

    public ParallelSection {
        Objects.requireNonNull(column, "column");
        Objects.requireNonNull(givenRanges, "givenRanges");
        Objects.requireNonNull(moments, "moments");
    }

    /** Returns the number of ranges: the given number, or else {@value #RANGES_A_CONNECTION} for each connection. */
    public int ranges() {
        return givenRanges.orElse(connections * RANGES_A_CONNECTION);
    }

    /**
     * A plan of which parts may be missing. Immutable.
     *
     * @param column the key's column
     * @param connections the number of connections
     * @param ranges the number of ranges
     * @param moments the moments that the ranges may show
     */
    public record Parts(
            Optional<String> column,
            Optional<Integer> connections,
            Optional<Integer> ranges,
            Optional<Moments> moments) {
        /** No part is given. */
        public static final Parts NONE =
                new Parts(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        public Parts {
            Objects.requireNonNull(column, "column");
            Objects.requireNonNull(connections, "connections");
            Objects.requireNonNull(ranges, "ranges");
            Objects.requireNonNull(moments, "moments");
        }

        /** Returns the parts of a complete plan. */
        public static Parts of(ParallelSection plan) {
            return new Parts(
                    Optional.of(plan.column),
                    Optional.of(plan.connections),
                    plan.givenRanges,
                    Optional.of(plan.moments));
        }

        /** Returns the parts of another plan, and those of this plan where the other one has none. */
        public Parts overriddenBy(Parts other) {
            return new Parts(
                    other.column.or(() -> column),
                    other.connections.or(() -> connections),
                    other.ranges.or(() -> ranges),
                    other.moments.or(() -> moments));
        }

        /** Returns the plan, with defaults for missing parts; empty if the column is missing. */
        public Optional<ParallelSection> plan() {
            return column.map(name -> new ParallelSection(
                    name, connections.orElse(DEFAULT_CONNECTIONS), ranges, moments.orElse(Moments.ONE)));
        }
    }
}
