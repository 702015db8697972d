package io.hybridsnapshot.engine.internal.tables;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileRowSource;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.SchemaDrift;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.internal.comparison.Baseline;
import io.hybridsnapshot.engine.internal.pass.FilteredRowStream;
import io.hybridsnapshot.engine.internal.pass.ReadProgress;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowCursor;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.internal.sorting.RecordOrder;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.tables.RowsApart;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The rows of two tables that a key does not identify: those whose key is NULL, and those with a key that one of the
 * tables has more than once. Immutable.
 */
public final class KeyCheck {
    /** The most repeated keys: columns that repeat more of them are no key. */
    private static final int MOST_REPEATED = 1 << 20;

    private final List<String> keyColumns;
    private final HashSpec spec;
    private final Set<UUID> repeated;
    private final Apart before;
    private final Apart after;

    /** The numbers of rows of a table that are set apart. */
    private record Apart(long withoutKey, long repeated) {
        static final Apart NONE = new Apart(0, 0);
    }

    private KeyCheck(List<String> keyColumns, HashSpec spec, Set<UUID> repeated, Apart before, Apart after) {
        this.keyColumns = keyColumns;
        this.spec = spec;
        this.repeated = repeated;
        this.before = before;
        this.after = after;
    }

    /** Returns the check of a key that is known to identify every row. */
    public static KeyCheck passed() {
        return new KeyCheck(List.of(), HashSpec.ALL_COLUMNS, Set.of(), Apart.NONE, Apart.NONE);
    }

    /**
     * Reads the key columns of both tables, and reports the rows of each.
     *
     * @throws SnapshotException INVALID_REQUEST if more than a million keys are repeated
     */
    public static KeyCheck of(
            Dataset dataset, TypedTable before, TypedTable after, RowHashing hashing, Progress progress) {
        HashSpec spec = Baseline.shared(SchemaDrift.between(before.schema(), after.schema()), HashSpec.ALL_COLUMNS);
        Identities earlier = Identities.of(before, dataset.keyColumns(), spec, hashing, progress);
        Identities later = Identities.of(after, dataset.keyColumns(), spec, hashing, progress);
        Set<UUID> repeated = new HashSet<>();
        long repeatedBefore = 0;
        long repeatedAfter = 0;
        try (Groups left = new Groups(earlier.sorter.finish().open());
                Groups right = new Groups(later.sorter.finish().open())) {
            while (left.count > 0 || right.count > 0) {
                int order = left.compareTo(right);
                long inLeft = order <= 0 ? left.count : 0;
                long inRight = order >= 0 ? right.count : 0;
                Groups least = order <= 0 ? left : right;
                if (inLeft > 1 || inRight > 1) {
                    repeated.add(new UUID(least.high, least.low));
                    repeatedBefore += inLeft;
                    repeatedAfter += inRight;
                    if (repeated.size() > MOST_REPEATED) {
                        throw noKey(dataset, before, after);
                    }
                }
                if (order <= 0) {
                    left.next();
                }
                if (order >= 0) {
                    right.next();
                }
            }
        }
        return new KeyCheck(
                dataset.keyColumns(),
                spec,
                repeated,
                new Apart(earlier.withoutKey, repeatedBefore),
                new Apart(later.withoutKey, repeatedAfter));
    }

    private static SnapshotException noKey(Dataset dataset, TypedTable before, TypedTable after) {
        return SnapshotException.invalidRequest("the columns identify no rows")
                .where(before.description() + " and " + after.description() + ", key " + dataset.keyColumns())
                .actual("more than " + MOST_REPEATED + " keys that occur more than once")
                .expected("almost every key once")
                .nextStep("name other key columns, or more of them")
                .build();
    }

    /** Returns the earlier table without the rows that are set apart. */
    public Table before(TypedTable table) {
        return new Table(table, before);
    }

    /** Returns the later table without the rows that are set apart. */
    public Table after(TypedTable table) {
        return new Table(table, after);
    }

    /** The identities of a table's rows. */
    private record Identities(KeyedRowSorter sorter, long withoutKey) {
        static Identities of(TypedTable table, List<String> key, HashSpec spec, RowHashing hashing, Progress progress) {
            KeyedRowSorter sorter = hashing.sorter(2);
            long missing = 0;
            ReadProgress reading = new ReadProgress(progress, Progress.Step.KEYING);
            try (RowStream rows = table.open(key, reading)) {
                RowHasher hasher = RowHasher.ofIdentities(rows.schema(), spec, key);
                for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
                    KeyedHashes hashes = hasher.hash(next.get());
                    for (int row = 0; row < hashes.size(); row++) {
                        if (hashes.lacksIdentity(row)) {
                            missing++;
                        } else {
                            sorter.add(hashes.identityHigh(row), hashes.identityLow(row), 0, 0, 0, 0);
                        }
                    }
                    reading.add(hashes.size());
                }
            }
            return new Identities(sorter, missing);
        }
    }

    /** Walks over the different identities of a table in their order, and counts the rows of each. */
    private static final class Groups implements AutoCloseable {
        private final KeyedRowCursor rows;
        private boolean more;
        private long high;
        private long low;
        /** The rows of the identity at hand; 0 at the end. */
        private long count;

        Groups(KeyedRowCursor rows) {
            this.rows = rows;
            this.more = rows.next();
            next();
        }

        void next() {
            count = 0;
            if (!more) {
                return;
            }
            high = rows.identityHigh();
            low = rows.identityLow();
            while (more && rows.identityHigh() == high && rows.identityLow() == low) {
                count++;
                more = rows.next();
            }
        }

        /** An ended walk comes after every identity. */
        int compareTo(Groups other) {
            if (count == 0 || other.count == 0) {
                return count == 0 ? 1 : -1;
            }
            return RecordOrder.compare(high, low, other.high, other.low);
        }

        @Override
        public void close() {
            rows.close();
        }
    }

    /** A table without the rows that are set apart. Each opening collects its examples anew; the counts stay. */
    public final class Table implements FileRowSource {
        private final TypedTable table;
        private final Apart apart;
        private final List<RowsApart.Example> examples = Collections.synchronizedList(new ArrayList<>());

        private Table(TypedTable table, Apart apart) {
            this.table = table;
            this.apart = apart;
        }

        private boolean isWhole() {
            return apart.equals(Apart.NONE);
        }

        /** Returns the rows that are set apart, with the examples that the last reading met. */
        public RowsApart apart() {
            return new RowsApart(apart.withoutKey, apart.repeated, List.copyOf(examples));
        }

        @Override
        public String description() {
            return table.description();
        }

        @Override
        public Optional<SnapshotReader> openFile() {
            return isWhole() ? table.openFile() : Optional.empty();
        }

        @Override
        public RowStream open(ReadOptions options) {
            RowStream stream = table.open(options);
            if (isWhole()) {
                return stream;
            }
            examples.clear();
            RowHasher hasher;
            try {
                hasher = RowHasher.ofIdentities(stream.schema(), spec, keyColumns);
            } catch (RuntimeException | Error e) {
                stream.close();
                throw e;
            }
            return new FilteredRowStream(stream, (batch, first, positions) -> {
                KeyedHashes hashes = hasher.hash(batch);
                int count = 0;
                for (int row = 0; row < batch.rowCount(); row++) {
                    if (!hashes.lacksIdentity(row) && !repeated.contains(hashes.identity(row))) {
                        positions[count++] = row;
                    } else if (examples.size() < RowsApart.MOST_EXAMPLES) {
                        examples.add(new RowsApart.Example(stream.place(first + row), key(batch, row)));
                    }
                }
                return count;
            });
        }

        private Map<String, Optional<String>> key(RowBatch batch, int row) {
            Map<String, Optional<String>> key = new LinkedHashMap<>();
            for (String column : keyColumns) {
                int index = batch.schema().indexOf(column);
                key.put(
                        column,
                        batch.vector(index).isNull(row)
                                ? Optional.empty()
                                : Optional.of(
                                        CellText.of(batch.schema().column(index).type(), batch.vector(index), row)));
            }
            return key;
        }
    }
}
