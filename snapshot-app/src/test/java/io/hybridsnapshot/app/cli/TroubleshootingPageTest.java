package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The messages that the page of troubleshooting quotes are words of the program or of its launcher. */
@Tag("one-jdk")
class TroubleshootingPageTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern QUOTED = Pattern.compile("(?m)^\\| `([^`]+)` \\|");

    /** A literal that is continued on the next line. */
    private static final Pattern CONTINUED = Pattern.compile("\"\\s*\\+\\s*\"");

    /** The shell's message, not the program's. */
    private static final String OF_THE_SHELL = "snapshot: command not found";

    @Test
    void theProgramHasTheWordsOfEveryMessage() throws IOException {
        List<String> messages = QUOTED.matcher(Files.readString(ROOT.resolve("docs/troubleshooting.md")))
                .results()
                .map(found -> found.group(1))
                .filter(message -> !message.equals(OF_THE_SHELL))
                .toList();
        assertTrue(messages.size() > 25, messages::toString);
        String words = words();
        assertEquals(
                List.of(),
                messages.stream().filter(message -> !words.contains(message)).toList());
        assertFalse(words.contains("words that no message of the program has"));
    }

    private static String words() throws IOException {
        List<String> sources = new ArrayList<>(List.of(
                Files.readString(ROOT.resolve("snapshot")),
                Files.readString(ROOT.resolve("snapshot-app/src/main/launcher/launch.bash"))));
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.map(each -> each.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(module)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        sources.add(CONTINUED.matcher(Files.readString(file)).replaceAll(""));
                    }
                }
            }
        }
        return String.join("\n", sources);
    }
}
