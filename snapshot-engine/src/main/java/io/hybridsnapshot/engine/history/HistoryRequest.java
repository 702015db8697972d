package io.hybridsnapshot.engine.history;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A question about the history of rows. Immutable.
 *
 * @param dataset the dataset
 * @param partition one partition; empty: all
 * @param rows the rows
 * @param columns only changes of these columns; empty: of all
 * @param since only states of this moment or later; empty: from the first one
 * @param until only states of this moment or earlier; empty: to the newest one
 */
public record HistoryRequest(
        Dataset dataset,
        Optional<Partition> partition,
        RowSelection rows,
        Set<String> columns,
        Optional<Instant> since,
        Optional<Instant> until) {
    public HistoryRequest {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(rows, "rows");
        columns = Set.copyOf(columns);
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(until, "until");
    }

    /** The whole history of rows. */
    public HistoryRequest(Dataset dataset, Optional<Partition> partition, RowSelection rows) {
        this(dataset, partition, rows, Set.of(), Optional.empty(), Optional.empty());
    }

    /** Returns the same question about some columns; none: about all. */
    public HistoryRequest withColumns(Set<String> only) {
        return new HistoryRequest(dataset, partition, rows, only, since, until);
    }

    /** Returns the same question about a part of the time. */
    public HistoryRequest within(Optional<Instant> first, Optional<Instant> last) {
        return new HistoryRequest(dataset, partition, rows, columns, first, last);
    }

    /** Checks whether changes of a column are asked for. */
    boolean asksFor(String column) {
        return columns.isEmpty() || columns.contains(column);
    }

    ArchiveQuery query() {
        ArchiveQuery all = ArchiveQuery.of(dataset.name());
        return partition.map(all::in).orElse(all);
    }

    boolean asksFor(Instant date) {
        return since.map(first -> !date.isBefore(first)).orElse(true)
                && until.map(last -> !date.isAfter(last)).orElse(true);
    }
}
