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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The datasets that the file and the presets define, with the additions of the command line. Every method takes the
 * name of a dataset in the file and the name under which the stores know it. Immutable.
 */
public final class DatasetCatalogue implements DatasetDefinitions {
    /** Replaces the key of an undefined dataset, for uses that read no row. */
    private static final List<String> UNKNOWN_KEY = List.of("(not defined)");

    private final Configuration configuration;

    /** The catalogue of a configuration. */
    public DatasetCatalogue(Configuration configuration) {
        this.configuration = Objects.requireNonNull(configuration, "configuration");
    }

    /** The names under which the stores know the datasets of the file, in its order. */
    @Override
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        configuration.datasets().forEach((name, section) -> names.add(section.storedName(name)));
        return names;
    }

    @Override
    public String storedName(String name) {
        return configured(name)
                .map(own -> configuration.datasets().get(own).storedName(own))
                .orElse(name);
    }

    /** The name in the file of a dataset that the stores know by the given name, or else that name. */
    @Override
    public String shownName(String name) {
        return sectionOf(name).orElse(name);
    }

    /**
     * The heading for a dataset of the stores: its name in the file, with that of the stores if it is another one. Says
     * so where a section of the same name means another dataset.
     */
    public String heading(String name) {
        Optional<String> section = sectionOf(name);
        if (section.isPresent()) {
            return section.get().equals(name) ? name : section.get() + " (stored as " + name + ")";
        }
        return configuration.datasets().containsKey(name)
                ? name + " (in the stores; the section '" + name + "' is stored as " + storedName(name) + ")"
                : name;
    }

    /** The section whose dataset the stores know by a name. */
    private Optional<String> sectionOf(String stored) {
        return configuration.datasets().entrySet().stream()
                .filter(entry -> entry.getValue().storedName(entry.getKey()).equals(stored))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** The name in the file. A dataset of the file goes before one that is stored under the name. */
    private Optional<String> configured(String name) {
        return configuration.datasets().containsKey(name) ? Optional.of(name) : sectionOf(name);
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
                .orElseGet(() -> undefinedDataset(storedName(name)));
    }

    /** A dataset for finding its snapshots, by its name in the stores. A section of that name may mean another one. */
    @Override
    public Dataset stored(String name) {
        Optional<String> section = sectionOf(name);
        if (section.isPresent()) {
            return named(section.get());
        }
        return preset(name)
                .map(known -> known.dataset(name, configuration.retention().keepCount()))
                .orElseGet(() -> undefinedDataset(name));
    }

    private Dataset undefinedDataset(String storedName) {
        return Dataset.of(storedName, UNKNOWN_KEY)
                .withKeepCount(configuration.retention().keepCount());
    }

    /** Whether the file or a preset knows the dataset. */
    @Override
    public boolean isDefined(String name) {
        return section(name).isPresent();
    }

    /** The nearest name that is known, for messages. */
    public Optional<String> nearest(String name) {
        Set<String> names = names();
        names.addAll(configuration.datasets().keySet());
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
        Optional<DatasetSection> preset = preset(storedName(name));
        Optional<DatasetSection> configured =
                configured(name).map(own -> configuration.datasets().get(own));
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
