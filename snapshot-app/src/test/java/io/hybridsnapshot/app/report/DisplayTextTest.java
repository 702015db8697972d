package io.hybridsnapshot.app.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DisplayTextTest {
    @Test
    void blanksAtTheEndsAndEmptyCellsAreVisible() {
        assertEquals("Bob", DisplayText.visible("Bob"));
        assertEquals("\"Bob \"", DisplayText.visible("Bob "));
        assertEquals("\" Bob\"", DisplayText.visible(" Bob"));
        assertEquals("\"\"", DisplayText.visible(""));
        assertEquals("a b", DisplayText.visible("a b"));
        assertEquals("10\\u00a0000", DisplayText.visible("10\u00a0000"));
        assertEquals("Bob\\n", DisplayText.visible("Bob\n"));
    }

    @Test
    void wideCharactersTakeTwoColumnsAndMarksNone() {
        assertEquals(4, DisplayText.width("abcd"));
        assertEquals(4, DisplayText.width("你好"));
        assertEquals(2, DisplayText.width("😀"));
        assertEquals(6, DisplayText.width("čeňek" + "\u0301x"));
        assertEquals(2, DisplayText.width("한"));
        assertEquals(1, DisplayText.width("…"));
    }

    @Test
    void whatMovesTheCursorIsWrittenOut() {
        assertEquals("a\\nb\\tc\\r", DisplayText.escaped("a\nb\tc\r"));
        assertEquals("\\u001b[31mred", DisplayText.escaped("\u001b[31mred"));
        assertEquals("\\u202eabc", DisplayText.escaped("\u202eabc"));
        assertEquals("\\ud800", DisplayText.escaped("\ud800"));
        assertEquals("C:\\x čeština 你好 😀", DisplayText.escaped("C:\\x čeština 你好 😀"));
    }

    @Test
    void aCutTextFitsAndSaysThatItWasCut() {
        assertEquals("abc", DisplayText.cut("abc", 3));
        assertEquals("ab…", DisplayText.cut("abcd", 3));
        assertEquals("你…", DisplayText.cut("你好吗", 4));
        assertEquals("…", DisplayText.cut("你好", 1));
        for (int columns = 1; columns < 20; columns++) {
            assertTrue(DisplayText.width(DisplayText.cut("a你b😀cédéfgh你好吗", columns)) <= columns);
        }
    }

    @Test
    void columnsLineUpWhateverIsInThem() {
        TextTable table = new TextTable("  ").text("name", 8).number("rows").text("note", 6);
        table.row("你好", 5, "x");
        table.row("abcdefghij", "1,000", "a\nb");
        table.row("", 12, "");
        assertEquals(
                List.of(
                        "  name       rows  note",
                        "  你好          5  x",
                        "  abcdefg…  1,000  a\\nb",
                        "               12"),
                table.lines());
    }

    @Test
    void amountsReadAsPeopleWriteThem() {
        assertEquals("999 B", Amounts.size(999));
        assertEquals("1.0 KB", Amounts.size(1_000));
        assertEquals("1.0 MB", Amounts.size(999_999));
        assertEquals("12.3 GB", Amounts.size(12_345_678_901L));
        assertEquals("1 row", Amounts.counted(1, "row"));
        assertEquals("18,700 rows", Amounts.counted(18_700, "row"));
        assertEquals("85 ms", Amounts.duration(Duration.ofMillis(85)));
        assertEquals("1.24 s", Amounts.duration(Duration.ofMillis(1_240)));
        assertEquals("3 min 5 s", Amounts.duration(Duration.ofSeconds(185)));
        assertEquals("33.3 %", Amounts.share(1, 3));
        assertEquals("-", Amounts.share(0, 0));
    }
}
