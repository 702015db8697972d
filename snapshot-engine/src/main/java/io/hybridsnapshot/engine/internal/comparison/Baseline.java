package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.CommonForm;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.SchemaDrift;
import io.hybridsnapshot.engine.comparison.ColumnBasis;
import io.hybridsnapshot.engine.comparison.DeltaBasis;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The common basis of a comparison, decided by the schemas, hash specs and cells of both sides before any row is read.
 *
 * @param basis the data that is compared
 * @param drift the changes of the columns
 * @param spec the spec under which both sides are hashed
 */
public record Baseline(DeltaBasis basis, SchemaDrift drift, HashSpec spec) {
    /**
     * Returns the basis of a comparison: hashes at hand where both sides have them under the dataset's spec, else
     * hashes made anew from cells, else keys alone. Hashes of two specs are never compared. Opens a side's archive
     * where its cells, or its columns, decide.
     */
    static Baseline of(Side before, Side after, Dataset dataset) {
        HashSpec spec = dataset.hashSpec();
        if (before instanceof NoSide) {
            return new Baseline(DeltaBasis.FIRST_SNAPSHOT, SchemaDrift.NONE, spec);
        }
        SchemaDrift drift = before.schema()
                .flatMap(left -> after.schema().map(right -> SchemaDrift.between(left, right)))
                .orElse(SchemaDrift.NONE);
        boolean drifted = affects(drift, dataset);
        boolean hashed = before.isHashedBy(spec) && after.isHashedBy(spec);
        if (hashed && !drifted) {
            return new Baseline(DeltaBasis.WHOLE_ROWS, drift, spec);
        }
        if (drifted && before.hasCells() && after.hasCells()) {
            return new Baseline(DeltaBasis.SHARED_COLUMNS, drift, shared(drift, spec));
        }
        boolean hashable = canBeHashedBy(spec, before) && canBeHashedBy(spec, after);
        if (drifted) {
            return new Baseline(hashable ? DeltaBasis.WHOLE_ROWS_DESPITE_DRIFT : DeltaBasis.KEYS_ONLY, drift, spec);
        }
        return new Baseline(hashable ? DeltaBasis.REHASHED : DeltaBasis.KEYS_ONLY, drift, spec);
    }

    private static boolean canBeHashedBy(HashSpec spec, Side side) {
        return side.isHashedBy(spec) || side.hasCells();
    }

    /** Returns the basis of a comparison with the hashes that a foreign writer made. */
    static Baseline ofForeignHashes(Dataset dataset) {
        return new Baseline(DeltaBasis.LEGACY_HASHES, SchemaDrift.NONE, dataset.hashSpec());
    }

    /** Returns the counts as the basis allows them: by keys alone, no row of both is known to be unchanged. */
    DeltaSummary counts(DeltaSummary counts) {
        return basis == DeltaBasis.KEYS_ONLY
                ? new DeltaSummary(counts.added(), counts.changed() + counts.unchanged(), 0, counts.deleted())
                : counts;
    }

    /** Checks whether hashes over all columns, or identities, may differ although no value of a shared column did. */
    private static boolean affects(SchemaDrift drift, Dataset dataset) {
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
    ColumnBasis columns(Dataset dataset, Stream<Schema> sides) {
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
