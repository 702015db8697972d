package io.hybridsnapshot.sqlserver.source;

import io.hybridsnapshot.domain.batch.BytesVector;

/**
 * Text as SQL Server sends NCHAR and NVARCHAR: UTF-16LE, possibly ill-formed. A lone surrogate becomes the three bytes
 * defined by {@link io.hybridsnapshot.domain.batch.Wtf8}. A hot path: creates no object. Stateless.
 */
final class Utf16Text {
    private static final int BYTES_A_UNIT = 3;

    private Utf16Text() {}

    /** Appends a text. An odd last byte is not UTF-16 and does not occur. */
    static void append(byte[] text, BytesVector vector) {
        int units = text.length / 2;
        int start = vector.reserve(BYTES_A_UNIT * units);
        byte[] out = vector.data();
        int o = start;
        int i = 0;
        while (i < units) {
            int unit = unit(text, i++);
            if (unit < 0x80) {
                out[o++] = (byte) unit;
            } else if (unit < 0x800) {
                out[o++] = (byte) (0xC0 | unit >> 6);
                out[o++] = (byte) (0x80 | unit & 0x3F);
            } else if (Character.isHighSurrogate((char) unit)
                    && i < units
                    && Character.isLowSurrogate((char) unit(text, i))) {
                int point = Character.toCodePoint((char) unit, (char) unit(text, i++));
                out[o++] = (byte) (0xF0 | point >> 18);
                out[o++] = (byte) (0x80 | point >> 12 & 0x3F);
                out[o++] = (byte) (0x80 | point >> 6 & 0x3F);
                out[o++] = (byte) (0x80 | point & 0x3F);
            } else {
                out[o++] = (byte) (0xE0 | unit >> 12);
                out[o++] = (byte) (0x80 | unit >> 6 & 0x3F);
                out[o++] = (byte) (0x80 | unit & 0x3F);
            }
        }
        vector.commit(o - start);
    }

    private static int unit(byte[] text, int i) {
        return text[2 * i] & 0xFF | (text[2 * i + 1] & 0xFF) << 8;
    }
}
