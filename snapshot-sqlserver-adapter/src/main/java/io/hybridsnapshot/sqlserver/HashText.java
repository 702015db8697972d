package io.hybridsnapshot.sqlserver;

import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.UUID;

/** Row hashes as the window keeps them: 64 hex digits. Stateless. */
final class HashText {
    private static final int DIGITS = 64;
    private static final int WORD_DIGITS = 16;

    private HashText() {}

    /** Appends a row whose hash is given as text. */
    static void append(KeyedHashes rows, long high, long low, String hash) {
        if (hash.length() != DIGITS) {
            throw malformed(high, low, hash.length() + " characters");
        }
        rows.append(
                high,
                low,
                word(high, low, hash, 0),
                word(high, low, hash, 1),
                word(high, low, hash, 2),
                word(high, low, hash, 3));
    }

    private static long word(long high, long low, String hash, int index) {
        long word = 0;
        for (int i = index * WORD_DIGITS; i < (index + 1) * WORD_DIGITS; i++) {
            int digit = Character.digit(hash.charAt(i), WORD_DIGITS);
            if (digit < 0) {
                throw malformed(high, low, "a character that is no hex digit");
            }
            word = word << 4 | digit;
        }
        return word;
    }

    private static SnapshotException malformed(long high, long low, String actual) {
        return SnapshotException.corrupt("a row hash in the window is malformed")
                .where("record " + new UUID(high, low))
                .actual(actual)
                .expected(DIGITS + " hex digits")
                .nextStep("save the dataset again; the writer of this row does not write SHA-256")
                .build();
    }
}
