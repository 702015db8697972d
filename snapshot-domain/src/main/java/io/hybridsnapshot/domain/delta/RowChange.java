package io.hybridsnapshot.domain.delta;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * One row that is NEW, CHANGED or DELETED. Immutable.
 *
 * @param kind its kind of change
 * @param identity its identity
 * @param key the texts of its key columns, in the dataset's order; empty: NULL
 * @param cells for CHANGED rows the cells that differ, in the later schema's order; empty for others
 * @param before the whole earlier row; empty if there is none, its cells are not known, or whole rows are not wanted
 * @param after the whole later row; empty for the same reasons
 */
public record RowChange(
        ChangeKind kind,
        UUID identity,
        Map<String, Optional<String>> key,
        List<CellChange> cells,
        Optional<RowCells> before,
        Optional<RowCells> after) {
    public RowChange {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(identity, "identity");
        key = Collections.unmodifiableMap(new LinkedHashMap<>(key));
        cells = List.copyOf(cells);
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(after, "after");
    }

    /** Makes a change without the whole rows. */
    public RowChange(ChangeKind kind, UUID identity, Map<String, Optional<String>> key, List<CellChange> cells) {
        this(kind, identity, key, cells, Optional.empty(), Optional.empty());
    }
}
