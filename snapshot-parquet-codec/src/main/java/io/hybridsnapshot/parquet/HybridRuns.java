package io.hybridsnapshot.parquet;

/**
 * Writes Parquet's RLE / bit-packing hybrid, which levels and dictionary ids are kept in
 * (https://parquet.apache.org/docs/file-format/data-pages/encodings/). A hot path: works on arrays, one run at a time.
 */
final class HybridRuns {
    /** So that the header of a bit-packed run is one byte, as the writers of the reference implementations make it. */
    private static final int MAX_PACKED_GROUPS = 63;

    private static final int SHORTEST_REPEAT = 8;

    private HybridRuns() {}

    /** The bits needed for values from 0 to {@code highest}. */
    static int widthOf(int highest) {
        return 32 - Integer.numberOfLeadingZeros(highest);
    }

    /** Writes the runs of {@code count} values of {@code width} bits each. */
    static void write(int[] values, int count, int width, Bytes out) {
        int at = 0;
        int packedFrom = 0;
        while (at < count) {
            int same = at + 1;
            while (same < count && values[same] == values[at]) {
                same++;
            }
            // Only complete groups of eight may precede a repeat: the values up to the next group's start are packed.
            int start = packedFrom + (at - packedFrom + 7) / 8 * 8;
            if (same - start >= SHORTEST_REPEAT) {
                writePacked(values, packedFrom, start, width, out);
                out.putVarint((long) (same - start) << 1);
                for (int shift = 0; shift < width; shift += 8) {
                    out.putByte(values[at] >>> shift);
                }
                packedFrom = same;
            }
            at = same;
        }
        writePacked(values, packedFrom, count, width, out);
    }

    private static void writePacked(int[] values, int from, int to, int width, Bytes out) {
        int at = from;
        while (at < to) {
            int groups = Math.min(MAX_PACKED_GROUPS, (to - at + 7) / 8);
            out.putVarint((long) groups << 1 | 1);
            out.reserve(groups * width + Long.BYTES);
            long pending = 0;
            int bits = 0;
            int end = at + groups * 8;
            for (int i = at; i < end; i++) {
                long value = i < to ? values[i] : 0;
                pending |= value << bits;
                bits += width;
                if (bits >= 32) {
                    out.putInt((int) pending);
                    pending >>>= 32;
                    bits -= 32;
                }
            }
            while (bits > 0) {
                out.putByte((int) pending);
                pending >>>= 8;
                bits -= 8;
            }
            at = Math.min(end, to);
        }
    }

    /**
     * Writes the runs of {@code count} values of one bit, given as a bitmap (row 0 is the lowest bit of the first
     * word). The packed groups of one-bit values are the bitmap's own bytes.
     */
    static void writeBits(long[] bitmap, int count, Bytes out) {
        int bytes = (count + 7) / 8;
        int packedFrom = 0;
        int at = 0;
        while (at < bytes) {
            int value = groupAt(bitmap, at, count);
            int same = at + 1;
            if (value == 0 || value == 0xFF) {
                while (same < bytes && groupAt(bitmap, same, count) == value) {
                    same++;
                }
                if (same - at >= 4 || same - at == bytes) {
                    writePackedBits(bitmap, packedFrom, at, out);
                    out.putVarint((long) (Math.min(count, same * 8) - at * 8) << 1);
                    out.putByte(value & 1);
                    packedFrom = same;
                }
            }
            at = same;
        }
        writePackedBits(bitmap, packedFrom, bytes, out);
    }

    private static int groupAt(long[] bitmap, int index, int count) {
        int group = (int) (bitmap[index >>> 3] >>> ((index & 7) << 3)) & 0xFF;
        int rest = count - index * 8;
        // The bits after the last row may have any value. As ones they can end a repeat of ones.
        return rest < 8 && group == (1 << rest) - 1 ? 0xFF : group;
    }

    private static void writePackedBits(long[] bitmap, int from, int to, Bytes out) {
        int at = from;
        while (at < to) {
            int groups = Math.min(MAX_PACKED_GROUPS, to - at);
            out.putVarint((long) groups << 1 | 1);
            for (int i = at; i < at + groups; i++) {
                out.putByte((int) (bitmap[i >>> 3] >>> ((i & 7) << 3)));
            }
            at += groups;
        }
    }
}
