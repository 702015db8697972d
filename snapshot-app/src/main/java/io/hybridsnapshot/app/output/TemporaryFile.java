package io.hybridsnapshot.app.output;

import io.hybridsnapshot.engine.pass.TemporaryDirectory;
import java.nio.file.Path;

/**
 * A file for the time of a command, in a directory that its owner alone can read. Closing deletes it, as do Ctrl-C and
 * SIGTERM. That of a killed process is deleted by recovery, and by the next command that works in the same work
 * directory. One thread.
 */
public final class TemporaryFile implements AutoCloseable {
    private final TemporaryDirectory directory;
    private final Path path;

    private TemporaryFile(TemporaryDirectory directory, Path path) {
        this.directory = directory;
        this.path = path;
    }

    /**
     * Makes the directory of a file. The file itself is made by its writer.
     *
     * @param workDirectory the command's work directory, which is made too where it is missing
     * @throws io.hybridsnapshot.domain.error.SnapshotException UNAVAILABLE if it cannot be made
     */
    public static TemporaryFile in(Path workDirectory) {
        TemporaryDirectory directory = TemporaryDirectory.inWorkDirectory(workDirectory);
        return new TemporaryFile(directory, PartFiles.use(directory.path().resolve("rows")));
    }

    /** Returns the file. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        PartFiles.discard(path);
        directory.close();
    }
}
