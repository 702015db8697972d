package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.CommonForm;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.SchemaDrift;
import io.hybridsnapshot.engine.comparison.ColumnBasis;
import io.hybridsnapshot.engine.comparison.DeltaBasis;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The common basis of a comparison, decided by the schemas and hash specs of both snapshots before any row is read.
 *
 * @param basis the data that is compared
 * @param drift the changes of the columns
 * @param spec the spec under which both sides are hashed
 */
public record Baseline(DeltaBasis basis, SchemaDrift drift, HashSpec spec) {
    /**
     * The known properties of one side.
     *
     * @param schema its columns, if they are known
     * @param hashSpecId the spec of the hashes at hand; empty: there are none, or their spec is unknown
     * @param evidence the data of the side that can be compared
     */
    record Known(Optional<Schema> schema, Optional<String> hashSpecId, Evidence evidence) {}

    /** The data of a side that can be compared. */
    enum Evidence {
        /** Its cells can be read, so it can be hashed in any way. */
        CELLS,
        /** Only identities and the hashes that were made once. */
        HASHES
    }

    /** Returns the comparison of a dataset's rows with a snapshot before them. */
    static Baseline of(Known before, Schema after, Dataset dataset) {
        HashSpec spec = dataset.hashSpec();
        SchemaDrift drift = before.schema()
                .map(schema -> SchemaDrift.between(schema, after))
                .orElse(SchemaDrift.NONE);
        boolean sameSpec = before.hashSpecId().map(spec.id()::equals).orElse(false);
        boolean drifted = affects(drift, dataset);
        if (sameSpec && !drifted) {
            return new Baseline(DeltaBasis.WHOLE_ROWS, drift, spec);
        }
        if (before.evidence() == Evidence.CELLS && before.schema().isPresent()) {
            return drifted
                    ? new Baseline(DeltaBasis.SHARED_COLUMNS, drift, shared(drift, spec))
                    : new Baseline(DeltaBasis.REHASHED, drift, spec);
        }
        return new Baseline(sameSpec ? DeltaBasis.WHOLE_ROWS_DESPITE_DRIFT : DeltaBasis.KEYS_ONLY, drift, spec);
    }

    /** Checks whether hashes over all columns, or identities, may differ although no value of a shared column did. */
    public static boolean affects(SchemaDrift drift, Dataset dataset) {
        HashSpec spec = dataset.hashSpec();
        return drift.added().stream().anyMatch(column -> spec.covers(column.name()))
                || drift.dropped().stream().anyMatch(column -> spec.covers(column.name()))
                || drift.retyped().stream()
                        .anyMatch(column -> !column.isComparable()
                                && (spec.covers(column.name())
                                        || dataset.keyColumns().contains(column.name())));
    }

    /**
     * Returns the spec that leaves out the columns that one of the two schemas lacks. The spec encodes columns of
     * different types in a form that both types share.
     */
    public static HashSpec shared(SchemaDrift drift, HashSpec spec) {
        Set<String> others = new TreeSet<>();
        drift.added().forEach(column -> others.add(column.name()));
        drift.dropped().forEach(column -> others.add(column.name()));
        Map<String, CommonForm> forms = new TreeMap<>();
        drift.retyped().stream()
                .filter(column -> !column.isComparable())
                .forEach(column -> forms.put(column.name(), CommonForm.of(column.before(), column.after())));
        return spec.ignoring(others).inCommonForms(forms);
    }

    /**
     * Returns how a dataset's columns are compared on this basis.
     *
     * @param sides the schemas of the two sides, as far as they are known
     */
    public ColumnBasis columns(Dataset dataset, Stream<Schema> sides) {
        HashSpec asked = dataset.hashSpec();
        // A foreign writer's hashes are over columns of its own choice.
        List<String> leftOut = basis == DeltaBasis.LEGACY_HASHES
                ? List.of()
                : sides.flatMap(schema -> schema.names().stream())
                        .filter(name ->
                                !asked.covers(name) && !dataset.keyColumns().contains(name))
                        .distinct()
                        .toList();
        if (basis != DeltaBasis.SHARED_COLUMNS) {
            return new ColumnBasis(List.of(), List.of(), List.of(), leftOut);
        }
        List<String> notCompared = Stream.concat(drift.added().stream(), drift.dropped().stream())
                .map(Column::name)
                .filter(asked::covers)
                .toList();
        return new ColumnBasis(inForm(CommonForm.NUMBER), inForm(CommonForm.TEXT), notCompared, leftOut);
    }

    private List<String> inForm(CommonForm form) {
        return drift.retyped().stream()
                .map(SchemaDrift.Retyped::name)
                .filter(name ->
                        spec.covers(name) && form.equals(spec.commonForms().get(name)))
                .toList();
    }
}
