package io.hybridsnapshot.app.dataset;

import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.domain.dataset.Dataset;
import java.util.Objects;

/**
 * A dataset of the domain, with the definition of its source. Immutable.
 *
 * @param dataset the dataset
 * @param section the whole definition of the dataset
 */
public record DefinedDataset(Dataset dataset, DatasetSection section) {
    public DefinedDataset {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(section, "section");
    }
}
