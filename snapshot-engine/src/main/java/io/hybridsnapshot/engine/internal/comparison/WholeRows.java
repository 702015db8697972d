package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.delta.RowCells;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All cells of the rows of a batch. Immutable. */
record WholeRows(Optional<RowBatch> batch, List<String> columns) {
    /** No cells. */
    static final WholeRows UNWANTED = new WholeRows(Optional.empty(), List.of());

    static WholeRows of(RowBatch batch) {
        return new WholeRows(Optional.of(batch), List.copyOf(batch.schema().names()));
    }

    /** Returns the cells of a row; empty if they are not wanted. */
    Optional<RowCells> at(int row) {
        return batch.map(rows -> {
            List<Optional<String>> texts = new ArrayList<>(columns.size());
            for (int column = 0; column < columns.size(); column++) {
                texts.add(ChangeDrillDown.text(rows, column, row));
            }
            return new RowCells(columns, texts);
        });
    }
}
