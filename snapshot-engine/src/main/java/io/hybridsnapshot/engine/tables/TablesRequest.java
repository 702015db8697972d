package io.hybridsnapshot.engine.tables;

import io.hybridsnapshot.domain.source.ColumnRenames;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.expectation.Expectations;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.selection.RowCondition;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A request to compare two tables that no dataset describes. Immutable.
 *
 * @param before the earlier table; it can be read more than once
 * @param after the later table; it can be read more than once
 * @param renames names of the later table for columns of the earlier one
 * @param conditions the conditions that a row of either table has to meet, by the names of the later table; rows that
 *     do not meet all of them are left out
 * @param keyColumns the columns that identify a row; empty: they are searched for
 * @param details the wanted details of the changed rows; empty: the counts alone
 * @param progress receives the progress
 * @param expectations the rules that the changes are checked with
 */
public record TablesRequest(
        RowSource before,
        RowSource after,
        ColumnRenames renames,
        List<RowCondition> conditions,
        List<String> keyColumns,
        Optional<DetailRequest> details,
        Progress progress,
        Expectations expectations) {
    public TablesRequest {
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(after, "after");
        Objects.requireNonNull(renames, "renames");
        conditions = List.copyOf(conditions);
        keyColumns = List.copyOf(keyColumns);
        Objects.requireNonNull(details, "details");
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(expectations, "expectations");
    }

    /** Makes a request that compares all rows, searches for the key, and names ten rows of each kind. */
    public static TablesRequest of(RowSource before, RowSource after) {
        return new TablesRequest(
                before,
                after,
                ColumnRenames.NONE,
                List.of(),
                List.of(),
                Optional.of(DetailRequest.EXAMPLES),
                Progress.NONE,
                Expectations.NONE);
    }

    /** Returns the same request with other names for columns of the earlier table. */
    public TablesRequest withRenames(ColumnRenames others) {
        return new TablesRequest(before, after, others, conditions, keyColumns, details, progress, expectations);
    }

    /** Returns the same request for the rows that meet all of these conditions. */
    public TablesRequest withConditions(List<RowCondition> others) {
        return new TablesRequest(before, after, renames, others, keyColumns, details, progress, expectations);
    }

    /** Returns the same request with the columns that identify a row; empty: they are searched for. */
    public TablesRequest withKey(List<String> columns) {
        return new TablesRequest(before, after, renames, conditions, columns, details, progress, expectations);
    }

    /** Returns the same request with other details of the changed rows; empty: the counts alone. */
    public TablesRequest withDetails(Optional<DetailRequest> wanted) {
        return new TablesRequest(before, after, renames, conditions, keyColumns, wanted, progress, expectations);
    }

    /** Returns the same request with a receiver of the progress. */
    public TablesRequest withProgress(Progress receiver) {
        return new TablesRequest(before, after, renames, conditions, keyColumns, details, receiver, expectations);
    }

    /** Returns the same request with expectations, whose verdicts are part of the report. */
    public TablesRequest withExpectations(Expectations expected) {
        return new TablesRequest(before, after, renames, conditions, keyColumns, details, progress, expected);
    }
}
