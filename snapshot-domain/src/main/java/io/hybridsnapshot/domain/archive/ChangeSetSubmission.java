package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.changeset.ChangeSetCounts;
import io.hybridsnapshot.domain.changeset.RowFilter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.util.Objects;

/**
 * A change set on its way into the archive. Immutable.
 *
 * @param base the archive of the snapshot before, of the same dataset and partition
 * @param file the complete file ({@link io.hybridsnapshot.domain.changeset.ChangeSetFormat}); it is read, never changed
 * @param counts the rows in it
 * @param filter the entries of its rows
 */
public record ChangeSetSubmission(ArchiveId base, WrittenFile file, ChangeSetCounts counts, RowFilter filter) {
    public ChangeSetSubmission {
        Objects.requireNonNull(base, "base");
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(counts, "counts");
        Objects.requireNonNull(filter, "filter");
    }
}
