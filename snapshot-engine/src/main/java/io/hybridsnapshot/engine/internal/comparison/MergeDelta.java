package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaCursor;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowCursor;
import io.hybridsnapshot.engine.internal.sorting.RecordOrder;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import org.jspecify.annotations.Nullable;

/**
 * The delta of two snapshots in process: one merge of their sorted rows, within the memory of their buffers. Identities
 * have to be unique on each side. Safe to share; valid as long as both sides are.
 */
public final class MergeDelta implements SnapshotDelta {
    private final SortedKeyedRows before;
    private final SortedKeyedRows after;
    private @Nullable DeltaSummary summary;

    /** Makes the delta from one snapshot to a later one. */
    public MergeDelta(SortedKeyedRows before, SortedKeyedRows after) {
        this.before = before;
        this.after = after;
    }

    @Override
    public synchronized DeltaSummary summary() {
        if (summary == null) {
            long[] counts = new long[ChangeKind.values().length];
            try (MergeCursor rows = openAll()) {
                while (rows.advance()) {
                    counts[rows.kind().ordinal()]++;
                }
            }
            summary = summary(counts);
        }
        return summary;
    }

    /** Returns a summary of the counts of all kinds, by their ordinals. */
    static DeltaSummary summary(long[] counts) {
        return new DeltaSummary(
                counts[ChangeKind.NEW.ordinal()],
                counts[ChangeKind.CHANGED.ordinal()],
                counts[ChangeKind.UNCHANGED.ordinal()],
                counts[ChangeKind.DELETED.ordinal()]);
    }

    @Override
    public DeltaCursor openChanges() {
        return openAll();
    }

    /** Opens the rows that differ, each with its versions on both sides. The caller closes the cursor. */
    public PairCursor openPairs() {
        return openAll();
    }

    private MergeCursor openAll() {
        KeyedRowCursor left = before.open();
        return new MergeCursor(left, after.open());
    }

    /** Walks over rows with their versions on both sides. One thread. */
    public interface PairCursor extends DeltaCursor {
        /** Moves to the next row, UNCHANGED or not; false at the end. */
        boolean nextOfAll();

        /** Returns the earlier version; without meaning for a NEW row. */
        KeyedRowCursor before();

        /** Returns the later version; without meaning for a DELETED row. */
        KeyedRowCursor after();
    }

    private static final class MergeCursor implements PairCursor {
        private final KeyedRowCursor left;
        private final KeyedRowCursor right;
        private boolean hasLeft;
        private boolean hasRight;
        private boolean started;
        private @Nullable ChangeKind kind;

        MergeCursor(KeyedRowCursor left, KeyedRowCursor right) {
            this.left = left;
            this.right = right;
        }

        @Override
        public boolean next() {
            while (advance()) {
                if (kind != ChangeKind.UNCHANGED) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean nextOfAll() {
            return advance();
        }

        @Override
        public KeyedRowCursor before() {
            return left;
        }

        @Override
        public KeyedRowCursor after() {
            return right;
        }

        boolean advance() {
            if (!started) {
                started = true;
                hasLeft = left.next();
                hasRight = right.next();
            } else {
                if (kind != ChangeKind.NEW && hasLeft) {
                    hasLeft = left.next();
                }
                if (kind != ChangeKind.DELETED && hasRight) {
                    hasRight = right.next();
                }
            }
            if (!hasLeft && !hasRight) {
                return false;
            }
            kind = compare();
            return true;
        }

        private ChangeKind compare() {
            if (!hasLeft) {
                return ChangeKind.NEW;
            }
            if (!hasRight) {
                return ChangeKind.DELETED;
            }
            int order = RecordOrder.compare(
                    left.identityHigh(), left.identityLow(), right.identityHigh(), right.identityLow());
            if (order != 0) {
                return order < 0 ? ChangeKind.DELETED : ChangeKind.NEW;
            }
            for (int word = 0; word < 4; word++) {
                if (left.hashWord(word) != right.hashWord(word)) {
                    return ChangeKind.CHANGED;
                }
            }
            return ChangeKind.UNCHANGED;
        }

        @Override
        public ChangeKind kind() {
            ChangeKind at = kind;
            if (at == null) {
                throw new IllegalStateException("the cursor is at no row");
            }
            return at;
        }

        @Override
        public long identityHigh() {
            return kind == ChangeKind.DELETED ? left.identityHigh() : right.identityHigh();
        }

        @Override
        public long identityLow() {
            return kind == ChangeKind.DELETED ? left.identityLow() : right.identityLow();
        }

        @Override
        public void close() {
            left.close();
            right.close();
        }
    }
}
