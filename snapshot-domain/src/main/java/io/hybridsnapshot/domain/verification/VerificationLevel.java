package io.hybridsnapshot.domain.verification;

/** How deep a verification looks, from cheap to expensive. */
public enum VerificationLevel {
    /** The records of the archive and their chains; reads no file. */
    CATALOGUE,
    /** The references between window and archive, both ways; reads no file. */
    CROSS,
    /** The digests of the stored bytes, recomputed where they are. */
    DIGEST,
    /** Every file read, decoded and hashed anew; the rows of the window compared with their fingerprint. */
    CONTENT
}
