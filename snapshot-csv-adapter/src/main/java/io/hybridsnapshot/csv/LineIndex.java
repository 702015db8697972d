package io.hybridsnapshot.csv;

import java.util.Arrays;
import java.util.OptionalLong;

/**
 * The physical line on which each row starts. Rows are stored in blocks. A block of rows with one line each costs 16
 * bytes. Any other block costs an additional varint per row (one byte, unless a row has more than 127 lines). Ten
 * million rows therefore take 0.2 to 10 MB. For one thread.
 */
final class LineIndex {
    private static final int BLOCK = 1_024;

    private long[] firstLines = new long[16];
    private byte[][] steps = new byte[16][];
    private long rows;
    private long previousLine;
    private byte[] open = new byte[BLOCK + 16];
    private int openLength;
    private boolean openIsEven = true;

    /** Takes the next row's first line; lines ascend. */
    void add(long line) {
        int block = (int) (rows / BLOCK);
        if (rows % BLOCK == 0) {
            endBlock(block);
            firstLines[block] = line;
        } else {
            long step = line - previousLine;
            openIsEven &= step == 1;
            write(step);
        }
        previousLine = line;
        rows++;
    }

    /** The first line of a row by ordinal from 0; empty for a row that was not taken. */
    OptionalLong line(long ordinal) {
        if (ordinal < 0 || ordinal >= rows) {
            return OptionalLong.empty();
        }
        int block = (int) (ordinal / BLOCK);
        int within = (int) (ordinal % BLOCK);
        boolean isOpen = block == (rows - 1) / BLOCK;
        byte[] coded = isOpen ? open : steps[block];
        if (isOpen ? openIsEven : coded == null) {
            return OptionalLong.of(firstLines[block] + within);
        }
        long line = firstLines[block];
        int at = 0;
        for (int i = 0; i < within; i++) {
            long step = 0;
            int shift = 0;
            byte b;
            do {
                b = coded[at++];
                step |= (b & 0x7FL) << shift;
                shift += 7;
            } while (b < 0);
            line += step;
        }
        return OptionalLong.of(line);
    }

    private void endBlock(int next) {
        if (next > 0 && !openIsEven) {
            steps[next - 1] = Arrays.copyOf(open, openLength);
        }
        openLength = 0;
        openIsEven = true;
        if (next == firstLines.length) {
            firstLines = Arrays.copyOf(firstLines, next * 2);
            steps = Arrays.copyOf(steps, next * 2);
        }
    }

    private void write(long step) {
        if (openLength + 10 > open.length) {
            open = Arrays.copyOf(open, open.length * 2);
        }
        long rest = step;
        while (rest > 0x7F) {
            open[openLength++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        open[openLength++] = (byte) rest;
    }
}
