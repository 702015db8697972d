package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.delta.RowChange;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The details of CHANGED rows that were found while both sides were read in step.
 *
 * @param columnCounts by column, in the comparison's order, the rows with a difference that is not forgiven
 * @param forgiven the rows that differ only in cells that the rules forgive
 * @param examples the first rows with a difference that the rules do not forgive, in the order of the earlier file
 */
record AlignedDetails(Map<String, Long> columnCounts, long forgiven, List<Example> examples) {
    /** No row. */
    static final AlignedDetails NONE = new AlignedDetails(Map.of(), 0, List.of());

    AlignedDetails {
        columnCounts = Collections.unmodifiableMap(new LinkedHashMap<>(columnCounts));
        examples = List.copyOf(examples);
    }

    /**
     * A row as an example.
     *
     * @param ordinal its position in the earlier file
     * @param row the row
     */
    record Example(long ordinal, RowChange row) {}
}
