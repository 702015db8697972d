package io.hybridsnapshot.app.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Marks, and tables that fit the width of a terminal. */
class PageTest {
    private static final Page TERMINAL = new Page(60, true, true, false);

    @Test
    void onlyTheMarksOfAPageReachTheTerminal() {
        String marked = TERMINAL.marked(Page.Mark.ADDED, "new");
        assertEquals("\u001B[32mnew\u001B[0m", marked);
        assertEquals(marked, Page.escaped(marked));
        assertEquals(
                "a\\u001b[2Jb" + marked + "\\u001b]0;t\\u0007",
                Page.escaped("a\u001B[2Jb" + marked + "\u001B]0;t\u0007"));
        assertEquals("\\u001b", Page.escaped("\u001B"));
        assertEquals("new", Page.PLAIN.marked(Page.Mark.ADDED, "new"));
    }

    @Test
    void aTableGivesWayToTheWidthOfATerminalAlone() {
        for (boolean terminal : List.of(true, false)) {
            TextTable table = new TextTable(new Page(60, terminal, false, false), "  ")
                    .text("column", 40)
                    .text("before", 40)
                    .number("rows");
            table.row("a name of thirty-four characters...", "a value of forty characters, as it goes!", "1,000,000");
            for (String line : table.lines()) {
                assertTrue(line.endsWith("rows") || line.endsWith("1,000,000"), line);
            }
            int longest =
                    table.lines().stream().mapToInt(DisplayText::width).max().orElseThrow();
            assertEquals(terminal ? 60 : 2 + 35 + 2 + 40 + 2 + 9, longest);
        }
    }

    @Test
    void aFullPageCutsNothing() {
        TextTable table =
                new TextTable(TERMINAL.inFull(), "").text("column", 10).text("value", 10);
        table.row("x".repeat(50), "y".repeat(50));
        assertEquals("x".repeat(50) + "  " + "y".repeat(50), table.lines().get(1));
    }

    @Test
    void marksTakeNoWidth() {
        TextTable table = new TextTable(TERMINAL, "")
                .text("before", 10, Page.Mark.REMOVED)
                .text("after", 10, Page.Mark.ADDED);
        table.row("a", "b");
        assertEquals(List.of("before  after", "\u001B[31ma\u001B[0m       \u001B[32mb\u001B[0m"), table.lines());
    }
}
