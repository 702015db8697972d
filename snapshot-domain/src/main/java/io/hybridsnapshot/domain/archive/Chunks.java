package io.hybridsnapshot.domain.archive;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The parts of a file that is too large for one value of its store. Immutable. The values are those in the store,
 * whether correct or not, so each of them may be missing by itself.
 *
 * @param size bytes of each part but the last ({@code chunk_bytes})
 * @param count number of parts ({@code chunk_count})
 * @param sha256 lower-case hex SHA-256 over the digests of the parts, in order, each as 64 lower-case hex digits
 *     ({@code chunks_sha256})
 */
public record Chunks(OptionalInt size, OptionalInt count, Optional<String> sha256) {
    /** The value for a file that is kept as a whole. */
    public static final Chunks NONE = new Chunks(OptionalInt.empty(), OptionalInt.empty(), Optional.empty());

    public Chunks {
        Objects.requireNonNull(size, "size");
        Objects.requireNonNull(count, "count");
        Objects.requireNonNull(sha256, "sha256");
    }
}
