package io.hybridsnapshot.postgres.connection;

import java.util.Objects;
import java.util.Optional;

/**
 * Tells of the disk of a server whose files this program can see. A server whose disk is full loses connections, or accepts none, and has
 * no room to say why. Implementations are thread-safe and never throw.
 */
public interface StorageCheck {
    /** The check of a server whose files are out of sight. */
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
     * @param directory where the server keeps its data
     * @param found how much room there is, and what the server says of it
     * @param nextStep how much to free, and where
     */
    record Shortage(String directory, String found, String nextStep) {
        public Shortage {
            Objects.requireNonNull(directory, "directory");
            Objects.requireNonNull(found, "found");
            Objects.requireNonNull(nextStep, "nextStep");
        }
    }
}
