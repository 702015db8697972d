package io.hybridsnapshot.domain.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SnapshotExceptionTest {
    private static final String LONG = "k".repeat(5_000_000);

    @Test
    void noPartIsLongWhateverTheCallerPutsIn() {
        SnapshotException error = SnapshotException.invalidRequest("problem " + LONG)
                .where("place " + LONG + " line 7")
                .actual("'" + LONG + "'")
                .expected(LONG)
                .nextStep(LONG)
                .line(LONG)
                .build();
        assertTrue(
                error.getMessage().length() < 30_000,
                "length " + error.getMessage().length());
        assertTrue(error.actual().orElseThrow().length() <= SafeText.VALUE);
        assertTrue(error.actual().orElseThrow().startsWith("'kkk")
                && error.actual().orElseThrow().endsWith("k'"));
        assertTrue(error.where().orElseThrow().endsWith(" line 7"), "the end of the place is kept");
    }

    @Test
    void aMessageIsOneLineWithoutControlCharacters() {
        SnapshotException error = SnapshotException.invalidRequest("pro\nblem")
                .where("pla\r\nce")
                .actual("\u001b[31mred\u0000\u2028\u202e")
                .expected("a\tb")
                .nextStep("c\u0085d")
                .build();
        assertEquals(
                "pro\\nblem (pla\\r\\nce): found \\u001b[31mred\\u0000\\u2028\\u202e, expected a\\tb; c\\u0085d",
                error.getMessage());
    }

    @Test
    void linesOfAReportStandBelowEachOther() {
        SnapshotException error = SnapshotException.invalidRequest("two:")
                .line("  a\nb")
                .line("  c")
                .build();
        assertEquals("two:\n  a\\nb\n  c", error.getMessage());
    }

    @Test
    void aListOfValuesIsCutValueByValue() {
        SnapshotException few = SnapshotException.invalidRequest("p")
                .actual(List.of("a", LONG, "c"))
                .build();
        String shown = few.actual().orElseThrow();
        assertTrue(shown.startsWith("a; kkk") && shown.endsWith("k; c") && shown.length() < 220, shown);
        SnapshotException many = SnapshotException.invalidRequest("p")
                .actual(Collections.nCopies(50, "x"))
                .build();
        assertTrue(many.actual().orElseThrow().endsWith("x and 10 more"));
    }

    @Test
    void causesAreToldInWordsWithoutNamesOfClasses() {
        for (Throwable cause : List.of(
                new NoSuchFileException("/a/b"),
                new AccessDeniedException("/a/b"),
                new FileSystemException("/a/b", null, "No space left on device"),
                new EOFException(),
                new IOException(),
                new IllegalStateException("text\nmore"),
                new IOException(null, new NoSuchFileException("/a/b")))) {
            String said = SnapshotException.unavailable("p")
                    .actual(cause)
                    .build()
                    .actual()
                    .orElseThrow();
            assertFalse(said.contains("Exception") || said.contains("java.") || said.isBlank(), said);
        }
        assertEquals("no such file or directory: /a/b", CauseText.of(new NoSuchFileException("/a/b")));
        assertEquals("text", CauseText.of(new IllegalStateException("text\nmore")));
    }

    @Test
    void noHalfOfACharacterIsLeftWhereATextIsCut() {
        String emoji = "\uD83D\uDE00";
        for (String text : List.of(emoji.repeat(300), "x" + emoji.repeat(300))) {
            for (int limit = 3; limit < 60; limit++) {
                String cut = SafeText.cut(text, limit);
                assertFalse(cut.contains("\\ud"), cut);
                assertTrue(cut.contains("…"));
            }
        }
        assertTrue(Stream.of("", "short").allMatch(text -> SafeText.value(text).equals(text)));
    }

    @Test
    void aStoreIsOutWhereItCannotBeReachedOrRefuses() {
        assertTrue(SnapshotException.unavailable("p").build().isStoreOut());
        assertTrue(SnapshotException.invalidRequest("p").storeRefused().build().isStoreOut());
        assertFalse(SnapshotException.invalidRequest("p").build().isStoreOut());
        assertFalse(SnapshotException.conflict("p").build().isStoreOut());
    }
}
