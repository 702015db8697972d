package io.hybridsnapshot.domain.batch;

import java.util.Arrays;

/**
 * Values of TEXT and BINARY columns, one after the other in one array. Text is UTF-8. SQL Server also keeps texts that
 * are not well-formed UTF-16. Such a text holds each lone surrogate as three bytes of generalised UTF-8 (WTF-8,
 * https://simonsapin.github.io/wtf-8/), so nothing is lost. {@link Wtf8} distinguishes the two forms. Threads: as
 * {@link ColumnVector} says.
 */
public final class BytesVector extends ColumnVector {
    private static final int LONG_TEXT = 1 << 12;

    private byte[] data;
    private int[] ends;

    /** Makes an empty vector with room for {@code capacity} rows; it grows. */
    public BytesVector(int capacity) {
        this(capacity, 16 * Math.max(capacity, 1));
    }

    /** Makes an empty vector with room for {@code capacity} rows of {@code bytes} bytes altogether; it grows. */
    public BytesVector(int capacity, int bytes) {
        super(capacity);
        this.data = new byte[Math.max(bytes, 16)];
        this.ends = new int[Math.max(capacity, 1)];
    }

    /** Appends a copy of {@code length} bytes. */
    public void append(byte[] bytes, int offset, int length) {
        int start = reserve(length);
        System.arraycopy(bytes, offset, data, start, length);
        int row = nextRow();
        room(row);
        ends[row] = start + length;
    }

    /** Appends a copy of all the bytes. */
    public void append(byte[] bytes) {
        append(bytes, 0, bytes.length);
    }

    /** Appends a text; a lone surrogate is kept. */
    public void append(String text) {
        int start = reserve(Math.multiplyExact(3, text.length()));
        commit(Wtf8.encode(text, data, start) - start);
    }

    /** Appends a text given as characters; a lone surrogate is kept. */
    public void append(char[] chars, int offset, int length) {
        // Three bytes a char is cheap for a short text, and three times too much for a long one.
        int bytes = length < LONG_TEXT ? 3 * length : Wtf8.encodedLength(chars, offset, length);
        int start = reserve(bytes);
        commit(Wtf8.encode(chars, offset, length, data, start) - start);
    }

    /**
     * Makes room for a value of up to {@code length} bytes and returns its start in {@link #data()}. {@link #commit}
     * then appends the value.
     */
    public int reserve(int length) {
        int start = bytesUsed();
        if (length > data.length - start) {
            data = Arrays.copyOf(data, grown(data.length, Math.addExact(start, length)));
        }
        return start;
    }

    /**
     * Appends the value of {@code length} bytes that the caller wrote at the position that {@link #reserve} returned.
     */
    public void commit(int length) {
        int start = bytesUsed();
        int row = nextRow();
        room(row);
        ends[row] = start + length;
    }

    /** Returns where the row's bytes start in {@link #data()}. */
    public int start(int row) {
        return row == 0 ? 0 : ends[row - 1];
    }

    /** Returns where the row's bytes end in {@link #data()}, exclusive. */
    public int end(int row) {
        return ends[row];
    }

    /** Returns how many bytes the row has; 0 where it is NULL. */
    public int length(int row) {
        return ends[row] - start(row);
    }

    /**
     * Returns the bytes of all rows, valid below {@link #bytesUsed()}; replaced when the vector grows, not to be
     * changed.
     */
    public byte[] data() {
        return data;
    }

    /** Returns how many bytes all rows take together. */
    public int bytesUsed() {
        return size() == 0 ? 0 : ends[size() - 1];
    }

    /** Returns the row's text as an object; for headers, reports and other places off the hot path. */
    public String text(int row) {
        return Wtf8.decode(data, start(row), length(row));
    }

    /** Returns a copy of the row's bytes. */
    public byte[] bytes(int row) {
        return Arrays.copyOfRange(data, start(row), end(row));
    }

    @Override
    public long heapBytes() {
        return data.length + 4L * ends.length;
    }

    @Override
    void writeZero(int row) {
        room(row);
        ends[row] = row == 0 ? 0 : ends[row - 1];
    }

    @Override
    void writeZeros(int from, int to) {
        room(to - 1);
        Arrays.fill(ends, from, to, from == 0 ? 0 : ends[from - 1]);
    }

    @Override
    void copyValue(ColumnVector other, int row) {
        BytesVector source = (BytesVector) other;
        append(source.data, source.start(row), source.length(row));
    }

    private void room(int row) {
        if (row >= ends.length) {
            ends = Arrays.copyOf(ends, grown(ends.length, row + 1));
        }
    }
}
