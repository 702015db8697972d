package io.hybridsnapshot.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8BytesTest {
    /** Lead and continuation bytes at the edges of the ranges of table 3-7. */
    private static final int[] EDGES = {
        0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
        0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
    };

    @Test
    void anyBytesGiveTheCharactersAndTheFirstBadOffsetThatTheJdkGives() throws IOException {
        for (int seed = 0; seed < 60_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(24)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextInt(3) == 0 ? 'a' : EDGES[random.nextInt(EDGES.length)]);
            }
            assertSame(bytes, random, seed);
        }
    }

    @Test
    void wellFormedTextOfAnyScriptComesThrough() throws IOException {
        String[] scripts = {"plain ascii text of some length, ", "Größe ", "日本語", "😀👩‍🚀", "\uFEFF", "\0", "x"};
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder("-");
            for (int i = random.nextInt(400); i > 0; i--) {
                text.append(scripts[random.nextInt(scripts.length)]);
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            if (random.nextBoolean() && bytes.length > 3) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            assertSame(bytes, random, seed);
        }
    }

    @Test
    void textLongerThanTheBufferComesThrough() throws IOException {
        String text = "-" + "añ日😀".repeat(60_000);
        assertSame(text.getBytes(StandardCharsets.UTF_8), new Random(1), 1);
    }

    private static void assertSame(byte[] bytes, Random random, int seed) throws IOException {
        if (bytes.length > 2 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF) {
            bytes[0] = 'a';
        }
        ByteBuffer source = ByteBuffer.wrap(bytes);
        CharBuffer expected = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(source, expected, true);
        long badOffset = result.isError() ? source.position() : -1;

        StringBuilder actual = new StringBuilder();
        long actualOffset = -1;
        try (Utf8Bytes reader = new Utf8Bytes(dribble(bytes, random), 4 + random.nextInt(60))) {
            while (!reader.isEnd()) {
                reader.fill(1 + random.nextInt(70));
                // What is readable at any time is whole characters.
                actual.append(new String(
                        reader.buffer, reader.position, reader.limit - reader.position, StandardCharsets.UTF_8));
                reader.position = reader.limit;
            }
        } catch (MalformedUtf8Exception e) {
            actualOffset = e.offset();
            assertEquals(bytes[(int) actualOffset] & 0xFF, e.firstByte());
        }
        assertEquals(expected.flip().toString(), actual.toString(), "seed " + seed);
        assertEquals(badOffset, actualOffset, "seed " + seed);
    }

    /** Gives the bytes in pieces of any size, as a pipe or gzip does. */
    private static InputStream dribble(byte[] bytes, Random random) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + random.nextInt(9_000)));
            }
        };
    }
}
