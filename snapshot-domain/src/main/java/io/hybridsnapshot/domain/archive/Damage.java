package io.hybridsnapshot.domain.archive;

import java.util.Objects;

/**
 * What is wrong with an archive's stored bytes. Immutable.
 *
 * @param kind what does not agree
 * @param detail what was found and what was expected, for people
 */
public record Damage(Kind kind, String detail) {
    /** What does not agree with the archive's record. */
    public enum Kind {
        /** The number of bytes. */
        SIZE,
        /** A digest of the bytes. */
        DIGEST,
        /** The parts that the file is kept in: one is missing, strange or in another place. */
        CHUNKS,
        /** Nothing: the record has no digest to compare with. */
        NO_DIGEST
    }

    public Damage {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(detail, "detail");
    }
}
