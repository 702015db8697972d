package io.hybridsnapshot.domain.archive;

import java.util.Objects;

/**
 * The place of a record in the chain of its dataset's partition. Every archive and every redaction is a link that
 * carries the digest of the link before it. Immutable. The values are those in the store, whether correct or not.
 *
 * @param number its position, from 1 without gaps
 * @param previousDigest the digest of the link before it; {@link #NONE} for the first
 * @param digest the digest of this record as it is now ({@link RecordDigest})
 */
public record ChainLink(long number, String previousDigest, String digest) {
    /** The previous digest of the first link: 64 zeros. */
    public static final String NONE = "0".repeat(64);

    public ChainLink {
        Objects.requireNonNull(previousDigest, "previousDigest");
        Objects.requireNonNull(digest, "digest");
    }
}
