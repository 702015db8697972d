package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the columns in which two rows differ. The comparison uses the encoding of the row hashes, so the same rules
 * apply, and types that hash alike (INT and BIGINT) are equal. Not thread-safe.
 */
public final class CellComparison {
    private final List<String> columns;
    private final RowEncoder before;
    private final RowEncoder after;
    private final int[] beforeFields;
    private final int[] afterFields;

    private CellComparison(List<String> columns, RowEncoder before, RowEncoder after) {
        this.columns = columns;
        this.before = before;
        this.after = after;
        this.beforeFields = columns.stream().mapToInt(before::fieldOf).toArray();
        this.afterFields = columns.stream().mapToInt(after::fieldOf).toArray();
    }

    /** Returns a comparison of the columns that both schemas have and the spec covers, in the later schema's order. */
    public static CellComparison of(Schema before, Schema after, HashSpec spec) {
        List<String> columns = after.names().stream()
                .filter(name -> before.find(name).isPresent() && spec.covers(name))
                .toList();
        return new CellComparison(columns, RowEncoder.ofRows(before, spec), RowEncoder.ofRows(after, spec));
    }

    /** Returns the columns that are compared. */
    public List<String> columns() {
        return columns;
    }

    /** Takes the batch with the earlier rows. */
    public void readBefore(RowBatch batch) {
        before.read(batch);
    }

    /** Takes the batch with the later rows. */
    public void readAfter(RowBatch batch) {
        after.read(batch);
    }

    /** Checks whether the two rows, each of the batch read last on its side, differ in one of {@link #columns()}. */
    public boolean differs(int column, int beforeRow, int afterRow) {
        boolean hasBefore = before.encodeField(beforeFields[column], beforeRow);
        boolean hasAfter = after.encodeField(afterFields[column], afterRow);
        if (!hasBefore || !hasAfter) {
            return hasBefore != hasAfter;
        }
        return !Arrays.equals(
                before.buffer(),
                before.start(),
                before.start() + before.length(),
                after.buffer(),
                after.start(),
                after.start() + after.length());
    }
}
