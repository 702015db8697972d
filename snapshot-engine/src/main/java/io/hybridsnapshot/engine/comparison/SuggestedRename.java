package io.hybridsnapshot.engine.comparison;

import java.util.Objects;

/**
 * A dropped and an added column with cells so much alike that the added one may be the dropped one under a new name.
 * The suggestion has no effect: rows are compared as if one column was dropped and the other added. Immutable.
 *
 * @param before the dropped column
 * @param after the added column
 * @param equalCells sampled rows in which both hold the same value, NULL excluded
 * @param comparedCells sampled rows in which at least one of them holds a value
 * @param sampledRows rows in which the two columns were compared
 * @param matchedRows rows that both snapshots have; more than the sampled ones if there are very many
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

    /** Returns the share of equal cells among those compared, more than 0 and at most 1. */
    public double share() {
        return (double) equalCells / comparedCells;
    }
}
