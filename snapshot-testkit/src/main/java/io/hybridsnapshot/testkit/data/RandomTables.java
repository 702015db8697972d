package io.hybridsnapshot.testkit.data;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Makes tables of all column types with every value at the edge of its type. The same seed, narrowing and size give the
 * same table. The {@code without} methods leave out the values that a store cannot hold. Dates lie within the years 1
 * and 9999. Column names differ by more than case and take at most 63 bytes as UTF-8. Immutable and safe to share.
 */
public final class RandomTables {
    private static final List<String> ODD_NAMES = List.of(
            "record_uuid",
            "AAG ORDER NUMBER",
            "it's \"quoted\"",
            "[brackets] and ]]",
            "what? 100% {0} {} ?::text",
            "größe_日本_😀",
            "select",
            " blank at both ends ",
            "back\\slash /* -- ; $1 :name",
            "comma, semicolon; tab\tend");

    private final long seed;
    private final Set<TypeKind> kinds;
    private final Set<Edge> edges;
    private final int fractionDigits;
    private final int decimalDigits;

    private RandomTables(long seed, Set<TypeKind> kinds, Set<Edge> edges, int fractionDigits, int decimalDigits) {
        this.seed = seed;
        this.kinds = kinds;
        this.edges = edges;
        this.fractionDigits = fractionDigits;
        this.decimalDigits = decimalDigits;
    }

    /** Values that some stores cannot hold. */
    public enum Edge {
        /** A text with half of a surrogate pair. */
        LONE_SURROGATE,
        /** A text with the character U+0000. */
        NUL,
        /** A text without characters, which some formats cannot tell from NULL. */
        EMPTY_TEXT,
        /** A text with a line break or another control character. */
        CONTROL_CHARACTER,
        /** A text or bytes of some ten thousand characters. */
        LONG_VALUE,
        /** A float that is not a number. */
        NAN,
        /** A float that is infinite. */
        INFINITY,
        /** The float −0. */
        NEGATIVE_ZERO,
        /** A row that is NULL in every column. */
        ROW_OF_NULLS
    }

    /** Tables of every type with every edge. */
    public static RandomTables seeded(long seed) {
        return new RandomTables(
                seed, EnumSet.allOf(TypeKind.class), EnumSet.allOf(Edge.class), 9, ColumnType.MAX_DECIMAL_PRECISION);
    }

    /** The same maker with another seed. */
    public RandomTables withSeed(long another) {
        return new RandomTables(another, kinds, edges, fractionDigits, decimalDigits);
    }

    /** The same without columns of these kinds. */
    public RandomTables without(TypeKind... left) {
        EnumSet<TypeKind> rest = EnumSet.copyOf(kinds);
        List.of(left).forEach(rest::remove);
        if (rest.isEmpty()) {
            throw new IllegalArgumentException("no kind of column is left");
        }
        return new RandomTables(seed, rest, edges, fractionDigits, decimalDigits);
    }

    /** The same without these values. */
    public RandomTables without(Edge... left) {
        EnumSet<Edge> rest = edges.isEmpty() ? EnumSet.noneOf(Edge.class) : EnumSet.copyOf(edges);
        List.of(left).forEach(rest::remove);
        return new RandomTables(seed, kinds, rest, fractionDigits, decimalDigits);
    }

    /** The same with times, timestamps and instants of at most this many digits of a second (0 to 9). */
    public RandomTables withFractionDigits(int most) {
        return new RandomTables(seed, kinds, edges, Math.min(most, fractionDigits), decimalDigits);
    }

    /** The same with decimals of at most this many digits (1 to 38). */
    public RandomTables withDecimalDigits(int most) {
        return new RandomTables(seed, kinds, edges, fractionDigits, Math.min(most, decimalDigits));
    }

    /** Every type that may come up: each kind with its least, usual and largest precision and scale. */
    public List<ColumnType> types() {
        List<ColumnType> types = new ArrayList<>();
        for (TypeKind kind : kinds) {
            if (kind == TypeKind.DECIMAL) {
                for (int[] form : new int[][] {
                    {1, 0},
                    {1, 1},
                    {4, 2},
                    {9, 0},
                    {10, 2},
                    {18, 0},
                    {18, 4},
                    {18, 18},
                    {19, 0},
                    {19, 4},
                    {28, 28},
                    {38, 0},
                    {38, 10},
                    {38, 38}
                }) {
                    if (form[0] <= decimalDigits) {
                        types.add(ColumnType.decimal(form[0], form[1]));
                    }
                }
            } else if (kind.hasFraction()) {
                for (int digits : new int[] {0, 2, 3, 6, 7, 9}) {
                    if (digits <= fractionDigits) {
                        types.add(new ColumnType(kind, digits, 0));
                    }
                }
            } else {
                types.add(new ColumnType(kind, 0, 0));
            }
        }
        return types;
    }

    /**
     * A table with one column of each of the {@link #types}. A table of 50 rows or more holds every edge value of every
     * type. Row 1 is NULL in every column, if such rows are allowed.
     */
    public Table everyType(int rows, int batchRows) {
        Random random = new Random(seed);
        List<Column> columns = new ArrayList<>();
        for (ColumnType type : types()) {
            columns.add(new Column(name(columns.size()), type));
        }
        List<CellMaker> makers = new ArrayList<>();
        for (Column column : columns) {
            makers.add(new CellMaker(column.type(), edges, CellMaker.Habit.MIXED));
        }
        return fill(Schema.of(columns), makers, rows, batchRows, random);
    }

    /**
     * A table of this many columns of random types. Some columns are full, some are sparse, some are NULL throughout
     * and some hold few values.
     */
    public Table table(int columnCount, int rows, int batchRows) {
        Random random = new Random(seed);
        List<ColumnType> types = types();
        List<Column> columns = new ArrayList<>();
        List<CellMaker> makers = new ArrayList<>();
        CellMaker.Habit[] habits = CellMaker.Habit.values();
        for (int i = 0; i < columnCount; i++) {
            ColumnType type = types.get(random.nextInt(types.size()));
            columns.add(new Column(name(i), type));
            makers.add(new CellMaker(type, edges, habits[random.nextInt(habits.length)]));
        }
        return fill(Schema.of(columns), makers, rows, batchRows, random);
    }

    private Table fill(Schema schema, List<CellMaker> makers, int rows, int batchRows, Random random) {
        List<RowBatch> batches = new ArrayList<>();
        for (int from = 0; from < rows; from += batchRows) {
            int count = Math.min(batchRows, rows - from);
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, count);
            for (int row = from; row < from + count; row++) {
                fillRow(makers, vectors, row, random);
            }
            batches.add(new RowBatch(schema, vectors));
        }
        return new Table(schema, batches);
    }

    private void fillRow(List<CellMaker> makers, List<ColumnVector> vectors, int row, Random random) {
        boolean nulls = row == 1 && edges.contains(Edge.ROW_OF_NULLS);
        // Formats that drop a row of NULLs only (CSV with one column) need one value in each row.
        int kept = edges.contains(Edge.ROW_OF_NULLS) ? -1 : row % makers.size();
        for (int i = 0; i < makers.size(); i++) {
            if (nulls) {
                vectors.get(i).appendNull();
            } else {
                makers.get(i).append(vectors.get(i), row, random, i == kept);
            }
        }
    }

    private static String name(int position) {
        return position < ODD_NAMES.size() ? ODD_NAMES.get(position) : "column " + position;
    }
}
