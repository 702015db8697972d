package io.hybridsnapshot.encryption;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets the inner codec write a plain file beside the target, and encrypts the finished file into the target. After
 * finishing or closing, the plain file is gone in every case. For one thread.
 */
final class EncryptingSnapshotWriter implements SnapshotWriter {
    private static final int BUFFER_BYTES = 1 << 18;

    private final Path file;
    private final Path plain;
    private final ArchiveKey key;
    private final FileChannel target;
    private final SnapshotWriter inner;
    private boolean finished;
    private boolean closed;

    private EncryptingSnapshotWriter(Path file, Path plain, ArchiveKey key, FileChannel target, SnapshotWriter inner) {
        this.file = file;
        this.plain = plain;
        this.key = key;
        this.target = target;
        this.inner = inner;
    }

    static EncryptingSnapshotWriter open(
            SnapshotCodec codec, Path file, Schema schema, Map<String, String> metadata, ArchiveKey key) {
        Path directory = directory(file);
        Path plain = null;
        FileChannel target = null;
        try {
            // Readable by its owner alone, if the file system has owners.
            plain = Files.createTempFile(directory, "." + file.getFileName() + ".", ".plain");
            SnapshotWriter inner = codec.openWriter(plain, schema, metadata);
            try {
                target = FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
            } finally {
                if (target == null) {
                    inner.close();
                }
            }
            return new EncryptingSnapshotWriter(file, plain, key, target, inner);
        } catch (IOException e) {
            throw unwritable(file, e);
        } finally {
            if (target == null && plain != null) {
                delete(plain);
            }
        }
    }

    @Override
    public void append(RowBatch batch) {
        inner.append(batch);
    }

    @Override
    public WrittenFile finish() {
        WrittenFile written = inner.finish();
        DigestedOutput digested = new DigestedOutput(target);
        try {
            byte[] header = new FileHeader(key.id()).bytes();
            digested.write(header, 0, header.length);
            try (OutputStream out =
                    key.cipher().newEncryptingStream(new BufferedOutputStream(digested, BUFFER_BYTES), header)) {
                Files.copy(plain, out);
            }
            forceDirectory();
        } catch (IOException e) {
            throw unwritable(file, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime cannot encrypt with AES-GCM", e);
        }
        inner.close();
        delete(plain);
        finished = true;
        return new WrittenFile(
                file,
                written.rowCount(),
                digested.size(),
                written.uncompressedSize(),
                digested.md5(),
                digested.sha256());
    }

    /** A new file is lost in a power failure while its directory's entry is not on the disk. */
    private void forceDirectory() {
        try (FileChannel entries = FileChannel.open(directory(file))) {
            entries.force(true);
        } catch (IOException e) {
            // Windows opens no directory; its file systems keep entries in a journal of their own.
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            inner.close();
        } finally {
            delete(plain);
            discard();
        }
    }

    private void discard() {
        try {
            target.close();
        } catch (IOException e) {
            throw unwritable(file, e);
        }
        // A device given as the target must not be deleted.
        if (!finished && Files.isRegularFile(file)) {
            delete(file);
        }
    }

    private static @Nullable Path directory(Path file) {
        return file.toAbsolutePath().getParent();
    }

    private static void delete(Path unwanted) {
        try {
            Files.deleteIfExists(unwanted);
        } catch (IOException e) {
            throw SnapshotException.unavailable(
                            "an unfinished file cannot be deleted, and its content may not be encrypted")
                    .where(unwanted.toString())
                    .actual(e)
                    .nextStep("delete it")
                    .cause(e)
                    .build();
        }
    }

    private static SnapshotException unwritable(Path file, IOException cause) {
        return FullDisk.unwritable("the encrypted file cannot be written", file, cause)
                .build();
    }
}
