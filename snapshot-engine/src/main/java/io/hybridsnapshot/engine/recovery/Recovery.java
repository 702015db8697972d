package io.hybridsnapshot.engine.recovery;

import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.util.Objects;

/**
 * The outcome for a snapshot of an interrupted save. Immutable.
 *
 * @param id the batch id
 * @param partition its partition
 * @param outcome the action taken
 * @param text why, for people
 */
public record Recovery(SnapshotId id, Partition partition, Outcome outcome, RemedyText text) {
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
        Objects.requireNonNull(text, "text");
    }

    /** Makes an outcome with a reason without remedies. */
    public Recovery(SnapshotId id, Partition partition, Outcome outcome, String reason) {
        this(id, partition, outcome, RemedyText.plain(reason));
    }

    /** Returns why, in the words of the Java API. */
    public String reason() {
        return text.toString();
    }
}
