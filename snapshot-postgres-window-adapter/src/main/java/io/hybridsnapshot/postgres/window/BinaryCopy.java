package io.hybridsnapshot.postgres.window;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.sql.SQLException;
import java.util.Arrays;
import org.postgresql.copy.CopyIn;

/**
 * Rows on their way into a table through {@code COPY … FROM STDIN (FORMAT binary)} (PostgreSQL's manual, COPY, "Binary
 * Format"), written from vectors into one buffer. A hot path: no object per cell. An error of the server surfaces with
 * a later write or at the end. For one thread; either {@link #finish} or {@link #cancel} ends the COPY.
 */
final class BinaryCopy {
    private static final byte[] SIGNATURE = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    private static final int SEND_BYTES = 256 << 10;
    private static final int UUID_BYTES = 16;
    private static final int HASH_DIGITS = 64;

    private final CopyIn copy;
    private byte[] buffer = new byte[2 * SEND_BYTES];
    private int size;

    private BinaryCopy(CopyIn copy) {
        this.copy = copy;
    }

    /** Starts a COPY on the session. The session cannot run other statements until the COPY has ended. */
    static BinaryCopy start(PostgresSession session, String target) throws SQLException {
        BinaryCopy started =
                new BinaryCopy(session.driver().getCopyAPI().copyIn("COPY " + target + " FROM STDIN (FORMAT binary)"));
        System.arraycopy(SIGNATURE, 0, started.buffer, 0, SIGNATURE.length);
        started.size = SIGNATURE.length;
        return started;
    }

    /** Starts a row with this number of fields. */
    void startRow(int fields) throws SQLException {
        if (size >= SEND_BYTES) {
            send();
        }
        reserve(Short.BYTES);
        buffer[size++] = (byte) (fields >> 8);
        buffer[size++] = (byte) fields;
    }

    /** The next field: a UUID. */
    void uuid(long high, long low) {
        reserve(Integer.BYTES + UUID_BYTES);
        putInt(UUID_BYTES);
        putLong(high);
        putLong(low);
    }

    /** The next field: a row's hash as 64 hex digits. */
    void hash(KeyedHashes hashes, int row) {
        reserve(Integer.BYTES + HASH_DIGITS);
        putInt(HASH_DIGITS);
        hashes.writeHex(row, buffer, size);
        size += HASH_DIGITS;
    }

    /** The next field: NULL. */
    void nil() {
        reserve(Integer.BYTES);
        putInt(-1);
    }

    /**
     * The next field: a cell as text, NULL as NULL. PostgreSQL's text holds neither NUL nor lone surrogates. Both
     * become U+FFFD, because this text is only a copy for readers.
     *
     * @return bytes of the text
     */
    int text(ColumnType type, ColumnVector vector, int row) {
        if (vector.isNull(row)) {
            nil();
            return 0;
        }
        reserve(Integer.BYTES + CellText.maxBytes(type, vector, row));
        int start = size + Integer.BYTES;
        int end = CellText.write(type, vector, row, buffer, start);
        if (type.kind() == TypeKind.TEXT) {
            end = replaceNuls(start, end);
        }
        putInt(end - start);
        size = end;
        return end - start;
    }

    private int replaceNuls(int start, int end) {
        int nuls = 0;
        for (int i = start; i < end; i++) {
            if (buffer[i] == 0) {
                nuls++;
            }
        }
        if (nuls == 0) {
            return end;
        }
        reserve(end - size + 2 * nuls);
        int to = end + 2 * nuls;
        int grown = to;
        for (int from = end - 1; from >= start; from--) {
            if (buffer[from] == 0) {
                buffer[--to] = (byte) 0xBD;
                buffer[--to] = (byte) 0xBF;
                buffer[--to] = (byte) 0xEF;
            } else {
                buffer[--to] = buffer[from];
            }
        }
        return grown;
    }

    /** Sends the rest and waits for the server's word. */
    void finish() throws SQLException {
        reserve(Short.BYTES);
        buffer[size++] = (byte) 0xFF;
        buffer[size++] = (byte) 0xFF;
        send();
        copy.endCopy();
    }

    /** Discards the rows sent so far. */
    void cancel() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }

    private void send() throws SQLException {
        copy.writeToCopy(buffer, 0, size);
        size = 0;
    }

    private void reserve(int bytes) {
        if (bytes > buffer.length - size) {
            long wanted = Math.max((long) size + bytes, buffer.length + (long) (buffer.length >> 1));
            buffer = Arrays.copyOf(buffer, (int)
                    Math.min(Integer.MAX_VALUE - 8L, Math.max(wanted, size + (long) bytes)));
        }
    }

    private void putInt(int value) {
        buffer[size++] = (byte) (value >> 24);
        buffer[size++] = (byte) (value >> 16);
        buffer[size++] = (byte) (value >> 8);
        buffer[size++] = (byte) value;
    }

    private void putLong(long value) {
        putInt((int) (value >> 32));
        putInt((int) value);
    }
}
