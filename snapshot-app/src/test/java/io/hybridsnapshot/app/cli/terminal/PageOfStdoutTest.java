package io.hybridsnapshot.app.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.app.report.Page;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Width and colours of the page that stdout is. */
class PageOfStdoutTest {
    private static Page page(Map<String, String> environment, boolean dumb) {
        return Screens.page(environment, Console.Screen.TERMINAL, dumb);
    }

    @Test
    void aPipeHasNeitherColoursNorAWidthToFit() {
        assertEquals(Page.PLAIN, Screens.page(Map.of("COLUMNS", "80"), Console.Screen.PIPE, false));
    }

    @Test
    void aTerminalHasItsWidth() {
        assertEquals(new Page(80, true, true, false), page(Map.of("COLUMNS", "80"), false));
        assertEquals(new Page(40, true, true, false), page(Map.of("COLUMNS", "7"), false));
        for (String unknown : new String[] {"", "-3", "wide", "99999999999"}) {
            assertEquals(100, page(Map.of("COLUMNS", unknown), false).width(), unknown);
        }
    }

    @Test
    void colourIsOffOnRequestAndWhereATerminalHasNone() {
        assertEquals(false, page(Map.of("NO_COLOR", "1"), false).coloured());
        assertEquals(true, page(Map.of("NO_COLOR", ""), false).coloured());
        assertEquals(false, page(Map.of(), true).coloured());
    }
}
