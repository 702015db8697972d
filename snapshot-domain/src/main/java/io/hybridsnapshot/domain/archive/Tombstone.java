package io.hybridsnapshot.domain.archive;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What remains of an archive that was removed: all that was known of it but its bytes. Immutable.
 *
 * @param archive the archive as it was
 * @param removedAt when it was removed
 * @param removedBy the database user who removed it
 * @param reason why; empty where somebody removed it by a statement of their own
 */
public record Tombstone(ArchivedSnapshot archive, Instant removedAt, String removedBy, Optional<String> reason) {
    public Tombstone {
        Objects.requireNonNull(archive, "archive");
        Objects.requireNonNull(removedAt, "removedAt");
        Objects.requireNonNull(removedBy, "removedBy");
        Objects.requireNonNull(reason, "reason");
    }
}
