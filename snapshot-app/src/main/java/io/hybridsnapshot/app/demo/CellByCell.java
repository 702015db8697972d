package io.hybridsnapshot.app.demo;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.Arrays;
import java.util.Optional;

/** Compares two tables of texts cell for cell, in order. */
final class CellByCell {
    private final RowSource expected;
    private final RowSource actual;

    CellByCell(RowSource expected, RowSource actual) {
        this.expected = expected;
        this.actual = actual;
    }

    /**
     * Compares all of it.
     *
     * @return the number of compared cells, all of them equal
     * @throws SnapshotException CORRUPT naming the first difference
     */
    long compare() {
        long cells = 0;
        try (RowStream left = expected.open(ReadOptions.ALL);
                RowStream right = actual.open(ReadOptions.ALL)) {
            if (!left.schema().equals(right.schema())) {
                throw differs("header", left.schema().names(), right.schema().names());
            }
            Optional<RowBatch> before = left.next();
            Optional<RowBatch> after = right.next();
            long row = 0;
            while (before.isPresent() && after.isPresent()) {
                cells += compare(before.get(), after.get(), row);
                row += before.get().rowCount();
                before = left.next();
                after = right.next();
            }
            if (before.isPresent() || after.isPresent()) {
                throw differs("row " + (row + 1), before.isPresent(), after.isPresent());
            }
        }
        return cells;
    }

    private long compare(RowBatch before, RowBatch after, long firstRow) {
        if (before.rowCount() != after.rowCount()) {
            throw differs("rows from " + (firstRow + 1), before.rowCount(), after.rowCount());
        }
        for (int column = 0; column < before.schema().size(); column++) {
            BytesVector left = (BytesVector) before.vector(column);
            BytesVector right = (BytesVector) after.vector(column);
            for (int row = 0; row < before.rowCount(); row++) {
                boolean equal = left.isNull(row) == right.isNull(row)
                        && Arrays.equals(
                                left.data(),
                                left.start(row),
                                left.end(row),
                                right.data(),
                                right.start(row),
                                right.end(row));
                if (!equal) {
                    String where = "row " + (firstRow + row + 1) + ", column '"
                            + before.schema().column(column).name() + "'";
                    throw differs(where, left.text(row), right.text(row));
                }
            }
        }
        return (long) before.rowCount() * before.schema().size();
    }

    private SnapshotException differs(String where, Object wanted, Object found) {
        return SnapshotException.corrupt("the export differs from the input")
                .where(where)
                .actual("'" + found + "'")
                .expected("'" + wanted + "'")
                .build();
    }
}
