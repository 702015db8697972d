package io.hybridsnapshot.benchmarks;

import java.util.Arrays;
import java.util.List;

/** One figure of every round, in the order of the rounds; at least one. Immutable. */
record Series(List<Double> values) {
    Series {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("a series without values");
        }
    }

    /** The middle value, or the mean of the two in the middle. */
    double median() {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The smallest value. */
    double least() {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    /** The largest value. */
    double most() {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }
}
