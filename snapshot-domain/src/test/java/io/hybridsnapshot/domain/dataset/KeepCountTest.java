package io.hybridsnapshot.domain.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.retention.RetentionRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class KeepCountTest {
    @Test
    void aWindowKeepsAtLeastTheCurrentSnapshot() {
        assertEquals(1, KeepCount.require(KeepCount.LEAST));
        assertEquals(Integer.MAX_VALUE, KeepCount.require(Integer.MAX_VALUE, "ORDERS"));
    }

    @Test
    void everyPlaceRefusesLessInTheSameWords() {
        for (int count : List.of(0, -1, Integer.MIN_VALUE)) {
            for (Executable use : List.<Executable>of(
                    () -> KeepCount.require(count),
                    () -> KeepCount.require(count, "ORDERS"),
                    () -> Dataset.of("ORDERS", List.of("NO")).withKeepCount(count),
                    () -> RetentionRule.ofAge(count, 30))) {
                SnapshotException error = assertThrows(SnapshotException.class, use);
                assertEquals(Kind.INVALID_REQUEST, error.kind());
                assertEquals("the window would keep no snapshot", error.problem());
                assertEquals("keep count " + count, error.actual().orElseThrow());
                assertEquals("at least 1", error.expected().orElseThrow());
            }
        }
    }

    @Test
    void aDatasetIsNamed() {
        Dataset orders = Dataset.of("ORDERS", List.of("NO"));
        SnapshotException error = assertThrows(SnapshotException.class, () -> orders.withKeepCount(0));
        assertTrue(error.where().orElseThrow().contains("'ORDERS'"), error.getMessage());
    }
}
