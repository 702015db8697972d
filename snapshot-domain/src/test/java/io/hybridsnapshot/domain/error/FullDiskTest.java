package io.hybridsnapshot.domain.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FullDiskTest {
    @TempDir
    private Path directory;

    @Test
    void namesTheFileTheCauseAndTheDirectoryToFree() {
        Path file = directory.resolve("rows.parquet");
        SnapshotException error = FullDisk.unwritable(
                        "the file cannot be written", file, new IOException("No space left on device"))
                .build();
        assertEquals(Kind.UNAVAILABLE, error.kind());
        assertEquals("the file cannot be written: the disk is full", error.problem());
        assertEquals(file.toString(), error.where().orElseThrow());
        assertEquals("No space left on device", error.actual().orElseThrow());
        assertEquals(
                "free space on the disk of " + directory + ", then repeat the call",
                error.nextStep().orElseThrow());
    }

    @Test
    void aQuotaAndADiskOfWindowsAreFullToo() {
        for (String said : new String[] {"Disk quota exceeded", "There is not enough space on the disk"}) {
            IOException wrapped = new IOException("closing", new FileSystemException("f", null, said));
            assertTrue(FullDisk.isCauseOf(wrapped, directory), said);
        }
    }

    @Test
    void anotherCauseIsNoFullDisk() {
        IOException denied = new AccessDeniedException("f");
        assertFalse(FullDisk.isCauseOf(denied, directory));
        assertFalse(FullDisk.isIn(null));
        SnapshotException error = FullDisk.unwritable("the file cannot be written", directory.resolve("f"), denied)
                .build();
        assertEquals("the file cannot be written", error.problem());
        assertTrue(error.nextStep().orElseThrow().contains("permissions"), error.getMessage());
    }

    @Test
    void recognisesWhatTheSystemSays() {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "skipped: there is no /dev/full");
        IOException refused = assertThrows(IOException.class, () -> {
            try (OutputStream out = Files.newOutputStream(full)) {
                out.write(1);
            }
        });
        assertTrue(FullDisk.isCauseOf(refused, directory), refused.getMessage());
    }

    @Test
    void asksForTheRoomOfPathsThatAreNotThereYet() {
        assertTrue(FullDisk.usableBytes(directory.resolve("a/b/c")) > 0);
        assertTrue(FullDisk.usableBytes(directory.resolve("a/b/c")) < Long.MAX_VALUE);
    }
}
