package io.hybridsnapshot.engine.internal.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The specs by which one pass hashes its rows. */
class RowPassTest {
    private static final Orders ORDERS = Orders.numbered(5);
    private static final HashSpec OTHER = Orders.DATASET.hashSpec().ignoring(Set.of("QTY"));

    @TempDir
    Path directory;

    @Test
    void anotherSpecAloneTakesThePlaceOfTheDatasets() {
        List<KeyedHashes> received = new ArrayList<>();
        try (RowHashing hashing = new RowHashing(directory, 16);
                RowPass pass = open()) {
            RowPass.Rows rows = pass.hashingBy(OTHER)
                    .feeding((batch, hashes) -> received.add(hashes))
                    .hash(hashing);
            assertSame(rows.rows(), rows.comparedRows());
        }
        assertEquals(hash(OTHER), hashOf(received));
    }

    @Test
    void aSecondSpecLeavesTheReceiverTheHashesOfTheDatasets() {
        List<KeyedHashes> received = new ArrayList<>();
        try (RowHashing hashing = new RowHashing(directory, 16);
                RowPass pass = open()) {
            RowPass.Rows rows = pass.comparingBy(OTHER)
                    .feeding((batch, hashes) -> received.add(hashes))
                    .hash(hashing);
            assertNotSame(rows.rows(), rows.comparedRows());
        }
        assertEquals(hash(Orders.DATASET.hashSpec()), hashOf(received));
        assertNotEquals(hash(OTHER), hashOf(received));
    }

    private RowPass open() {
        SnapshotEnvironment environment = new SnapshotEnvironment(
                new InMemoryWindowStore(),
                new InMemoryArchiveStore(),
                new InMemorySnapshotCodec(),
                directory,
                Clock.systemUTC(),
                "test",
                16);
        return RowPass.open(
                environment, ORDERS.source(), Orders.DATASET, Partition.ALL, Optional.empty(), Progress.NONE);
    }

    /** Returns the hash of the first row by a spec. */
    private static String hash(HashSpec spec) {
        RowHasher hasher = RowHasher.of(ORDERS.schema(), spec, Orders.DATASET.keyColumns());
        return hasher.hash(ORDERS.table().batches().get(0)).hex(0);
    }

    private static String hashOf(List<KeyedHashes> received) {
        return received.get(0).hex(0);
    }
}
