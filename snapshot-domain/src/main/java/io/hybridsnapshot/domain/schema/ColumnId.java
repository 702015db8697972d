package io.hybridsnapshot.domain.schema;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The column's id in the row encoding: the first 8 bytes of SHA-256 of the UTF-8 name, as a big-endian long. Stateless.
 */
public final class ColumnId {
    private ColumnId() {}

    /** Returns the id of a column name; ids are ordered as unsigned numbers. */
    public static long of(String name) {
        byte[] digest = Sha256.digest().digest(name.getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(digest).getLong();
    }
}
