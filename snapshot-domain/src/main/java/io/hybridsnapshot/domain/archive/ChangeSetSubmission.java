package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.changeset.ChangeSetCounts;
import io.hybridsnapshot.domain.changeset.RowFilter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A change set on its way into the archive. Immutable.
 *
 * @param base the archive of the snapshot before, of the same dataset and partition
 * @param file the complete file ({@link io.hybridsnapshot.domain.changeset.ChangeSetFormat}); it is read, never changed
 * @param counts the rows in it
 * @param filter the entries of its rows
 * @param compared by archive whose file was compared: the digest of its record then ({@link ChainLink#digest()}). A
 *     store refuses the change set if an archive has another record: rows may have been erased from it. Archives that
 *     are not in it are not checked
 */
public record ChangeSetSubmission(
        ArchiveId base, WrittenFile file, ChangeSetCounts counts, RowFilter filter, Map<ArchiveId, String> compared) {
    public ChangeSetSubmission {
        Objects.requireNonNull(base, "base");
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(counts, "counts");
        Objects.requireNonNull(filter, "filter");
        compared = Map.copyOf(compared);
    }

    /** Makes a submission whose archives are not checked. */
    public ChangeSetSubmission(ArchiveId base, WrittenFile file, ChangeSetCounts counts, RowFilter filter) {
        this(base, file, counts, filter, Map.of());
    }

    /** Returns the same submission, made from the files of these archives. */
    public ChangeSetSubmission comparing(Collection<ArchivedSnapshot> archives) {
        Map<ArchiveId, String> digests = new HashMap<>();
        archives.forEach(archive -> archive.link().ifPresent(link -> digests.put(archive.id(), link.digest())));
        return new ChangeSetSubmission(base, file, counts, filter, digests);
    }

    /** Checks whether an archive still has the record that it had when its file was compared. */
    public boolean isOf(ArchivedSnapshot archive) {
        String digest = compared.get(archive.id());
        return digest == null
                || digest.equals(archive.link().map(ChainLink::digest).orElse(""));
    }
}
