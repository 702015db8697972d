package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.util.Objects;

/**
 * The rows that changes are counted from: those of a partition's current snapshot, as of one moment. Immutable.
 *
 * @param snapshot the batch id of the current snapshot, which this platform published
 * @param token the state of its rows, in the words of the store. The store computes another token after a foreign
 *     statement added, removed or rehashed a row, or changed a carried text. A foreign statement that sets the
 *     archive's number alone leaves the token as it is
 */
public record BaseSnapshot(SnapshotId snapshot, String token) {
    public BaseSnapshot {
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(token, "token");
    }
}
