package io.hybridsnapshot.engine.catalogue;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.TagNote;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.recovery.AwaitedArchive;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the stores hold of one dataset: the window's snapshots joined with their archives. Immutable.
 *
 * @param dataset the dataset's name, or that of a foreign writer's table
 * @param window the window's snapshots, by partition and then newest first
 * @param awaited where the files of snapshots are that are not archived yet
 * @param archives the archives, newest first
 * @param orphans the archives that belong to no snapshot
 * @param redactions the redactions of the dataset's archives
 * @param tagNotes the later changes of tags, if wanted
 * @param tombstones removed archives, if wanted
 * @param schema the columns of the newest snapshot, if wanted and known
 * @param refusal why the window holds nothing of the dataset: it refuses the dataset as it is defined
 * @param spec the dataset's rules of hashing
 */
public record Holdings(
        String dataset,
        List<WindowSnapshot> window,
        Map<SnapshotId, AwaitedArchive> awaited,
        List<ArchivedSnapshot> archives,
        Set<ArchiveId> orphans,
        List<Redaction> redactions,
        List<TagNote> tagNotes,
        List<Tombstone> tombstones,
        Optional<Schema> schema,
        Optional<RemedyText> refusal,
        HashSpec spec) {
    public Holdings {
        Objects.requireNonNull(dataset, "dataset");
        window = List.copyOf(window);
        awaited = Map.copyOf(awaited);
        archives = List.copyOf(archives);
        orphans = Set.copyOf(orphans);
        redactions = List.copyOf(redactions);
        tagNotes = List.copyOf(tagNotes);
        tombstones = List.copyOf(tombstones);
        Objects.requireNonNull(schema, "schema");
        Objects.requireNonNull(refusal, "refusal");
        Objects.requireNonNull(spec, "spec");
    }

    /** Returns the columns that are no part of the row hash by the dataset's rules. */
    public List<String> leftOut() {
        return schema.map(known -> known.names().stream()
                        .filter(column -> !spec.covers(column))
                        .toList())
                .orElse(List.of());
    }

    /** Returns where a snapshot's file waits to be archived. */
    public Optional<AwaitedArchive> awaited(WindowSnapshot snapshot) {
        return snapshot.id().map(awaited::get);
    }

    /** Returns whether there is neither a snapshot nor an archive nor a removed archive. */
    public boolean isEmpty() {
        return window.isEmpty() && archives.isEmpty() && tombstones.isEmpty();
    }

    /** Returns how often each redacted archive was redacted. */
    public Map<ArchiveId, Long> redactionCounts() {
        return redactions.stream().collect(Collectors.groupingBy(Redaction::archive, Collectors.counting()));
    }
}
