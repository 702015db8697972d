package io.hybridsnapshot.domain.spi;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A setting that an adapter accepts. Made with {@link #text}, {@link #number}, {@link #flag}, {@link #path} or {@link
 * #secret}; each is required until {@link #optional()} or {@link #withDefault} says otherwise. Immutable.
 *
 * @param name lower-case letters, digits and hyphens, beginning with a letter
 * @param type the form of the value
 * @param presence whether the user has to give a value
 * @param defaultValue the value where the user gives none; only of a setting that is not required
 * @param description one sentence for the user
 */
public record AdapterSetting(
        String name, Type type, Presence presence, Optional<String> defaultValue, String description) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

    /** The form of a value. */
    public enum Type {
        /** Any text. */
        TEXT("a text"),
        /** A text that is never shown and comes from a file or an environment variable. */
        SECRET("a secret"),
        /** A whole number of 64 bits. */
        NUMBER("a whole number"),
        /** {@code true} or {@code false}. */
        FLAG("true or false"),
        /** A file or directory. */
        PATH("a path");

        private final String expected;

        Type(String expected) {
            this.expected = expected;
        }

        /** Returns the form in words, for messages. */
        public String expected() {
            return expected;
        }
    }

    /** Whether the user has to give a value. */
    public enum Presence {
        /** A configuration without it is refused. */
        REQUIRED,
        /** It may be left out. */
        OPTIONAL
    }

    public AdapterSetting {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(presence, "presence");
        Objects.requireNonNull(defaultValue, "defaultValue");
        Objects.requireNonNull(description, "description");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("the name of a setting: '" + name + "'");
        }
        if (defaultValue.isPresent() && (presence == Presence.REQUIRED || type == Type.SECRET)) {
            throw new IllegalArgumentException("setting '" + name + "' is required or secret, and has a default");
        }
    }

    /** A setting with any text as its value. */
    public static AdapterSetting text(String name, String description) {
        return new AdapterSetting(name, Type.TEXT, Presence.REQUIRED, Optional.empty(), description);
    }

    /** A setting with a whole number as its value. */
    public static AdapterSetting number(String name, String description) {
        return new AdapterSetting(name, Type.NUMBER, Presence.REQUIRED, Optional.empty(), description);
    }

    /** A setting that is on or off. */
    public static AdapterSetting flag(String name, String description) {
        return new AdapterSetting(name, Type.FLAG, Presence.REQUIRED, Optional.empty(), description);
    }

    /** A setting that names a file or a directory; a relative path starts at the directory of the configuration. */
    public static AdapterSetting path(String name, String description) {
        return new AdapterSetting(name, Type.PATH, Presence.REQUIRED, Optional.empty(), description);
    }

    /** A setting with a value that is never shown. */
    public static AdapterSetting secret(String name, String description) {
        return new AdapterSetting(name, Type.SECRET, Presence.REQUIRED, Optional.empty(), description);
    }

    /** Returns the same setting, which may be left out. */
    public AdapterSetting optional() {
        return new AdapterSetting(name, type, Presence.OPTIONAL, defaultValue, description);
    }

    /** Returns the same setting with a value where the user gives none. */
    public AdapterSetting withDefault(String value) {
        return new AdapterSetting(name, type, Presence.OPTIONAL, Optional.of(value), description);
    }
}
