package io.hybridsnapshot.engine.history;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.delta.CellChange;
import java.util.List;
import java.util.Objects;

/**
 * One event in the history of a row, found in an archived snapshot. Immutable.
 *
 * @param kind what happened
 * @param snapshot the first archived snapshot that shows it
 * @param cells FIRST and NEW: all cells that are not NULL, as later ones; DELETED: the same, as earlier ones; CHANGED:
 *     the cells that differ. In the order of the columns
 * @param columnsCame columns that the snapshot has and the one before has not
 * @param columnsWent columns that the snapshot before has and this one has not
 */
public record RowEvent(
        Kind kind,
        ArchivedSnapshot snapshot,
        List<CellChange> cells,
        List<String> columnsCame,
        List<String> columnsWent) {
    public RowEvent {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(snapshot, "snapshot");
        cells = List.copyOf(cells);
        columnsCame = List.copyOf(columnsCame);
        columnsWent = List.copyOf(columnsWent);
    }

    /** What happened to a row. */
    public enum Kind {
        /** The first archived snapshot has it; what was before is not known. */
        FIRST,
        /** It came. */
        NEW,
        /** Some of its cells, or the columns of the table, changed. */
        CHANGED,
        /** It went. */
        DELETED
    }
}
