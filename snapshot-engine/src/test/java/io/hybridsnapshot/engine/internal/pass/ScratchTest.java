package io.hybridsnapshot.engine.internal.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {
    private static final int WORKERS = 4;
    private static final int ROUNDS = 400;

    @TempDir
    Path work;

    /** Each lists the directories of the others, which come and go in between. */
    @Test
    void manyWorkInOneDirectoryAtOnce() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
        try {
            List<Future<Void>> ends = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                Callable<Void> rounds = () -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        try (Scratch scratch = Scratch.in(work)) {
                            Files.writeString(scratch.file("rows"), "1");
                        }
                    }
                    return null;
                };
                ends.add(workers.submit(rounds));
            }
            for (Future<Void> end : ends) {
                end.get();
            }
        } finally {
            workers.shutdownNow();
        }
        assertEquals(List.of(), left());
    }

    /** Old, unlocked directories are deleted by the first process that finds them. */
    @Test
    void manySweepTheSameRemnantsAtOnce() throws Exception {
        for (int remnant = 0; remnant < 200; remnant++) {
            Path directory = Files.createDirectory(work.resolve("scratch-" + remnant));
            if (remnant % 2 == 0) {
                Files.createFile(directory.resolve("lock"));
            }
            Files.writeString(directory.resolve("rows"), "1");
            Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minus(Duration.ofMinutes(5))));
        }
        ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                ends.add(workers.submit(() -> Scratch.sweepAbandoned(work)));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } finally {
            workers.shutdownNow();
        }
        assertEquals(List.of(), left());
    }

    @Test
    void aDirectoryAtWorkIsSweptByNobodyHoweverOld() throws IOException {
        try (Scratch scratch = Scratch.in(work)) {
            Files.setLastModifiedTime(
                    scratch.directory(), FileTime.from(Instant.now().minus(Duration.ofMinutes(5))));
            Scratch.sweepAbandoned(work);
            assertTrue(Files.isDirectory(scratch.directory()));
        }
        assertEquals(List.of(), left());
    }

    @Test
    void aYoungDirectoryWithoutALockIsLeftToItsOwner() throws IOException {
        Path young = Files.createDirectory(work.resolve("scratch-young"));
        Scratch.sweepAbandoned(work);
        assertTrue(Files.isDirectory(young));
        assertFalse(Files.exists(young.resolve("lock")));
    }

    /**
     * POSIX ends a process's locks on a file when the process closes any handle of it. Another process checks whether
     * this happened.
     */
    @Test
    void sweepsOfThisProcessDoNotGiveItsDirectoriesAwayToOthers() throws Exception {
        try (Scratch running = Scratch.in(work)) {
            age(running.directory());
            Path abandoned = Files.createDirectory(work.resolve("scratch-abandoned"));
            age(abandoned);
            Scratch.sweepAbandoned(work);
            Scratch.in(work).close();
            assertFalse(Files.exists(abandoned));
            Path abandonedSince = Files.createDirectory(work.resolve("scratch-abandoned-since"));
            age(abandonedSince);
            age(running.directory());
            sweepInAnotherProcess();
            assertFalse(Files.exists(abandonedSince), "the other process swept");
            assertTrue(Files.isDirectory(running.directory()), "it took a running save's directory");
            Files.writeString(running.file("rows"), "1");
        }
        Path left = Files.createDirectory(work.resolve("scratch-left"));
        Files.createFile(left.resolve("lock"));
        age(left);
        sweepInAnotherProcess();
        assertEquals(List.of(), left());
    }

    private static void age(Path directory) throws IOException {
        Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minus(Duration.ofMinutes(5))));
    }

    private void sweepInAnotherProcess() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Sweeper.class.getName(),
                        work.toString())
                .inheritIO()
                .start();
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        assertEquals(0, process.exitValue());
    }

    /** Another process that recovers. */
    static final class Sweeper {
        private Sweeper() {}

        public static void main(String[] arguments) {
            Scratch.sweepAbandoned(Path.of(arguments[0]));
        }
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> entries = Files.list(work)) {
            return entries.toList();
        }
    }
}
