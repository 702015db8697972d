package io.hybridsnapshot.postgres.window;

import io.hybridsnapshot.domain.schema.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Keys of advisory locks: the first eight bytes of SHA-256 over the name of the locked object. They do not collide with
 * the keys of other programs.
 */
final class LockKey {
    private LockKey() {}

    static long of(String... parts) {
        MessageDigest digest = Sha256.digest();
        digest.update("hybrid-snapshots".getBytes(StandardCharsets.UTF_8));
        for (String part : parts) {
            digest.update((byte) 0);
            digest.update(part.getBytes(StandardCharsets.UTF_8));
        }
        return ByteBuffer.wrap(digest.digest()).getLong();
    }
}
