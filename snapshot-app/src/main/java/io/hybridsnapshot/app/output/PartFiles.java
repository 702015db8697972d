package io.hybridsnapshot.app.output;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Names temporary files that end in {@code .part}, and deletes those in use when the process is stopped by Ctrl-C or
 * SIGTERM. The list is static because the process has one shutdown. Thread-safe.
 */
final class PartFiles {
    private static final String DIRECTORY = "snapshot-output-";
    private static final int LONGEST_NAME = 200;
    private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

    static {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> IN_USE.forEach(PartFiles::delete), "part-files"));
        } catch (IllegalStateException e) {
            // The process is being stopped already and ends before the command could leave a file.
            IN_USE.clear();
        }
    }

    private PartFiles() {}

    /** A name for a hidden temporary file beside the target, in use until it is released. The file is not made. */
    static Path beside(Path target) {
        String name = target.getFileName().toString();
        boolean fits = name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
        return use(target.resolveSibling("." + (fits ? name + "." : "") + UUID.randomUUID() + ".part"));
    }

    /**
     * A new empty file where the system keeps temporary files, in a directory readable by its owner alone. The file is
     * in use until it is discarded.
     */
    static Path temporary() throws IOException {
        return use(Files.createFile(Files.createTempDirectory(DIRECTORY).resolve("output.part")));
    }

    /** Deletes a file when the process is stopped, until it is released or discarded. */
    static Path use(Path file) {
        Path absolute = file.toAbsolutePath();
        IN_USE.add(absolute);
        return absolute;
    }

    /** Ends the use of a file that has got its final name. */
    static void release(Path file) {
        IN_USE.remove(file);
    }

    /** Deletes a file and ends its use. */
    static void discard(Path file) {
        delete(file);
        IN_USE.remove(file);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
            // A download of an archive passes through a file of this name.
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".partial"));
            if (file.getParent().getFileName() != null
                    && file.getParent().getFileName().toString().startsWith(DIRECTORY)
                    && file.endsWith("output.part")) {
                Files.deleteIfExists(file.getParent());
            }
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }
}
