package io.hybridsnapshot.testkit.data;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The digests that an archive keeps of a file, computed from all its bytes at once. Stateless. Meant for tests, not for
 * large files.
 */
public final class FileDigests {
    private FileDigests() {}

    /** MD5 as 32 lower-case hex digits. */
    public static String md5(byte[] bytes) {
        return hex("MD5", bytes);
    }

    /** SHA-256 as 64 lower-case hex digits. */
    public static String sha256(byte[] bytes) {
        return hex("SHA-256", bytes);
    }

    private static String hex(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no " + algorithm, e);
        }
    }
}
