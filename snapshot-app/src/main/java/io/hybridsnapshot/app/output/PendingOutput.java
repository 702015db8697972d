package io.hybridsnapshot.app.output;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Optional;

/**
 * An output being written, by {@link #stream} or by {@link #file}. It is complete after {@link #finish}. A regular file
 * gets its name atomically, forced to the disk, and replaces an existing file of that name. Closing it before leaves no
 * file. Bytes written to a device, a FIFO or stdout cannot be taken back. For one thread; the opener closes the output.
 */
public final class PendingOutput implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    /** Who may read a regular file. */
    enum Access {
        /** Those who may read the replaced file; a new file has the permissions of the process's new files. */
        ORDINARY,
        /** Those who may read the replaced file; a new file is its owner's alone. */
        OWNER_IF_NEW,
        /** The owner alone, whatever file is replaced. */
        OWNER
    }

    /** Opens a destination that is written through. */
    @FunctionalInterface
    interface Destination {
        OutputStream open() throws IOException;
    }

    private final Path named;
    private final Optional<Path> target;
    private final Optional<Destination> destination;
    private final Access access;
    private Optional<Path> first = Optional.empty();
    private Optional<Path> part = Optional.empty();
    private Optional<Counted> stream = Optional.empty();
    private Optional<Long> size = Optional.empty();

    private PendingOutput(Path named, Optional<Path> target, Optional<Destination> destination, Access access) {
        this.access = access;
        this.named = named;
        this.target = target;
        this.destination = destination;
    }

    static PendingOutput replacing(Path named, Path target, Access access) {
        return new PendingOutput(named, Optional.of(target), Optional.empty(), access);
    }

    static PendingOutput to(Path named, Destination destination) {
        return new PendingOutput(named, Optional.empty(), Optional.of(destination), Access.ORDINARY);
    }

    /** The output's name for messages. */
    public String name() {
        return named.toString();
    }

    /**
     * The stream to write to, the same at each call. Closing it ends the bytes, not the output.
     *
     * @throws SnapshotException UNAVAILABLE if it cannot be opened
     */
    public OutputStream stream() {
        if (stream.isEmpty()) {
            try {
                OutputStream opened = destination.isPresent()
                        ? destination.get().open()
                        : Files.newOutputStream(newPart(), StandardOpenOption.WRITE);
                stream = Optional.of(new Counted(new BufferedOutputStream(opened, BUFFER)));
            } catch (IOException e) {
                throw OutputFile.unwritable(named, e);
            }
        }
        return stream.get();
    }

    /**
     * An empty file to fill instead of the stream, for writers that need a file. If the output is written through, the
     * file is read again afterwards.
     *
     * @throws SnapshotException UNAVAILABLE if it cannot be created
     */
    public Path file() {
        if (part.isEmpty()) {
            try {
                newPart();
            } catch (IOException e) {
                throw OutputFile.unwritable(named, e);
            }
        }
        return part.orElseThrow();
    }

    /**
     * Another empty file, which takes the place of {@link #file}, for work from one file to another. The first file is
     * deleted at the end.
     *
     * @throws SnapshotException UNAVAILABLE if it cannot be created
     */
    public Path second() {
        first = part;
        part = Optional.empty();
        return file();
    }

    private Path newPart() throws IOException {
        if (target.isEmpty()) {
            part = Optional.of(PartFiles.temporary());
            return part.get();
        }
        Path made = PartFiles.beside(target.get());
        part = Optional.of(made);
        Files.createFile(made, rights(target.get()));
        return made;
    }

    private FileAttribute<?>[] rights(Path file) throws IOException {
        if (keepsRights(file)) {
            return FileRights.forReplacementOf(file);
        }
        return access == Access.ORDINARY ? new FileAttribute<?>[0] : FileRights.ofOwnerOnly(file);
    }

    private boolean keepsRights(Path file) {
        return access != Access.OWNER && Files.exists(file);
    }

    /**
     * Writes all bytes, a regular file's to the disk. A regular file does not have its name yet, so a file of that name
     * is still as it was. May be repeated.
     *
     * @throws SnapshotException UNAVAILABLE if it cannot be written
     */
    public void complete() {
        if (size.isPresent()) {
            return;
        }
        try {
            size = Optional.of(target.isEmpty() ? written() : forced());
        } catch (IOException e) {
            throw OutputFile.unwritable(named, e);
        }
    }

    private long forced() throws IOException {
        if (stream.isPresent()) {
            stream.get().close();
        }
        Path whole = file();
        try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        return Files.size(whole);
    }

    /**
     * Ends the output. The output is complete when this method returns.
     *
     * @return the number of bytes
     * @throws SnapshotException UNAVAILABLE if it cannot be written; an existing file is then unchanged
     */
    public long finish() {
        complete();
        if (target.isEmpty()) {
            return size.orElseThrow();
        }
        try {
            Path whole = file();
            if (keepsRights(target.get())) {
                FileRights.copy(target.get(), whole);
            }
            Files.move(whole, target.get(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            PartFiles.release(whole);
            part = Optional.empty();
            forceDirectory(target.get());
            return size.orElseThrow();
        } catch (IOException e) {
            throw OutputFile.unwritable(named, e);
        }
    }

    private long written() throws IOException {
        if (part.isPresent()) {
            Files.copy(part.get(), stream());
        }
        stream();
        stream.orElseThrow().close();
        return stream.orElseThrow().bytes;
    }

    /** A renamed file is on the disk only when its directory is. */
    private static void forceDirectory(Path file) {
        try (FileChannel entries = FileChannel.open(file.getParent())) {
            entries.force(true);
        } catch (IOException e) {
            // Windows opens no directory, and its file systems keep entries in a journal of their own.
            return;
        }
    }

    /** Deletes an unfinished output. */
    @Override
    public void close() {
        try {
            if (stream.isPresent()) {
                stream.get().close();
            }
        } catch (IOException e) {
            // The error that led here is more important, and the closed file is deleted.
            return;
        } finally {
            first.ifPresent(PartFiles::discard);
            part.ifPresent(PartFiles::discard);
            first = Optional.empty();
            part = Optional.empty();
        }
    }

    /** Counts the bytes; closing twice does no harm. */
    private static final class Counted extends FilterOutputStream {
        private long bytes;
        private boolean closed;

        Counted(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
            bytes++;
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            out.write(buffer, offset, length);
            bytes += length;
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                super.close();
            }
        }
    }
}
