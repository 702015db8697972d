package io.hybridsnapshot.report;

import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.TrendPeriod;
import io.hybridsnapshot.engine.catalogue.TrendStep;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The numbers of a partition, or of all partitions, in the periods of a trend. Not changed once it is made.
 *
 * @param name the partition, or words for all of them
 * @param archives the archives that were taken, by period; so are the others
 * @param removed how many of them have been removed since
 * @param rows the rows of the newest archive so far; {@link #UNKNOWN} where there is none
 * @param added NEW rows
 * @param changed CHANGED rows
 * @param deleted DELETED rows
 * @param kept the bytes of archives that are kept
 * @param gone the bytes of archives that have been removed
 * @param unknown archives without known changes
 */
record TrendSeries(
        String name,
        long[] archives,
        long[] removed,
        long[] rows,
        long[] added,
        long[] changed,
        long[] deleted,
        long[] kept,
        long[] gone,
        long[] unknown) {
    /** In place of a number of rows. */
    static final long UNKNOWN = -1;

    private static final String ALL = "all partitions";

    /** Periods without an archive are shown as well, unless there are more. */
    private static final int MOST_PERIODS = 4_000;

    private TrendSeries(String name, int periods) {
        this(
                name,
                new long[periods],
                new long[periods],
                new long[periods],
                new long[periods],
                new long[periods],
                new long[periods],
                new long[periods],
                new long[periods],
                new long[periods]);
        Arrays.fill(rows, UNKNOWN);
    }

    /** Returns the first days of all periods from the first archive to the last one. */
    static List<LocalDate> starts(List<TrendPeriod> periods, TrendStep step) {
        TreeSet<LocalDate> known = new TreeSet<>();
        periods.forEach(period -> known.add(period.from()));
        if (known.isEmpty()) {
            return List.of();
        }
        List<LocalDate> all = new ArrayList<>();
        for (LocalDate start = known.first(); !start.isAfter(known.last()); start = step.end(start)) {
            all.add(start);
            if (all.size() > MOST_PERIODS) {
                return List.copyOf(known);
            }
        }
        return all;
    }

    /** Returns the series of all partitions together, if there are several, and then that of each. */
    static List<TrendSeries> of(List<TrendPeriod> periods, List<LocalDate> starts) {
        Map<Partition, TrendSeries> series = new LinkedHashMap<>();
        for (TrendPeriod period : periods) {
            TrendSeries own = series.computeIfAbsent(
                    period.partition(), partition -> new TrendSeries(partition.name(), starts.size()));
            own.take(starts.indexOf(period.from()), period);
        }
        series.values().forEach(TrendSeries::carryRows);
        List<TrendSeries> all = new ArrayList<>(series.values());
        if (all.size() > 1) {
            TrendSeries sum = new TrendSeries(ALL, starts.size());
            all.forEach(sum::add);
            all.add(0, sum);
        }
        return all;
    }

    private void take(int at, TrendPeriod period) {
        archives[at] = period.archives();
        removed[at] = period.removed();
        rows[at] = period.rows().orElse(UNKNOWN);
        added[at] = period.changes().added();
        changed[at] = period.changes().changed();
        deleted[at] = period.changes().deleted();
        kept[at] = period.bytes() - period.removedBytes();
        gone[at] = period.removedBytes();
        unknown[at] = period.unknownChanges();
    }

    /** A period without an archive has the rows of the archive before. */
    private void carryRows() {
        for (int at = 1; at < rows.length; at++) {
            if (rows[at] == UNKNOWN && archives[at] == 0) {
                rows[at] = rows[at - 1];
            }
        }
    }

    private void add(TrendSeries other) {
        for (int at = 0; at < rows.length; at++) {
            archives[at] += other.archives[at];
            removed[at] += other.removed[at];
            added[at] += other.added[at];
            changed[at] += other.changed[at];
            deleted[at] += other.deleted[at];
            kept[at] += other.kept[at];
            gone[at] += other.gone[at];
            unknown[at] += other.unknown[at];
            if (other.rows[at] != UNKNOWN) {
                rows[at] = other.rows[at] + Math.max(0, rows[at]);
            }
        }
    }

    /** Returns the rows at the end; {@link #UNKNOWN} if no archive tells them. */
    long lastRows() {
        return rows.length == 0 ? UNKNOWN : rows[rows.length - 1];
    }

    static long sum(long[] numbers) {
        return Arrays.stream(numbers).sum();
    }

    /** Appends the series as JSON, which is safe within a page. */
    void append(StringBuilder json) {
        json.append("{\"name\":");
        JsonText.append(json, name);
        append(json, "archives", archives);
        append(json, "removed", removed);
        append(json, "rows", rows);
        append(json, "added", added);
        append(json, "changed", changed);
        append(json, "deleted", deleted);
        append(json, "kept", kept);
        append(json, "gone", gone);
        append(json, "unknown", unknown);
        json.append('}');
    }

    private static void append(StringBuilder json, String name, long[] numbers) {
        json.append(",\"").append(name).append("\":[");
        for (int at = 0; at < numbers.length; at++) {
            json.append(at == 0 ? "" : ",");
            if (numbers[at] == UNKNOWN) {
                json.append("null");
            } else {
                json.append(numbers[at]);
            }
        }
        json.append(']');
    }
}
