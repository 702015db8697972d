package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.engine.comparison.ComparisonRules;
import io.hybridsnapshot.engine.comparison.TextDifference;
import io.hybridsnapshot.engine.comparison.Tolerance;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tells which of the cells that differ the rules of a comparison forgive. Looks at stored values, before the hash
 * rules. Not thread-safe.
 */
final class ForgivenCells {
    private static final Pattern WHITE_SPACE = Pattern.compile("\\p{IsWhite_Space}+");

    private final boolean[] ignored;
    private final Tolerance[] tolerances;
    /** Whether a column holds text on both sides, and a difference between texts may be forgiven. */
    private final boolean[] texts;

    private final boolean caseless;
    private final boolean spaceless;
    private final int[] beforeColumns;
    private final int[] afterColumns;

    /** The rules for some columns that both schemas have. */
    ForgivenCells(List<String> columns, Schema before, Schema after, ComparisonRules rules) {
        this.ignored = new boolean[columns.size()];
        this.tolerances = new Tolerance[columns.size()];
        this.texts = new boolean[columns.size()];
        this.caseless = rules.texts().contains(TextDifference.CASE);
        this.spaceless = rules.texts().contains(TextDifference.SPACE);
        this.beforeColumns = columns.stream().mapToInt(before::indexOf).toArray();
        this.afterColumns = columns.stream().mapToInt(after::indexOf).toArray();
        for (int i = 0; i < ignored.length; i++) {
            ignored[i] = rules.ignored().contains(columns.get(i));
            tolerances[i] = rules.tolerances().get(columns.get(i));
            texts[i] = (caseless || spaceless) && isText(before, beforeColumns[i]) && isText(after, afterColumns[i]);
        }
    }

    /** Checks whether two cells of a column, which are known to differ, count as equal. */
    boolean forgives(int column, RowBatch before, int beforeRow, RowBatch after, int afterRow) {
        if (ignored[column]) {
            return true;
        }
        if (texts[column]) {
            return areOneText(
                    before.vector(beforeColumns[column]), beforeRow, after.vector(afterColumns[column]), afterRow);
        }
        if (tolerances[column] == null) {
            return false;
        }
        Optional<BigDecimal> left = number(before, beforeColumns[column], beforeRow);
        Optional<BigDecimal> right = number(after, afterColumns[column], afterRow);
        return left.isPresent() && right.isPresent() && tolerances[column].accepts(left.get(), right.get());
    }

    private static boolean isText(Schema schema, int column) {
        return schema.column(column).type().kind() == TypeKind.TEXT;
    }

    private boolean areOneText(ColumnVector before, int beforeRow, ColumnVector after, int afterRow) {
        return !before.isNull(beforeRow)
                && !after.isNull(afterRow)
                && folded(((BytesVector) before).text(beforeRow)).equals(folded(((BytesVector) after).text(afterRow)));
    }

    private String folded(String text) {
        String folded = spaceless ? withSingleBlanks(text) : text;
        // Upper case first: it writes ß as SS, and lower case makes one sigma of two.
        return caseless ? folded.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT) : folded;
    }

    private static String withSingleBlanks(String text) {
        String single = WHITE_SPACE.matcher(text).replaceAll(" ");
        int from = single.startsWith(" ") ? 1 : 0;
        int to = single.length() > from && single.endsWith(" ") ? single.length() - 1 : single.length();
        return single.substring(from, to);
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
