package io.hybridsnapshot.domain.changeset;

import io.hybridsnapshot.domain.schema.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * Computes the entries of filters. An entry is the beginning of a SHA-256, so a value that is guessed can be looked for
 * in a filter. A codec that encrypts therefore gives {@link #NONE}, or a keyed function. Safe to share if the function
 * is.
 */
public final class FilterDigest {
    /** Entries by SHA-256. */
    public static final FilterDigest PLAIN = new FilterDigest(Sha256::of);

    /** Every entry is {@link FilterEntry#ANY}: the filters tell nothing, and every change set is read. */
    public static final FilterDigest NONE = new FilterDigest(message -> new byte[Long.BYTES * 2]);

    private static final byte OF_IDENTITY = 1;
    private static final byte OF_VALUE = 2;
    private static final int UUID_BYTES = 16;

    private final UnaryOperator<byte[]> digest;

    private FilterDigest(UnaryOperator<byte[]> digest) {
        this.digest = digest;
    }

    /**
     * Computes entries by another function.
     *
     * @param digest returns at least 16 evenly distributed bytes for a message, the same ones each time
     */
    public static FilterDigest of(UnaryOperator<byte[]> digest) {
        return new FilterDigest(digest);
    }

    /** Returns the entry of a row's identity. */
    public FilterEntry identity(UUID identity) {
        byte[] message = new byte[1 + UUID_BYTES];
        ByteBuffer.wrap(message)
                .put(OF_IDENTITY)
                .putLong(identity.getMostSignificantBits())
                .putLong(identity.getLeastSignificantBits());
        return entry(message);
    }

    /** Returns the entry of a cell, by the column's name and the cell's {@code CellText}. */
    public FilterEntry value(String column, String text) {
        byte[] name = column.getBytes(StandardCharsets.UTF_8);
        byte[] value = text.getBytes(StandardCharsets.UTF_8);
        byte[] message = new byte[1 + Integer.BYTES + name.length + value.length];
        ByteBuffer.wrap(message).put(OF_VALUE).putInt(name.length).put(name).put(value);
        return entry(message);
    }

    private FilterEntry entry(byte[] message) {
        ByteBuffer bytes = ByteBuffer.wrap(digest.apply(message));
        return new FilterEntry(bytes.getLong(), bytes.getLong());
    }
}
