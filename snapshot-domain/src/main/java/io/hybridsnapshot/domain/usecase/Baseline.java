package io.hybridsnapshot.domain.usecase;

import io.hybridsnapshot.domain.delta.DeltaBasis;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.SchemaDrift;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * On what two snapshots are compared, decided by their schemas and hash specs before any row is read.
 *
 * @param basis what is compared
 * @param drift how the columns changed
 * @param spec the spec under which both sides are hashed
 */
record Baseline(DeltaBasis basis, SchemaDrift drift, HashSpec spec) {
    /**
     * What is known of one side.
     *
     * @param schema its columns, if anybody knows them
     * @param hashSpecId the spec of the hashes at hand; empty: there are none, or nobody knows how they were made
     * @param evidence what can be compared of it
     */
    record Known(Optional<Schema> schema, Optional<String> hashSpecId, Evidence evidence) {}

    /** What can be compared of a side. */
    enum Evidence {
        /** Its cells can be read, so it can be hashed in any way. */
        CELLS,
        /** Only identities and the hashes that were made once. */
        HASHES
    }

    /** The comparison with a snapshot before this one. */
    static Baseline of(Known before, Schema after, HashSpec spec) {
        SchemaDrift drift = before.schema()
                .map(schema -> SchemaDrift.between(schema, after))
                .orElse(SchemaDrift.NONE);
        boolean sameSpec = before.hashSpecId().map(spec.id()::equals).orElse(false);
        boolean drifted = affects(drift, spec);
        if (sameSpec && !drifted) {
            return new Baseline(DeltaBasis.WHOLE_ROWS, drift, spec);
        }
        if (before.evidence() == Evidence.CELLS && before.schema().isPresent()) {
            return drifted
                    ? new Baseline(
                            DeltaBasis.SHARED_COLUMNS,
                            drift,
                            shared(before.schema().get(), after, spec))
                    : new Baseline(DeltaBasis.REHASHED, drift, spec);
        }
        return new Baseline(sameSpec ? DeltaBasis.WHOLE_ROWS_DESPITE_DRIFT : DeltaBasis.KEYS_ONLY, drift, spec);
    }

    /** Whether hashes over all columns may differ although no value of a shared column did. */
    static boolean affects(SchemaDrift drift, HashSpec spec) {
        return drift.added().stream().anyMatch(column -> spec.covers(column.name()))
                || drift.dropped().stream().anyMatch(column -> spec.covers(column.name()))
                || drift.retyped().stream().anyMatch(column -> !column.isComparable() && spec.covers(column.name()));
    }

    /** The spec that leaves out what one of the two schemas lacks or types otherwise. */
    static HashSpec shared(Schema before, Schema after, HashSpec spec) {
        List<String> shared = SchemaDrift.sharedColumns(before, after);
        Set<String> others = new TreeSet<>(before.names());
        others.addAll(after.names());
        others.removeAll(new HashSet<>(shared));
        return spec.ignoring(others);
    }
}
