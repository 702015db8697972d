package io.hybridsnapshot.engine;

import io.hybridsnapshot.domain.snapshot.Fingerprint;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * The fingerprint as {@code docs/row-encoding.md} defines it, by sorting byte arrays; shares no code with the
 * platform's.
 */
public final class NaiveFingerprint {
    private NaiveFingerprint() {}

    public static byte[] pair(UUID identity, String hash) {
        return ByteBuffer.allocate(48)
                .putLong(identity.getMostSignificantBits())
                .putLong(identity.getLeastSignificantBits())
                .put(HexFormat.of().parseHex(hash))
                .array();
    }

    public static Fingerprint of(List<byte[]> pairs) {
        List<byte[]> sorted = new ArrayList<>(pairs);
        // A stable sort by the identity alone: rows of one identity stay in their order.
        sorted.sort((a, b) -> Arrays.compareUnsigned(a, 0, 16, b, 0, 16));
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            sorted.forEach(digest::update);
            return new Fingerprint(HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
