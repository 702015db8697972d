package io.hybridsnapshot.domain.snapshot;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.regex.Pattern;

/**
 * SHA-256 over the (identity, row hash) pairs of a snapshot in ascending byte order of the identity: equal fingerprints
 * mean equal snapshots, if the hash spec is the same. Immutable.
 *
 * @param hex 64 lower-case hex digits
 */
public record Fingerprint(String hex) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    public Fingerprint {
        if (!FORM.matcher(hex).matches()) {
            throw SnapshotException.corrupt("not a fingerprint")
                    .actual("'" + hex + "'")
                    .expected("64 lower-case hex digits")
                    .build();
        }
    }

    @Override
    public String toString() {
        return hex;
    }
}
