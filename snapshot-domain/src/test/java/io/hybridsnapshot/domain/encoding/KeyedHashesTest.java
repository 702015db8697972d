package io.hybridsnapshot.domain.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyedHashesTest {
    private static RowBatch rows(int count) {
        Schema schema = Schema.of(List.of(new Column("N", ColumnType.INT64)));
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, count);
        for (int i = 0; i < count; i++) {
            ((LongVector) vectors.get(0)).append(i);
        }
        return new RowBatch(schema, vectors);
    }

    private static String refused(KeyedHashes hashes, int rows) {
        return assertThrows(IllegalArgumentException.class, () -> hashes.requireAllOf(rows(rows)))
                .getMessage();
    }

    @Test
    void everyRowNeedsAHashAndAnIdentity() {
        KeyedHashes hashes = new KeyedHashes(2);
        hashes.append(1, 2, 3, 4, 5, 6);
        hashes.requireAllOf(rows(1));
        assertEquals("2 rows with 1 hashes", refused(hashes, 2));
        hashes.appendWithoutIdentity(0, 0, 3, 4, 5, 6);
        assertEquals("1 rows without identity", refused(hashes, 2));
        assertThrows(IllegalArgumentException.class, hashes::requireIdentities);
    }
}
