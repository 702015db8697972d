package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A change of an archive's tags. Immutable.
 *
 * @param set the tags to set, by name
 * @param removed the names of tags to remove; a name that the archive does not have is ignored
 * @param existing what happens to a tag that the archive has with another value
 */
public record TagChange(Map<String, String> set, Set<String> removed, Existing existing) {
    /** What happens to a tag that the archive has with another value. */
    public enum Existing {
        /** It stays, and the whole change is refused. */
        KEEP,
        /** It gets the new value. */
        REPLACE
    }

    public TagChange {
        set = Collections.unmodifiableMap(new TreeMap<>(set));
        removed = Collections.unmodifiableSet(new TreeSet<>(removed));
        Objects.requireNonNull(existing, "existing");
        if (set.isEmpty() && removed.isEmpty()) {
            throw SnapshotException.invalidRequest("a change of tags names no tag")
                    .expected("a tag to set or a tag to remove")
                    .nextStep("name a tag")
                    .build();
        }
        for (String name : set.keySet()) {
            if (removed.contains(name)) {
                throw SnapshotException.invalidRequest("a tag is to be set and removed at once")
                        .actual("'" + name + "'")
                        .expected("one of the two")
                        .nextStep("leave one of them out")
                        .build();
            }
        }
    }

    /**
     * Computes an archive's tags after this change.
     *
     * @throws SnapshotException CONFLICT if existing tags are kept and the archive has one with another value
     */
    public Map<String, String> appliedTo(ArchiveId id, Map<String, String> tags) {
        Map<String, String> after = new TreeMap<>(tags);
        removed.forEach(after::remove);
        List<String> taken = new ArrayList<>();
        set.forEach((name, value) -> {
            String before = after.put(name, value);
            if (before != null && !before.equals(value)) {
                taken.add(name + "=" + before);
            }
        });
        if (existing == Existing.KEEP && !taken.isEmpty()) {
            throw SnapshotException.conflict("the archive has the tag with another value; nothing was changed")
                    .where("archive " + id)
                    .actual("'" + String.join("', '", taken) + "'")
                    .expected("an archive without a tag of this name")
                    .nextStep("choose another name, or replace the value on purpose")
                    .build();
        }
        return after;
    }

    /**
     * Makes the notes about an archive whose tags change.
     *
     * @param before the archive with its tags before
     * @param after the tags afterwards
     * @param at the present time, whole microseconds
     * @param by the user of the store
     * @return one note for each tag with another value afterwards, by name
     */
    public static List<TagNote> notes(ArchivedSnapshot before, Map<String, String> after, Instant at, String by) {
        Set<String> names = new TreeSet<>(before.tags().keySet());
        names.addAll(after.keySet());
        List<TagNote> notes = new ArrayList<>();
        for (String name : names) {
            Optional<String> old = Optional.ofNullable(before.tags().get(name));
            Optional<String> now = Optional.ofNullable(after.get(name));
            if (!old.equals(now)) {
                Partition partition = before.partition();
                notes.add(new TagNote(before.id(), before.dataset(), partition, name, old, now, at, by));
            }
        }
        return notes;
    }
}
