package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A byte array that grows while it is filled, little-endian as all of Parquet is. A hot path: hands out its array. */
final class Bytes {
    /** Well below the limit of an array, so that a page, its levels and its compressed form all fit one. */
    static final int MAX_LENGTH = 1 << 30;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] array;
    private int length;

    Bytes(int capacity) {
        this.array = new byte[capacity];
    }

    static int intAt(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    static long longAt(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    static void putLong(byte[] bytes, int at, long value) {
        LONG.set(bytes, at, value);
    }

    byte[] array() {
        return array;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    /** Frees the growth caused by a single huge value. */
    void shrink(int capacity) {
        if (array.length > capacity && length <= capacity) {
            array = Arrays.copyOf(array, capacity);
        }
    }

    /** Makes room for {@code count} more bytes. */
    void reserve(int count) {
        if (count > array.length - length) {
            long needed = (long) length + count;
            if (needed > MAX_LENGTH) {
                throw SnapshotException.invalidRequest("a value is too large for a Parquet page")
                        .actual(needed + " bytes")
                        .expected("at most " + MAX_LENGTH)
                        .nextStep("leave the column out or keep such values in a store of their own")
                        .build();
            }
            array = Arrays.copyOf(array, (int)
                    Math.min(MAX_LENGTH, Math.max(needed, array.length + (array.length >> 1))));
        }
    }

    void putByte(int value) {
        reserve(1);
        array[length++] = (byte) value;
    }

    void putInt(int value) {
        reserve(Integer.BYTES);
        INT.set(array, length, value);
        length += Integer.BYTES;
    }

    void putLong(long value) {
        reserve(Long.BYTES);
        LONG.set(array, length, value);
        length += Long.BYTES;
    }

    /** Takes in bytes that were written to the array behind its end. */
    void extend(int count) {
        length += count;
    }

    void setInt(int at, int value) {
        INT.set(array, at, value);
    }

    void put(byte[] source, int offset, int count) {
        reserve(count);
        System.arraycopy(source, offset, array, length, count);
        length += count;
    }

    /** Unsigned LEB128. */
    void putVarint(long value) {
        reserve(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            array[length++] = (byte) (rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        array[length++] = (byte) rest;
    }
}
