package io.hybridsnapshot.engine.comparison;

import java.util.Objects;

/**
 * A dropped column and an added one whose cells are so much alike that one may be the other under a new name. Nothing
 * is concluded from it: rows are compared as if the one had gone and the other had come.
 *
 * @param before the dropped column
 * @param after the added column
 * @param equalCells in how many of the sampled rows both hold the same value, NULL aside
 * @param comparedCells in how many of the sampled rows at least one of them holds a value
 * @param sampledRows in how many rows the two columns were looked at
 * @param matchedRows how many rows both snapshots have; more than the sampled ones where there are very many
 */
public record SuggestedRename(
        String before, String after, long equalCells, long comparedCells, long sampledRows, long matchedRows) {
    public SuggestedRename {
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(after, "after");
        if (equalCells < 1 || comparedCells < equalCells || sampledRows < comparedCells || matchedRows < sampledRows) {
            throw new IllegalArgumentException(
                    equalCells + " of " + comparedCells + " in " + sampledRows + " of " + matchedRows);
        }
    }

    /** The share of equal cells among those compared, more than 0 and at most 1. */
    public double share() {
        return (double) equalCells / comparedCells;
    }
}
