package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.schema.SchemaDrift;
import io.hybridsnapshot.engine.expectation.Verdict;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The changes from one snapshot to a later one. Immutable.
 *
 * @param before names the earlier snapshot for people
 * @param after names the later snapshot for people
 * @param counts rows by kind of change
 * @param basis the data that was compared
 * @param drift the changes of the columns, apart from the rows
 * @param columns the basis of comparison of each column that the drift concerns
 * @param details the details behind the counts; empty where they were not wanted or the rows are not available
 * @param note a remark for the reader, for example that an archive is damaged; empty: none
 * @param expectations the verdicts on the expectations of the request, in its order
 */
public record DeltaReport(
        String before,
        String after,
        DeltaSummary counts,
        DeltaBasis basis,
        SchemaDrift drift,
        ColumnBasis columns,
        Optional<ChangeDetails> details,
        Optional<RemedyText> note,
        List<Verdict> expectations) {
    public DeltaReport {
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(after, "after");
        Objects.requireNonNull(counts, "counts");
        Objects.requireNonNull(basis, "basis");
        Objects.requireNonNull(drift, "drift");
        Objects.requireNonNull(columns, "columns");
        Objects.requireNonNull(details, "details");
        Objects.requireNonNull(note, "note");
        expectations = List.copyOf(expectations);
    }

    /** Makes a report without expectations. */
    public DeltaReport(
            String before,
            String after,
            DeltaSummary counts,
            DeltaBasis basis,
            SchemaDrift drift,
            ColumnBasis columns,
            Optional<ChangeDetails> details,
            Optional<RemedyText> note) {
        this(before, after, counts, basis, drift, columns, details, note, List.of());
    }

    /** Returns the same report with other names for the two states. */
    public DeltaReport named(String earlier, String later) {
        return new DeltaReport(earlier, later, counts, basis, drift, columns, details, note, expectations);
    }

    /** Returns the same report with other details. */
    public DeltaReport withDetails(Optional<ChangeDetails> others) {
        return new DeltaReport(before, after, counts, basis, drift, columns, others, note, expectations);
    }

    /** Returns the note for the reader, in the words of the Java API; empty: none. */
    public Optional<String> remark() {
        return note.map(RemedyText::toString);
    }

    /**
     * Returns how many rows of both snapshots were not compared in full. These are all rows if a column of only one
     * side was left aside or only keys were compared, else none.
     */
    public long rowsNotComparedInFull() {
        boolean inFull = basis != DeltaBasis.KEYS_ONLY && columns.notCompared().isEmpty();
        return inFull ? 0 : counts.changed() + counts.unchanged();
    }
}
