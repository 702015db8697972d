package io.hybridsnapshot.engine.internal.sorting;

import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What all files that sorting spills to have in common. Stateless. */
final class SpillFiles {
    private SpillFiles() {}

    /** Deletes a file. One that cannot be deleted now is deleted when the JVM ends. */
    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }

    /** Returns UNAVAILABLE: a file cannot be read. */
    static SnapshotException unreadable(Path file, IOException cause) {
        return SnapshotException.unavailable("a temporary file cannot be read")
                .where(file.toString())
                .actual(cause)
                .nextStep("check the disk and {0}", CommonRemedy.REPEAT)
                .cause(cause)
                .build();
    }
}
