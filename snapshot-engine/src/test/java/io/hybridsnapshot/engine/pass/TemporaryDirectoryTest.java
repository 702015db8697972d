package io.hybridsnapshot.engine.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.engine.internal.pass.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TemporaryDirectoryTest {
    private static final String PREFIX = "snapshot-files-";

    @TempDir
    Path parent;

    @Test
    void closingDeletesTheDirectoryAndMayBeRepeated() throws IOException {
        TemporaryDirectory directory = TemporaryDirectory.in(parent.resolve("new"), PREFIX);
        Files.createDirectories(directory.path().resolve("a/b"));
        Files.writeString(directory.path().resolve("a/b/file"), "1");
        directory.close();
        assertFalse(Files.exists(directory.path()));
        directory.close();
    }

    @Test
    void remnantsOfKilledProcessesAreDeletedAndNothingElse() throws IOException {
        Path killed = remnant(PREFIX + "killed", Duration.ofMinutes(5));
        Path young = remnant(PREFIX + "young", Duration.ZERO);
        Path other = remnant("another-program", Duration.ofMinutes(5));
        Path file = Files.writeString(parent.resolve(PREFIX + "file"), "1");
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        try (TemporaryDirectory mine = TemporaryDirectory.in(parent, PREFIX)) {
            try (TemporaryDirectory second = TemporaryDirectory.in(parent, PREFIX)) {
                assertTrue(Files.exists(mine.path()));
                assertTrue(Files.exists(second.path()));
            }
            assertFalse(Files.exists(killed));
            assertTrue(Files.exists(young));
            assertTrue(Files.exists(other.resolve("rows")));
            assertTrue(Files.exists(file));
        }
    }

    @Test
    void aDirectoryOfAWorkDirectoryIsOneThatRecoverySweeps() throws IOException {
        Path killed;
        try (TemporaryDirectory mine = TemporaryDirectory.inWorkDirectory(parent)) {
            killed = remnant(mine.path().getFileName().toString().replaceAll("-.*", "-killed"), Duration.ofMinutes(5));
            Scratch.sweepAbandoned(parent);
            assertTrue(Files.exists(mine.path()));
        }
        assertFalse(Files.exists(killed));
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aLinkIsNotFollowed() throws IOException {
        Path target = Files.createDirectory(parent.resolve("target"));
        Files.writeString(target.resolve("precious"), "1");
        Files.setLastModifiedTime(target, FileTime.from(Instant.EPOCH));
        Files.createSymbolicLink(parent.resolve(PREFIX + "link"), target);
        Path killed = remnant(PREFIX + "killed", Duration.ofMinutes(5));
        Files.createSymbolicLink(killed.resolve("inner"), target);
        Files.setLastModifiedTime(killed, FileTime.from(Instant.EPOCH));
        TemporaryDirectory.in(parent, PREFIX).close();
        assertFalse(Files.exists(killed));
        assertEquals("1", Files.readString(target.resolve("precious")));
    }

    private Path remnant(String name, Duration age) throws IOException {
        Path directory = Files.createDirectory(parent.resolve(name));
        Files.createFile(directory.resolve("lock"));
        Files.writeString(directory.resolve("rows"), "1");
        Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minus(age)));
        return directory;
    }
}
