package io.hybridsnapshot.domain.archive;

import java.util.Objects;

/**
 * Where a record stands in the chain of its dataset's partition: every archive and every redaction is a link that carries the digest of
 * the link before it. Immutable; holds what is stored, true or not.
 *
 * @param number its position, from 1 without gaps
 * @param previousDigest the digest of the link before it; {@link #NONE} for the first
 * @param digest the digest of this record as it is now ({@link RecordDigest})
 */
public record ChainLink(long number, String previousDigest, String digest) {
    /** What the first link carries: 64 zeros. */
    public static final String NONE = "0".repeat(64);

    public ChainLink {
        Objects.requireNonNull(previousDigest, "previousDigest");
        Objects.requireNonNull(digest, "digest");
    }
}
