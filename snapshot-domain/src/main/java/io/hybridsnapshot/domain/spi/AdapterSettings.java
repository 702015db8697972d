package io.hybridsnapshot.domain.spi;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The values of an adapter's settings. A method throws {@link IllegalArgumentException} for a setting that the adapter
 * did not declare with this type, or a required method for one without a value: such a call is a mistake in the
 * adapter. Its text shows no value. Immutable.
 */
public final class AdapterSettings {
    private final Map<String, AdapterSetting> accepted = new LinkedHashMap<>();
    private final Map<String, String> values;
    private final Path directory;

    private AdapterSettings(List<AdapterSetting> accepted, Map<String, String> values, Path directory) {
        accepted.forEach(setting -> this.accepted.put(setting.name(), setting));
        this.values = new TreeMap<>(values);
        this.directory = Objects.requireNonNull(directory, "directory");
        this.accepted
                .values()
                .forEach(setting ->
                        setting.defaultValue().ifPresent(value -> this.values.putIfAbsent(setting.name(), value)));
    }

    /**
     * Checks the user's values against the settings that an adapter accepts, and adds the defaults.
     *
     * @param accepted as the adapter declares them
     * @param given the user's values by name
     * @param directory where relative paths start
     * @throws IllegalArgumentException naming the first problem that {@link #problems} finds
     */
    public static AdapterSettings of(List<AdapterSetting> accepted, Map<String, String> given, Path directory) {
        Map<String, String> problems = problems(accepted, given);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(problems.toString());
        }
        return new AdapterSettings(accepted, given, directory);
    }

    /**
     * Finds what is wrong with the user's values: missing ones, those that do not fit their type, and those that the
     * adapter does not accept.
     *
     * @return what was found and what is expected, by the name of the setting; no text shows a secret
     */
    public static Map<String, String> problems(List<AdapterSetting> accepted, Map<String, String> given) {
        Map<String, String> problems = new LinkedHashMap<>();
        for (AdapterSetting setting : accepted) {
            Optional<String> value = Optional.ofNullable(given.get(setting.name()));
            if (value.isEmpty() && setting.presence() == AdapterSetting.Presence.REQUIRED) {
                problems.put(setting.name(), "is missing (" + setting.description() + ")");
            } else if (value.filter(text -> !fits(setting.type(), text)).isPresent()) {
                problems.put(
                        setting.name(),
                        "found '" + value.get() + "', expected "
                                + setting.type().expected());
            }
        }
        given.keySet().stream()
                .filter(name ->
                        accepted.stream().noneMatch(setting -> setting.name().equals(name)))
                .forEach(name -> problems.put(name, "is no setting of the adapter"));
        return problems;
    }

    private static boolean fits(AdapterSetting.Type type, String text) {
        return switch (type) {
            case TEXT, SECRET -> true;
            case NUMBER -> isNumber(text);
            case FLAG -> text.equals("true") || text.equals("false");
            case PATH -> isPath(text);
        };
    }

    private static boolean isNumber(String text) {
        try {
            Long.parseLong(text);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean isPath(String text) {
        try {
            return !text.isEmpty() && !Path.of(text).toString().isEmpty();
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Returns the value of a text or a secret. */
    public String text(String name) {
        return findText(name).orElseThrow(() -> absent(name));
    }

    /** Returns the value of a text or a secret, if there is one. */
    public Optional<String> findText(String name) {
        AdapterSetting.Type type = type(name);
        if (type != AdapterSetting.Type.TEXT && type != AdapterSetting.Type.SECRET) {
            throw new IllegalArgumentException("setting '" + name + "' is declared as " + type.expected());
        }
        return Optional.ofNullable(values.get(name));
    }

    /** Returns the value of a number. */
    public long number(String name) {
        return Long.parseLong(value(name, AdapterSetting.Type.NUMBER).orElseThrow(() -> absent(name)));
    }

    /** Returns whether a flag is {@code true}. */
    public boolean flag(String name) {
        return Boolean.parseBoolean(value(name, AdapterSetting.Type.FLAG).orElseThrow(() -> absent(name)));
    }

    /** Returns the value of a path; a relative one starts at the directory of the configuration. */
    public Path path(String name) {
        return directory.resolve(value(name, AdapterSetting.Type.PATH).orElseThrow(() -> absent(name)));
    }

    /** Returns whether a setting has a value, of the user or by default. */
    public boolean has(String name) {
        type(name);
        return values.containsKey(name);
    }

    private Optional<String> value(String name, AdapterSetting.Type expected) {
        if (type(name) != expected) {
            throw new IllegalArgumentException(
                    "setting '" + name + "' is declared as " + type(name).expected());
        }
        return Optional.ofNullable(values.get(name));
    }

    private AdapterSetting.Type type(String name) {
        return Optional.ofNullable(accepted.get(name))
                .map(AdapterSetting::type)
                .orElseThrow(() -> new IllegalArgumentException("setting '" + name + "' is not declared"));
    }

    private static IllegalArgumentException absent(String name) {
        return new IllegalArgumentException(
                "setting '" + name + "' has no value; declare it as required, or ask first");
    }

    /** Names the settings that have values, and no value. */
    @Override
    public String toString() {
        return "settings " + values.keySet();
    }
}
