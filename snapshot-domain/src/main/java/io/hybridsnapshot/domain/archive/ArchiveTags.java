package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.util.List;

/**
 * Capability of an {@link ArchiveStore}: it changes the tags of stored archives, and notes each change. Tags are no
 * part of an archive's record digest. A change therefore leaves file, record and chain as they are, and a hold does not
 * prevent it. Safe to share between threads. Every method throws UNAVAILABLE if it cannot reach the store.
 */
public interface ArchiveTags {
    /**
     * Changes the tags of an archive and notes every tag whose value changes. Atomic, and durable when this returns. A
     * change that alters no value is a no-op and leaves no note.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive; CONFLICT if
     *     the change keeps existing tags and the archive has one of the names with another value ({@link
     *     TagChange#appliedTo}); OUTCOME_UNKNOWN if the connection broke during the commit
     * @return the archive with its new tags
     */
    ArchivedSnapshot changeTags(ArchiveId id, TagChange change);

    /**
     * Returns the notes about the archives of the query's dataset and partition, oldest first and then by the name of
     * the tag. Other parts of the query are ignored. Notes outlive their archives.
     */
    List<TagNote> tagNotes(ArchiveQuery query);
}
