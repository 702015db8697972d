package io.hybridsnapshot.engine.tables;

import io.hybridsnapshot.engine.comparison.DeltaReport;
import java.util.List;
import java.util.Objects;

/**
 * The result of a comparison of two tables. Immutable.
 *
 * @param key the columns that identify a row
 * @param keyFound whether the key was searched for; otherwise it was given
 * @param otherKeys further keys that identify the rows of both tables, in order of preference; empty for a given key
 * @param apartBefore the rows of the earlier table that were not compared
 * @param apartAfter the rows of the later table that were not compared
 * @param delta the differences between all other rows
 */
public record TablesReport(
        List<String> key,
        boolean keyFound,
        List<List<String>> otherKeys,
        RowsApart apartBefore,
        RowsApart apartAfter,
        DeltaReport delta) {
    public TablesReport {
        key = List.copyOf(key);
        Objects.requireNonNull(apartBefore, "apartBefore");
        Objects.requireNonNull(apartAfter, "apartAfter");
        Objects.requireNonNull(delta, "delta");
        otherKeys = otherKeys.stream().map(List::copyOf).toList();
    }

    /** Returns the same report with other differences. */
    public TablesReport withDelta(DeltaReport other) {
        return new TablesReport(key, keyFound, otherKeys, apartBefore, apartAfter, other);
    }

    /** Returns the same report with other names for the two tables. */
    public TablesReport named(String before, String after) {
        return new TablesReport(key, keyFound, otherKeys, apartBefore, apartAfter, delta.named(before, after));
    }
}
