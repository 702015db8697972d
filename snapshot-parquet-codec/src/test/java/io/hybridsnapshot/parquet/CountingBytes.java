package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.codec.SeekableBytes;

/** Bytes that count the requests for them. */
final class CountingBytes implements SeekableBytes {
    private final SeekableBytes bytes;
    private long fetched;
    private int requests;
    private boolean closed;

    CountingBytes(SeekableBytes bytes) {
        this.bytes = bytes;
    }

    long fetched() {
        return fetched;
    }

    int requests() {
        return requests;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public long length() {
        return bytes.length();
    }

    @Override
    public void read(long position, byte[] target, int offset, int length) {
        fetched += length;
        requests++;
        bytes.read(position, target, offset, length);
    }

    @Override
    public String description() {
        return bytes.description();
    }

    @Override
    public void close() {
        closed = true;
        bytes.close();
    }
}
