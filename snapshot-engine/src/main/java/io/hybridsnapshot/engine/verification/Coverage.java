package io.hybridsnapshot.engine.verification;

import java.util.Objects;

/**
 * The extent of a verification on one level. Immutable.
 *
 * @param level the level
 * @param checked the number of checked items: records of the archive for the catalogue, snapshots of the window for
 *     cross, else archives
 * @param known the number of existing items
 * @param rows rows decoded and hashed; 0 where none are
 * @param bytes bytes of the computed digests; 0 where there are none
 */
public record Coverage(VerificationLevel level, long checked, long known, long rows, long bytes) {
    public Coverage {
        Objects.requireNonNull(level, "level");
    }
}
