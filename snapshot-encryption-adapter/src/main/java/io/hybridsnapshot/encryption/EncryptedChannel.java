package io.hybridsnapshot.encryption;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * A part of a file as the channel that Tink reads from. {@link #fetch} announces a range and fetches it in one piece;
 * the channel then returns the range segment by segment. The stream's start, which Tink reads once, is kept separately.
 * For one thread.
 */
final class EncryptedChannel implements SeekableByteChannel {
    private final SeekableBytes bytes;
    private final long offset;
    private final byte[] start;
    private byte[] window = new byte[0];
    private long windowStart;
    private long windowEnd;
    private long position;

    /**
     * The bytes of a file from an offset on.
     *
     * @param startBytes the number of bytes to fetch at once and keep
     */
    EncryptedChannel(SeekableBytes bytes, long offset, int startBytes) {
        this.bytes = bytes;
        this.offset = offset;
        this.start = new byte[(int) Math.min(startBytes, size())];
        bytes.read(offset, start, 0, start.length);
    }

    /** Fetches a range, unless it is already present. The range may end beyond the channel. */
    void fetch(long from, long to) {
        long end = Math.min(to, size());
        if (from >= end || from >= windowStart && end <= windowEnd) {
            return;
        }
        int length = Math.toIntExact(end - from);
        if (length > window.length) {
            window = new byte[length];
        }
        windowEnd = windowStart;
        bytes.read(offset + from, window, 0, length);
        windowStart = from;
        windowEnd = end;
    }

    @Override
    public int read(ByteBuffer target) {
        if (position >= size()) {
            return target.hasRemaining() ? -1 : 0;
        }
        int wanted = (int) Math.min(target.remaining(), size() - position);
        if (position + wanted <= start.length) {
            target.put(start, (int) position, wanted);
        } else {
            fetch(position, position + wanted);
            target.put(window, (int) (position - windowStart), wanted);
        }
        position += wanted;
        return wanted;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public SeekableByteChannel position(long newPosition) {
        position = newPosition;
        return this;
    }

    @Override
    public long size() {
        return bytes.length() - offset;
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    /** Nothing: the bytes are their owner's. */
    @Override
    public void close() {
        // See above.
    }
}
