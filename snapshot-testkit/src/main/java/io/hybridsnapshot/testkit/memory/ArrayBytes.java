package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Objects;

/**
 * The bytes of an array. The array is not copied and must not change. Safe to share between threads; closing has no
 * effect.
 */
public final class ArrayBytes implements SeekableBytes {
    private final String description;
    private final byte[] bytes;

    /** These bytes under a name for messages. */
    public ArrayBytes(String description, byte[] bytes) {
        this.description = Objects.requireNonNull(description, "description");
        this.bytes = Objects.requireNonNull(bytes, "bytes");
    }

    @Override
    public long length() {
        return bytes.length;
    }

    @Override
    public void read(long position, byte[] target, int offset, int length) {
        if (position < 0 || position > bytes.length - (long) length) {
            throw SnapshotException.corrupt("the bytes end too early")
                    .where(description)
                    .actual(bytes.length + " bytes")
                    .expected("at least " + (position + length))
                    .nextStep("restore them from a copy")
                    .build();
        }
        System.arraycopy(bytes, (int) position, target, offset, length);
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
