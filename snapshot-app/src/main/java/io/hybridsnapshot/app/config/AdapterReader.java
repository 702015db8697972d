package io.hybridsnapshot.app.config;

import io.hybridsnapshot.app.adapter.AdapterChoice;
import io.hybridsnapshot.app.adapter.ForeignAdapter;
import io.hybridsnapshot.app.adapter.ForeignAdapters;
import io.hybridsnapshot.app.config.SettingReader.Found;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.domain.spi.AdapterProvider;
import io.hybridsnapshot.domain.spi.AdapterSetting;
import io.hybridsnapshot.domain.spi.AdapterSettings;
import io.hybridsnapshot.domain.spi.SourceProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads which adapters from jars are chosen, and their settings. Not thread-safe. */
final class AdapterReader {
    private static final String TYPE = "type";
    private static final String SETTINGS = "settings";
    private static final String MASK = "***";

    /** Types of the program itself, which have no settings of an adapter. */
    private static final Set<String> BUILT_IN = Set.of("postgres", "sqlserver", "parquet");

    private final SettingReader settings;
    private final Path base;
    private final Problems problems;
    private ForeignAdapters adapters = ForeignAdapters.NONE;

    AdapterReader(SettingReader settings, Path base, Problems problems) {
        this.settings = settings;
        this.base = base;
        this.problems = problems;
    }

    /** Loads the jars of the directory that a section names, if it names one. */
    void load(YamlSection section) {
        Optional<Path> directory =
                settings.path(section, "directory", "SNAPSHOT_ADAPTERS_DIRECTORY", base, Optional.empty());
        section.finish();
        if (directory.isPresent()) {
            adapters = ForeignAdapters.load(directory.get());
            note("archive", adapters.archives());
            note("window", adapters.windows());
            note("source", adapters.sources());
            note("codec", adapters.codecs());
        }
    }

    private <P extends AdapterProvider> void note(String port, Map<String, ForeignAdapter<P>> known) {
        known.forEach((name, adapter) -> settings.note(
                "adapters." + port + "." + name,
                "version " + adapter.version(),
                adapter.jar().toString()));
    }

    ForeignAdapters adapters() {
        return adapters;
    }

    /** The adapter that a section's type names. An unknown type is a problem. */
    <P extends AdapterProvider> Optional<AdapterChoice<P>> required(
            YamlSection section, String variable, Map<String, ForeignAdapter<P>> known, String builtIn) {
        Optional<Found> type = settings.find(section, TYPE, variable);
        Optional<AdapterChoice<P>> choice = optional(section, type, known);
        if (type.filter(found -> !found.text().equals(builtIn) && !known.containsKey(found.text()))
                .isPresent()) {
            unknown(section, type.get(), known, List.of(builtIn));
        }
        return choice;
    }

    /** The adapter that a section's type names, if it is one of a jar. */
    <P extends AdapterProvider> Optional<AdapterChoice<P>> optional(
            YamlSection section, Optional<Found> type, Map<String, ForeignAdapter<P>> known) {
        Optional<ForeignAdapter<P>> adapter = type.map(found -> known.get(found.text()));
        if (adapter.isEmpty()) {
            boolean isBuiltIn =
                    type.filter(found -> !BUILT_IN.contains(found.text())).isEmpty();
            if (section.has(SETTINGS) && isBuiltIn) {
                problems.add(
                        section.placeOf(SETTINGS),
                        section.name(SETTINGS) + ": expected " + section.name(TYPE)
                                + " to name an adapter of the directory that adapters.directory names");
            }
            return Optional.empty();
        }
        settings.note(section.name(TYPE), type.get().text(), type.get().where());
        return choice(section.section(SETTINGS), adapter.get());
    }

    /** The source of a dataset, if its section names a type. */
    Optional<AdapterChoice<SourceProvider>> source(YamlSection section) {
        Optional<Found> type = section.scalar(TYPE).map(scalar -> new Found(scalar.text(), scalar.where()));
        Optional<AdapterChoice<SourceProvider>> choice = optional(section, type, adapters.sources());
        if (type.filter(found -> !adapters.sources().containsKey(found.text())).isPresent()) {
            unknown(section, type.get(), adapters.sources(), List.of());
        }
        return choice;
    }

    private <P extends AdapterProvider> void unknown(
            YamlSection section, Found type, Map<String, ForeignAdapter<P>> known, List<String> builtIn) {
        TreeSet<String> names = new TreeSet<>(known.keySet());
        names.addAll(builtIn);
        String expected = names.isEmpty()
                ? "an adapter of the directory that adapters.directory names, which has none for this"
                : (names.size() == 1 ? "" : "one of ") + String.join(", ", names);
        problems.add(
                type.where(),
                section.name(TYPE) + ": found '" + type.text() + "', expected " + expected
                        + NearestName.among(names, type.text())
                                .map(nearest -> " (did you mean '" + nearest + "'?)")
                                .orElse(""));
    }

    private <P extends AdapterProvider> Optional<AdapterChoice<P>> choice(
            YamlSection section, ForeignAdapter<P> adapter) {
        List<AdapterSetting> accepted = adapter.provider().settings();
        Map<String, Found> found = new LinkedHashMap<>();
        boolean secretsAreWrong = false;
        for (AdapterSetting setting : accepted) {
            if (setting.type() == AdapterSetting.Type.SECRET) {
                int before = problems.count();
                secret(section, setting.name()).ifPresent(value -> found.put(setting.name(), value));
                secretsAreWrong |= problems.count() > before;
            } else {
                section.scalar(setting.name())
                        .ifPresent(scalar -> found.put(setting.name(), new Found(scalar.text(), scalar.where())));
            }
        }
        section.finish();
        Map<String, String> values = new LinkedHashMap<>();
        found.forEach((name, value) -> values.put(name, value.text()));
        Map<String, String> wrong = AdapterSettings.problems(accepted, values);
        boolean reported = secretsAreWrong;
        wrong.forEach((name, problem) -> {
            if (!reported) {
                problems.add(
                        Optional.ofNullable(found.get(name)).map(Found::where).orElse(section.place()),
                        section.name(name) + " " + problem);
            }
        });
        if (!wrong.isEmpty() || secretsAreWrong) {
            return Optional.empty();
        }
        AdapterSettings given = AdapterSettings.of(accepted, values, base);
        Map<String, String> unfit = new AdapterChoice<>(adapter, given).problems();
        unfit.forEach((name, problem) -> problems.add(
                Optional.ofNullable(found.get(name)).map(Found::where).orElse(section.place()),
                section.name(name) + " " + problem));
        if (!unfit.isEmpty()) {
            return Optional.empty();
        }
        for (AdapterSetting setting : accepted) {
            Optional<Found> own = Optional.ofNullable(found.get(setting.name()));
            own.map(Found::text)
                    .or(setting::defaultValue)
                    .ifPresent(value -> settings.note(
                            section.name(setting.name()),
                            setting.type() == AdapterSetting.Type.SECRET ? MASK : value,
                            own.map(Found::where).orElse("default")));
        }
        return Optional.of(new AdapterChoice<>(adapter, given));
    }

    /** A secret, from the environment variable or the file that the section names. */
    private Optional<Found> secret(YamlSection section, String name) {
        if (section.has(name)) {
            problems.add(
                    section.placeOf(name),
                    "a secret does not belong in this file; use '" + section.name(name + "-file") + "' or '"
                            + section.name(name + "-env") + "'");
            return Optional.empty();
        }
        Optional<YamlSection.Scalar> file = section.scalar(name + "-file");
        Optional<YamlSection.Scalar> variable = section.scalar(name + "-env");
        if (variable.isPresent()) {
            Optional<Found> value = settings.variable(variable.get().text());
            if (value.isEmpty()) {
                problems.add(
                        variable.get().where(),
                        section.name(name + "-env") + ": the environment has no variable "
                                + variable.get().text());
            }
            return value;
        }
        return file.flatMap(named -> settings.path(named.text(), named.where(), section.name(name + "-file"), base)
                .flatMap(path -> content(path, named, section.name(name + "-file"))));
    }

    private Optional<Found> content(Path path, YamlSection.Scalar named, String name) {
        try {
            // One line break at the end is the editor's.
            return Optional.of(new Found(Files.readString(path).replaceFirst("\\R\\z", ""), path.toString()));
        } catch (IOException e) {
            problems.add(named.where(), name + ": " + path + " cannot be read");
            return Optional.empty();
        }
    }
}
