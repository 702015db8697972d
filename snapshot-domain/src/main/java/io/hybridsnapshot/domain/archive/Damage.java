package io.hybridsnapshot.domain.archive;

import java.util.Objects;

/**
 * A difference between an archive's stored bytes and its record. Immutable.
 *
 * @param kind the property that differs
 * @param detail the actual and the expected value, for people
 */
public record Damage(Kind kind, String detail) {
    /** The property of the bytes that differs from the archive's record. */
    public enum Kind {
        /** The number of bytes. */
        SIZE,
        /** A digest of the bytes. */
        DIGEST,
        /** The parts of the file: one is missing, unexpected or in another place. */
        CHUNKS,
        /** No difference can be found: the record has no digest to compare with. */
        NO_DIGEST
    }

    public Damage {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(detail, "detail");
    }
}
