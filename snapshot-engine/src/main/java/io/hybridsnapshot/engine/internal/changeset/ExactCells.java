package io.hybridsnapshot.engine.internal.changeset;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import java.util.Arrays;

/**
 * Compares cells of one type by their values, bit by bit: zeros of different signs and different NaN differ. Stateless.
 */
final class ExactCells {
    private ExactCells() {}

    /** Checks whether two cells of vectors of one class are the same. */
    static boolean same(ColumnVector left, int leftRow, ColumnVector right, int rightRow) {
        if (left.isNull(leftRow) || right.isNull(rightRow)) {
            return left.isNull(leftRow) == right.isNull(rightRow);
        }
        if (left instanceof LongVector one) {
            return one.get(leftRow) == ((LongVector) right).get(rightRow);
        }
        if (left instanceof BytesVector one) {
            BytesVector other = (BytesVector) right;
            return Arrays.equals(
                    one.data(),
                    one.start(leftRow),
                    one.end(leftRow),
                    other.data(),
                    other.start(rightRow),
                    other.end(rightRow));
        }
        if (left instanceof DecimalVector one) {
            DecimalVector other = (DecimalVector) right;
            return one.low(leftRow) == other.low(rightRow) && one.high(leftRow) == other.high(rightRow);
        }
        if (left instanceof DoubleVector one) {
            return Double.doubleToRawLongBits(one.get(leftRow))
                    == Double.doubleToRawLongBits(((DoubleVector) right).get(rightRow));
        }
        if (left instanceof TimestampVector one) {
            TimestampVector other = (TimestampVector) right;
            return one.epochSecond(leftRow) == other.epochSecond(rightRow)
                    && one.nanoOfSecond(leftRow) == other.nanoOfSecond(rightRow);
        }
        if (left instanceof UuidVector one) {
            UuidVector other = (UuidVector) right;
            return one.low(leftRow) == other.low(rightRow) && one.high(leftRow) == other.high(rightRow);
        }
        return ((BooleanVector) left).get(leftRow) == ((BooleanVector) right).get(rightRow);
    }
}
