package io.hybridsnapshot.engine.verification;

/** The depth of a verification, from cheap to expensive. */
public enum VerificationLevel {
    /** The records of the archive and their chains; reads no file. */
    CATALOGUE,
    /**
     * The references between window and archive, both ways; the stamps of the window's rows; the texts that they carry.
     * For the texts, the key and the carried columns of their archives are read.
     */
    CROSS,
    /** The digests of the stored bytes, recomputed where they are. */
    DIGEST,
    /** Every file read, decoded and hashed anew; the rows of the window compared with their fingerprint. */
    CONTENT
}
