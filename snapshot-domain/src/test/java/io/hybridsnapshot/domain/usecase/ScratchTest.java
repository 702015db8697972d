package io.hybridsnapshot.domain.usecase;

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

    /** What is old and locked by nobody goes, by whichever of them comes first. */
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

    private List<Path> left() throws IOException {
        try (Stream<Path> entries = Files.list(work)) {
            return entries.toList();
        }
    }
}
