package io.hybridsnapshot.engine.verification;

import java.util.Objects;

/**
 * What a verification looked at on one level. Immutable.
 *
 * @param level the level
 * @param checked how many were looked at: records of the archive for the catalogue, snapshots of the window for cross,
 *     else archives
 * @param known how many there are
 * @param rows rows decoded and hashed; 0 where none are
 * @param bytes bytes whose digests were computed; 0 where none were
 */
public record Coverage(VerificationLevel level, long checked, long known, long rows, long bytes) {
    public Coverage {
        Objects.requireNonNull(level, "level");
    }
}
