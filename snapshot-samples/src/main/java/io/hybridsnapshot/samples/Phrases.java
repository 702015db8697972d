package io.hybridsnapshot.samples;

import io.hybridsnapshot.domain.batch.BytesVector;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A list of texts, encoded once. Immutable; a phrase given more than once is drawn more often. */
final class Phrases {
    private final byte[] bytes;
    private final int[] ends;

    private Phrases(String[] texts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ends = new int[texts.length];
        for (int i = 0; i < texts.length; i++) {
            all.writeBytes(texts[i].getBytes(StandardCharsets.UTF_8));
            ends[i] = all.size();
        }
        bytes = all.toByteArray();
    }

    static Phrases of(String... texts) {
        return new Phrases(texts);
    }

    int size() {
        return ends.length;
    }

    /** About how many bytes a phrase takes. */
    int meanBytes() {
        return 1 + bytes.length / ends.length;
    }

    void append(BytesVector out, int index) {
        int start = start(index);
        out.append(bytes, start, ends[index] - start);
    }

    /** Writes a phrase into an array; returns the end, exclusive. */
    int copy(int index, byte[] out, int at) {
        int start = start(index);
        int length = ends[index] - start;
        System.arraycopy(bytes, start, out, at, length);
        return at + length;
    }

    int longest() {
        int longest = 0;
        for (int i = 0; i < ends.length; i++) {
            longest = Math.max(longest, ends[i] - start(i));
        }
        return longest;
    }

    private int start(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }
}
