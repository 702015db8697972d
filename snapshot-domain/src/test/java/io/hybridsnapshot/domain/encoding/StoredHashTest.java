package io.hybridsnapshot.domain.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StoredHashTest {
    private static final String HASH = "0123456789abcdef".repeat(4);

    private static String read(String text) {
        KeyedHashes rows = new KeyedHashes(1);
        StoredHash.append(rows, 1, -2, text);
        StoredHash.append(rows, 3, 4, text.getBytes(StandardCharsets.UTF_8));
        assertEquals(new UUID(1, -2), rows.identity(0));
        assertEquals(new UUID(3, 4), rows.identity(1));
        assertEquals(rows.hex(0), rows.hex(1));
        return rows.hex(0);
    }

    @Test
    void lowerCaseHexDigitsAreTheHash() {
        assertEquals(HASH, read(HASH));
        assertEquals("f".repeat(64), read("f".repeat(64)));
    }

    @Test
    void everyOtherTextDiffersFromEveryHashAndFromEveryOtherTextAndIsEqualToItself() {
        List<String> texts = new ArrayList<>(List.of(
                HASH,
                HASH.toUpperCase(java.util.Locale.ROOT),
                HASH.substring(1),
                HASH + "0",
                HASH.substring(1) + "g",
                HASH.substring(1) + "\uFF11",
                "d41d8cd98f00b204e9800998ecf8427e",
                "x",
                ""));
        HashSet<String> read = new HashSet<>();
        for (String text : texts) {
            assertEquals(read(text), read(text));
            read.add(read(text));
        }
        assertEquals(texts.size(), read.size());
        assertNotEquals(HASH, read(HASH.toUpperCase(java.util.Locale.ROOT)));
    }
}
