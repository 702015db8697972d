package io.hybridsnapshot.engine.hashing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.LegacyRowHasher;
import io.hybridsnapshot.domain.encoding.LegacySpec;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.testkit.data.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class HashRowsTest {
    private static final Orders ORDERS = Orders.numbered(20);

    /** A source that counts its open streams. */
    private static final class Counting implements RowSource {
        private final RowSource inner;
        private int opened;
        private int open;

        Counting(RowSource inner) {
            this.inner = inner;
        }

        @Override
        public String description() {
            return inner.description();
        }

        @Override
        public RowStream open(ReadOptions options) {
            RowStream rows = inner.open(options);
            opened++;
            open++;
            return new RowStream() {
                @Override
                public Schema schema() {
                    return rows.schema();
                }

                @Override
                public Optional<RowBatch> next() {
                    return rows.next();
                }

                @Override
                public void close() {
                    open--;
                    rows.close();
                }
            };
        }
    }

    private static List<String> hashes(HashedRowStream stream) {
        List<String> hashes = new ArrayList<>();
        try (stream) {
            for (Optional<HashedRowStream.Batch> next = stream.next(); next.isPresent(); next = stream.next()) {
                assertEquals(next.get().rows().rowCount(), next.get().hashes().size());
                add(hashes, next.get().hashes());
            }
        }
        return hashes;
    }

    private static List<String> hashes(Table table, Function<RowBatch, KeyedHashes> hasher) {
        List<String> hashes = new ArrayList<>();
        table.batches().forEach(batch -> add(hashes, hasher.apply(batch)));
        return hashes;
    }

    private static void add(List<String> all, KeyedHashes hashes) {
        for (int row = 0; row < hashes.size(); row++) {
            all.add(hashes.identity(row) + " " + hashes.hex(row));
        }
    }

    @Test
    void rowsHaveTheHashesOfASave() {
        Counting source = new Counting(ORDERS.source());
        HashedRowStream stream = new HashRows(Orders.DATASET, source).open();
        assertEquals(Orders.DATASET.hashSpec().id(), stream.specId());
        assertEquals(ORDERS.schema(), stream.schema());
        RowHasher hasher = RowHasher.of(ORDERS.schema(), Orders.DATASET.hashSpec(), Orders.DATASET.keyColumns());
        List<String> hashes = hashes(stream);
        assertEquals(20, hashes.size());
        assertEquals(hashes(ORDERS.table(), hasher::hash), hashes);
        assertEquals(0, source.open);
        assertEquals(1, source.opened);
    }

    @Test
    void rowsOfAForeignWriterAreHashedAfterAllRowsHaveBeenSeen() {
        // The third spec hashes columns that these rows do not have.
        for (LegacySpec spec : List.of(LegacySpec.PY_A, LegacySpec.PY_B)) {
            Counting source = new Counting(ORDERS.source());
            HashedRowStream stream = new HashRows(Orders.DATASET, source).openAs(spec);
            assertEquals(spec.id(), stream.specId());
            LegacyRowHasher hasher =
                    LegacyRowHasher.of(ORDERS.schema(), spec, Orders.DATASET.hashSpec(), Orders.DATASET.keyColumns());
            ORDERS.table().batches().forEach(hasher::observe);
            assertEquals(hashes(ORDERS.table(), hasher::hash), hashes(stream), spec.id());
            assertEquals(0, source.open);
            assertEquals(2, source.opened);
        }
    }

    @Test
    void aSourceWithoutAKeyColumnIsRefusedAndClosed() {
        Counting source = new Counting(ORDERS.source());
        HashRows hashing = new HashRows(Dataset.of("orders_test", List.of("NUMBER")), source);
        SnapshotException error = assertThrows(SnapshotException.class, hashing::open);
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("NUMBER"), error.getMessage());
        assertThrows(SnapshotException.class, () -> hashing.openAs(LegacySpec.PY_A));
        assertEquals(0, source.open);
        assertEquals(2, source.opened);
    }
}
