package io.hybridsnapshot.engine.pass;

import io.hybridsnapshot.engine.internal.pass.Scratch;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A directory for temporary files in a place that several processes and users share, such as that of the system. Its
 * owner alone can read it. Closing deletes it. Making one also deletes the directories of the same name's start that
 * killed processes of this user left a minute ago or longer. For one thread; closing may be repeated.
 */
public final class TemporaryDirectory implements AutoCloseable {
    private final Scratch scratch;

    private TemporaryDirectory(Scratch scratch) {
        this.scratch = scratch;
    }

    /**
     * Makes a directory.
     *
     * @param parent the place, which is made too where it is missing
     * @param prefix the start of the directory's name; another program MUST NOT use it
     * @throws IOException if the directory cannot be made
     */
    public static TemporaryDirectory in(Path parent, String prefix) throws IOException {
        return new TemporaryDirectory(Scratch.inShared(parent, prefix));
    }

    /**
     * Makes a directory in the work directory of an environment. Recovery and the next work there also delete the
     * directories that killed processes left a minute ago or longer.
     *
     * @param workDirectory the work directory, which is made too where it is missing
     * @throws io.hybridsnapshot.domain.error.SnapshotException UNAVAILABLE if the directory cannot be made
     */
    public static TemporaryDirectory inWorkDirectory(Path workDirectory) {
        return new TemporaryDirectory(Scratch.in(workDirectory));
    }

    /** Returns the directory. It holds a file named {@code lock}, which stays. */
    public Path path() {
        return scratch.directory();
    }

    /**
     * Deletes the directory with all its content.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException UNAVAILABLE if it cannot be deleted
     */
    @Override
    public void close() {
        scratch.close();
    }
}
