package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.BaseSnapshot;
import io.hybridsnapshot.domain.window.ChangedRows;
import io.hybridsnapshot.domain.window.WindowConflicts;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The changes of a staged snapshot of the in-memory window, beside the rows that are NEW or CHANGED. */
final class StagedChanges {
    private final Set<UUID> added = new HashSet<>();
    private final Map<UUID, String> changed = new HashMap<>();
    private final Map<UUID, String> deleted = new HashMap<>();
    private Optional<BaseSnapshot> base = Optional.empty();
    private DeltaSummary counts = new DeltaSummary(0, 0, 0, 0);

    void add(ChangedRows changes) {
        for (int row = 0; row < changes.size(); row++) {
            UUID identity = changes.hashes().identity(row);
            if (changes.isNew(row)) {
                added.add(identity);
            } else {
                changed.put(identity, changes.former().hex(row));
            }
        }
    }

    void addDeleted(KeyedHashes former) {
        for (int row = 0; row < former.size(); row++) {
            deleted.put(former.identity(row), former.hex(row));
        }
    }

    void seal(BaseSnapshot from, DeltaSummary sealed) {
        base = Optional.of(from);
        counts = sealed;
    }

    /** The rows that the changes were counted from; empty for a snapshot that was staged whole. */
    Optional<BaseSnapshot> base() {
        return base;
    }

    /**
     * The rows of the snapshot.
     *
     * @param current the rows of the base
     * @param staged the rows that are NEW or CHANGED
     * @throws io.hybridsnapshot.domain.error.SnapshotException CORRUPT if the changes are not the sealed ones
     */
    StagedRows applied(SnapshotId id, StagedRows current, StagedRows staged, WindowConflicts conflicts) {
        Map<UUID, String> before = current.hashesByIdentity();
        long created = added.stream().filter(row -> !before.containsKey(row)).count();
        conflicts.requireAllApplied(id, ChangeKind.NEW, created, counts.added());
        conflicts.requireAllApplied(id, ChangeKind.CHANGED, matching(changed, before), counts.changed());
        conflicts.requireAllApplied(id, ChangeKind.DELETED, matching(deleted, before), counts.deleted());
        return current.where(row -> !changed.containsKey(row) && !deleted.containsKey(row))
                .with(staged);
    }

    private static long matching(Map<UUID, String> former, Map<UUID, String> before) {
        return former.entrySet().stream()
                .filter(row -> row.getValue().equals(before.get(row.getKey())))
                .count();
    }
}
