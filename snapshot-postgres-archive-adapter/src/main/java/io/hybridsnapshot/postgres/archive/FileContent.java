package io.hybridsnapshot.postgres.archive;

import io.hybridsnapshot.domain.archive.TransferListener;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A file's bytes on their way to the server. A thread of its own reads the file and computes the digests, at most
 * {@value #PIECES_AHEAD} pieces ahead of the sender; the sender gets the very bytes that were digested. Any failure of
 * that thread reaches the sender as an IOException, which a driver can handle in the middle of a message. Read once, in
 * one thread; the opener closes the stream, which ends the thread.
 */
final class FileContent extends InputStream {
    private static final int PIECE_BYTES = 256 << 10;
    private static final int PIECES_AHEAD = 4;
    private static final long POLL_MILLIS = 50;

    private final WrittenFile file;
    private final TransferListener listener;
    private final MessageDigest sha256 = Sha256.digest();
    private final MessageDigest md5 = md5();
    private final BlockingQueue<Piece> ahead = new ArrayBlockingQueue<>(PIECES_AHEAD);
    private final Thread reader;
    private Piece piece = new Piece(new byte[0], 0);
    /** Why the thread ended before the end of the file. Set without an allocation: memory may be what is short. */
    private volatile @Nullable Throwable failure;

    private int taken;
    private boolean ended;
    private long sent;

    /**
     * Some bytes of the file.
     *
     * @param length 0: the file ends here
     */
    private record Piece(byte[] bytes, int length) {}

    /**
     * Takes the bytes of the file from a stream, which the reading thread closes.
     *
     * @param listener receives the bytes that the sender has taken, once for each piece
     */
    FileContent(WrittenFile file, InputStream in, TransferListener listener) {
        this.file = file;
        this.listener = listener;
        this.reader = new Thread(() -> readAhead(in), "archive digests");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Opens a file.
     *
     * @throws SnapshotException INVALID_REQUEST if the file does not exist, CORRUPT if it has another size, UNAVAILABLE
     *     if it cannot be read
     */
    static FileContent open(WrittenFile file, TransferListener listener) {
        requireSize(file);
        try {
            return new FileContent(file, file.openBytes(), listener);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private void readAhead(InputStream in) {
        try (in) {
            Piece read;
            do {
                read = next(in);
                ahead.put(read);
            } while (read.length > 0);
        } catch (Throwable e) {
            // A sender that waits finds it. A sender that has closed this stream takes no piece any more.
            failure = e;
        }
    }

    private Piece next(InputStream in) throws IOException {
        byte[] bytes = new byte[PIECE_BYTES];
        int length = in.readNBytes(bytes, 0, PIECE_BYTES);
        sha256.update(bytes, 0, length);
        md5.update(bytes, 0, length);
        return new Piece(bytes, length);
    }

    /**
     * Checks that a file exists and has its size.
     *
     * @throws SnapshotException as {@link #open}
     */
    static void requireSize(WrittenFile file) {
        if (!Files.isRegularFile(file.file())) {
            throw SnapshotException.invalidRequest("the file to be archived is not there")
                    .where(file.file().toString())
                    .build();
        }
        try {
            long size = Files.size(file.file());
            if (size != file.localSize()) {
                throw SnapshotException.corrupt("the file to be archived has changed since it was written")
                        .where(file.file().toString())
                        .actual(size + " bytes")
                        .expected(file.localSize() + " bytes")
                        .nextStep("take the snapshot again")
                        .build();
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (taken == piece.length && !take()) {
            return -1;
        }
        int count = Math.min(length, piece.length - taken);
        System.arraycopy(piece.bytes, taken, target, offset, count);
        taken += count;
        sent += count;
        return count;
    }

    /** Waits for the next piece. Returns whether there is one. */
    private boolean take() throws IOException {
        if (ended) {
            return false;
        }
        listener.sent(sent);
        try {
            piece = nextPiece();
            taken = 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the file was read");
        }
        ended = piece.length == 0;
        return !ended;
    }

    /** Waits for a piece as long as the reading thread lives. */
    private Piece nextPiece() throws IOException, InterruptedException {
        while (true) {
            boolean reading = reader.isAlive();
            Piece next = ahead.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
            if (next != null) {
                return next;
            }
            if (!reading) {
                Throwable cause = failure;
                throw cause instanceof IOException unreadable
                        ? unreadable
                        : new IOException("the thread that reads the file ended: " + cause, cause);
            }
        }
    }

    /** Ends the reading thread and closes the file. */
    @Override
    public void close() {
        reader.interrupt();
        boolean interrupted = false;
        while (reader.isAlive()) {
            try {
                reader.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Compares the sent bytes with the digests that the writer of the file reported.
     *
     * @throws SnapshotException CORRUPT if they differ
     */
    void requireDigests() throws IOException {
        // Bytes that nothing has sent count as well. At the end, the reading thread no longer uses the digests.
        skip(Long.MAX_VALUE);
        requireSame("bytes", Long.toString(sent), Long.toString(file.size()));
        requireSame("SHA-256", HexFormat.of().formatHex(sha256.digest()), file.sha256());
        requireSame("MD5", HexFormat.of().formatHex(md5.digest()), file.md5());
    }

    /**
     * Compares the digest of the sent chunks with the recorded one.
     *
     * @throws SnapshotException CORRUPT if they differ: the file was changed in between
     */
    void requireChunks(String sent, String recorded) {
        requireSame("SHA-256 of its chunks", sent, recorded);
    }

    private void requireSame(String what, String actual, String expected) {
        if (!actual.equals(expected)) {
            throw SnapshotException.corrupt("the file to be archived has changed since it was written")
                    .where(file.file().toString())
                    .actual(what + " " + actual)
                    .expected(expected)
                    .nextStep("take the snapshot again")
                    .build();
        }
    }

    static SnapshotException unreadable(WrittenFile file, IOException cause) {
        return SnapshotException.unavailable("the file to be archived cannot be read")
                .where(file.file().toString())
                .actual(cause)
                .nextStep("check the disk")
                .cause(cause)
                .build();
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no MD5", e);
        }
    }
}
