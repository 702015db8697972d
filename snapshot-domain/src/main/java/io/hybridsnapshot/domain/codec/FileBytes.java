package io.hybridsnapshot.domain.codec;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The bytes of a local file, or of its beginning. The caller that opened them closes them. One thread at a time. */
public final class FileBytes implements SeekableBytes {
    private final Path file;
    private final String description;
    private final FileChannel channel;
    private final long length;

    private FileBytes(Path file, String description, FileChannel channel, long length) {
        this.file = file;
        this.description = description;
        this.channel = channel;
        this.length = length;
    }

    /**
     * Opens a file.
     *
     * @throws SnapshotException INVALID_REQUEST if there is no such file, UNAVAILABLE if it cannot be read
     */
    public static FileBytes open(Path file) {
        return open(file, file.toString());
    }

    /**
     * Opens a file that is a temporary copy. Messages name the original instead of the file.
     *
     * @param original names the original: {@code archive 12}
     * @throws SnapshotException as {@link #open} does
     */
    public static FileBytes openCopy(Path file, String original) {
        return open(file, original);
    }

    /**
     * Opens a file of rows, without the trailer that the local file may have.
     *
     * @throws SnapshotException INVALID_REQUEST if there is no such file, CORRUPT if it has another size than was
     *     written, UNAVAILABLE if it cannot be read
     */
    public static FileBytes open(WrittenFile file) {
        FileBytes whole = open(file.file(), file.file().toString());
        if (whole.length != file.localSize()) {
            whole.close();
            throw SnapshotException.corrupt("the file has changed since it was written")
                    .where(file.file().toString())
                    .actual(whole.length + " bytes")
                    .expected(file.localSize() + " bytes")
                    .nextStep("take the snapshot again")
                    .build();
        }
        return new FileBytes(file.file(), whole.description, whole.channel, file.size());
    }

    private static FileBytes open(Path file, String description) {
        if (!Files.isRegularFile(file)) {
            throw SnapshotException.invalidRequest("no such file")
                    .where(file.toString())
                    .nextStep("check the path")
                    .build();
        }
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            return new FileBytes(file, description, channel, channel.size());
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public void read(long position, byte[] target, int offset, int count) {
        if (position + count > length) {
            throw endsEarly(position + count);
        }
        ByteBuffer buffer = ByteBuffer.wrap(target, offset, count);
        try {
            while (buffer.hasRemaining()) {
                int read = channel.read(buffer, position + count - buffer.remaining());
                if (read < 0) {
                    throw endsEarly(position + count);
                }
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private SnapshotException endsEarly(long end) {
        return SnapshotException.corrupt("the file ends too early")
                .where(description)
                .actual(length + " bytes")
                .expected("at least " + end)
                .build();
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static SnapshotException unreadable(Path file, IOException cause) {
        return SnapshotException.unavailable("the file cannot be read")
                .where(file.toString())
                .actual(cause)
                .nextStep("check its permissions and the disk")
                .cause(cause)
                .build();
    }
}
