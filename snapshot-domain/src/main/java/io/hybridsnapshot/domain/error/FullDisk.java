package io.hybridsnapshot.domain.error;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Recognises a full disk by the operating system's message, and words the error of a file that cannot be written.
 * Stateless.
 */
public final class FullDisk {
    /** ENOSPC and EDQUOT on Linux and macOS, ERROR_DISK_FULL on Windows. */
    private static final List<String> TEXTS =
            List.of("No space left on device", "Disk quota exceeded", "not enough space on the disk");

    /** The texts are translated on some systems, so the space itself is asked for too. */
    private static final long NOTHING = 4096;

    private FullDisk() {}

    /**
     * Checks whether a text states that a disk or a quota is full. The text is a message of the operating system or
     * quotes one.
     */
    public static boolean isIn(@Nullable String text) {
        return text != null && TEXTS.stream().anyMatch(text::contains);
    }

    /**
     * Checks whether a full disk caused a failure to write.
     *
     * @param path the file or directory that was written to; it need not exist
     */
    public static boolean isCauseOf(Throwable cause, Path path) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (isIn(at.getMessage())) {
                return true;
            }
        }
        return usableBytes(path) < NOTHING;
    }

    /**
     * Returns how many bytes this user can write on the disk of a path; as good as infinite where the system does not
     * tell.
     */
    public static long usableBytes(Path path) {
        Path existing = path.toAbsolutePath();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            return existing == null || isSpecial(existing)
                    ? Long.MAX_VALUE
                    : Files.getFileStore(existing).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    /** A device's name lies on a file system of its own, which gives no information about the device. */
    private static boolean isSpecial(Path path) {
        return !Files.isDirectory(path) && !Files.isRegularFile(path);
    }

    /**
     * Starts the error of a file or directory that cannot be written: UNAVAILABLE, with the path, the cause and the
     * next step.
     *
     * @param problem the failure, without the reason
     * @param path the file or directory
     */
    public static SnapshotException.Builder unwritable(String problem, Path path, IOException cause) {
        if (!isCauseOf(cause, path)) {
            return SnapshotException.unavailable(problem)
                    .where(path.toString())
                    .actual(cause)
                    .nextStep("check the directory, its permissions and the free space")
                    .cause(cause);
        }
        return SnapshotException.unavailable(problem + ": the disk is full")
                .where(path.toString())
                .actual(cause)
                .nextStep("free space on the disk of {0}, then {1}", directory(path), CommonRemedy.REPEAT)
                .cause(cause);
    }

    private static Path directory(Path path) {
        Path absolute = path.toAbsolutePath();
        return Files.isDirectory(absolute)
                ? absolute
                : Optional.ofNullable(absolute.getParent()).orElse(absolute);
    }
}
