package io.hybridsnapshot.domain.codec;

/** Bytes that can be read from any position: a file, or an archive in a database. One thread at a time. */
public interface SeekableBytes extends AutoCloseable {
    /** Returns how many bytes there are. */
    long length();

    /**
     * Reads exactly {@code length} bytes from {@code position} into {@code target}.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CORRUPT if the bytes end before, UNAVAILABLE if they
     *     cannot be read
     */
    void read(long position, byte[] target, int offset, int length);

    /** Names the source of the bytes, for messages. */
    String description();

    /** Releases the resources behind the bytes. */
    @Override
    void close();
}
