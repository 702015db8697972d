package io.hybridsnapshot.csv;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/** Marks the cells of a block whose text stands for NULL. Immutable. */
final class NullTexts {
    private final byte[][] texts;

    /** By the first byte of a cell, whether one of the texts starts with it. */
    private final boolean[] firstBytes = new boolean[256];

    /** Whether an empty cell stands for NULL, in quotes or not. */
    private final boolean empty;

    /** Marks cells of these texts. */
    NullTexts(Set<String> nullTexts) {
        this.empty = nullTexts.contains("");
        this.texts = nullTexts.stream()
                .filter(text -> !text.isEmpty())
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        for (byte[] text : texts) {
            firstBytes[text[0] & 0xFF] = true;
        }
    }

    /** Gives the cells of a block that stand for NULL the length {@link CellBlock#NULL_TEXT}. */
    void mark(CellBlock block) {
        if (texts.length == 0 && !empty) {
            return;
        }
        byte[] b = block.buffer;
        for (int cell = 0; cell < block.cells; cell++) {
            int start = block.starts[cell];
            int length = block.lengths[cell];
            if (length > 0 ? firstBytes[b[start] & 0xFF] && isOne(b, start, start + length) : empty) {
                block.lengths[cell] = CellBlock.NULL_TEXT;
            }
        }
    }

    private boolean isOne(byte[] b, int from, int to) {
        for (byte[] text : texts) {
            if (Arrays.equals(b, from, to, text, 0, text.length)) {
                return true;
            }
        }
        return false;
    }
}
