package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.batch.Wtf8;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Finds the cells that differ in runs of rows of two batches, a column at a time. Two cells differ exactly if their
 * fields in the row encoding differ under the hash spec. Stored values decide wherever they can: equal values of one
 * type have equal fields. Only where unequal values may have equal fields (a rule, a floating-point zero, two types)
 * are the fields encoded and compared. A hot path: arrays, no object a cell. Not thread-safe.
 */
public final class BatchComparison {
    /** Cells that are compared as one range of bytes before they are compared one by one. */
    private static final int STRETCH = 32;

    /** What the stored values of a column say about its fields. */
    private enum Reach {
        /** Fields are equal exactly if the values are. */
        VALUES,
        /** Fields are equal if the values are; if the values differ, the fields decide. */
        EQUAL_VALUES,
        /** The fields decide. */
        FIELDS
    }

    private final List<String> columns;
    private final Optional<CellComparison> fields;
    private final int[] beforeColumns;
    private final int[] afterColumns;
    private final Reach[] reach;
    private final boolean[] texts;
    private RowBatch before;
    private RowBatch after;
    private boolean encodesBefore;
    private boolean encodesAfter;

    private BatchComparison(
            Schema before, Schema after, HashSpec spec, List<String> columns, Optional<CellComparison> fields) {
        this.columns = columns;
        this.fields = fields;
        this.before = new RowBatch(before, RowBatch.vectorsFor(before, 1));
        this.after = new RowBatch(after, RowBatch.vectorsFor(after, 1));
        this.beforeColumns = columns.stream().mapToInt(before::indexOf).toArray();
        this.afterColumns = columns.stream().mapToInt(after::indexOf).toArray();
        this.reach =
                columns.stream().map(name -> reach(before, after, spec, name)).toArray(Reach[]::new);
        this.texts = new boolean[columns.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = before.column(beforeColumns[i]).type().kind() == TypeKind.TEXT;
        }
    }

    /** Returns a comparison of the columns that both schemas have and the spec covers, in the later schema's order. */
    public static BatchComparison of(Schema before, Schema after, HashSpec spec) {
        CellComparison fields = CellComparison.of(before, after, spec);
        return new BatchComparison(before, after, spec, fields.columns(), Optional.of(fields));
    }

    /**
     * Returns a comparison of key columns, if their stored values alone decide whether two keys are one identity.
     *
     * @return empty if a rule applies to a key column, or its types differ, or it holds floating-point numbers
     */
    public static Optional<BatchComparison> ofKeys(
            Schema before, Schema after, HashSpec spec, Collection<String> keyColumns) {
        BatchComparison keys = new BatchComparison(before, after, spec, List.copyOf(keyColumns), Optional.empty());
        return Arrays.stream(keys.reach).allMatch(column -> column == Reach.VALUES)
                ? Optional.of(keys)
                : Optional.empty();
    }

    private static Reach reach(Schema before, Schema after, HashSpec spec, String name) {
        ColumnType left = before.column(before.indexOf(name)).type();
        ColumnType right = after.column(after.indexOf(name)).type();
        if (areStoredInOneForm(before, after, spec, name)) {
            return left.kind().isFloat() ? Reach.EQUAL_VALUES : Reach.VALUES;
        }
        return left.equals(right) ? Reach.EQUAL_VALUES : Reach.FIELDS;
    }

    /**
     * Checks whether stored values of a column decide which of its fields are equal, apart from the several forms of
     * zero, NaN and texts that are not well-formed.
     */
    static boolean areStoredInOneForm(Schema before, Schema after, HashSpec spec, String name) {
        boolean plain = spec.rulesOf(name).equals(ColumnRules.NONE)
                && !spec.commonForms().containsKey(name);
        return plain
                && isOneForm(
                        before.column(before.indexOf(name)).type(),
                        after.column(after.indexOf(name)).type());
    }

    /** Checks whether the vectors of two types hold equal values in the same words. */
    private static boolean isOneForm(ColumnType left, ColumnType right) {
        if (left.kind().isInteger() && right.kind().isInteger()) {
            return true;
        }
        return left.kind() == right.kind()
                && (left.kind() != TypeKind.DECIMAL
                        || left.scale() == right.scale() && left.isWideDecimal() == right.isWideDecimal());
    }

    /** Returns the columns that are compared. */
    public List<String> columns() {
        return columns;
    }

    /** Takes two batches, each of its side's schema. */
    public void read(RowBatch earlier, RowBatch later) {
        encodesBefore &= before == earlier;
        encodesAfter &= after == later;
        before = earlier;
        after = later;
    }

    /**
     * Finds the rows of a run that differ in one of {@link #columns()}.
     *
     * @param beforeFrom the first row of the run in the earlier batch
     * @param afterFrom the first row of the run in the later batch
     * @param count the rows of the run
     * @param rows receives the positions in the run, from 0, in ascending order; at least {@code count} long
     * @return how many rows differ
     */
    public int differing(int column, int beforeFrom, int afterFrom, int count, int[] rows) {
        if (reach[column] == Reach.FIELDS) {
            int found = 0;
            for (int i = 0; i < count; i++) {
                rows[found] = i;
                found += fieldsDiffer(column, beforeFrom + i, afterFrom + i) ? 1 : 0;
            }
            return found;
        }
        ColumnVector left = before.vector(beforeColumns[column]);
        ColumnVector right = after.vector(afterColumns[column]);
        int found = unequal(left, right, texts[column], beforeFrom, afterFrom, count, rows);
        if (reach[column] == Reach.VALUES) {
            return found;
        }
        int kept = 0;
        for (int i = 0; i < found; i++) {
            int row = rows[i];
            rows[kept] = row;
            kept += fieldsDiffer(column, beforeFrom + row, afterFrom + row) ? 1 : 0;
        }
        return kept;
    }

    private boolean fieldsDiffer(int column, int beforeRow, int afterRow) {
        CellComparison cells = fields.orElseThrow();
        if (!encodesBefore) {
            cells.readBefore(before);
            encodesBefore = true;
        }
        if (!encodesAfter) {
            cells.readAfter(after);
            encodesAfter = true;
        }
        return cells.differs(column, beforeRow, afterRow);
    }

    private static int unequal(
            ColumnVector left, ColumnVector right, boolean text, int a, int b, int count, int[] rows) {
        if (left.nullCount() == left.size() && right.nullCount() == right.size()) {
            return 0;
        }
        if (left instanceof LongVector longs) {
            return unequalLongs(longs, (LongVector) right, a, b, count, rows);
        }
        if (left instanceof BytesVector bytes) {
            return unequalBytes(bytes, (BytesVector) right, text, a, b, count, rows);
        }
        if (left instanceof TimestampVector times) {
            return unequalTimes(times, (TimestampVector) right, a, b, count, rows);
        }
        if (left instanceof DoubleVector doubles) {
            return unequalDoubles(doubles, (DoubleVector) right, a, b, count, rows);
        }
        if (left instanceof DecimalVector decimals) {
            return unequalDecimals(decimals, (DecimalVector) right, a, b, count, rows);
        }
        if (left instanceof UuidVector uuids) {
            return unequalUuids(uuids, (UuidVector) right, a, b, count, rows);
        }
        if (left instanceof BooleanVector booleans) {
            return unequalBooleans(booleans, (BooleanVector) right, a, b, count, rows);
        }
        throw new IllegalArgumentException(
                "no comparison of a " + left.getClass().getSimpleName());
    }

    private static int unequalLongs(LongVector left, LongVector right, int a, int b, int count, int[] rows) {
        long[] lefts = left.values();
        long[] rights = right.values();
        int found = 0;
        if (left.nullCount() == 0 && right.nullCount() == 0) {
            for (int i = 0; i < count; i++) {
                int step = Arrays.mismatch(lefts, a + i, a + count, rights, b + i, b + count);
                if (step < 0) {
                    break;
                }
                i += step;
                rows[found++] = i;
            }
            return found;
        }
        for (int i = 0; i < count; i++) {
            rows[found] = i;
            found += lefts[a + i] != rights[b + i] || left.isNull(a + i) != right.isNull(b + i) ? 1 : 0;
        }
        return found;
    }

    private static int unequalDoubles(DoubleVector left, DoubleVector right, int a, int b, int count, int[] rows) {
        double[] lefts = left.values();
        double[] rights = right.values();
        int found = 0;
        for (int i = 0; i < count; i++) {
            rows[found] = i;
            boolean same = Double.doubleToRawLongBits(lefts[a + i]) == Double.doubleToRawLongBits(rights[b + i]);
            found += !same || left.isNull(a + i) != right.isNull(b + i) ? 1 : 0;
        }
        return found;
    }

    private static int unequalTimes(TimestampVector left, TimestampVector right, int a, int b, int count, int[] rows) {
        int found = 0;
        for (int i = 0; i < count; i++) {
            rows[found] = i;
            boolean same = left.epochSecond(a + i) == right.epochSecond(b + i)
                    && left.nanoOfSecond(a + i) == right.nanoOfSecond(b + i);
            found += !same || left.isNull(a + i) != right.isNull(b + i) ? 1 : 0;
        }
        return found;
    }

    private static int unequalDecimals(DecimalVector left, DecimalVector right, int a, int b, int count, int[] rows) {
        int found = 0;
        for (int i = 0; i < count; i++) {
            rows[found] = i;
            boolean same = left.low(a + i) == right.low(b + i) && left.high(a + i) == right.high(b + i);
            found += !same || left.isNull(a + i) != right.isNull(b + i) ? 1 : 0;
        }
        return found;
    }

    private static int unequalUuids(UuidVector left, UuidVector right, int a, int b, int count, int[] rows) {
        int found = 0;
        for (int i = 0; i < count; i++) {
            rows[found] = i;
            boolean same = left.low(a + i) == right.low(b + i) && left.high(a + i) == right.high(b + i);
            found += !same || left.isNull(a + i) != right.isNull(b + i) ? 1 : 0;
        }
        return found;
    }

    private static int unequalBooleans(BooleanVector left, BooleanVector right, int a, int b, int count, int[] rows) {
        int found = 0;
        for (int i = 0; i < count; i++) {
            rows[found] = i;
            boolean same = left.get(a + i) == right.get(b + i);
            found += !same || left.isNull(a + i) != right.isNull(b + i) ? 1 : 0;
        }
        return found;
    }

    private static int unequalBytes(
            BytesVector left, BytesVector right, boolean text, int a, int b, int count, int[] rows) {
        int found = 0;
        boolean nulls = left.nullCount() > 0 || right.nullCount() > 0;
        for (int from = 0; from < count; from += STRETCH) {
            int to = Math.min(count, from + STRETCH);
            if (!nulls && isOneStretch(left, right, a + from, b + from, to - from)) {
                continue;
            }
            for (int i = from; i < to; i++) {
                rows[found] = i;
                boolean same = isOneValue(left, right, a + i, b + i) || text && isOneText(left, right, a + i, b + i);
                found += !same || left.isNull(a + i) != right.isNull(b + i) ? 1 : 0;
            }
        }
        return found;
    }

    /** Checks whether some neighbouring cells are the same bytes with the same ends. */
    private static boolean isOneStretch(BytesVector left, BytesVector right, int a, int b, int count) {
        int leftStart = left.start(a);
        int rightStart = right.start(b);
        int shift = rightStart - leftStart;
        boolean ends = true;
        for (int i = 0; i < count; i++) {
            ends &= right.end(b + i) - left.end(a + i) == shift;
        }
        return ends
                && Arrays.equals(
                        left.data(),
                        leftStart,
                        left.end(a + count - 1),
                        right.data(),
                        rightStart,
                        right.end(b + count - 1));
    }

    private static boolean isOneValue(BytesVector left, BytesVector right, int a, int b) {
        return Arrays.equals(left.data(), left.start(a), left.end(a), right.data(), right.start(b), right.end(b));
    }

    /** Checks whether two texts of different bytes are one: a text that is not well-formed may have several forms. */
    private static boolean isOneText(BytesVector left, BytesVector right, int a, int b) {
        return !Wtf8.isWellFormed(left.data(), left.start(a), left.length(a))
                && !Wtf8.isWellFormed(right.data(), right.start(b), right.length(b))
                && left.text(a).equals(right.text(b));
    }
}
