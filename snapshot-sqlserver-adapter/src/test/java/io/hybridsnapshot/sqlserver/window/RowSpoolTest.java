package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.encoding.KeyedHashes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows come out as they went in, whether they fit into memory or not. */
class RowSpoolTest {
    private static KeyedHashes batch(int from, int rows) {
        KeyedHashes batch = new KeyedHashes(rows);
        for (int i = from; i < from + rows; i++) {
            batch.append(i, -i, i + 1, i + 2, i + 3, Long.MIN_VALUE + i);
        }
        return batch;
    }

    private static List<String> read(RowSpool spool) {
        List<String> rows = new ArrayList<>();
        for (Optional<KeyedHashes> batch = spool.next(); batch.isPresent(); batch = spool.next()) {
            for (int row = 0; row < batch.get().size(); row++) {
                rows.add(batch.get().identity(row) + " " + batch.get().hex(row));
            }
        }
        return rows;
    }

    private static List<String> expected(int rows) {
        KeyedHashes all = batch(0, rows);
        List<String> texts = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            texts.add(all.identity(row) + " " + all.hex(row));
        }
        return texts;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4_000, 65_536, 65_537, 200_001})
    void rowsComeBackInOrder(int rows) {
        try (RowSpool spool = new RowSpool()) {
            for (int from = 0; from < rows; from += 4_000) {
                spool.add(batch(from, Math.min(4_000, rows - from)));
            }
            assertEquals(expected(rows), read(spool));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100_000})
    void clearedRowsDoNotComeBack(int rows) {
        try (RowSpool spool = new RowSpool()) {
            spool.add(batch(500_000, 150_000));
            spool.clear();
            spool.add(batch(0, rows));
            assertEquals(expected(rows), read(spool));
        }
    }

    @Test
    void nothingIsLeftBehindByAnEarlyClose() {
        RowSpool spool = new RowSpool();
        spool.add(batch(0, 150_000));
        spool.next();
        spool.close();
        spool.close();
    }
}
