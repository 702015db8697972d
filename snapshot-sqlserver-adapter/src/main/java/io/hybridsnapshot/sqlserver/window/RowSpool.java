package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Identities and hashes that were read from a server and have not been handed on yet: a few in memory, more in a
 * temporary file that the closing removes. So neither a lock nor a version of rows outlives the reading. Filled, then
 * read once; one thread; the opener closes it.
 */
final class RowSpool implements KeyedRowStream {
    private static final int ROW_BYTES = (2 + KeyedHashes.HASH_WORDS) * Long.BYTES;

    private final ByteBuffer buffer = ByteBuffer.allocate(ROW_BYTES * 16 * BATCH_ROWS);
    private FileChannel file;
    private Path path;
    private boolean isRead;

    /** Adds rows; all have an identity. */
    void add(KeyedHashes rows) {
        for (int row = 0; row < rows.size(); row++) {
            if (buffer.remaining() < ROW_BYTES) {
                spill();
            }
            buffer.putLong(rows.identityHigh(row)).putLong(rows.identityLow(row));
            for (int word = 0; word < KeyedHashes.HASH_WORDS; word++) {
                buffer.putLong(rows.hashWord(row, word));
            }
        }
    }

    /** Forgets all rows. */
    void clear() {
        buffer.clear();
        if (file != null) {
            try {
                file.truncate(0);
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }

    private void spill() {
        try {
            if (file == null) {
                path = Files.createTempFile("hybrid-snapshots-", ".rows");
                file = FileChannel.open(
                        path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            }
            buffer.flip();
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
            buffer.clear();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public Optional<KeyedHashes> next() {
        try {
            if (!isRead) {
                isRead = true;
                startReading();
            }
            return KeyedRowStream.batch(this::append);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void startReading() throws IOException {
        if (file == null) {
            buffer.flip();
        } else {
            spill();
            file.position(0);
            buffer.limit(0);
        }
    }

    private boolean append(KeyedHashes batch) throws IOException {
        if (!buffer.hasRemaining() && !refill()) {
            return false;
        }
        batch.append(
                buffer.getLong(),
                buffer.getLong(),
                buffer.getLong(),
                buffer.getLong(),
                buffer.getLong(),
                buffer.getLong());
        return true;
    }

    private boolean refill() throws IOException {
        if (file == null) {
            return false;
        }
        buffer.clear();
        // The buffer holds whole rows, and so does the file.
        while (buffer.hasRemaining() && file.read(buffer) >= 0) {
            // Until it is full or the file ends.
        }
        buffer.flip();
        return buffer.hasRemaining();
    }

    private SnapshotException failed(IOException cause) {
        return SnapshotException.unavailable("rows of a snapshot cannot be kept on this machine's disk")
                .where(path == null ? "directory " + System.getProperty("java.io.tmpdir") : path.toString())
                .actual(String.valueOf(cause.getMessage()))
                .expected("room for 48 bytes a row")
                .nextStep("free space there, or set another directory for temporary files (java.io.tmpdir)")
                .cause(cause)
                .build();
    }

    @Override
    public void close() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // The file is the system's to remove; its rows are of no further use.
            }
        }
    }
}
