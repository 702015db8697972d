package io.hybridsnapshot.domain.snapshot;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Objects;

/**
 * The part of a dataset that is snapshotted on its own, usually a customer ({@code customer_filter} in both stores).
 *
 * @param name 1 to 255 characters; {@code ALL} is the whole table
 */
public record Partition(String name) {
    /** The whole table. */
    public static final Partition ALL = new Partition("ALL");

    private static final int MAX_LENGTH = 255;

    public Partition {
        Objects.requireNonNull(name, "name");
        if (name.isEmpty() || name.length() > MAX_LENGTH || name.indexOf('\0') >= 0) {
            throw SnapshotException.invalidRequest("not a partition name")
                    .actual(name.length() + " characters")
                    .expected("1 to " + MAX_LENGTH + " characters, none of them NUL")
                    .build();
        }
    }

    /** Whether this is the whole table. */
    public boolean isWhole() {
        return equals(ALL);
    }

    @Override
    public String toString() {
        return name;
    }
}
