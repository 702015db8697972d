package io.hybridsnapshot.engine.recovery;

import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.util.Objects;

/**
 * The outcome for a snapshot of an interrupted save.
 *
 * @param id the batch id
 * @param partition its partition
 * @param outcome the action taken
 * @param reason why, for people
 */
public record Recovery(SnapshotId id, Partition partition, Outcome outcome, String reason) {
    /** The actions of a recovery. */
    public enum Outcome {
        /** All of it is there now. */
        FINISHED,
        /** None of it is there now. */
        UNDONE,
        /** Its archive was delivered from the outbox. */
        DELIVERED,
        /** Its archive still waits in the outbox. */
        PENDING,
        /**
         * The archive has another snapshot in the place of its file, which still waits in the outbox; a user has to
         * decide.
         */
        REFUSED,
        /** Its file in the outbox is damaged and will never be an archive; it is left there. */
        DAMAGED
    }

    public Recovery {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(reason, "reason");
    }
}
