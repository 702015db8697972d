package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaCursor;
import io.hybridsnapshot.engine.internal.comparison.MergeDelta;
import io.hybridsnapshot.engine.internal.sorting.RecordOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the rows whose carried texts differ. They are asked for in the order of their identities. One thread. */
final class ChangedTexts implements AutoCloseable {
    private final @Nullable DeltaCursor rows;
    private boolean hasRow;

    /** Opens the differences; empty: no texts differ. */
    ChangedTexts(Optional<MergeDelta> texts) {
        this.rows = texts.map(MergeDelta::openChanges).orElse(null);
        this.hasRow = rows != null && rows.next();
    }

    /** Checks whether the texts of a row differ. Each identity comes after the one before. */
    boolean has(long identityHigh, long identityLow) {
        while (rows != null && hasRow) {
            int order = RecordOrder.compare(rows.identityHigh(), rows.identityLow(), identityHigh, identityLow);
            if (order >= 0) {
                return order == 0 && rows.kind() == ChangeKind.CHANGED;
            }
            hasRow = rows.next();
        }
        return false;
    }

    @Override
    public void close() {
        if (rows != null) {
            rows.close();
        }
    }
}
