package io.hybridsnapshot.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class EmbeddedPostgresSettingsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void theDirectoryBecomesAbsolute() {
        assertEquals(
                Path.of("data").toAbsolutePath(),
                EmbeddedPostgresSettings.in(Path.of("x", "..", "data")).directory());
    }

    @Test
    void refusesPortsAndTimesThatCannotBe() {
        Path directory = Path.of("data");
        assertRefused(() -> new EmbeddedPostgresSettings(directory, -1, MINUTE, MINUTE));
        assertRefused(() -> new EmbeddedPostgresSettings(directory, 65536, MINUTE, MINUTE));
        assertRefused(() -> new EmbeddedPostgresSettings(directory, 0, Duration.ZERO, MINUTE));
        assertRefused(() -> new EmbeddedPostgresSettings(directory, 0, MINUTE, MINUTE.negated()));
    }

    private static void assertRefused(Runnable call) {
        assertEquals(
                SnapshotException.Kind.INVALID_REQUEST,
                assertThrows(SnapshotException.class, call::run).kind());
    }
}
