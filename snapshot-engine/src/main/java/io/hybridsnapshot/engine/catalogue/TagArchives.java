package io.hybridsnapshot.engine.catalogue;

import io.hybridsnapshot.domain.archive.ArchiveTags;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.TagChange;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.Objects;
import java.util.Optional;

/**
 * Changes the tags of stored archives. Needs an archive with the capability {@link ArchiveTags}, which notes each
 * change. Safe to share if the environment's parts are.
 */
public final class TagArchives {
    private final SnapshotEnvironment environment;

    /**
     * An archive before and after a change of its tags.
     *
     * @param before the archive as it was found
     * @param after the archive with its new tags
     */
    public record Tagged(ArchivedSnapshot before, ArchivedSnapshot after) {
        public Tagged {
            Objects.requireNonNull(before, "before");
            Objects.requireNonNull(after, "after");
        }

        /** Checks whether the change altered a tag. */
        public boolean isChanged() {
            return !before.tags().equals(after.tags());
        }
    }

    /** Makes the use case in an environment. */
    public TagArchives(SnapshotEnvironment environment) {
        this.environment = Objects.requireNonNull(environment, "environment");
    }

    /**
     * Changes the tags of one archive.
     *
     * @param partition empty: the whole dataset, or for a reference to one archive the partition that it is of
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if no archive matches or the store
     *     cannot change tags; CONFLICT if the change keeps existing tags and the archive has one with another value
     */
    public Tagged change(
            Dataset dataset, Optional<Partition> partition, SnapshotReference reference, TagChange change) {
        ArchiveTags tags = environment.archiveTags();
        ArchivedSnapshot before = new LoadSnapshot(environment).find(dataset, partition, reference);
        return new Tagged(before, tags.changeTags(before.id(), change));
    }
}
