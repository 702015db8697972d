package io.hybridsnapshot.app.config;

import io.hybridsnapshot.domain.schema.NearestName;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Takes single settings from the environment, the file or their default, and records the origin of each. Not
 * thread-safe.
 */
final class SettingReader {
    /** A value and its place. */
    record Found(String text, String where) {}

    private static final String DEFAULT = "default";
    private static final List<String> COMPRESSIONS = List.of("zstd", "snappy", "gzip", "lz4_raw", "uncompressed");
    private static final List<String> COMPATIBILITIES = List.of("standard", "spark");

    private final ConfigurationRequest request;
    private final Problems problems;
    private final List<Setting> settings = new ArrayList<>();
    private final Set<String> lost = new HashSet<>();

    SettingReader(ConfigurationRequest request, Problems problems) {
        this.request = request;
        this.problems = problems;
    }

    List<Setting> settings() {
        return settings;
    }

    /** Notes a setting that takes effect. */
    void note(String name, String value, String origin) {
        settings.add(new Setting(name, value, origin));
    }

    /** Notes that the command line has overridden a setting. */
    void replace(String name, String value, String origin) {
        settings.removeIf(setting -> setting.name().equals(name));
        note(name, value, origin);
    }

    /** A variable of the environment, unless it is empty. Characters that were lost in it are a problem. */
    Optional<Found> variable(String name) {
        Optional<Found> found = Optional.ofNullable(request.environment().get(name))
                .filter(text -> !text.isEmpty())
                .map(text -> new Found(text, "environment variable " + name));
        // Several settings may ask for the same variable. Its text is not shown, as it may be a secret.
        found.filter(value -> DecodedText.isLost(value.text()) && lost.add(name))
                .ifPresent(value -> problems.add(value.where(), DecodedText.lost()));
        return found;
    }

    /** A setting of the environment, else of the file; both are looked at, so that the key counts as known. */
    Optional<Found> find(YamlSection section, String key, String variable) {
        Optional<Found> inFile = section.scalar(key).map(scalar -> new Found(scalar.text(), scalar.where()));
        return variable(variable).or(() -> inFile);
    }

    int integer(YamlSection section, String key, String variable, int low, int high, int fallback) {
        return integer(section.name(key), find(section, key, variable), low, high, fallback);
    }

    int integer(String name, Optional<Found> found, int low, int high, int fallback) {
        int value = found.flatMap(text -> integer(text.text(), text.where(), name, low, high))
                .orElse(fallback);
        note(name, Integer.toString(value), found.map(Found::where).orElse(DEFAULT));
        return value;
    }

    Optional<Integer> integer(String text, String where, String name, int low, int high) {
        try {
            int value = Integer.parseInt(text.trim());
            if (value >= low && value <= high) {
                return Optional.of(value);
            }
        } catch (NumberFormatException e) {
            // Reported below like a number out of range.
        }
        problems.add(where, name + ": found '" + text + "', expected a whole number from " + low + " to " + high);
        return Optional.empty();
    }

    /** One of the values of an enum, by its text as {@link Choices} has it. */
    <E extends Enum<E>> E choice(YamlSection section, String key, String variable, Class<E> type, E fallback) {
        Optional<Found> found = find(section, key, variable);
        Optional<E> named = found.flatMap(value -> Choices.find(type, value.text()));
        if (found.isPresent() && named.isEmpty()) {
            problems.add(
                    found.get().where(),
                    section.name(key) + ": found '" + found.get().text() + "', expected " + Choices.names(type));
        }
        E chosen = named.orElse(fallback);
        note(section.name(key), Choices.name(chosen), found.map(Found::where).orElse(DEFAULT));
        return chosen;
    }

    /** A time zone by its name; UTC by default. */
    ZoneId zone(YamlSection section, String key, String variable) {
        Optional<Found> found = find(section, key, variable);
        ZoneId zone = found.flatMap(text -> {
                    Optional<ZoneId> known = TimeZones.find(text.text());
                    if (known.isEmpty()) {
                        problems.add(text.where(), section.name(key) + ": " + TimeZones.unknown(text.text()));
                    }
                    return known;
                })
                .orElse(ZoneOffset.UTC);
        note(section.name(key), TimeZones.name(zone), found.map(Found::where).orElse(DEFAULT));
        return zone;
    }

    /** A directory or file that a setting names, or the fallback; empty if there is neither. */
    Optional<Path> path(YamlSection section, String key, String variable, Path base, Optional<Path> fallback) {
        Optional<Found> found = find(section, key, variable);
        boolean fromEnvironment =
                found.filter(value -> value.where().startsWith("environment")).isPresent();
        Path from = fromEnvironment ? request.directory() : base;
        Optional<Path> path = found.flatMap(value -> path(value.text(), value.where(), section.name(key), from))
                .or(() -> fallback);
        path.ifPresent(taken -> note(
                section.name(key), taken.toString(), found.map(Found::where).orElse(DEFAULT)));
        return path;
    }

    /** A path; {@code ~} is the user's home, a relative one starts at {@code base}. */
    Optional<Path> path(String text, String where, String name, Path base) {
        try {
            if (text.equals("~") || text.startsWith("~/")) {
                if (request.userHome().isEmpty()) {
                    problems.add(
                            where,
                            name + ": found '" + text + "', but no home directory of the user is known; write the path"
                                    + " in full, or set HOME");
                }
                return request.userHome().map(home -> home.resolve(text.substring(Math.min(text.length(), 2))));
            }
            return Optional.of(base.resolve(text));
        } catch (InvalidPathException e) {
            problems.add(where, name + ": found '" + text + "', " + DecodedText.expectedPath(e));
            return Optional.empty();
        }
    }

    ParquetSection parquet(YamlSection section) {
        String name = named(section, "compression", COMPRESSIONS, ParquetSection.DEFAULT.compression());
        Optional<YamlSection.Scalar> level = section.scalar("level");
        int highest = name.equals("zstd") ? 22 : name.equals("gzip") ? 9 : 0;
        OptionalInt value = level.flatMap(scalar ->
                        integer(scalar.text(), scalar.where(), "parquet.level", Math.min(highest, 1), highest))
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
        level.ifPresent(scalar -> note("parquet.level", scalar.text(), scalar.where()));
        String compatibility = named(section, "compatibility", COMPATIBILITIES, ParquetSection.DEFAULT.compatibility());
        return new ParquetSection(name, value, compatibility);
    }

    /** A setting of the Parquet section that is one of some names. */
    private String named(YamlSection section, String key, List<String> known, String otherwise) {
        Optional<YamlSection.Scalar> said = section.scalar(key);
        String name = said.map(scalar -> scalar.text().toLowerCase(Locale.ROOT)).orElse(otherwise);
        if (!known.contains(name)) {
            problems.add(
                    section.placeOf(key),
                    "unknown " + key + " '" + name + "' ("
                            + NearestName.among(known, name)
                                    .map(nearest -> "did you mean '" + nearest + "'?")
                                    .orElse("known: " + String.join(", ", known))
                            + ")");
        }
        note("parquet." + key, name, said.map(YamlSection.Scalar::where).orElse(DEFAULT));
        return name;
    }
}
