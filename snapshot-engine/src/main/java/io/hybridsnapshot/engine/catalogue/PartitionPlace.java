package io.hybridsnapshot.engine.catalogue;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.Objects;

/**
 * Tells whether the rows of a source belong to a partition. Without a partition column the rows do not show it, so an
 * unknown partition is either new or mistyped. Safe to share if the environment's parts are.
 */
public final class PartitionPlace {
    private final SnapshotCatalogue catalogue;

    /** The answer for the rows of a source. */
    public enum Answer {
        /** The rows or the stores show it. */
        CERTAIN,
        /** Neither store knows the partition, and the rows do not show it. */
        UNKNOWN,
        /** The window does not know the partition, the rows do not show it, and the archive cannot be reached. */
        UNKNOWN_TO_THE_WINDOW
    }

    /** What happens if the archive cannot be reached. */
    public enum ArchiveOut {
        /** The question fails as the archive does. */
        FAIL,
        /** The window and the outbox answer alone. */
        GO_ON
    }

    /** Makes the use case in an environment. */
    public PartitionPlace(SnapshotEnvironment environment) {
        this.catalogue = new SnapshotCatalogue(Objects.requireNonNull(environment, "environment"));
    }

    /**
     * Returns whether all rows of a source may go into a partition.
     *
     * @throws SnapshotException UNAVAILABLE if the window cannot be reached, or the archive with {@link
     *     ArchiveOut#FAIL}
     */
    public Answer of(Dataset into, Partition wanted, ArchiveOut archiveOut) {
        if (wanted.name().isEmpty()
                || wanted.isWhole()
                || into.partitionColumn().isPresent()
                || catalogue.windowPartitions(into).contains(wanted)) {
            return Answer.CERTAIN;
        }
        try {
            return catalogue.archivedPartitions(into.name()).contains(wanted) ? Answer.CERTAIN : Answer.UNKNOWN;
        } catch (SnapshotException e) {
            if (archiveOut == ArchiveOut.FAIL || !e.isStoreOut()) {
                throw e;
            }
            return Answer.UNKNOWN_TO_THE_WINDOW;
        }
    }
}
