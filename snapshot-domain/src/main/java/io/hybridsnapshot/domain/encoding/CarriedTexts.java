package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.Sha256;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;

/**
 * Digests of the texts that rows carry, to compare a window's copies with the cells that they were made of. Equal
 * digests mean equal texts in every column; NULL differs from the empty text. NUL and lone surrogates count as U+FFFD,
 * which a store that cannot hold them puts in their place. A hot path: one SHA-256 a row, buffers are reused. Not
 * thread-safe.
 */
public final class CarriedTexts {
    private static final byte NULL = 0;
    private static final byte TEXT = 1;
    private static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};

    private final int[] positions;
    private final ColumnType[] types;
    private final MessageDigest digest = Sha256.digest();
    private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
    private byte[] text = new byte[256];

    /**
     * Makes digests of some columns, in their order.
     *
     * @param schema the columns of the batches
     * @param columns names of them
     */
    public CarriedTexts(Schema schema, List<String> columns) {
        this.positions = columns.stream().mapToInt(schema::indexOf).toArray();
        this.types = columns.stream()
                .map(column -> schema.column(schema.indexOf(column)).type())
                .toArray(ColumnType[]::new);
    }

    /** Appends a row: the identity given, and the digest of the row's texts in the place of its hash. */
    public void append(KeyedHashes rows, long identityHigh, long identityLow, RowBatch batch, int row) {
        for (int i = 0; i < positions.length; i++) {
            update(types[i], batch.vector(positions[i]), row);
        }
        ByteBuffer words = ByteBuffer.wrap(digest.digest());
        rows.append(identityHigh, identityLow, words.getLong(), words.getLong(), words.getLong(), words.getLong());
    }

    private void update(ColumnType type, ColumnVector vector, int row) {
        if (vector.isNull(row)) {
            digest.update(NULL);
            return;
        }
        int most = CellText.maxBytes(type, vector, row);
        if (most > text.length) {
            text = new byte[Math.max(most, (int) Math.min(2L * text.length, Integer.MAX_VALUE - 8))];
        }
        int end = CellText.write(type, vector, row, text, 0);
        int nuls = type.kind() == TypeKind.TEXT ? nuls(end) : 0;
        digest.update(TEXT);
        digest.update(length.putInt(0, end + (REPLACEMENT.length - 1) * nuls).array());
        int from = 0;
        for (int i = 0; nuls > 0 && i < end; i++) {
            if (text[i] == 0) {
                digest.update(text, from, i - from);
                digest.update(REPLACEMENT);
                from = i + 1;
            }
        }
        digest.update(text, from, end - from);
    }

    private int nuls(int end) {
        int nuls = 0;
        for (int i = 0; i < end; i++) {
            nuls += text[i] == 0 ? 1 : 0;
        }
        return nuls;
    }
}
