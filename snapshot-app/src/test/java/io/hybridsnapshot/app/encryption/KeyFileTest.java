package io.hybridsnapshot.app.encryption;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    @TempDir
    private Path directory;

    @Test
    void whoeverReadTheFileReadsItAfterAKeyWasAdded() throws IOException {
        FileStore store = Files.getFileStore(directory);
        assumeTrue(store.supportsFileAttributeView(PosixFileAttributeView.class), "no POSIX permissions here");
        Path file = directory.resolve("keys");
        KeyFile.create(file);
        assertEquals("rw-------", permissions(file));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        KeyFile.addKey(file);
        assertEquals("rw-r-----", permissions(file));
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
