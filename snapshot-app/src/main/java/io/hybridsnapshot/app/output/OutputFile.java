package io.hybridsnapshot.app.output;

import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;

/**
 * The target of a command's output. A regular file appears complete under its name. A device, FIFO or open file
 * descriptor is written through, as is stdout ({@code -}). Symbolic links are followed. Checking changes nothing.
 * Immutable.
 */
public final class OutputFile {
    /** The name of stdout. */
    public static final String STDOUT = "-";

    private static final int MOST_LINKS = 40;

    /** How the bytes get there. */
    private enum Way {
        STDOUT,
        THROUGH,
        REPLACE
    }

    private final Path named;
    private final Path target;
    private final Way way;
    private final Optional<Replacement> keepingRights;

    private OutputFile(Path named, Path target, Way way) {
        this(named, target, way, Optional.empty());
    }

    private OutputFile(Path named, Path target, Way way, Optional<Replacement> keepingRights) {
        this.keepingRights = keepingRights;
        this.named = Objects.requireNonNull(named, "named");
        this.target = Objects.requireNonNull(target, "target");
        this.way = Objects.requireNonNull(way, "way");
    }

    /**
     * Checks an output before the work begins.
     *
     * @param directory the base of a relative path
     * @param named the file as the user named it
     * @param replacement which existing regular file may be replaced
     * @param inputs the files that no output may replace
     * @throws SnapshotException INVALID_REQUEST if the path is a directory, its directory is missing, it is one of the
     *     inputs, or it exists and may not be replaced; UNAVAILABLE if permissions forbid it
     */
    public static OutputFile check(Path directory, Path named, Replacement replacement, ProtectedFiles inputs) {
        if (named.toString().equals(STDOUT)) {
            return new OutputFile(named, named, Way.STDOUT);
        }
        Path path = directory.resolve(named).toAbsolutePath();
        try {
            if (Files.isDirectory(path)) {
                throw SnapshotException.invalidRequest("the path is a directory")
                        .where(named.toString())
                        .expected("a file")
                        .build();
            }
            Link link = Link.last(path);
            Optional<BasicFileAttributes> existing = attributes(path);
            if (link.isDescriptor()) {
                return new OutputFile(named, path, link.isStdout() ? Way.STDOUT : Way.THROUGH);
            }
            requireNoInput(named, path, inputs);
            if (existing.isPresent() && !existing.get().isRegularFile()) {
                return new OutputFile(named, path, Way.THROUGH);
            }
            if (existing.isPresent()) {
                requireReplaceable(named, link.path(), replacement);
            }
            return new OutputFile(named, link.path(), Way.REPLACE);
        } catch (IOException e) {
            throw unwritable(named, e);
        }
    }

    private static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * The end of a chain of symbolic links.
     *
     * @param path the path, its directories resolved; it need not exist
     * @param isDescriptor whether the chain leads to an open file of a process, which has no replaceable name
     */
    private record Link(Path path, boolean isDescriptor) {
        static Link last(Path start) throws IOException {
            Path at = start;
            for (int links = 0; links <= MOST_LINKS; links++) {
                Path directory = realDirectory(at);
                at = directory.resolve(at.getFileName());
                if (directory.startsWith("/proc") || directory.equals(Path.of("/dev/fd"))) {
                    return new Link(at, true);
                }
                if (!Files.isSymbolicLink(at)) {
                    return new Link(at, false);
                }
                at = directory.resolve(Files.readSymbolicLink(at));
            }
            throw SnapshotException.invalidRequest("the output's symbolic links lead to themselves")
                    .where(start.toString())
                    .expected("a link that ends at a file")
                    .nextStep("correct the link, or name another file")
                    .build();
        }

        private static Path realDirectory(Path path) throws IOException {
            Path directory = Optional.ofNullable(path.getParent()).orElse(path);
            if (Files.notExists(directory)) {
                throw missingDirectory(directory, path);
            }
            if (!Files.isDirectory(directory)) {
                throw SnapshotException.invalidRequest("the output's directory is no directory")
                        .where(directory.toString())
                        .expected("a directory for " + path.getFileName())
                        .nextStep("correct the path")
                        .build();
            }
            return directory.toRealPath();
        }

        /**
         * Whether the descriptor is this process's stdout. Bytes printed there keep their order relative to these bytes
         * only if both go the same way.
         */
        boolean isStdout() throws IOException {
            return isDescriptor
                    && path.getFileName().toString().equals("1")
                    && (path.startsWith("/dev/fd")
                            || path.getParent().equals(Path.of("/proc/self/fd").toRealPath()));
        }
    }

    private static SnapshotException missingDirectory(Path directory, Path file) {
        return SnapshotException.invalidRequest("the output's directory does not exist")
                .where(directory.toString())
                .expected("a directory for " + file.getFileName())
                .nextStep("make the directory or correct the path")
                .build();
    }

    private static void requireNoInput(Path named, Path path, ProtectedFiles inputs) {
        Optional<String> role = inputs.roleOf(path);
        if (role.isPresent()) {
            throw SnapshotException.invalidRequest("the output would replace " + role.get())
                    .where(named.toString())
                    .expected("a file that the program does not read")
                    .nextStep("name another file")
                    .build();
        }
    }

    private static void requireReplaceable(Path named, Path existing, Replacement replacement) {
        if (!replacement.allows(existing)) {
            throw SnapshotException.invalidRequest("the output would replace an existing file")
                    .where(named.toString())
                    .expected("a new file")
                    .nextStep("name another file, or add --force to replace this one")
                    .build();
        }
        if (!Files.isWritable(existing)) {
            throw SnapshotException.unavailable("the existing file cannot be replaced")
                    .where(named.toString())
                    .actual("a file that is write-protected")
                    .nextStep("check its permissions, or name another file")
                    .build();
        }
    }

    /**
     * Returns the same output, for contents that its owner alone may read.
     *
     * @param keepingRights which replaced file hands its permissions on: one of the same kind of contents
     */
    public OutputFile ownerOnlyUnless(Replacement keepingRights) {
        return new OutputFile(named, target, way, Optional.of(keepingRights));
    }

    /** The file as the user named it. */
    public Path named() {
        return named;
    }

    /** Whether the bytes go to stdout, which then has no room for anything else. */
    public boolean isStdout() {
        return way == Way.STDOUT;
    }

    /** Whether the bytes go to a regular file, which appears complete. */
    public boolean isRegular() {
        return way == Way.REPLACE;
    }

    /** The regular file that is written, symbolic links resolved. */
    public Path target() {
        return target;
    }

    /**
     * Starts to write. The first use of the result opens the target; the caller closes the result.
     *
     * @param stdout the target of {@code -}; stays open
     */
    public PendingOutput open(OutputStream stdout) {
        return switch (way) {
            case STDOUT -> PendingOutput.to(named, () -> new Unclosed(stdout));
            case THROUGH -> PendingOutput.to(named, () -> through(target));
            case REPLACE -> PendingOutput.replacing(named, target, access());
        };
    }

    private PendingOutput.Access access() {
        if (keepingRights.isEmpty()) {
            return PendingOutput.Access.ORDINARY;
        }
        return Files.exists(target) && !keepingRights.get().allows(target)
                ? PendingOutput.Access.OWNER
                : PendingOutput.Access.OWNER_IF_NEW;
    }

    /** Opens an existing target and creates none. A descriptor in append mode keeps appending. */
    private static OutputStream through(Path path) throws IOException {
        return Files.newOutputStream(path, StandardOpenOption.APPEND);
    }

    static SnapshotException unwritable(Path named, IOException cause) {
        return FullDisk.unwritable("the output cannot be written", named, cause).build();
    }

    /** A stream that stays its owner's. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            out.flush();
        }
    }
}
