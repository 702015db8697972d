package io.hybridsnapshot.postgres.archive;

import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;

/**
 * Sends a file's bytes as rows of {@code snapshot_archive_chunk} through one binary COPY. One chunk is in memory at a
 * time.
 */
final class ChunkUpload {
    private static final byte[] SIGNATURE = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    private static final short COLUMNS = 4;
    private static final int HEX_BYTES = 64;

    private ChunkUpload() {}

    /**
     * Sends all of the stream within the session's transaction.
     *
     * @return lower-case hex SHA-256 over the chunks' digests, as they are stored, in order
     */
    static String send(PostgresSession session, long archiveId, InputStream content, int chunkBytes)
            throws SQLException, IOException {
        CopyIn copy = session.driver()
                .getCopyAPI()
                .copyIn("COPY snapshot_archive_chunk (archive_id, chunk_no, sha256, data) FROM STDIN (FORMAT binary)");
        try {
            copy.writeToCopy(SIGNATURE, 0, SIGNATURE.length);
            ChunkDigests digests = new ChunkDigests();
            byte[] chunk = new byte[chunkBytes];
            int number = 0;
            for (int read = content.readNBytes(chunk, 0, chunkBytes);
                    read > 0;
                    read = content.readNBytes(chunk, 0, chunkBytes)) {
                byte[] head = head(archiveId, number++, digests.add(chunk, read), read);
                copy.writeToCopy(head, 0, head.length);
                copy.writeToCopy(chunk, 0, read);
            }
            byte[] end = {(byte) 0xFF, (byte) 0xFF};
            copy.writeToCopy(end, 0, end.length);
            copy.endCopy();
            return digests.ofAll();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private static byte[] head(long archiveId, int number, byte[] hexDigest, int length) {
        ByteBuffer head = ByteBuffer.allocate(Short.BYTES + 5 * Integer.BYTES + Long.BYTES + HEX_BYTES);
        head.putShort(COLUMNS).putInt(Long.BYTES).putLong(archiveId).putInt(Integer.BYTES);
        head.putInt(number).putInt(HEX_BYTES);
        head.put(hexDigest);
        return head.putInt(length).array();
    }
}
