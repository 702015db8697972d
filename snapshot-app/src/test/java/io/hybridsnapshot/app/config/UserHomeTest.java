package io.hybridsnapshot.app.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserHomeTest {
    @TempDir
    Path known;

    private Optional<Path> find(String variable) {
        return UserHome.find(Map.of("HOME", variable), known.toString());
    }

    @Test
    void theVariableWinsOverWhatTheSystemKnows() {
        Path there = known.resolve("there").toAbsolutePath();
        assertEquals(Optional.of(there), find(there.toString()));
        assertEquals(Optional.of(known), UserHome.find(Map.of(), known.toString()));
    }

    @Test
    void aVariableThatNamesNoDirectoryIsLeftOut() {
        for (String variable : new String[] {"", " ", "relative", "~", "/Z\uFFFDrich", "a\0b"}) {
            assertEquals(Optional.of(known), find(variable), variable);
        }
    }

    @Test
    void aUserWithoutAnEntryHasNoHome() {
        for (String unknown : new String[] {"", "?", known.resolve("missing").toString()}) {
            assertEquals(Optional.empty(), UserHome.find(Map.of(), unknown), unknown);
        }
    }
}
