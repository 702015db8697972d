package io.hybridsnapshot.app.dataset;

import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.engine.catalogue.DatasetDefinitions;
import io.hybridsnapshot.samples.OrdersUnified;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The datasets that the file and the presets define, with the additions of the command line. Immutable. */
public final class DatasetCatalogue implements DatasetDefinitions {
    /** Replaces the key of an undefined dataset, for uses that read no row. */
    private static final List<String> UNKNOWN_KEY = List.of("(not defined)");

    private final Configuration configuration;

    /** The catalogue of a configuration. */
    public DatasetCatalogue(Configuration configuration) {
        this.configuration = Objects.requireNonNull(configuration, "configuration");
    }

    /** The names in the file, in its order. */
    @Override
    public Set<String> names() {
        return new LinkedHashSet<>(configuration.datasets().keySet());
    }

    /**
     * A dataset for reading or comparing rows.
     *
     * @param given the command line's section; it overrides the file, which overrides a preset
     * @throws SnapshotException INVALID_REQUEST if its key is not defined anywhere
     */
    public DefinedDataset defined(String name, DatasetSection given) {
        DatasetSection section =
                section(name).map(known -> known.overriddenBy(given)).orElse(given);
        if (section.key().isEmpty()) {
            throw undefined(name);
        }
        return new DefinedDataset(
                section.dataset(name, configuration.retention().keepCount()), section);
    }

    /** A dataset for finding its snapshots; it need not be defined. */
    @Override
    public Dataset named(String name) {
        return section(name)
                .filter(section -> !section.key().isEmpty())
                .map(section -> section.dataset(name, configuration.retention().keepCount()))
                .orElseGet(() -> Dataset.of(name, UNKNOWN_KEY)
                        .withKeepCount(configuration.retention().keepCount()));
    }

    /** Whether the file or a preset knows the dataset. */
    @Override
    public boolean isDefined(String name) {
        return section(name).isPresent();
    }

    /** The nearest name that is known, for messages. */
    public Optional<String> nearest(String name) {
        Set<String> names = names();
        names.add(OrdersUnified.DATASET.name());
        return NearestName.among(names, name);
    }

    /** The section of a preset of this name. */
    public static Optional<DatasetSection> preset(String name) {
        return name.equals(OrdersUnified.DATASET.name())
                ? Optional.of(DatasetSection.of(OrdersUnified.DATASET, OrdersUnified.SCHEMA))
                : Optional.empty();
    }

    private Optional<DatasetSection> section(String name) {
        Optional<DatasetSection> preset = preset(name);
        Optional<DatasetSection> configured =
                Optional.ofNullable(configuration.datasets().get(name));
        return configured
                .map(section -> preset.map(base -> base.overriddenBy(section)).orElse(section))
                .or(() -> preset);
    }

    private SnapshotException undefined(String name) {
        String known = nearest(name)
                .map(nearest -> "a dataset with a key (did you mean '" + nearest + "'?)")
                .orElse("a dataset with a key");
        return SnapshotException.invalidRequest("the dataset has no key")
                .where(configuration.file().map(Object::toString).orElse("no configuration file"))
                .actual("no key for '" + name + "'")
                .expected(known)
                .nextStep("add --key COLUMN, or define it once with 'snapshot init " + name
                        + " --source FILE --key COLUMN'")
                .build();
    }
}
