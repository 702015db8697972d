package io.hybridsnapshot.domain.archive;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The record of a removed archive, without its bytes. Immutable.
 *
 * @param archive the archive as it was
 * @param removedAt when it was removed
 * @param removedBy the database user who removed it
 * @param reason why; empty where a user removed it by a statement of their own
 */
public record Tombstone(ArchivedSnapshot archive, Instant removedAt, String removedBy, Optional<String> reason) {
    /** The reason for an archive of a snapshot that was never visible, because recovery undid its save. */
    public static final String NEVER_PUBLISHED = "recovery: its snapshot was never published";

    /** The reason for an archive of a published snapshot that was taken back. */
    public static final String TAKEN_BACK = "undo: its snapshot was taken back";

    public Tombstone {
        Objects.requireNonNull(archive, "archive");
        Objects.requireNonNull(removedAt, "removedAt");
        Objects.requireNonNull(removedBy, "removedBy");
        Objects.requireNonNull(reason, "reason");
    }

    /**
     * Checks whether the archive's snapshot is part of its partition's history: it was published and not taken back.
     * The batch id of such a snapshot is never saved again.
     */
    public boolean isOfPublished() {
        return !reason.equals(Optional.of(NEVER_PUBLISHED)) && !reason.equals(Optional.of(TAKEN_BACK));
    }
}
