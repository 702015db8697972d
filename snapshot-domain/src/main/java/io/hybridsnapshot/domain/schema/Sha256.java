package io.hybridsnapshot.domain.schema;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 (FIPS 180-4), which every Java platform has to offer. */
public final class Sha256 {
    private Sha256() {}

    /** Returns the digest of a message: 32 bytes. */
    public static byte[] of(byte[] message) {
        return digest().digest(message);
    }

    /** Returns a fresh digest; not thread-safe, reusable after each {@code digest()}. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no SHA-256", e);
        }
    }
}
