package io.hybridsnapshot.postgres.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.TransferListener;
import io.hybridsnapshot.domain.codec.WrittenFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The thread that reads a file ahead: each of its failures reaches the sender, which would wait for ever otherwise. */
@Timeout(30)
class FileContentTest {
    private static final int READABLE = 300_000;

    private boolean closed;

    /** A failure to throw, of whatever kind. */
    @FunctionalInterface
    private interface Failure {
        IOException thrown() throws IOException;
    }

    /** Bytes that end with a failure. */
    private InputStream failing(Failure failure) {
        InputStream start = new ByteArrayInputStream(Submissions.bytes(1, READABLE));
        return new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int read = start.read(target, offset, length);
                if (read < 0) {
                    throw failure.thrown();
                }
                return read;
            }

            @Override
            public void close() {
                closed = true;
            }
        };
    }

    private static WrittenFile file(byte[] bytes) {
        return new WrittenFile(
                Path.of("orders.parquet"),
                10,
                bytes.length,
                bytes.length,
                Submissions.hex("MD5", bytes),
                Submissions.hex("SHA-256", bytes));
    }

    private IOException failureOf(Failure failure) {
        try (FileContent content =
                new FileContent(file(Submissions.bytes(1, READABLE * 2)), failing(failure), TransferListener.NONE)) {
            IOException first = assertThrows(IOException.class, content::readAllBytes);
            // A driver may read again before it gives up.
            assertThrows(IOException.class, content::read);
            return first;
        } finally {
            assertTrue(closed);
        }
    }

    @Test
    void allBytesArriveAndHaveTheDigests() throws IOException {
        byte[] bytes = Submissions.bytes(2, 3_000_000);
        List<Long> sent = new ArrayList<>();
        try (FileContent content = new FileContent(file(bytes), new ByteArrayInputStream(bytes), sent::add)) {
            assertArrayEquals(bytes, content.readAllBytes());
            content.requireDigests();
        }
        assertTrue(sent.size() > 3, "once for each piece: " + sent);
        assertEquals(sent.stream().sorted().toList(), sent);
        assertEquals(bytes.length, sent.get(sent.size() - 1));
    }

    @Test
    void anIoErrorOfTheReadingThreadReachesTheSender() {
        IOException gone = new IOException("gone");
        assertSame(gone, failureOf(() -> gone));
    }

    @Test
    void anExceptionOfTheReadingThreadReachesTheSender() {
        IllegalStateException broken = new IllegalStateException("broken");
        assertSame(
                broken,
                failureOf(() -> {
                            throw broken;
                        })
                        .getCause());
    }

    @Test
    void anErrorOfTheReadingThreadReachesTheSender() {
        OutOfMemoryError full = new OutOfMemoryError("Java heap space");
        IOException failure = failureOf(() -> {
            throw full;
        });
        assertSame(full, failure.getCause());
        assertEquals(
                "the thread that reads the file ended: java.lang.OutOfMemoryError: Java heap space",
                failure.getMessage());
    }
}
