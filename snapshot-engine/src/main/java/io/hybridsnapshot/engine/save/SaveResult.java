package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.recovery.Recovery;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The result of a save. Immutable.
 *
 * @param outcome whether this call took the snapshot or found it taken
 * @param snapshot the snapshot as the window has it
 * @param archive its archive; empty where the mode or an unreachable archive left it out
 * @param delta the changes since the snapshot before; empty if the snapshot was there already
 * @param recovered the remnants of earlier, interrupted saves, and how each was handled
 * @param dating the origin of the snapshot's date
 * @param remarks notes for the user on the date and the clocks; in no order
 * @param archiveFailure the reason why the archive has no file yet, if the file waits in the outbox
 */
public record SaveResult(
        Outcome outcome,
        WindowSnapshot snapshot,
        Optional<ArchivedSnapshot> archive,
        Optional<DeltaReport> delta,
        List<Recovery> recovered,
        Dating dating,
        List<String> remarks,
        Optional<SnapshotException> archiveFailure) {
    /** The possible outcomes of a save. */
    public enum Outcome {
        /** This call took it. */
        SAVED,
        /** The batch id was saved before; nothing was done. */
        ALREADY_SAVED,
        /** This call took it; its archive waits in the outbox. */
        SAVED_ARCHIVE_PENDING
    }

    /** The origins of a snapshot's date. */
    public enum Dating {
        /** The clock at the time of the save, or, of a snapshot that was there already, at the time of its save. */
        NOW,
        /** The request. */
        GIVEN,
        /**
         * The clock is not after the current snapshot's date, so that the snapshot is dated one microsecond after that.
         */
        AFTER_CURRENT
    }

    public SaveResult {
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(archive, "archive");
        Objects.requireNonNull(delta, "delta");
        recovered = List.copyOf(recovered);
        Objects.requireNonNull(dating, "dating");
        remarks = List.copyOf(remarks);
        Objects.requireNonNull(archiveFailure, "archiveFailure");
    }
}
