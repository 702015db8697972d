package io.hybridsnapshot.engine.internal.catalogue;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the rules behind a hash spec's id. The columns left out may differ from those of the given dataset. Its
 * definition may have changed since a snapshot was saved, or the caller may have no definition. The rules per column
 * determine the specs for all of these cases.
 */
public final class KnownSpecs {
    private KnownSpecs() {}

    /**
     * Returns the spec of this id if it has the dataset's rules per column and leaves out the same columns as the
     * dataset, the system columns, or none.
     *
     * @param id empty where the hash spec of the rows was not noted
     */
    public static Optional<HashSpec> find(Dataset dataset, Optional<String> id) {
        return first(candidates(dataset.hashSpec()), id);
    }

    /** Returns the same, also for a spec without rules per column. */
    public static Optional<HashSpec> findOrPlain(Dataset dataset, Optional<String> id) {
        return first(Stream.concat(candidates(dataset.hashSpec()), candidates(HashSpec.HSR1)), id);
    }

    private static Stream<HashSpec> candidates(HashSpec spec) {
        return Stream.of(spec, spec.leavingOut(HashSpec.SYSTEM_COLUMNS), spec.leavingOut(List.of()));
    }

    private static Optional<HashSpec> first(Stream<HashSpec> candidates, Optional<String> id) {
        return candidates.filter(spec -> id.equals(Optional.of(spec.id()))).findFirst();
    }
}
