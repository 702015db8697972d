package io.hybridsnapshot.domain.batch;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.List;
import java.util.Optional;

/**
 * The limit for the texts and bytes of one row. A whole row is in memory several times while it is read, hashed and
 * written. The limit therefore follows from the heap, so that a saved row can be read back with the same heap.
 * Stateless.
 */
public final class RowSize {
    private static final int SHARE_OF_HEAP = 32;
    private static final long LEAST = 1L << 20;
    private static final long GREATEST = 512L << 20;

    /** The limit in bytes: a thirty-second of the heap, at least 1 MiB and at most 512 MiB. */
    public static final long MOST_BYTES =
            Math.max(LEAST, Math.min(GREATEST, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP));

    private RowSize() {}

    /**
     * Returns the error about a row with more than {@link #MOST_BYTES} of texts and bytes; empty for any other row.
     *
     * @param row the row's position in the vectors
     * @param where names the row for the user
     */
    public static Optional<SnapshotException> refusal(
            Schema schema, List<? extends ColumnVector> vectors, int row, String where) {
        long bytes = 0;
        int longest = 0;
        int column = 0;
        for (int i = 0; i < vectors.size(); i++) {
            if (vectors.get(i) instanceof BytesVector texts) {
                int length = texts.length(row);
                bytes += length;
                if (length > longest) {
                    longest = length;
                    column = i;
                }
            }
        }
        return bytes > MOST_BYTES
                ? Optional.of(
                        tooLarge(where + ", column '" + schema.column(column).name() + "'", bytes))
                : Optional.empty();
    }

    /** Makes the error about a row of this size; {@code where} names the row and its longest column. */
    public static SnapshotException tooLarge(String where, long bytes) {
        return SnapshotException.invalidRequest("a row is too large")
                .where(where)
                .actual(bytes + " bytes of texts and binaries")
                .expected("at most " + MOST_BYTES + " bytes, a thirty-second of the heap")
                .nextStep("leave the column out, or give the program a larger heap")
                .build();
    }
}
