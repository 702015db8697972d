package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.dataset.KeepCount;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The values of one publish, as a store works with them after it found the sealed snapshot. Stores need not use it.
 * Immutable and thread-safe.
 *
 * @param partition the partition whose current snapshot is replaced
 * @param sealed the sealed snapshot, with an id
 * @param archiveId its archive; empty where it has none yet
 * @param keepCount how many snapshots stay, the new one included; at least 1
 */
public record PublishRequest(Partition partition, WindowSnapshot sealed, Optional<ArchiveId> archiveId, int keepCount) {
    public PublishRequest {
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(archiveId, "archiveId");
        KeepCount.require(keepCount);
        if (sealed.id().isEmpty()) {
            throw new IllegalArgumentException("a snapshot without an id is not sealed: " + sealed);
        }
    }

    /** The id of the sealed snapshot. */
    public SnapshotId id() {
        return sealed.id().orElseThrow();
    }

    /** Whether a snapshot before the new one stays. */
    public boolean keepsPrevious() {
        return keepCount > 1;
    }

    /** The snapshots that no longer stay, of the previous ones from the newest to the oldest; a view of the list. */
    public <T> List<T> beyond(List<T> previous) {
        return previous.subList(Math.min(previous.size(), keepCount - 1), previous.size());
    }
}
