package io.hybridsnapshot.app.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The files that a call reads, so no output may replace them: sources, the configuration file, key files. Immutable.
 */
public final class ProtectedFiles {
    /** No files. */
    public static final ProtectedFiles NONE = new ProtectedFiles(Map.of());

    private final Map<Path, String> files;

    private ProtectedFiles(Map<Path, String> files) {
        this.files = files;
    }

    /**
     * These files and one more.
     *
     * @param role the role of the file, for messages: {@code the configuration file}
     */
    public ProtectedFiles with(Path file, String role) {
        Map<Path, String> more = new LinkedHashMap<>(files);
        more.putIfAbsent(file.toAbsolutePath(), Objects.requireNonNull(role, "role"));
        return new ProtectedFiles(more);
    }

    /** The role of the protected file that this path leads to, by any name, symbolic link or hard link. */
    Optional<String> roleOf(Path path) {
        return files.entrySet().stream()
                .filter(file -> isSame(file.getKey(), path))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            // One of them does not exist, so they are the same only if they have the same name.
            return one.normalize().equals(other.toAbsolutePath().normalize());
        }
    }
}
