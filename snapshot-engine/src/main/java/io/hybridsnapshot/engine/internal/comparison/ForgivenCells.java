package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.engine.comparison.ComparisonRules;
import io.hybridsnapshot.engine.comparison.Tolerance;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * Tells which of the cells that differ the rules of a comparison forgive. Looks at stored values, before the hash
 * rules. Not thread-safe.
 */
final class ForgivenCells {
    private final boolean[] ignored;
    private final Tolerance[] tolerances;
    private final int[] beforeColumns;
    private final int[] afterColumns;

    /** The rules for some columns that both schemas have. */
    ForgivenCells(List<String> columns, Schema before, Schema after, ComparisonRules rules) {
        this.ignored = new boolean[columns.size()];
        this.tolerances = new Tolerance[columns.size()];
        this.beforeColumns = columns.stream().mapToInt(before::indexOf).toArray();
        this.afterColumns = columns.stream().mapToInt(after::indexOf).toArray();
        for (int i = 0; i < ignored.length; i++) {
            ignored[i] = rules.ignored().contains(columns.get(i));
            tolerances[i] = rules.tolerances().get(columns.get(i));
        }
    }

    /** Checks whether two cells of a column, which are known to differ, count as equal. */
    boolean forgives(int column, RowBatch before, int beforeRow, RowBatch after, int afterRow) {
        if (ignored[column]) {
            return true;
        }
        if (tolerances[column] == null) {
            return false;
        }
        Optional<BigDecimal> left = number(before, beforeColumns[column], beforeRow);
        Optional<BigDecimal> right = number(after, afterColumns[column], afterRow);
        return left.isPresent() && right.isPresent() && tolerances[column].accepts(left.get(), right.get());
    }

    /** Returns the exact number in a cell; empty for NULL, NaN and the infinities. */
    private static Optional<BigDecimal> number(RowBatch batch, int column, int row) {
        ColumnVector vector = batch.vector(column);
        ColumnType type = batch.schema().column(column).type();
        if (vector.isNull(row)) {
            return Optional.empty();
        }
        if (vector instanceof LongVector longs) {
            return Optional.of(BigDecimal.valueOf(longs.get(row), type.scale()));
        }
        if (vector instanceof DecimalVector decimals) {
            return Optional.of(new BigDecimal(decimals.unscaled(row), type.scale()));
        }
        return Double.isFinite(((DoubleVector) vector).get(row))
                ? Optional.of(new BigDecimal(CellText.of(type, vector, row)))
                : Optional.empty();
    }
}
