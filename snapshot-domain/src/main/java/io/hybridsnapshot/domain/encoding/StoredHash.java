package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.schema.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Row hashes as a window's tables keep them: 64 lower-case hex digits. Any other text is a foreign writer's own form of
 * hash. Such a text equals itself and differs from every hash, as in a comparison of the texts. It is read as the
 * SHA-256 of {@code hybrid-snapshots foreign hash 1}, line feed and its UTF-8 bytes. Stateless.
 */
public final class StoredHash {
    private static final int DIGITS = 64;
    private static final int WORD_DIGITS = 16;
    private static final byte[] FOREIGN_FORM = "hybrid-snapshots foreign hash 1\n".getBytes(StandardCharsets.US_ASCII);

    private StoredHash() {}

    /** Appends a row with the hash that its table keeps. */
    public static void append(KeyedHashes rows, long identityHigh, long identityLow, String hash) {
        append(rows, identityHigh, identityLow, hash.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Appends a row with a hash that is a text in UTF-8.
     *
     * @param hash the bytes of the whole text; not kept
     */
    public static void append(KeyedHashes rows, long identityHigh, long identityLow, byte[] hash) {
        if (isHash(hash)) {
            rows.append(identityHigh, identityLow, word(hash, 0), word(hash, 1), word(hash, 2), word(hash, 3));
            return;
        }
        MessageDigest digest = Sha256.digest();
        digest.update(FOREIGN_FORM);
        ByteBuffer words = ByteBuffer.wrap(digest.digest(hash));
        rows.append(identityHigh, identityLow, words.getLong(), words.getLong(), words.getLong(), words.getLong());
    }

    private static boolean isHash(byte[] hash) {
        if (hash.length != DIGITS) {
            return false;
        }
        for (byte digit : hash) {
            if (value(digit) < 0) {
                return false;
            }
        }
        return true;
    }

    private static long word(byte[] hash, int index) {
        long word = 0;
        for (int i = index * WORD_DIGITS; i < (index + 1) * WORD_DIGITS; i++) {
            word = word << 4 | value(hash[i]);
        }
        return word;
    }

    private static int value(byte digit) {
        if (digit >= '0' && digit <= '9') {
            return digit - '0';
        }
        return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
    }
}
