package io.hybridsnapshot.engine.redaction;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import java.util.List;
import java.util.Objects;

/**
 * The result of a redaction. Immutable.
 *
 * @param plan the plan before the redaction
 * @param rewritten the archives that were rewritten, oldest first
 */
public record RedactionResult(RedactionPlan plan, List<Rewritten> rewritten) {
    /**
     * An archive that was rewritten.
     *
     * @param archive as it is now
     * @param erasedRows rows that are no longer in it
     */
    public record Rewritten(ArchivedSnapshot archive, long erasedRows) {
        public Rewritten {
            Objects.requireNonNull(archive, "archive");
        }
    }

    public RedactionResult {
        Objects.requireNonNull(plan, "plan");
        rewritten = List.copyOf(rewritten);
    }

    /** Returns the number of rows that were erased from all archives together. */
    public long erasedRows() {
        return rewritten.stream().mapToLong(Rewritten::erasedRows).sum();
    }
}
