package io.hybridsnapshot.postgres.connection;

import io.hybridsnapshot.domain.error.RemedyText;
import java.util.Objects;
import java.util.Optional;

/**
 * Reports on the disk of a server with files that this program can see. A server with a full disk loses connections or
 * accepts none, and cannot report the reason. Implementations are thread-safe and never throw.
 */
public interface StorageCheck {
    /** The check of a server with files that this program cannot see. */
    StorageCheck NONE = new StorageCheck() {
        @Override
        public Optional<Shortage> afterFailure() {
            return Optional.empty();
        }

        @Override
        public Optional<Shortage> beforeWriting() {
            return Optional.empty();
        }
    };

    /** Whether a full disk explains that the server failed or has gone just now. */
    Optional<Shortage> afterFailure();

    /** Whether the disk has too little room to write a snapshot. */
    Optional<Shortage> beforeWriting();

    /**
     * Too little room on the server's disk.
     *
     * @param directory the server's data directory
     * @param found the room found, and the server's own report about it
     * @param nextStep the amount to free, and the place
     */
    record Shortage(String directory, String found, RemedyText nextStep) {
        public Shortage {
            Objects.requireNonNull(directory, "directory");
            Objects.requireNonNull(found, "found");
            Objects.requireNonNull(nextStep, "nextStep");
        }
    }
}
