package io.hybridsnapshot.domain.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Wtf8Test {
    /** Bytes before and after the text that must stay unchanged. */
    private static final int MARGIN = 5;

    @Test
    void aSurrogateIsFoundAtEveryPlaceOfALongText() {
        for (String around : List.of("a", "é", "€", "\uD7FF", "\uD83D\uDE00")) {
            for (int before = 0; before < 70; before++) {
                String text = around.repeat(before) + "\uDC00" + around.repeat(70 - before);
                byte[] bytes = naive(text);
                assertFalse(Wtf8.isWellFormed(bytes, 0, bytes.length), around + before);
                byte[] sound = naive(text.replace("\uDC00", ""));
                assertTrue(Wtf8.isWellFormed(sound, 0, sound.length), around);
                // A surrogate beyond the end is none of the text.
                int end = naive(around.repeat(before)).length;
                assertTrue(Wtf8.isWellFormed(bytes, 0, end), around + before);
            }
        }
    }

    @Test
    void everyCodePointOfUnicodeIsEncodedAsJavaEncodesIt() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                String text = Character.toString(point);
                byte[] expected = text.getBytes(StandardCharsets.UTF_8);
                byte[] actual = new byte[expected.length + 3];
                int end = Wtf8.encode(text, actual, 0);
                if (end != expected.length || !Arrays.equals(actual, 0, end, expected, 0, end)) {
                    assertArrayEquals(expected, Arrays.copyOf(actual, end), "U+" + Integer.toHexString(point));
                }
            }
        }
    }

    @Test
    void everyLoneSurrogateIsThreeBytesAndComesBack() {
        for (int unit = Character.MIN_SURROGATE; unit <= Character.MAX_SURROGATE; unit++) {
            String text = "a" + (char) unit + "é";
            assertText(text);
        }
    }

    @Test
    void anyTextIsEncodedAsItsDefinitionSaysAndComesBack() {
        Random random = new Random(4);
        int lone = 0;
        for (int round = 0; round < 20_000; round++) {
            String text = text(random);
            lone += assertText(text) ? 0 : 1;
        }
        assertTrue(lone > 2_000 && lone < 18_000, lone + " texts of 20000 with lone surrogates");
    }

    @Test
    void noTwoTextsShareTheirBytes() {
        Random random = new Random(5);
        Map<String, String> texts = new HashMap<>();
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(4); i > 0; i--) {
                text.append("a\uD83D\uDE00\uD800\uDFFF\uFFFD?".charAt(random.nextInt(7)));
            }
            byte[] bytes = new byte[3 * text.length()];
            int end = Wtf8.encode(text.toString(), bytes, 0);
            String earlier = texts.put(Arrays.toString(Arrays.copyOf(bytes, end)), text.toString());
            assertTrue(earlier == null || earlier.contentEquals(text));
        }
    }

    /** Compares all functions with naive ones. Returns whether the text is well-formed. */
    private static boolean assertText(String text) {
        byte[] expected = naive(text);
        boolean wellFormed = StandardCharsets.UTF_8.newEncoder().canEncode(text);
        if (wellFormed) {
            assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), expected);
        }

        byte[] out = margins(3 * text.length());
        int end = Wtf8.encode(text, out, MARGIN);
        assertArrayEquals(expected, Arrays.copyOfRange(out, MARGIN, end));
        assertMargins(out);

        char[] chars = ("\uD83D" + text + "\uDE00").toCharArray();
        assertEquals(expected.length, Wtf8.encodedLength(chars, 1, text.length()));
        byte[] fromChars = margins(3 * text.length());
        assertEquals(end, Wtf8.encode(chars, 1, text.length(), fromChars, MARGIN));
        assertArrayEquals(out, fromChars);

        assertEquals(wellFormed, Wtf8.isWellFormed(out, MARGIN, end - MARGIN));
        assertEquals(text, Wtf8.decode(out, MARGIN, end - MARGIN));

        byte[] wide = margins(2 * expected.length);
        int wideEnd = Wtf8.toUtf16(out, MARGIN, end - MARGIN, wide, MARGIN);
        byte[] units = new byte[2 * text.length()];
        for (int i = 0; i < text.length(); i++) {
            units[2 * i] = (byte) (text.charAt(i) >> 8);
            units[2 * i + 1] = (byte) text.charAt(i);
        }
        assertArrayEquals(units, Arrays.copyOfRange(wide, MARGIN, wideEnd));
        assertMargins(wide);
        return wellFormed;
    }

    /** UTF-8's three-byte form for a surrogate that has no partner, Java's UTF-8 for all else. */
    private static byte[] naive(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        text.codePoints().forEach(point -> {
            if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                bytes.write(0xE0 + point / 4_096);
                bytes.write(0x80 + point / 64 % 64);
                bytes.write(0x80 + point % 64);
            } else {
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            switch (random.nextInt(8)) {
                case 0, 1 -> text.append((char) random.nextInt(0x80));
                case 2 -> text.append((char) (0x80 + random.nextInt(0x780)));
                case 3 -> text.append((char) (0x800 + random.nextInt(0xD000)));
                case 4 -> text.append((char) (0xE000 + random.nextInt(0x2000)));
                case 5, 6 -> text.appendCodePoint(0x10000 + random.nextInt(0x100000));
                default -> text.append((char) (Character.MIN_SURROGATE + random.nextInt(0x800)));
            }
        }
        return text.toString();
    }

    private static byte[] margins(int length) {
        byte[] bytes = new byte[length + 2 * MARGIN];
        Arrays.fill(bytes, (byte) 0x55);
        return bytes;
    }

    private static void assertMargins(byte[] bytes) {
        for (int i = 0; i < MARGIN; i++) {
            assertEquals(0x55, bytes[i]);
            assertEquals(0x55, bytes[bytes.length - 1 - i]);
        }
    }
}
