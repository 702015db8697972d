package io.hybridsnapshot.engine.history;

import java.util.List;

/**
 * The answer to a question about the history of rows. Immutable.
 *
 * @param rows the histories, by partition and then by first event
 * @param gaps the states that could not be told of, by partition and date
 * @param snapshots the number of archived snapshots that were considered
 * @param changeSets the number of change sets that were read
 * @param files the number of snapshots' files that were read
 */
public record HistoryAnswer(List<RowHistory> rows, List<HistoryGap> gaps, int snapshots, int changeSets, int files) {
    public HistoryAnswer {
        rows = List.copyOf(rows);
        gaps = List.copyOf(gaps);
    }
}
