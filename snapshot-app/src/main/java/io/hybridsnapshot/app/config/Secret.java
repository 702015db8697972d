package io.hybridsnapshot.app.config;

import java.util.Objects;

/**
 * A password that does not print itself. Immutable.
 *
 * @param value the password; may be empty
 */
public record Secret(String value) {
    /** No password. */
    public static final Secret NONE = new Secret("");

    public Secret {
        Objects.requireNonNull(value, "value");
    }

    /** Three asterisks, or an empty text without a password. */
    @Override
    public String toString() {
        return value.isEmpty() ? "" : "***";
    }
}
