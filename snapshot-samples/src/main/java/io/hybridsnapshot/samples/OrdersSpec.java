package io.hybridsnapshot.samples;

import io.hybridsnapshot.domain.error.SnapshotException;

/**
 * Which orders {@link OrdersMaker} makes up. Equal specs give equal rows, everywhere and always. Day 0 is the base;
 * each later day is the one before it with some rows changed, added and removed. Immutable.
 *
 * @param seed what everything else is drawn from
 * @param rows rows of day 0, 0 to 10 billion
 * @param day the day, 0 to 3,650
 * @param changedShare the share (0 to 1) of a day's rows that the next day changes
 * @param addedShare rows that a day adds, as a share (0 to 1) of the rows that the day before is expected to have
 * @param removedShare the share (0 to 1) of a day's rows that the next day lacks; together with the changed at most 1
 */
public record OrdersSpec(long seed, long rows, int day, double changedShare, double addedShare, double removedShare) {
    /** The most rows that day 0 may have. */
    public static final long MAX_ROWS = 10_000_000_000L;

    /** The last day. */
    public static final int MAX_DAY = 3_650;

    /** The share of changed rows where nobody says otherwise. */
    public static final double DEFAULT_CHANGED_SHARE = 0.03;

    /** The share of added rows where nobody says otherwise. */
    public static final double DEFAULT_ADDED_SHARE = 0.01;

    /** The share of removed rows where nobody says otherwise. */
    public static final double DEFAULT_REMOVED_SHARE = 0.005;

    public OrdersSpec {
        require(rows >= 0 && rows <= MAX_ROWS, "rows", rows, "0 to " + MAX_ROWS);
        require(day >= 0 && day <= MAX_DAY, "day", day, "0 to " + MAX_DAY);
        requireShare("changed share", changedShare);
        requireShare("added share", addedShare);
        requireShare("removed share", removedShare);
        require(
                changedShare + removedShare <= 1,
                "changed and removed share",
                changedShare + " and " + removedShare,
                "at most 1 together");
    }

    /** Day 0 with the default shares. */
    public static OrdersSpec of(long seed, long rows) {
        return new OrdersSpec(seed, rows, 0, DEFAULT_CHANGED_SHARE, DEFAULT_ADDED_SHARE, DEFAULT_REMOVED_SHARE);
    }

    /** The same table on another day. */
    public OrdersSpec onDay(int other) {
        return new OrdersSpec(seed, rows, other, changedShare, addedShare, removedShare);
    }

    /** The same table on the next day. */
    public OrdersSpec nextDay() {
        return onDay(day + 1);
    }

    /** The same base and day with other shares. */
    public OrdersSpec withShares(double changed, double added, double removed) {
        return new OrdersSpec(seed, rows, day, changed, added, removed);
    }

    private static void requireShare(String what, double share) {
        require(share >= 0 && share <= 1, what, share, "0 to 1");
    }

    private static void require(boolean holds, String what, Object actual, String expected) {
        if (!holds) {
            throw SnapshotException.invalidRequest("such orders cannot be made")
                    .actual(what + " " + actual)
                    .expected(expected)
                    .nextStep("correct the " + what)
                    .build();
        }
    }
}
