package io.hybridsnapshot.app.config;

import java.util.Objects;

/**
 * One setting as it takes effect, for people. Never holds a secret.
 *
 * @param name its dotted name in the file
 * @param value its value; a password is {@code ***}
 * @param origin the origin of the value: a line of the file, an environment variable, the command line or the default
 */
public record Setting(String name, String value, String origin) {
    public Setting {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(origin, "origin");
    }
}
