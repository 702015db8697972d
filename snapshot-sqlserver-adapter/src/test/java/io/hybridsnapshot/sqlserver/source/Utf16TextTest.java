package io.hybridsnapshot.sqlserver.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.batch.BytesVector;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf16TextTest {
    @Test
    void everyTextIsWhatTheVectorMakesOfIt() {
        Random random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            char[] chars = new char[random.nextInt(40)];
            int kind = random.nextInt(4);
            for (int c = 0; c < chars.length; c++) {
                chars[c] = (char)
                        switch (kind) {
                            case 0 -> random.nextInt(0x80);
                            case 1 -> random.nextInt(0x800);
                            case 2 -> 0xD700 + random.nextInt(0xA00);
                            default -> random.nextInt(0x10000);
                        };
            }
            assertSame(new String(chars));
        }
    }

    @Test
    void edgesOfTheEncodingsAndLoneSurrogatesAreKept() {
        for (String text : List.of(
                "",
                "\0",
                "\u007F\u0080\u07FF\u0800\uFFFF",
                "\uD800\uDC00\uDBFF\uDFFF",
                "\uD800",
                "\uDC00",
                "\uDC00\uD800",
                "a\uD83Db")) {
            assertSame(text);
        }
    }

    private static void assertSame(String text) {
        byte[] sent = new byte[2 * text.length()];
        for (int i = 0; i < text.length(); i++) {
            sent[2 * i] = (byte) text.charAt(i);
            sent[2 * i + 1] = (byte) (text.charAt(i) >> 8);
        }
        BytesVector expected = new BytesVector(2);
        expected.append("before");
        expected.append(text);
        BytesVector read = new BytesVector(2, 1);
        read.append("before");
        Utf16Text.append(sent, read);
        assertArrayEquals(expected.bytes(1), read.bytes(1));
        assertEquals(2, read.size());
    }
}
