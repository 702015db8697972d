package io.hybridsnapshot.engine.history;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Rows of one archived snapshot. Immutable.
 *
 * @param archive the snapshot
 * @param schema its columns
 * @param keyColumns the columns of the key
 * @param rows for each row its cells by column, in the schema's order, as
 *     {@link io.hybridsnapshot.domain.batch.CellText} shows them; empty: NULL. In the order of their keys' texts
 */
public record ShownRows(
        ArchivedSnapshot archive, Schema schema, List<String> keyColumns, List<Map<String, Optional<String>>> rows) {
    public ShownRows {
        Objects.requireNonNull(archive, "archive");
        Objects.requireNonNull(schema, "schema");
        keyColumns = List.copyOf(keyColumns);
        rows = List.copyOf(rows);
    }
}
