package io.hybridsnapshot.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns of two files are alike if their pages are the same bytes. */
class StoredPagesTest {
    private static final int ROWS = 20_000;
    private static final List<String> COLUMNS = List.of("K", "V", "W");

    @TempDir
    Path directory;

    private int files;

    /** A file in which one row of V holds another text, and W has a type. */
    private SnapshotReader file(int rows, int changedRow, ColumnType type) {
        Schema schema = Schema.of(
                List.of(new Column("K", ColumnType.INT64), new Column("V", ColumnType.TEXT), new Column("W", type)));
        Path path = directory.resolve("file-" + files++);
        try (SnapshotWriter writer = new ParquetSnapshotCodec().openWriter(path, schema, Map.of())) {
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, rows);
            for (int row = 0; row < rows; row++) {
                ((LongVector) vectors.get(0)).append(row);
                ((BytesVector) vectors.get(1)).append(row == changedRow ? "changed" : "text " + row % 1_000);
                ((LongVector) vectors.get(2)).append(row % 7);
            }
            writer.append(new RowBatch(schema, vectors));
            writer.finish();
        }
        return new ParquetRowSource(path).openFile().orElseThrow();
    }

    private Set<String> alike(SnapshotReader before, SnapshotReader after) {
        try (before;
                after) {
            return before.columnsStoredAlike(after, COLUMNS);
        }
    }

    @Test
    void equalColumnsOfTwoFilesAreFound() {
        assertEquals(Set.copyOf(COLUMNS), alike(file(ROWS, -1, ColumnType.INT32), file(ROWS, -1, ColumnType.INT32)));
    }

    @Test
    void oneCellIsADifference() {
        assertEquals(Set.of("K", "W"), alike(file(ROWS, -1, ColumnType.INT32), file(ROWS, ROWS - 1, ColumnType.INT32)));
    }

    @Test
    void equalBytesOfAnotherTypeAreNotAlike() {
        assertEquals(Set.of("K", "V"), alike(file(ROWS, -1, ColumnType.INT32), file(ROWS, -1, ColumnType.DATE)));
    }

    @Test
    void filesOfOtherNumbersOfRowsHaveNothingAlike() {
        assertEquals(Set.of(), alike(file(ROWS, -1, ColumnType.INT32), file(ROWS + 1, -1, ColumnType.INT32)));
        assertEquals(Set.of(), alike(file(0, -1, ColumnType.INT32), file(0, -1, ColumnType.INT32)));
    }
}
