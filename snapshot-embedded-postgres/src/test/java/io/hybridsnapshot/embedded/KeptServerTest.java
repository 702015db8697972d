package io.hybridsnapshot.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real servers and keepers, killed by their numbers. All tests take turns on one directory. */
@Timeout(240)
final class KeptServerTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    private static Path shared;

    private final Path path = shared.resolve("postgresql");
    private final EmbeddedPostgresSettings settings = EmbeddedPostgresSettings.in(path);
    private final List<Process> children = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() throws IOException {
        children.forEach(Process::destroyForcibly);
        KeptServer.stop(settings);
        if (Files.exists(path)) {
            assertEquals(List.of(), Postmaster.processes(directory()));
        }
    }

    @AfterAll
    static void stopped() {
        KeptServer.stop(EmbeddedPostgresSettings.in(shared.resolve("postgresql")));
    }

    @Test
    void outlivesTheProgramThatStartedItAndServesTheNext() throws Exception {
        KeptServer.Started started = KeptServer.start(settings, LONG);
        assertTrue(started.started());
        assertTrue(started.status().running());
        assertEquals(LONG, started.status().keeper().orElseThrow().idle());
        long pid = postmaster();
        for (int i = 0; i < 2; i++) {
            try (EmbeddedPostgresServer server = EmbeddedPostgresServer.open(settings)) {
                assertEquals(started.status().port().orElseThrow(), server.port());
                UserProgram.write(server, "kept", 1);
            }
            assertEquals(pid, postmaster());
        }
        KeptServer.Started again = KeptServer.start(settings, Duration.ofSeconds(1));
        assertFalse(again.started());
        assertEquals(started.status(), again.status(), "the first keeper stays as it is");
        assertEquals(KeptServer.Stopped.STOPPED, KeptServer.stop(settings));
        assertFalse(KeptServer.status(settings).running());
        assertFalse(Files.exists(path.resolve("data/postmaster.pid")), "it was stopped in order");
        assertFalse(Files.exists(path.resolve("keeper.properties")));
        assertEquals(KeptServer.Stopped.NOT_RUNNING, KeptServer.stop(settings));
    }

    @Test
    void directoryThatCannotBeReachedIsNoMissingOne() throws Exception {
        Path file = Files.createFile(path.resolveSibling("file"));
        EmbeddedPostgresSettings below = EmbeddedPostgresSettings.in(file.resolve("postgresql"));
        SnapshotException refused = assertThrows(SnapshotException.class, () -> KeptServer.status(below));
        assertTrue(refused.getMessage().startsWith("the embedded PostgreSQL cannot be examined"), refused.getMessage());
        assertTrue(Files.isRegularFile(file), "nothing was made");
    }

    @Test
    void stopsByItselfWhenItIsIdle() throws Exception {
        KeptServer.Keeper keeper = KeptServer.start(settings, Duration.ofSeconds(1))
                .status()
                .keeper()
                .orElseThrow();
        await(() -> !KeptServer.status(settings).running());
        await(() -> ProcessHandle.of(keeper.pid()).isEmpty());
        assertFalse(Files.exists(path.resolve("data/postmaster.pid")), "it was stopped in order");
        assertFalse(Files.exists(path.resolve("keeper.properties")));
        assertTrue(KeptServer.status(settings).keeper().isEmpty());
    }

    @Test
    void isNotIdleWhileAProgramUsesIt() throws Exception {
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.open(settings)) {
            // Another process, as this one counts its own uses.
            KeptServer.start(settings, Duration.ofMillis(200));
            long pid = postmaster();
            Thread.sleep(2_000);
            assertTrue(KeptServer.status(settings).keeper().isPresent());
            UserProgram.write(server, "busy", 1);
            assertEquals(pid, postmaster());
        }
        await(() -> !KeptServer.status(settings).running());
    }

    @Test
    void usesThatMeetItsIdleStopGetAServer() throws Exception {
        KeptServer.start(settings, Duration.ofMillis(300));
        for (int i = 0; i < 8; i++) {
            try (EmbeddedPostgresServer server = EmbeddedPostgresServer.open(settings)) {
                UserProgram.write(server, "meeting", 1);
            }
            Thread.sleep(200 + 40L * i);
        }
    }

    @Test
    void ofTwoStartsAtOnceOneMakesTheKeeper() throws Exception {
        Process one = child("one");
        Process two = child("two");
        assertEquals(
                List.of("found", "made"),
                Stream.of(line(one), line(two)).sorted().toList());
        long keeper = KeptServer.status(settings).keeper().orElseThrow().pid();
        // Neither the end of a starter nor its death ends the keeper.
        one.destroyForcibly();
        two.getOutputStream().close();
        assertTrue(one.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertTrue(two.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertEquals(keeper, KeptServer.status(settings).keeper().orElseThrow().pid());
        assertTrue(KeptServer.status(settings).running());
    }

    @Test
    void aStopLeavesTheServerToTheProgramsThatUseIt() throws Exception {
        KeptServer.start(settings, LONG);
        long pid = postmaster();
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.open(settings)) {
            assertEquals(KeptServer.Stopped.IN_USE, KeptServer.stop(settings));
            assertTrue(KeptServer.status(settings).keeper().isEmpty());
            UserProgram.write(server, "left", 1);
            assertEquals(pid, postmaster());
        }
        assertFalse(KeptServer.status(settings).running());
    }

    @Test
    void aKilledKeeperLeavesAServerThatTheNextUseOrStopEnds() throws Exception {
        for (boolean byStop : new boolean[] {true, false}) {
            kill(KeptServer.start(settings, LONG)
                    .status()
                    .keeper()
                    .orElseThrow()
                    .pid());
            await(() -> KeptServer.status(settings).keeper().isEmpty());
            assertTrue(KeptServer.status(settings).running());
            if (byStop) {
                assertEquals(KeptServer.Stopped.STOPPED, KeptServer.stop(settings));
            } else {
                EmbeddedPostgresServer.open(settings).close();
            }
            assertFalse(KeptServer.status(settings).running());
        }
        assertTrue(KeptServer.start(settings, LONG).started(), "the file of the killed keeper is void");
    }

    @Test
    void aKilledServerIsStartedByTheNextUseAndKept() throws Exception {
        KeptServer.start(settings, LONG);
        long killed = postmaster();
        kill(killed);
        await(() -> !KeptServer.status(settings).running());
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.open(settings)) {
            UserProgram.write(server, "killed", 1);
        }
        assertNotEquals(killed, postmaster());
        assertTrue(KeptServer.status(settings).keeper().isPresent());
        assertEquals(KeptServer.Stopped.STOPPED, KeptServer.stop(settings));
    }

    @Test
    void theKeeperOfAnotherBuildIsEndedByTheNextUse() throws Exception {
        KeptServer.start(settings, LONG);
        long earlier = postmaster();
        Path file = path.resolve("keeper.properties");
        Files.writeString(file, Files.readString(file).replaceFirst("build=.*", "build=of another day"));
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.open(settings)) {
            assertNotEquals(earlier, postmaster());
            assertTrue(KeptServer.status(settings).keeper().isEmpty());
            UserProgram.write(server, "upgraded", 1);
        }
        assertFalse(KeptServer.status(settings).running());
    }

    @Test
    void aFileWithoutItsKeeperMeansNothing() throws Exception {
        EmbeddedPostgresServer.open(settings).close();
        Process foreign = child("idle", "idle");
        Path file = path.resolve("keeper.properties");
        Files.writeString(file, "pid=" + foreign.pid() + "\nsince=1\nidle-millis=1\nbuild=x\ntoken=x\n");
        assertTrue(KeptServer.status(settings).keeper().isEmpty());
        assertEquals(KeptServer.Stopped.NOT_RUNNING, KeptServer.stop(settings));
        EmbeddedPostgresServer.open(settings).close();
        assertTrue(foreign.isAlive());
        Files.writeString(file, "pid=");
        assertTrue(KeptServer.start(settings, LONG).started());
    }

    @Test
    void theProbeOfAnotherProgramIsNoKeeper() throws Exception {
        EmbeddedPostgresServer.open(settings).close();
        Process prober = child("prober", "SHARED");
        assertEquals("made", line(prober));
        Path file = path.resolve("keeper.properties");
        Files.writeString(file, "pid=" + prober.pid() + "\nsince=1\nidle-millis=1\nbuild=x\ntoken=x\n");
        assertTrue(KeptServer.status(settings).keeper().isEmpty());
        assertEquals(KeptServer.Stopped.NOT_RUNNING, KeptServer.stop(settings));
        assertFalse(Files.exists(file), "a description without its keeper is deleted");
        EmbeddedPostgresServer.open(settings).close();
        assertTrue(prober.isAlive());
    }

    @Test
    void aProcessThatHasTheKeepersNumberIsNotEnded() throws Exception {
        EmbeddedPostgresServer.open(settings).close();
        Process holder = child("holder", "EXCLUSIVE");
        assertEquals("made", line(holder));
        Process foreign = child("foreign", "idle");
        long started = foreign.info().startInstant().orElseThrow().toEpochMilli();
        Path file = path.resolve("keeper.properties");
        String described = "pid=%d\nstarted=%d\nsince=1\nidle-millis=1\nbuild=x\ntoken=x\n";
        Files.writeString(file, described.formatted(foreign.pid(), started - 60_000));
        SnapshotException error = assertThrows(SnapshotException.class, () -> KeptServer.stop(impatient()));
        assertEquals(SnapshotException.Kind.UNAVAILABLE, error.kind());
        assertTrue(foreign.isAlive());
        assertTrue(holder.isAlive());
        long holderStarted = holder.info().startInstant().orElseThrow().toEpochMilli();
        Files.writeString(file, described.formatted(holder.pid(), holderStarted));
        assertEquals(KeptServer.Stopped.STOPPED, KeptServer.stop(settings));
        assertTrue(holder.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertTrue(foreign.isAlive());
    }

    @Test
    void aStopWaitsForTheDescriptionOfAKeeperThatStarts() throws Exception {
        EmbeddedPostgresServer.open(settings).close();
        Process starting = child("starting", "EXCLUSIVE");
        assertEquals("made", line(starting));
        SnapshotException error = assertThrows(SnapshotException.class, () -> KeptServer.stop(impatient()));
        assertEquals(SnapshotException.Kind.UNAVAILABLE, error.kind());
        assertTrue(error.getMessage().contains("keeper.lock"), error.getMessage());
        CompletableFuture<KeptServer.Stopped> stop = CompletableFuture.supplyAsync(() -> KeptServer.stop(settings));
        Thread.sleep(500);
        assertFalse(stop.isDone());
        directory()
                .write(
                        path.resolve("keeper.properties"),
                        "pid=" + starting.pid() + "\nsince=1\nidle-millis=1\nbuild=x\ntoken=x\n");
        assertEquals(KeptServer.Stopped.STOPPED, stop.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertTrue(starting.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void isTheOwnersAlone() throws Exception {
        assumeTrue(OwnerOnly.isKnownTo(path), "this system has no POSIX permissions");
        KeptServer.start(settings, LONG);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        for (String file : new TreeSet<>(
                List.of("password", "keeper.lock", "keeper.log", "keeper.properties", "last-use", "users.lock"))) {
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(path.resolve(file))),
                    file);
        }
        assertFalse(Files.readString(path.resolve("keeper.properties"))
                .contains(Files.readString(path.resolve("password")).strip()));
    }

    @Test
    void nothingIsMadeForAServerThatNeverRan() {
        EmbeddedPostgresSettings none = EmbeddedPostgresSettings.in(shared.resolve("none"));
        assertFalse(KeptServer.status(none).running());
        assertEquals(KeptServer.Stopped.NOT_RUNNING, KeptServer.stop(none));
        assertFalse(Files.exists(none.directory()));
    }

    @Test
    void refusesAnIdleTimeThatIsNotPositive() {
        SnapshotException error =
                assertThrows(SnapshotException.class, () -> KeptServer.start(settings, Duration.ZERO));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
    }

    private EmbeddedPostgresSettings impatient() {
        return new EmbeddedPostgresSettings(
                path, EmbeddedPostgresSettings.ANY_PORT, Duration.ofMillis(500), Duration.ofMillis(500));
    }

    private ServerDirectory directory() throws IOException {
        return new ServerDirectory(path.toRealPath());
    }

    private long postmaster() throws IOException {
        return Postmaster.find(directory()).orElseThrow().pid();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - begin < PATIENCE.toNanos(), "it does not happen");
            Thread.sleep(50);
        }
    }

    /** A keeper or a server that this test started. */
    private static void kill(long pid) {
        assertTrue(ProcessHandle.of(pid).orElseThrow().destroyForcibly());
    }

    private Process child(String name) throws IOException {
        return child(name, "keep");
    }

    private Process child(String name, String mode) throws IOException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        UserProgram.class.getName(),
                        path.toString(),
                        name,
                        mode)
                .redirectErrorStream(true)
                .start();
        children.add(child);
        return child;
    }

    private static String line(Process child) throws IOException {
        BufferedReader reader = child.inputReader(StandardCharsets.UTF_8);
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.equals("made") || line.equals("found")) {
                return line;
            }
        }
        throw new AssertionError("the program ended without an answer");
    }
}
