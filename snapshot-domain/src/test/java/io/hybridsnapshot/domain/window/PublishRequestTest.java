package io.hybridsnapshot.domain.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PublishRequestTest {
    @Test
    void thePreviousSnapshotsBeyondTheKeepCountAreTheOldest() {
        assertEquals(List.of("c"), keeping(3).beyond(List.of("a", "b", "c")));
        assertEquals(List.of("a"), keeping(1).beyond(List.of("a")));
        assertEquals(List.of(), keeping(5).beyond(List.of("a", "b")));
        assertTrue(keeping(2).keepsPrevious());
        assertFalse(keeping(1).keepsPrevious());
    }

    @Test
    void aKeepCountBelowOneIsRefused() {
        assertThrows(SnapshotException.class, () -> keeping(0));
    }

    @Test
    void aSnapshotWithoutAnIdIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> request(Optional.empty(), 2));
    }

    private static PublishRequest keeping(int keepCount) {
        return request(Optional.of(SnapshotId.random()), keepCount);
    }

    private static PublishRequest request(Optional<SnapshotId> id, int keepCount) {
        Partition partition = new Partition("EU");
        WindowSnapshot sealed = WindowSnapshot.builder("ORDERS", partition, Instant.EPOCH, SnapshotState.STAGED)
                .id(id)
                .build();
        return new PublishRequest(partition, sealed, Optional.empty(), keepCount);
    }
}
