package io.hybridsnapshot.domain.snapshot;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Objects;

/**
 * The part of a dataset that is saved as one snapshot, usually a customer ({@code customer_filter} in both stores).
 * Immutable.
 *
 * @param name up to 255 characters; {@code ALL} is the whole table; the empty name occurs in rows of other writers, and
 *     nothing is saved under it
 */
public record Partition(String name) {
    /** The whole table. */
    public static final Partition ALL = new Partition("ALL");

    private static final int MAX_LENGTH = 255;

    public Partition {
        Objects.requireNonNull(name, "name");
        if (name.length() > MAX_LENGTH || name.indexOf('\0') >= 0) {
            throw SnapshotException.invalidRequest("not a partition name")
                    .actual(name.length() + " characters")
                    .expected("at most " + MAX_LENGTH + " characters, none of them NUL")
                    .build();
        }
    }

    /**
     * Returns this partition for something to be saved under it.
     *
     * @throws SnapshotException INVALID_REQUEST if its name is empty
     */
    public Partition requireNamed() {
        if (name.isEmpty()) {
            throw SnapshotException.invalidRequest("nothing can be saved under an empty partition name")
                    .expected("1 to " + MAX_LENGTH + " characters, or " + ALL + " for the whole table")
                    .build();
        }
        return this;
    }

    /** Checks whether this is the whole table. */
    public boolean isWhole() {
        return equals(ALL);
    }

    @Override
    public String toString() {
        return name;
    }
}
