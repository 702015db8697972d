package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaCursor;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The delta of two sets of rows by way of two sorted maps: plain rather than fast. */
final class InMemoryDelta implements SnapshotDelta {
    private final DeltaSummary summary;
    private final List<Change> changes = new ArrayList<>();

    private record Change(UUID identity, ChangeKind kind) {}

    InMemoryDelta(List<KeyedHashes> before, List<KeyedHashes> after) {
        Map<UUID, String> earlier = sorted(before);
        Map<UUID, String> later = sorted(after);
        long added = 0;
        long changed = 0;
        long deleted = 0;
        TreeMap<UUID, String> all = sorted(before);
        all.putAll(later);
        for (UUID identity : all.keySet()) {
            if (!earlier.containsKey(identity)) {
                changes.add(new Change(identity, ChangeKind.NEW));
                added++;
            } else if (!later.containsKey(identity)) {
                changes.add(new Change(identity, ChangeKind.DELETED));
                deleted++;
            } else if (!earlier.get(identity).equals(later.get(identity))) {
                changes.add(new Change(identity, ChangeKind.CHANGED));
                changed++;
            }
        }
        this.summary = new DeltaSummary(added, changed, earlier.size() - changed - deleted, deleted);
    }

    @Override
    public DeltaSummary summary() {
        return summary;
    }

    @Override
    public DeltaCursor openChanges() {
        Iterator<Change> rest = changes.iterator();
        return new DeltaCursor() {
            private @Nullable Change row;

            @Override
            public boolean next() {
                row = rest.hasNext() ? rest.next() : null;
                return row != null;
            }

            @Override
            public ChangeKind kind() {
                return row.kind();
            }

            @Override
            public long identityHigh() {
                return row.identity().getMostSignificantBits();
            }

            @Override
            public long identityLow() {
                return row.identity().getLeastSignificantBits();
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }

    private static TreeMap<UUID, String> sorted(List<KeyedHashes> batches) {
        TreeMap<UUID, String> rows = new TreeMap<>(InMemoryDelta::compareBytes);
        for (KeyedHashes batch : batches) {
            for (int row = 0; row < batch.size(); row++) {
                rows.put(batch.identity(row), batch.hex(row));
            }
        }
        return rows;
    }

    /** The 16 bytes as unsigned numbers; {@link UUID#compareTo} takes the words as signed. */
    private static int compareBytes(UUID one, UUID other) {
        int first = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
        return first != 0
                ? first
                : Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits());
    }
}
