package io.hybridsnapshot.domain.snapshot;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Objects;
import java.util.UUID;

/**
 * The identity of a snapshot, which is also the idempotency key of saving it ({@code batch_id} in both stores).
 * Immutable.
 *
 * @param value the UUID
 */
public record SnapshotId(UUID value) {
    public SnapshotId {
        Objects.requireNonNull(value, "value");
    }

    /** Returns a fresh random id. */
    public static SnapshotId random() {
        return new SnapshotId(UUID.randomUUID());
    }

    /**
     * Returns the id that a text names.
     *
     * @throws SnapshotException INVALID_REQUEST if it is no UUID
     */
    public static SnapshotId parse(String text) {
        try {
            return new SnapshotId(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            throw SnapshotException.invalidRequest("not a snapshot id")
                    .actual("'" + text + "'")
                    .expected("a UUID such as 123e4567-e89b-12d3-a456-426614174000")
                    .cause(e)
                    .build();
        }
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
