package io.hybridsnapshot.domain.schema;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;

/**
 * Collects named values and computes their digest: SHA-256 over a text in UTF-8. The first line of the text names its
 * form. A line for each value follows: {@code name=length:value} with the length of the value in bytes, or {@code
 * name=-} where there is none. Every line ends with a line feed. Two different lists of values never have the same
 * text. Not thread-safe.
 */
public final class FieldDigest {
    private final StringBuilder text;

    /**
     * Makes an empty list of values.
     *
     * @param form names the form and its version
     */
    public FieldDigest(String form) {
        this.text = new StringBuilder(Objects.requireNonNull(form, "form")).append('\n');
    }

    /** Adds a number. */
    public FieldDigest line(String name, long value) {
        return line(name, Long.toString(value));
    }

    /** Adds a text. */
    public FieldDigest line(String name, String value) {
        return line(name, Optional.of(value));
    }

    /** Adds a text, or its absence. */
    public FieldDigest line(String name, Optional<String> value) {
        text.append(name).append('=');
        if (value.isPresent()) {
            text.append(value.get().getBytes(StandardCharsets.UTF_8).length)
                    .append(':')
                    .append(value.get());
        } else {
            text.append('-');
        }
        text.append('\n');
        return this;
    }

    /** Returns the digest of the values added so far: 64 lower-case hex digits. */
    public String hex() {
        MessageDigest digest = Sha256.digest();
        return HexFormat.of().formatHex(digest.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    }
}
