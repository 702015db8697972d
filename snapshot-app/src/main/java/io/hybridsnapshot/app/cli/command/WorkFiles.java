package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.terminal.Console;
import io.hybridsnapshot.app.cli.terminal.Shutdown;
import io.hybridsnapshot.app.dataset.NamedFile;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.pass.TemporaryDirectory;
import io.hybridsnapshot.parquet.ParquetSettings;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * A directory for a command that uses no store: for sorting, and for copies of what can be read only once. Its owner
 * alone can read it. Closing deletes it. A later command deletes that of a killed one. One thread.
 */
final class WorkFiles implements AutoCloseable {
    private static final Path STDIN = Path.of("-");

    /** Names the directory for temporary files; that of the system if it is not set. */
    private static final String WORK_DIRECTORY = "SNAPSHOT_WORK_DIRECTORY";

    private final TemporaryDirectory temporary;
    private final Path directory;
    private final Thread sweeper;
    private int copies;

    private WorkFiles(TemporaryDirectory temporary) {
        this.temporary = temporary;
        this.directory = temporary.path();
        this.sweeper = new Thread(this::sweep, "work-files");
        Runtime.getRuntime().addShutdownHook(sweeper);
    }

    /** Makes a directory in the work directory of the environment, or where the system keeps temporary files. */
    static WorkFiles make(Console console) {
        String named = console.environment().getOrDefault(WORK_DIRECTORY, "");
        Path parent = named.isBlank()
                ? Path.of(System.getProperty("java.io.tmpdir"))
                : console.directory().resolve(named);
        try {
            return new WorkFiles(TemporaryDirectory.in(parent, "snapshot-files-"));
        } catch (IOException e) {
            throw FullDisk.unwritable("no temporary directory can be made", parent, e)
                    .nextStep("name another directory with " + WORK_DIRECTORY)
                    .build();
        }
    }

    /** The directory. */
    Path directory() {
        return directory;
    }

    /** An environment without stores. */
    SnapshotEnvironment environment() {
        SnapshotCodec codec = new ParquetSnapshotCodec(ParquetSettings.defaults());
        return SnapshotEnvironment.onFirstUse(none("window"), none("archive"), codec, directory);
    }

    private static <T> Supplier<T> none(String store) {
        return () -> {
            throw new IllegalStateException("a command without stores asks for the " + store);
        };
    }

    /** A file that can be read more than once: the file itself, or a copy of standard input or of a pipe. */
    NamedFile repeatable(Path named, Path resolved) {
        boolean stdin = named.equals(STDIN) && !Files.exists(resolved);
        if (!stdin && (Files.isRegularFile(resolved) || Files.isDirectory(resolved) || !Files.exists(resolved))) {
            return NamedFile.of(resolved);
        }
        String shown = stdin ? "standard input" : "pipe " + named;
        copies++;
        Path name = named.getFileName();
        Path copy = directory.resolve("input-" + copies + "-" + (stdin || name == null ? "stdin" : name));
        try (InputStream in = stdin ? System.in : Files.newInputStream(resolved)) {
            Files.copy(in, copy);
            return new NamedFile(copy, shown);
        } catch (IOException e) {
            throw FullDisk.unwritable(shown + " cannot be copied to a temporary file", copy, e)
                    .build();
        }
    }

    @Override
    public void close() {
        temporary.close();
        if (!Shutdown.isUnderWay()) {
            Runtime.getRuntime().removeShutdownHook(sweeper);
        }
    }

    /** Deletes the directory when the program is stopped, if it still can. */
    private void sweep() {
        try {
            temporary.close();
        } catch (SnapshotException e) {
            // The program is ending and can report no error any more.
            return;
        }
    }
}
