package io.hybridsnapshot.engine.tables;

import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.pass.Progress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A request to compare two tables that no dataset describes.
 *
 * @param before the earlier table; it can be read more than once
 * @param after the later table; it can be read more than once
 * @param keyColumns the columns that identify a row; empty: they are searched for
 * @param details the wanted details of the changed rows; empty: the counts alone
 * @param progress receives the progress
 */
public record TablesRequest(
        RowSource before,
        RowSource after,
        List<String> keyColumns,
        Optional<DetailRequest> details,
        Progress progress) {
    public TablesRequest {
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(after, "after");
        keyColumns = List.copyOf(keyColumns);
        Objects.requireNonNull(details, "details");
        Objects.requireNonNull(progress, "progress");
    }
}
