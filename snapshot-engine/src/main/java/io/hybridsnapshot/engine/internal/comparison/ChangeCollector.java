package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.engine.comparison.RowChangeListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps the first rows of each kind and hands all of them to a listener. One thread. */
final class ChangeCollector {
    private final int exampleLimit;
    private final Optional<RowChangeListener> listener;
    private final List<RowChange> examples = new ArrayList<>();
    private final int[] kept = new int[ChangeKind.values().length];
    private final List<AlignedDetails.Example> aligned;
    private int alignedTaken;

    /**
     * Makes a collector.
     *
     * @param aligned CHANGED rows that were found before, in the order of the earlier file
     */
    ChangeCollector(int exampleLimit, Optional<RowChangeListener> listener, List<AlignedDetails.Example> aligned) {
        this.exampleLimit = exampleLimit;
        this.listener = listener;
        this.aligned = aligned;
    }

    /** Takes the rows at hand that come before a position in the earlier file. */
    void takeAlignedBefore(long ordinal) {
        while (alignedTaken < aligned.size() && aligned.get(alignedTaken).ordinal() < ordinal) {
            take(aligned.get(alignedTaken++).row());
        }
    }

    boolean wants(ChangeKind kind) {
        return listener.isPresent() || kept[kind.ordinal()] < exampleLimit;
    }

    void take(RowChange change) {
        listener.ifPresent(target -> target.onChange(change));
        if (kept[change.kind().ordinal()] < exampleLimit) {
            kept[change.kind().ordinal()]++;
            // Whole rows are the listener's alone: there may be many examples.
            examples.add(new RowChange(change.kind(), change.identity(), change.key(), change.cells()));
        }
    }

    /** Returns the rows kept. */
    List<RowChange> examples() {
        return examples;
    }
}
