package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import org.apache.parquet.io.ParquetDecodingException;

/**
 * The bytes of one column chunk. They are a part of the bytes fetched for the whole row group. For a row group too
 * large to hold, they are a window that moves over the chunk. Positions are those of the file. For one thread.
 */
final class ChunkBytes {
    private static final int WINDOW = 256 << 10;

    private final SeekableBytes bytes;
    private final long end;
    private byte[] window;
    private long windowStart;
    private long windowEnd;

    /** A chunk that is fetched bit by bit. */
    ChunkBytes(SeekableBytes bytes, long start, long end) {
        this(bytes, start, end, new byte[0], start, start);
    }

    /** A chunk that lies in an array which starts at a position of the file. */
    ChunkBytes(SeekableBytes bytes, long start, long end, byte[] fetched, long fetchedStart, long fetchedEnd) {
        this.bytes = bytes;
        this.end = end;
        this.window = fetched;
        this.windowStart = fetchedStart;
        this.windowEnd = fetchedEnd;
        if (start > end) {
            throw new ParquetDecodingException("a column chunk that ends before it starts");
        }
    }

    long end() {
        return end;
    }

    /** Makes {@code count} bytes from a position available and returns their start in {@link #array}. */
    int at(long position, int count) {
        if (count < 0 || count > end - position) {
            throw new ParquetDecodingException("a page ends outside its column chunk");
        }
        if (position < windowStart || position + count > windowEnd) {
            int length = (int) Math.min(Math.max(count, WINDOW), end - position);
            // A page's header is read from a range that may hold only the start of the page; that part is not fetched
            // twice.
            boolean overlaps = position >= windowStart && position < windowEnd;
            int kept = overlaps ? (int) (windowEnd - position) : 0;
            byte[] moved = length > window.length ? new byte[length] : window;
            if (overlaps) {
                System.arraycopy(window, (int) (position - windowStart), moved, 0, kept);
            }
            window = moved;
            bytes.read(position + kept, window, kept, length - kept);
            windowStart = position;
            windowEnd = position + length;
        }
        return (int) (position - windowStart);
    }

    /** The array behind the result of {@link #at}; replaced by the next call of that method. */
    byte[] array() {
        return window;
    }
}
