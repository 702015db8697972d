package io.hybridsnapshot.app.dataset;

import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.domain.dataset.Dataset;
import java.util.Objects;

/**
 * A dataset as the domain knows it, with what was said of its source. Immutable.
 *
 * @param dataset the dataset
 * @param section everything said of it
 */
public record DefinedDataset(Dataset dataset, DatasetSection section) {
    public DefinedDataset {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(section, "section");
    }
}
