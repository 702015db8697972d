package io.hybridsnapshot.domain.batch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 that also carries lone surrogates (WTF-8, https://simonsapin.github.io/wtf-8/). For well-formed text it is
 * UTF-8, byte for byte. A hot path: works on arrays. Stateless.
 */
public final class Wtf8 {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080808080808080L;
    /** The bytes that are checked for surrogates together. */
    private static final int BLOCK = 4 * Long.BYTES;

    private Wtf8() {}

    /** Writes the text's bytes from {@code at}; the array needs three bytes a char. Returns the end, exclusive. */
    public static int encode(String text, byte[] out, int at) {
        int length = text.length();
        int i = 0;
        int o = at;
        while (i < length && text.charAt(i) < 0x80) {
            out[o++] = (byte) text.charAt(i++);
        }
        while (i < length) {
            char c = text.charAt(i++);
            if (Character.isHighSurrogate(c) && i < length && Character.isLowSurrogate(text.charAt(i))) {
                o = supplementary(Character.toCodePoint(c, text.charAt(i++)), out, o);
            } else {
                o = basic(c, out, o);
            }
        }
        return o;
    }

    /** Writes the chars' bytes from {@code at}; the array needs three bytes a char. Returns the end, exclusive. */
    public static int encode(char[] chars, int offset, int length, byte[] out, int at) {
        int i = offset;
        int end = offset + length;
        int o = at;
        while (i < end && chars[i] < 0x80) {
            out[o++] = (byte) chars[i++];
        }
        while (i < end) {
            char c = chars[i++];
            if (Character.isHighSurrogate(c) && i < end && Character.isLowSurrogate(chars[i])) {
                o = supplementary(Character.toCodePoint(c, chars[i++]), out, o);
            } else {
                o = basic(c, out, o);
            }
        }
        return o;
    }

    /** Returns how many bytes {@link #encode(char[], int, int, byte[], int)} writes. */
    static int encodedLength(char[] chars, int offset, int length) {
        int end = offset + length;
        int bytes = 0;
        for (int i = offset; i < end; i++) {
            char c = chars[i];
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(chars[i + 1])) {
                bytes += 4;
                i++;
            } else {
                bytes += 3;
            }
        }
        return bytes;
    }

    /** Returns the text of some bytes, lone surrogates included. */
    public static String decode(byte[] bytes, int offset, int length) {
        if (isWellFormed(bytes, offset, length)) {
            return new String(bytes, offset, length, StandardCharsets.UTF_8);
        }
        byte[] wide = new byte[2 * length];
        int end = toUtf16(bytes, offset, length, wide, 0);
        char[] chars = new char[end / 2];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) ((wide[2 * i] & 0xFF) << 8 | wide[2 * i + 1] & 0xFF);
        }
        return new String(chars);
    }

    /**
     * Writes the text of some bytes as UTF-16BE from {@code at}; the array has to have two bytes a byte. Returns the
     * end, exclusive.
     */
    public static int toUtf16(byte[] bytes, int offset, int length, byte[] out, int at) {
        int i = offset;
        int end = offset + length;
        int o = at;
        while (i < end) {
            int b = bytes[i] & 0xFF;
            if (b < 0x80) {
                o = wide(b, out, o);
                i += 1;
            } else if (b < 0xE0) {
                o = wide((b & 0x1F) << 6 | bytes[i + 1] & 0x3F, out, o);
                i += 2;
            } else if (b < 0xF0) {
                o = wide((b & 0x0F) << 12 | (bytes[i + 1] & 0x3F) << 6 | bytes[i + 2] & 0x3F, out, o);
                i += 3;
            } else {
                int point = (b & 0x07) << 18
                        | (bytes[i + 1] & 0x3F) << 12
                        | (bytes[i + 2] & 0x3F) << 6
                        | bytes[i + 3] & 0x3F;
                o = wide(Character.highSurrogate(point), out, o);
                o = wide(Character.lowSurrogate(point), out, o);
                i += 4;
            }
        }
        return o;
    }

    /** Checks whether the bytes hold no lone surrogate. The bytes have to be WTF-8. */
    public static boolean isWellFormed(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int i = offset;
        for (; i <= end - BLOCK; i += BLOCK) {
            long first = (long) LONG.get(bytes, i);
            long second = (long) LONG.get(bytes, i + 8);
            long third = (long) LONG.get(bytes, i + 16);
            long fourth = (long) LONG.get(bytes, i + 24);
            boolean threeBytes = ((lead(first) | lead(second) | lead(third) | lead(fourth)) & HIGH_BITS) != 0;
            if (threeBytes && holdsSurrogate(bytes, i, Math.min(i + BLOCK + 1, end))) {
                return false;
            }
        }
        return !holdsSurrogate(bytes, i, end);
    }

    /** Sets the high bit of each byte that starts a sequence of three or four bytes, as every surrogate's does. */
    private static long lead(long word) {
        return word & word << 1 & word << 2;
    }

    private static boolean holdsSurrogate(byte[] bytes, int from, int to) {
        for (int i = from; i < to - 1; i++) {
            if (bytes[i] == (byte) 0xED && (bytes[i + 1] & 0xE0) == 0xA0) {
                return true;
            }
        }
        return false;
    }

    private static int basic(char c, byte[] out, int at) {
        int o = at;
        if (c < 0x80) {
            out[o++] = (byte) c;
        } else if (c < 0x800) {
            out[o++] = (byte) (0xC0 | c >> 6);
            out[o++] = (byte) (0x80 | c & 0x3F);
        } else {
            out[o++] = (byte) (0xE0 | c >> 12);
            out[o++] = (byte) (0x80 | c >> 6 & 0x3F);
            out[o++] = (byte) (0x80 | c & 0x3F);
        }
        return o;
    }

    private static int supplementary(int point, byte[] out, int at) {
        out[at] = (byte) (0xF0 | point >> 18);
        out[at + 1] = (byte) (0x80 | point >> 12 & 0x3F);
        out[at + 2] = (byte) (0x80 | point >> 6 & 0x3F);
        out[at + 3] = (byte) (0x80 | point & 0x3F);
        return at + 4;
    }

    private static int wide(int unit, byte[] out, int at) {
        out[at] = (byte) (unit >> 8);
        out[at + 1] = (byte) unit;
        return at + 2;
    }
}
