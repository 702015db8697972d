package io.hybridsnapshot.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerDiskTest {
    private static final Instant LOGGED = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path root;

    private Optional<String> explanationAfter(Duration time) {
        Clock clock = Clock.fixed(LOGGED.plus(time), ZoneOffset.UTC);
        return new ServerDisk(new ServerDirectory(root, clock)).explanation(0);
    }

    @Test
    void messageOfTheServerExplainsAFailureForTenMinutes() throws IOException {
        Files.writeString(
                root.resolve("server.log"),
                "2026-01-01 00:00:00.123 UTC [7] FATAL:  could not write to file: No space left on device\n");
        assertTrue(explanationAfter(Duration.ofMinutes(9))
                .orElseThrow()
                .endsWith("'FATAL:  could not write to file: No space left on device'"));
        assertEquals(Optional.empty(), explanationAfter(Duration.ofMinutes(11)));
    }
}
