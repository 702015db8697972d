package io.hybridsnapshot.samples;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import java.util.Arrays;

/**
 * Which rows there are on which day, and in what state. What befalls a row on a day is drawn from the row and the day
 * alone, so that no earlier day is kept. Rows are numbered: first those of day 0, then those that day 1 adds, and so
 * on. Immutable.
 */
final class OrderHistory {
    private static final double TWO_TO_32 = 0x1p32;

    private final OrdersSpec spec;
    private final long removedBelow;
    private final long changedBelow;
    private final long[] firstIds;

    OrderHistory(OrdersSpec spec) {
        this.spec = spec;
        this.removedBelow = Math.round(spec.removedShare() * TWO_TO_32);
        this.changedBelow = removedBelow + Math.round(spec.changedShare() * TWO_TO_32);
        this.firstIds = new long[spec.day() + 2];
        firstIds[1] = spec.rows();
        double rows = spec.rows();
        for (int day = 1; day <= spec.day(); day++) {
            long added = Math.round(rows * spec.addedShare());
            firstIds[day + 1] = firstIds[day] + added;
            rows += added - rows * spec.removedShare();
        }
    }

    /** How many rows there were up to the spec's day, those that are gone included; their numbers run from 0. */
    long ids() {
        return firstIds[firstIds.length - 1];
    }

    /** Moves a line to a row as it is on the spec's day; says whether the row is there. */
    boolean moveTo(long id, OrderLine line) {
        line.begin(id);
        return advance(line, bornOn(id), spec.day());
    }

    /** Counts, row by row, how the spec's day differs from an earlier one. */
    DeltaSummary since(int earlierDay) {
        OrderLine line = new OrderLine(spec.seed());
        OrderLine before = new OrderLine(spec.seed());
        long added = 0;
        long changed = 0;
        long unchanged = 0;
        long deleted = 0;
        for (long id = 0; id < ids(); id++) {
            line.begin(id);
            int born = bornOn(id);
            if (born > earlierDay) {
                added += advance(line, born, spec.day()) ? 1 : 0;
            } else if (advance(line, born, earlierDay)) {
                before.copyChanges(line);
                if (!advance(line, earlierDay, spec.day())) {
                    deleted++;
                } else if (line.hasSameCells(before)) {
                    unchanged++;
                } else {
                    changed++;
                }
            }
        }
        return new DeltaSummary(added, changed, unchanged, deleted);
    }

    /** Takes a line from a day to a later one; says whether the row is still there. */
    private boolean advance(OrderLine line, int fromDay, int toDay) {
        long row = line.keys[Level.ROW.ordinal()];
        for (int day = fromDay + 1; day <= toDay; day++) {
            long fate = Mixer.draw(row, day);
            long chance = fate >>> 32;
            if (chance < removedBelow) {
                return false;
            }
            if (chance < changedBelow) {
                line.change(fate);
            }
        }
        return true;
    }

    private int bornOn(long id) {
        if (id < spec.rows()) {
            return 0;
        }
        int found = Arrays.binarySearch(firstIds, id);
        if (found < 0) {
            return -found - 2;
        }
        // Days that add nothing share a first number; the row belongs to the last of them.
        while (found + 1 < firstIds.length && firstIds[found + 1] == id) {
            found++;
        }
        return found;
    }
}
