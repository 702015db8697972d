package io.hybridsnapshot.parquet;

/**
 * Writes Parquet's DELTA_BINARY_PACKED: the differences of consecutive numbers, in blocks of 128, each in four parts
 * with as many bits a number as the part needs (https://parquet.apache.org/docs/file-format/data-pages/encodings/). A
 * hot path: works on arrays.
 */
final class DeltaRuns {
    private static final int BLOCK = 128;
    private static final int PARTS = 4;
    private static final int PART = BLOCK / PARTS;

    private DeltaRuns() {}

    /**
     * Writes the first {@code count} numbers; the array is scratch afterwards.
     *
     * @param narrow whether the numbers are of 32 bits, whose differences are taken modulo 2^32
     */
    static void write(long[] numbers, int count, boolean narrow, Bytes out) {
        out.putVarint(BLOCK);
        out.putVarint(PARTS);
        out.putVarint(count);
        out.putVarint(count == 0 ? 0 : zigzag(numbers[0]));
        for (int i = count - 1; i > 0; i--) {
            long difference = numbers[i] - numbers[i - 1];
            numbers[i] = narrow ? (int) difference : difference;
        }
        for (int from = 1; from < count; from += BLOCK) {
            writeBlock(numbers, from, Math.min(from + BLOCK, count), narrow, out);
        }
    }

    private static void writeBlock(long[] differences, int from, int to, boolean narrow, Bytes out) {
        long least = Long.MAX_VALUE;
        for (int i = from; i < to; i++) {
            least = Math.min(least, differences[i]);
        }
        for (int i = from; i < to; i++) {
            long above = differences[i] - least;
            differences[i] = narrow ? above & 0xFFFF_FFFFL : above;
        }
        out.putVarint(zigzag(least));
        long widths = 0;
        for (int part = 0; part < PARTS; part++) {
            long bits = 0;
            for (int i = from + part * PART; i < Math.min(from + (part + 1) * PART, to); i++) {
                bits |= differences[i];
            }
            int width = Long.SIZE - Long.numberOfLeadingZeros(bits);
            widths |= (long) width << Byte.SIZE * part;
            out.putByte(width);
        }
        for (int part = 0; part < PARTS && from + part * PART < to; part++) {
            int start = from + part * PART;
            pack(differences, start, Math.min(start + PART, to), (int) (widths >>> Byte.SIZE * part) & 0xFF, out);
        }
    }

    /** Packs a part; numbers beyond the last one are zeros. */
    private static void pack(long[] numbers, int from, int to, int width, Bytes out) {
        out.reserve(PART / Byte.SIZE * width + Long.BYTES);
        long pending = 0;
        int bits = 0;
        for (int i = from; i < from + PART; i++) {
            long number = i < to ? numbers[i] : 0;
            pending |= number << bits;
            bits += width;
            if (bits >= Long.SIZE) {
                out.putLong(pending);
                bits -= Long.SIZE;
                // The bits of the number that did not fit; none where it ended with the word.
                pending = bits == 0 ? 0 : number >>> width - bits;
            }
        }
        while (bits > 0) {
            out.putByte((int) pending);
            pending >>>= Byte.SIZE;
            bits -= Byte.SIZE;
        }
    }

    private static long zigzag(long number) {
        return number << 1 ^ number >> 63;
    }
}
