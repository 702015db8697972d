package io.hybridsnapshot.app.output;

import io.hybridsnapshot.domain.error.FullDisk;
import java.io.IOException;
import java.nio.file.Path;

/**
 * An empty file where the system keeps temporary files, in a directory that its owner alone can read. Closing deletes
 * it, as do Ctrl-C and SIGTERM. One thread.
 */
public final class TemporaryFile implements AutoCloseable {
    private final Path path;

    private TemporaryFile(Path path) {
        this.path = path;
    }

    /**
     * Makes a file.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException UNAVAILABLE if it cannot be made
     */
    public static TemporaryFile make() {
        try {
            return new TemporaryFile(PartFiles.temporary());
        } catch (IOException e) {
            throw FullDisk.unwritable("no temporary file can be made", Path.of(System.getProperty("java.io.tmpdir")), e)
                    .build();
        }
    }

    /** Returns the file. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        PartFiles.discard(path);
    }
}
