package io.hybridsnapshot.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.source.ReadOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TableShapeTest {
    private static final int ROWS = 4_000;

    @Test
    void aThirdOfTheDenseCellsIsNullAndTextsTakeThreeKilobytesARow() {
        long nulls = 0;
        long cells = 0;
        long textBytes = 0;
        MeasuredRows rows = MeasuredRows.readAll(TableShape.DENSE.rows(ROWS, 0), ReadOptions.ALL);
        for (RowBatch batch : rows.batches()) {
            for (int column = 0; column < rows.schema().size(); column++) {
                nulls += batch.vector(column).nullCount();
                cells += batch.rowCount();
                textBytes += batch.vector(column) instanceof BytesVector texts ? texts.bytesUsed() : 0;
            }
        }
        assertEquals(0.35, (double) nulls / cells, 0.02);
        assertEquals(3_000, (double) textBytes / ROWS, 300);
    }

    @Test
    void rowsAreTheSameInEveryRunAndInBatchesOfEverySize() {
        ReadOptions small = new ReadOptions(List.of(), 100, ReadOptions.ALL.knownTypes());
        for (TableShape shape : TableShape.values()) {
            assertEquals(hashes(shape, 0, ReadOptions.ALL), hashes(shape, 0, small));
        }
    }

    @Test
    void theNextDayChangesSomeRowsOfEveryShape() {
        for (TableShape shape : TableShape.values()) {
            Map<UUID, String> before = hashes(shape, 0, ReadOptions.ALL);
            Map<UUID, String> after = hashes(shape, 1, ReadOptions.ALL);
            DeltaSummary delta = naiveDelta(before, after);
            assertEquals(0.05, (double) delta.changed() / ROWS, 0.02, shape.label());
            assertTrue(delta.added() > 0 && delta.deleted() > 0, delta.toString());
        }
    }

    private static DeltaSummary naiveDelta(Map<UUID, String> before, Map<UUID, String> after) {
        long added =
                after.keySet().stream().filter(id -> !before.containsKey(id)).count();
        long deleted =
                before.keySet().stream().filter(id -> !after.containsKey(id)).count();
        long unchanged = after.entrySet().stream()
                .filter(row -> row.getValue().equals(before.get(row.getKey())))
                .count();
        return new DeltaSummary(added, after.size() - added - unchanged, unchanged, deleted);
    }

    private static Map<UUID, String> hashes(TableShape shape, int day, ReadOptions options) {
        MeasuredRows rows = MeasuredRows.readAll(shape.rows(ROWS, day), options);
        RowHasher hasher = RowHasher.of(rows.schema(), HashSpec.HSR1, List.of("record_uuid"));
        Map<UUID, String> hashes = new HashMap<>();
        for (RowBatch batch : rows.batches()) {
            KeyedHashes hashed = hasher.hash(batch);
            for (int row = 0; row < hashed.size(); row++) {
                hashes.put(hashed.identity(row), hashed.hex(row));
            }
        }
        return hashes;
    }
}
