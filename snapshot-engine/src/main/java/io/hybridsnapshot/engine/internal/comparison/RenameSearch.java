package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.encoding.CellDigests;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.comparison.SuggestedRename;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowCursor;
import io.hybridsnapshot.engine.internal.sorting.RecordOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Searches for dropped columns that may have been added again under another name. Both columns are read in rows that
 * the two snapshots share, at most about ten thousand. The rows are drawn by a hash of the identity, so both directions
 * draw the same rows.
 *
 * <p>Equal cells alone prove nothing: two columns with only {@code N} are equal, and so are two with only NULL. A pair
 * is suggested only if it passes two tests. The agreement beyond chance has to be high (Cohen, A coefficient of
 * agreement for nominal scales, 1960); NULL agrees with nothing. The equal cells also have to be too unlikely for
 * chance. Each is worth the binary logarithm of its value's rarity; together they have to be worth ten bits more than
 * the choice of the pair among all pairs.
 *
 * <p>Works on arrays of digests. Their number is bounded, regardless of the number of rows or columns. One thread.
 */
final class RenameSearch {
    private static final int ROW_BITS = 17;
    /**
     * The most rows drawn, where the columns are few; of more rows than that, the draw ends with half as many or more,
     * about.
     */
    static final int MOST_ROWS = 1 << ROW_BITS;

    private static final int LEAST_ROWS = 1 << 11;
    private static final long MOST_DIGESTS = 2L << 20;
    private static final double LEAST_AGREEMENT = 0.8;
    private static final double LEAST_BITS = 10;

    private final LocatedRows before;
    private final LocatedRows after;
    private final HashSpec spec;

    /** Makes a search among the columns that the spec does not leave out. */
    RenameSearch(LocatedRows before, LocatedRows after, HashSpec spec) {
        this.before = before;
        this.after = after;
        this.spec = spec;
    }

    /** Returns the pairs that may be renames, the most alike first; none where a side has no cells. */
    List<SuggestedRename> suggestions() {
        if (before.reader().isEmpty() || after.reader().isEmpty()) {
            return List.of();
        }
        SnapshotReader left = before.reader().get();
        SnapshotReader right = after.reader().get();
        Optional<Schema> dropped = candidates(left.schema(), right.schema());
        Optional<Schema> added = candidates(right.schema(), left.schema());
        if (dropped.isEmpty() || added.isEmpty()) {
            return List.of();
        }
        int columns = dropped.get().size() + added.get().size();
        Draw draw = draw((int) Math.max(LEAST_ROWS, Math.min(MOST_ROWS, MOST_DIGESTS / columns)));
        if (draw.size == 0) {
            return List.of();
        }
        return best(alike(cells(left, dropped.get(), draw.left()), cells(right, added.get(), draw.right()), draw));
    }

    /** Returns the columns of only one schema that are comparable with a column of only the other schema. */
    private Optional<Schema> candidates(Schema own, Schema other) {
        List<Column> others = onlyIn(other, own);
        List<Column> columns = onlyIn(own, other).stream()
                .filter(column -> others.stream().anyMatch(rival -> rival.type().isComparableTo(column.type())))
                .toList();
        return columns.isEmpty() ? Optional.empty() : Optional.of(Schema.of(columns));
    }

    private List<Column> onlyIn(Schema own, Schema other) {
        return own.columns().stream()
                .filter(column ->
                        other.find(column.name()).isEmpty() && !spec.leftOut().contains(column.name()))
                .toList();
    }

    private Draw draw(int most) {
        Draw draw = new Draw(most);
        try (KeyedRowCursor left = before.rows().open();
                KeyedRowCursor right = after.rows().open()) {
            boolean hasLeft = left.next();
            boolean hasRight = right.next();
            while (hasLeft && hasRight) {
                int order = RecordOrder.compare(
                        left.identityHigh(), left.identityLow(), right.identityHigh(), right.identityLow());
                if (order == 0) {
                    draw.add(left.identityHigh(), left.identityLow(), left.ordinal(), right.ordinal());
                }
                if (order <= 0) {
                    hasLeft = left.next();
                }
                if (order >= 0) {
                    hasRight = right.next();
                }
            }
        }
        return draw;
    }

    /** Returns the cells of some rows, by column. */
    private static List<Cells> cells(SnapshotReader reader, Schema columns, long[] ordinals) {
        int count = ordinals.length;
        // An ordinal and its position in the draw share one word.
        long[] ascending = new long[count];
        for (int i = 0; i < count; i++) {
            ascending[i] = ordinals[i] << ROW_BITS | i;
        }
        Arrays.sort(ascending);
        int[] positions = new int[count];
        for (int i = 0; i < count; i++) {
            positions[i] = (int) ascending[i] & MOST_ROWS - 1;
            ascending[i] >>>= ROW_BITS;
        }
        long[][] digests = new long[columns.size()][count];
        CellDigests source = CellDigests.of(columns);
        int done = 0;
        try (RowStream stream = reader.rowsAt(ascending, ReadOptions.ALL.withColumns(columns.names()))) {
            for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                RowBatch batch = next.get();
                source.read(batch);
                for (int column = 0; column < digests.length; column++) {
                    for (int row = 0; row < batch.rowCount(); row++) {
                        digests[column][positions[done + row]] = source.digest(column, row);
                    }
                }
                done += batch.rowCount();
            }
        }
        if (done != count) {
            throw SnapshotException.corrupt("a snapshot's file holds fewer rows than it says")
                    .actual(Counted.of(done, "row"))
                    .expected(count)
                    .nextStep("check the archive; restore it from a backup")
                    .build();
        }
        return IntStream.range(0, digests.length)
                .mapToObj(column -> new Cells(columns.column(column), digests[column]))
                .toList();
    }

    private static List<SuggestedRename> alike(List<Cells> dropped, List<Cells> added, Draw draw) {
        double leastBits = LEAST_BITS + log2((double) dropped.size() * added.size());
        List<SuggestedRename> alike = new ArrayList<>();
        for (Cells earlier : dropped) {
            for (Cells later : added) {
                if (earlier.column.type().isComparableTo(later.column.type())) {
                    Likeness likeness = Likeness.of(earlier.digests, later.digests);
                    if (likeness.share() >= LEAST_AGREEMENT && likeness.isEvident(earlier, later, leastBits)) {
                        alike.add(new SuggestedRename(
                                earlier.column.name(),
                                later.column.name(),
                                likeness.equal(),
                                likeness.compared(),
                                draw.size,
                                draw.matched));
                    }
                }
            }
        }
        return alike;
    }

    /**
     * Returns the pairs in which neither column is more alike to another one. Equals stay, since the right one is
     * unknown.
     */
    private static List<SuggestedRename> best(List<SuggestedRename> alike) {
        return alike.stream()
                .filter(pair -> alike.stream()
                        .noneMatch(rival -> rival.share() > pair.share()
                                && (rival.before().equals(pair.before())
                                        || rival.after().equals(pair.after()))))
                .sorted(Comparator.comparingDouble(SuggestedRename::share).reversed())
                .toList();
    }

    private static double log2(double number) {
        return Math.log(number) / Math.log(2);
    }

    /** In how many rows two columns hold the same value, of those in which either holds one. */
    private record Likeness(int equal, int compared) {
        static Likeness of(long[] earlier, long[] later) {
            int equal = 0;
            int compared = 0;
            for (int i = 0; i < earlier.length; i++) {
                boolean some = (earlier[i] | later[i]) != CellDigests.OF_NULL;
                compared += some ? 1 : 0;
                equal += some && earlier[i] == later[i] ? 1 : 0;
            }
            return new Likeness(equal, compared);
        }

        double share() {
            return compared == 0 ? 0 : (double) equal / compared;
        }

        /** Checks whether the two agree far more than two columns of such values would by chance. */
        boolean isEvident(Cells earlier, Cells later, double leastBits) {
            double chance = 0;
            for (int i = 0; i < earlier.sorted.length; ) {
                long value = earlier.sorted[i];
                int count = earlier.count(value);
                chance += (double) count / compared * later.count(value) / compared;
                i += count;
            }
            if (share() - chance < LEAST_AGREEMENT * (1 - chance) || chance >= 1) {
                return false;
            }
            double bits = 0;
            for (int i = 0; i < earlier.digests.length && bits < leastBits; i++) {
                long value = earlier.digests[i];
                if (value == later.digests[i] && value != CellDigests.OF_NULL) {
                    bits += log2((double) compared / Math.max(earlier.count(value), later.count(value)));
                }
            }
            return bits >= leastBits;
        }
    }

    /** The drawn cells of one column, as digests. */
    private static final class Cells {
        private final Column column;
        /** Indexed by the position of the row in the draw. */
        private final long[] digests;
        /** The same in ascending order, NULL left out. */
        private final long[] sorted;

        Cells(Column column, long[] digests) {
            this.column = column;
            this.digests = digests;
            this.sorted = Arrays.stream(digests)
                    .filter(digest -> digest != CellDigests.OF_NULL)
                    .sorted()
                    .toArray();
        }

        /** Returns how many rows hold a value. */
        int count(long value) {
            return below(value, true) - below(value, false);
        }

        private int below(long value, boolean orEqual) {
            int low = 0;
            int high = sorted.length;
            while (low < high) {
                int middle = low + high >>> 1;
                if (sorted[middle] < value || orEqual && sorted[middle] == value) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }
    }

    /**
     * Rows of both snapshots, drawn by a hash of their identity: all until there is no room, then each time the half
     * with the lower hashes.
     */
    private static final class Draw {
        private final long[] hashes;
        private final long[] left;
        private final long[] right;
        private long limit = -1;
        private int size;
        private long matched;

        Draw(int most) {
            this.hashes = new long[most];
            this.left = new long[most];
            this.right = new long[most];
        }

        void add(long high, long low, long leftOrdinal, long rightOrdinal) {
            matched++;
            // Identities that follow a pattern, such as counted ones, must not make the draw follow it.
            long hash = CellDigests.mixed(CellDigests.mixed(high) + low);
            while (size == hashes.length && limit != 0) {
                halve();
            }
            if (size < hashes.length && Long.compareUnsigned(hash, limit) <= 0) {
                hashes[size] = hash;
                left[size] = leftOrdinal;
                right[size] = rightOrdinal;
                size++;
            }
        }

        private void halve() {
            limit >>>= 1;
            int kept = 0;
            for (int i = 0; i < size; i++) {
                if (Long.compareUnsigned(hashes[i], limit) <= 0) {
                    hashes[kept] = hashes[i];
                    left[kept] = left[i];
                    right[kept] = right[i];
                    kept++;
                }
            }
            size = kept;
        }

        long[] left() {
            return Arrays.copyOf(left, size);
        }

        long[] right() {
            return Arrays.copyOf(right, size);
        }
    }
}
