package io.hybridsnapshot.app.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ScreensTest {
    @Test
    void aTerminalWithoutControlSequencesIsNotWatched() {
        assertTrue(Screens.isDumb(Map.of("TERM", "dumb"), "Linux"));
        assertTrue(Screens.isDumb(Map.of("TERM", "dumb"), "Windows 11"));
        assertTrue(Screens.isDumb(Map.of(), "Linux"));
        assertFalse(Screens.isDumb(Map.of(), "Windows 11"));
        assertFalse(Screens.isDumb(Map.of("TERM", "xterm-256color"), "Linux"));
        assertEquals(Console.Screen.PIPE, Screens.ofStderr(Map.of("TERM", "dumb")));
    }
}
