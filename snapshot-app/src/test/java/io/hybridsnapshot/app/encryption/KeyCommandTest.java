package io.hybridsnapshot.app.encryption;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KeyCommandTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String KEY = "GhBPAcYyJ2h0dHBzOi8vZXhhbXBsZS5vcmcvbm8ga2V5IGF0IGFsbA==";

    @BeforeEach
    void requireShell() {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "skipped: there is no /bin/sh");
    }

    private static List<String> shell(String script) {
        return List.of("/bin/sh", "-c", script);
    }

    private static SnapshotException failure(Duration limit, List<String> command) {
        return assertThrows(SnapshotException.class, () -> KeyCommand.output(command, limit));
    }

    @Test
    void outputIsWhatTheCommandPrints() {
        assertEquals("a key\n", KeyCommand.output(shell("echo 'a key'; echo noise >&2"), LONG));
        // Both outputs exceed a pipe's capacity, so a reader of one before the other would wait for ever.
        String much = KeyCommand.output(
                shell("i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789;"
                        + " echo 0123456789012345678901234567890123456789 >&2; i=$((i+1)); done"),
                LONG);
        assertEquals(3000 * 41, much.length());
    }

    @Test
    void argumentsReachTheProgramAsTheyAreAndStdinIsEmpty() {
        assertEquals("a  b $HOME ; *", KeyCommand.output(List.of("/usr/bin/printf", "%s", "a  b $HOME ; *"), LONG));
        assertEquals("", KeyCommand.output(List.of("/bin/cat"), LONG));
    }

    @Test
    void failureShowsNothingOfStderrWhateverTheSecretLooksLike() {
        for (String secret : List.of(KEY, "hunter2", "s e s a m e", "c2Vz\nYW1l")) {
            SnapshotException failed =
                    failure(LONG, shell("printf '%s' 'refused: " + secret + "' >&2; echo sesame; exit 3"));
            assertEquals(Kind.UNAVAILABLE, failed.kind());
            assertEquals(
                    "exit code 3, and " + ("refused: " + secret).length()
                            + " bytes on stderr, not shown as they may hold a secret",
                    failed.actual().orElseThrow());
        }
        assertEquals("exit code 4", failure(LONG, shell("exit 4")).actual().orElseThrow());
    }

    @Test
    void commandThatTakesTooLongIsEndedWithAllThatItStarted() {
        long start = System.nanoTime();
        SnapshotException failed =
                failure(Duration.ofMillis(300), shell("sleep 3333.25 & echo started >&2; sleep 3333.25"));
        assertTrue(Duration.ofNanos(System.nanoTime() - start).toSeconds() < 20);
        assertEquals(Kind.UNAVAILABLE, failed.kind());
        assertTrue(failed.getMessage().contains("8 bytes on stderr"), failed.getMessage());
        assertTrue(
                ProcessHandle.current()
                        .descendants()
                        .noneMatch(process ->
                                process.info().commandLine().orElse("").contains("3333.25")
                                        && process.isAlive()
                                        && !ended(process)),
                "the command goes on");
    }

    private static boolean ended(ProcessHandle process) {
        try {
            process.onExit().get(5, TimeUnit.SECONDS);
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    @Test
    void programThatIsNotThereIsAnInvalidRequest() {
        SnapshotException missing = failure(LONG, List.of("/no/such/program", "secret"));
        assertEquals(Kind.INVALID_REQUEST, missing.kind());
        assertTrue(missing.getMessage().contains("/no/such/program"));
        assertFalse(missing.getMessage().contains("secret"));
    }

    @Test
    void endlessOutputIsRefused() {
        SnapshotException failed = failure(LONG, shell("head -c 3000000 /dev/zero"));
        assertTrue(failed.getMessage().contains("more than 1048576 bytes"), failed.getMessage());
    }
}
