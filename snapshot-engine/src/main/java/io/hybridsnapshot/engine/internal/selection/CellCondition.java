package io.hybridsnapshot.engine.internal.selection;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.engine.internal.pass.TypedText;
import io.hybridsnapshot.engine.selection.RowCondition;
import io.hybridsnapshot.engine.selection.RowCondition.Operator;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A condition on the cells of a column of a known type. No object is made for a cell, except for patterns. */
final class CellCondition {
    private static final BigInteger LEAST_LONG = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger GREATEST_LONG = BigInteger.valueOf(Long.MAX_VALUE);
    private static final String MIDNIGHT = " 00:00:00";

    private final Operator operator;
    private final boolean isEmpty;
    private final Order order;

    /** Compares a cell that is not NULL with the operand. */
    private interface Order {
        /** Returns a negative number, 0 or a positive number, as the cell is less, equal or greater. */
        int of(ColumnVector cells, int row);
    }

    private CellCondition(Operator operator, boolean isEmpty, Order order) {
        this.operator = operator;
        this.isEmpty = isEmpty;
        this.order = order;
    }

    /**
     * Prepares a condition for a column.
     *
     * @throws SnapshotException INVALID_REQUEST if the operand is no value of the column's type, or its values have no
     *     order and the operator needs one
     */
    static CellCondition of(RowCondition condition, Column column) {
        Operator operator = condition.operator();
        if (operator == Operator.MATCHES) {
            return new CellCondition(operator, false, pattern(condition.operand(), column.type()));
        }
        if (condition.operand().isEmpty()) {
            Order none = column.type().kind() == TypeKind.TEXT
                    ? (cells, row) -> ((BytesVector) cells).length(row)
                    : (cells, row) -> 1;
            return new CellCondition(operator, true, none);
        }
        if (operator.isOrder() && !hasOrder(column.type().kind())) {
            throw unfit(condition, column, "= or != for a column of this type");
        }
        Order order = order(column.type(), condition.operand())
                .orElseThrow(() -> unfit(condition, column, "a value of the type " + column.type()));
        return new CellCondition(operator, false, order);
    }

    private static boolean hasOrder(TypeKind kind) {
        return kind != TypeKind.BOOLEAN && kind != TypeKind.UUID && kind != TypeKind.BINARY;
    }

    private static SnapshotException unfit(RowCondition condition, Column column, String expected) {
        return SnapshotException.invalidRequest("a condition does not fit its column")
                .where("column '" + column.name() + "' of the type " + column.type())
                .actual("'" + condition + "'")
                .expected(expected)
                .nextStep("write the value as reports show the column's cells")
                .build();
    }

    /** Checks whether a cell meets the condition. */
    boolean holds(ColumnVector cells, int row) {
        if (cells.isNull(row)) {
            return isEmpty ? operator == Operator.EQUAL : operator == Operator.NOT_EQUAL;
        }
        int compared = order.of(cells, row);
        return switch (operator) {
            case EQUAL, MATCHES -> compared == 0;
            case NOT_EQUAL -> compared != 0;
            case LESS -> compared < 0;
            case AT_MOST -> compared <= 0;
            case GREATER -> compared > 0;
            case AT_LEAST -> compared >= 0;
        };
    }

    private static Order pattern(String operand, ColumnType type) {
        Pattern pattern = Pattern.compile(operand);
        return (cells, row) -> pattern.matcher(CellText.of(type, cells, row)).find() ? 0 : 1;
    }

    private static Optional<Order> order(ColumnType type, String operand) {
        return switch (type.kind()) {
            case INT8, INT16, INT32, INT64, DECIMAL -> number(operand).map(value -> exact(type, value));
            case FLOAT32 -> isReal(operand) ? Optional.of(real(Float.parseFloat(operand))) : Optional.empty();
            case FLOAT64 -> isReal(operand) ? Optional.of(real(Double.parseDouble(operand))) : Optional.empty();
            case TIMESTAMP ->
                sample(type, operand).or(() -> sample(type, operand + MIDNIGHT)).map(CellCondition::like);
            case INSTANT ->
                sample(type, operand)
                        .or(() -> sample(type, operand + MIDNIGHT + "Z"))
                        .map(CellCondition::like);
            default -> sample(type, operand).map(CellCondition::like);
        };
    }

    private static Optional<BigDecimal> number(String operand) {
        return operand.matches("[-+]?[0-9]{1,400}(\\.[0-9]{1,400})?")
                ? Optional.of(new BigDecimal(operand))
                : Optional.empty();
    }

    /** Also in the forms that reports show: {@code 1e-05} and the names. */
    private static boolean isReal(String operand) {
        return operand.matches("[-+]?[0-9]{1,400}(\\.[0-9]{1,400})?([eE][-+]?[0-9]{1,4})?|NaN|-?Infinity");
    }

    /** An operand of any size and scale, which need not be a value of the column's type. */
    private static Order exact(ColumnType type, BigDecimal operand) {
        if (type.isWideDecimal()) {
            return (cells, row) ->
                    new BigDecimal(((DecimalVector) cells).unscaled(row), type.scale()).compareTo(operand);
        }
        BigDecimal scaled = operand.scaleByPowerOfTen(type.scale());
        BigInteger floor = scaled.setScale(0, RoundingMode.FLOOR).toBigInteger();
        if (floor.compareTo(LEAST_LONG) < 0) {
            return (cells, row) -> 1;
        }
        if (floor.compareTo(GREATEST_LONG) > 0) {
            return (cells, row) -> -1;
        }
        long whole = floor.longValueExact();
        int atFloor = scaled.compareTo(new BigDecimal(floor)) == 0 ? 0 : -1;
        return (cells, row) -> {
            long cell = ((LongVector) cells).get(row);
            return cell == whole ? atFloor : cell < whole ? -1 : 1;
        };
    }

    /** NaN is greater than every number, as in {@link Double#compare}. */
    private static Order real(double operand) {
        // 0.0 and -0.0 are one number.
        double plain = operand + 0.0;
        return (cells, row) -> Double.compare(((DoubleVector) cells).get(row) + 0.0, plain);
    }

    /** A vector of one row with the operand; empty if it is no value of the type. */
    private static Optional<ColumnVector> sample(ColumnType type, String operand) {
        ColumnVector vector = RowBatch.vectorsFor(Schema.of(List.of(new Column("operand", type))), 1)
                .get(0);
        return TypedText.cell(type, operand).map(value -> {
            value.accept(vector);
            return vector;
        });
    }

    /** The order of the first row of a vector and the rows of others of its class. */
    private static Order like(ColumnVector operand) {
        if (operand instanceof LongVector longs) {
            long value = longs.get(0);
            return (cells, row) -> Long.compare(((LongVector) cells).get(row), value);
        }
        if (operand instanceof BooleanVector booleans) {
            boolean value = booleans.get(0);
            return (cells, row) -> Boolean.compare(((BooleanVector) cells).get(row), value);
        }
        if (operand instanceof TimestampVector moments) {
            long second = moments.epochSecond(0);
            int nano = moments.nanoOfSecond(0);
            return (cells, row) -> {
                TimestampVector each = (TimestampVector) cells;
                int seconds = Long.compare(each.epochSecond(row), second);
                return seconds != 0 ? seconds : Integer.compare(each.nanoOfSecond(row), nano);
            };
        }
        if (operand instanceof UuidVector uuids) {
            long high = uuids.high(0);
            long low = uuids.low(0);
            return (cells, row) -> {
                UuidVector each = (UuidVector) cells;
                return each.high(row) == high && each.low(row) == low ? 0 : 1;
            };
        }
        // UTF-8 has the order of code points.
        byte[] bytes = ((BytesVector) operand).bytes(0);
        return (cells, row) -> {
            BytesVector each = (BytesVector) cells;
            return Arrays.compareUnsigned(each.data(), each.start(row), each.end(row), bytes, 0, bytes.length);
        };
    }
}
