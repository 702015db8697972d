package io.hybridsnapshot.engine.catalogue;

import io.hybridsnapshot.domain.dataset.Dataset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The datasets that the caller defines, beside those that the stores hold. The use cases over several datasets ask it
 * for the definition of each. A caller may know a dataset by another name than the stores do. Its definitions then
 * accept both names, and {@link #named} returns a dataset with the name of the stores. Implementations are safe to
 * share.
 */
public interface DatasetDefinitions {
    /** Returns the names of the defined datasets, as the stores know them. */
    Set<String> names();

    /**
     * Returns the name under which the stores know a dataset. The default is the dataset's own name.
     *
     * @param name a name of the caller, or one of the stores; it need not be defined
     */
    default String storedName(String name) {
        return name;
    }

    /**
     * Returns the name by which the caller knows a dataset of the stores. The default is the name in the stores.
     *
     * @param stored a name in the stores; it need not be defined
     */
    default String shownName(String stored) {
        return stored;
    }

    /** Returns whether a dataset is defined. May be true for a name that {@link #names()} does not list. */
    boolean isDefined(String name);

    /**
     * Returns a dataset for finding its snapshots; it need not be defined.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if no dataset can have this name or this
     *     definition
     */
    Dataset named(String name);

    /**
     * Returns a dataset for finding its snapshots by its name in the stores, which may be the caller's name of another
     * dataset. The default is {@link #named}.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException as {@link #named}
     */
    default Dataset stored(String name) {
        return named(name);
    }

    /** Returns the same definitions with another one of a dataset. */
    default DatasetDefinitions with(Dataset dataset) {
        DatasetDefinitions others = this;
        return new DatasetDefinitions() {
            @Override
            public Set<String> names() {
                return others.names();
            }

            @Override
            public String storedName(String name) {
                return others.storedName(name);
            }

            @Override
            public String shownName(String stored) {
                return others.shownName(stored);
            }

            @Override
            public boolean isDefined(String name) {
                return others.isDefined(name);
            }

            @Override
            public Dataset named(String name) {
                return storedName(name).equals(dataset.name()) ? dataset : others.named(name);
            }

            @Override
            public Dataset stored(String name) {
                return name.equals(dataset.name()) ? dataset : others.stored(name);
            }
        };
    }

    /** Returns the definitions of these datasets. Another dataset is found by its name, with one key column. */
    static DatasetDefinitions of(Collection<Dataset> datasets) {
        Map<String, Dataset> known = new LinkedHashMap<>();
        datasets.forEach(dataset -> known.put(dataset.name(), dataset));
        return new DatasetDefinitions() {
            @Override
            public Set<String> names() {
                return Set.copyOf(known.keySet());
            }

            @Override
            public boolean isDefined(String name) {
                return known.containsKey(name);
            }

            @Override
            public Dataset named(String name) {
                return Optional.ofNullable(known.get(name)).orElseGet(() -> Dataset.of(name, List.of("unknown")));
            }
        };
    }
}
