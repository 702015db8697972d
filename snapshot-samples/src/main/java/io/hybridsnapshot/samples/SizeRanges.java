package io.hybridsnapshot.samples;

import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The runs of sizes that one order is made in (letters, waists, infants' months, …). A row has quantities in some
 * neighbouring sizes of one run. Every size column of the table is in at least one run.
 */
final class SizeRanges {
    /** The columns that hold sums over the sizes. */
    static final Set<String> TOTALS = Set.of("TOTAL QTY", "Sum of TOTAL QTY");

    /** The most sizes that a row has quantities in. */
    static final int MOST_SIZES = 8;

    private static final int FEWEST_SIZES = 3;

    /** Runs with how often each is met, in 256ths. */
    private static final List<Range> RANGES = List.of(
            new Range(96, "XXXS", "XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL"),
            new Range(28, "S", "M", "L", "XL", "2XL", "3XL", "4XL", "4XT"),
            new Range(10, "XS", "S/M", "M/L", "L/XL", "XXL"),
            new Range(6, "S/M", "L/XL", "OS", "ONE SIZE"),
            new Range(6, "S(6-8)", "M(8-10)", "M(10-12)", "L(10-12)", "L(14-16)"),
            new Range(6, "1X", "2X", "3X", "4X"),
            new Range(24, "0", "2", "4", "6", "8", "10", "12", "14", "16", "18", "20"),
            new Range(6, "0w", "2w", "4w", "6w", "8w", "10w", "12w"),
            new Range(5, "0-3M", "3-6M", "6-9M", "9-12M", "12-18M", "18-24M"),
            new Range(4, "2T", "3T", "4T", "5T", "6T"),
            new Range(3, "2/3", "4/5", "6/7"),
            new Range(3, "5", "7", "9"),
            new Range(
                    20, "22", "24", "26", "27", "28", "29", "30", "31", "32", "33", "34", "35", "36", "38", "40", "42",
                    "44", "46", "48", "50", "52", "54", "56", "58", "60"),
            new Range(
                    12, "30/30", "30/32", "31/30", "31/32", "32/30", "32/32", "33/30", "33/32", "34/30", "34/32",
                    "35/30", "35/32", "36/30", "36/32", "38/30", "38/32", "40/30", "40/32"),
            new Range(4, "32/34", "32/36", "34/34", "36/34", "38/34", "38/36"),
            new Range(
                    12, "28-30L", "30-30L", "31-30L", "32-30L", "33-30L", "34-30L", "35-30L", "36-30L", "38-30L",
                    "40-30L"),
            new Range(3, "30-31L", "31-31L", "32-31L", "33-31L", "34-31L", "35-31L", "36-31L", "38-31L", "40-31L"),
            new Range(3, "30-32L", "31-32L", "32-32L", "33-32L", "34-32L", "35-32L", "36-32L", "38-32L"),
            new Range(2, "30X30", "31X30", "32X30", "34X30", "36X30", "38X30", "40X30"),
            new Range(
                    3, "32C", "32D", "32DD", "32DDD", "34C", "34D", "34DD", "34DDD", "36C", "36D", "36DD", "36DDD",
                    "38C", "38D", "38DD", "38DDD"));

    private static final byte[] RANGE_OF_DRAW = rangeOfDraw();

    private SizeRanges() {}

    /** The run that a draw falls on. */
    static int range(long draw) {
        return RANGE_OF_DRAW[(int) (draw & 0xFF)];
    }

    /** How many sizes of a run a row uses, 3 to 8. */
    static int sizesUsed(int range, long draw) {
        int most = Math.min(MOST_SIZES, RANGES.get(range).names.length);
        return FEWEST_SIZES + Mixer.below(draw, most - FEWEST_SIZES + 1);
    }

    /** The first of that many sizes within the run. */
    static int firstSize(int range, int sizesUsed, long draw) {
        return Mixer.below(draw, RANGES.get(range).names.length - sizesUsed + 1);
    }

    /** Where a size column stands in each run; -1 where it is not in it. */
    static int[] positionsOf(String column) {
        int[] positions = new int[RANGES.size()];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = Arrays.asList(RANGES.get(i).names).indexOf(column);
        }
        return positions;
    }

    /** The size columns of a table in its order. */
    static List<String> sizeColumns(Schema schema) {
        List<String> names = new ArrayList<>();
        schema.columns().forEach(column -> {
            if (column.type().kind() == TypeKind.INT32 && !TOTALS.contains(column.name())) {
                names.add(column.name());
            }
        });
        return names;
    }

    private static byte[] rangeOfDraw() {
        byte[] ranges = new byte[256];
        int at = 0;
        for (int i = 0; i < RANGES.size(); i++) {
            Arrays.fill(ranges, at, at + RANGES.get(i).weight, (byte) i);
            at += RANGES.get(i).weight;
        }
        if (at != ranges.length) {
            throw new IllegalStateException("the weights of the size ranges add up to " + at);
        }
        return ranges;
    }

    private static final class Range {
        private final int weight;
        private final String[] names;

        private Range(int weight, String... names) {
            this.weight = weight;
            this.names = names;
        }
    }
}
