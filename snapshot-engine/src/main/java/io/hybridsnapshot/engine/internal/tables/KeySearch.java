package io.hybridsnapshot.engine.internal.tables;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.domain.source.ReadListener;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.internal.pass.ReadProgress;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.pass.Progress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Searches the keys of one or two tables: columns of texts, integers or UUIDs that are never NULL and different in
 * every row of each table. Columns whose names are those of keys come first, then the leftmost. Only where no column is
 * a key, pairs of the first columns are tried.
 *
 * <p>The first rows of each table exclude most columns. All rows of each table decide about the few that are left. One
 * thread.
 */
public final class KeySearch {
    /** The words of a name that make a column a likely key. */
    private static final Set<String> KEY_WORDS =
            Set.of("id", "uuid", "guid", "key", "number", "no", "nr", "num", "pk", "nummer", "schluessel");

    /** The rows of a table that exclude most columns. */
    private static final int SAMPLE_ROWS = 1 << 13;

    /** The keys that all rows decide about at a time. */
    private static final int MOST_KEYS = 4;

    /** Pairs are made of this many of the first columns. */
    private static final int PAIRED_COLUMNS = 6;

    private final List<TypedTable> tables;
    private final RowHashing hashing;
    private final Progress progress;
    private final List<List<String>> keys;

    private KeySearch(List<TypedTable> tables, RowHashing hashing, Progress progress) {
        this.tables = tables;
        this.hashing = hashing;
        this.progress = progress;
        List<String> columns = columns();
        List<List<String>> found = unique(columns.stream().map(List::of).toList());
        this.keys = found.isEmpty() ? unique(pairs(columns)) : found;
    }

    /** Searches the keys of tables, and reports the rows of each reading. */
    public static KeySearch over(List<TypedTable> tables, RowHashing hashing, Progress progress) {
        return new KeySearch(tables, hashing, progress);
    }

    /** Returns the keys, the likeliest first; none if there is none. */
    public List<List<String>> keys() {
        return keys;
    }

    /**
     * Returns the keys, the likeliest first.
     *
     * @throws SnapshotException INVALID_REQUEST if there is none
     */
    public List<List<String>> requireKeys() {
        if (keys.isEmpty()) {
            throw SnapshotException.invalidRequest("no column identifies the rows")
                    .where(tables.stream().map(TypedTable::description).collect(Collectors.joining(" and ")))
                    .actual("every column of texts, integers or UUIDs that both have, and every pair of the first "
                            + PAIRED_COLUMNS + ", is NULL in a row or has a value twice")
                    .expected("a column, or two, with another value in every row")
                    .nextStep("name the columns that identify a row")
                    .build();
        }
        return keys;
    }

    /** The columns that can be a key: in every table, and likely ones first. */
    private List<String> columns() {
        List<String> likely = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (Column column : tables.get(0).schema().columns()) {
            if (isPossible(column) && tables.stream().allMatch(table -> has(table.schema(), column))) {
                (isLikely(column.name()) ? likely : others).add(column.name());
            }
        }
        likely.addAll(others);
        return likely;
    }

    private static boolean isPossible(Column column) {
        TypeKind kind = column.type().kind();
        return kind == TypeKind.TEXT || kind == TypeKind.UUID || kind.isInteger();
    }

    private static boolean has(Schema schema, Column column) {
        OptionalInt index = schema.find(column.name());
        if (index.isEmpty()) {
            return false;
        }
        return isPossible(schema.column(index.getAsInt()));
    }

    private static boolean isLikely(String name) {
        String words = name.replaceAll("(?<=\\p{Ll})(?=\\p{Lu})", " ").toLowerCase(Locale.ROOT);
        for (String word : words.split("[^\\p{L}]+")) {
            if (KEY_WORDS.contains(word)) {
                return true;
            }
        }
        return false;
    }

    private List<List<String>> pairs(List<String> columns) {
        List<String> first = tables.get(0).schema().names().stream()
                .filter(columns::contains)
                .limit(PAIRED_COLUMNS)
                .toList();
        List<List<String>> pairs = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            for (int j = i + 1; j < first.size(); j++) {
                pairs.add(List.of(first.get(i), first.get(j)));
            }
        }
        return pairs;
    }

    private List<List<String>> unique(List<List<String>> candidates) {
        List<List<String>> left = candidates;
        for (TypedTable table : tables) {
            left = uniqueInFirstRows(table, left);
        }
        // A few at once, as all rows of each are sorted.
        for (int from = 0; from < left.size(); from += MOST_KEYS) {
            List<List<String>> few = left.subList(from, Math.min(from + MOST_KEYS, left.size()));
            for (TypedTable table : tables) {
                few = uniqueInAllRows(table, few);
            }
            if (!few.isEmpty()) {
                return few;
            }
        }
        return List.of();
    }

    private List<List<String>> uniqueInFirstRows(TypedTable table, List<List<String>> candidates) {
        if (candidates.isEmpty()) {
            return candidates;
        }
        try (RowStream rows = table.open(columnsOf(candidates), ReadListener.NONE)) {
            List<Sample> samples = candidates.stream()
                    .map(key -> new Sample(key, rows.schema()))
                    .collect(Collectors.toCollection(ArrayList::new));
            int read = 0;
            Optional<RowBatch> next = rows.next();
            while (next.isPresent() && !samples.isEmpty()) {
                RowBatch batch = next.get();
                read += batch.rowCount();
                samples.removeIf(sample -> !sample.takes(batch));
                next = read < SAMPLE_ROWS ? rows.next() : Optional.empty();
            }
            return samples.stream().map(sample -> sample.key).toList();
        }
    }

    /** The keys of a table's first rows. */
    private static final class Sample {
        private final List<String> key;
        private final RowHasher hasher;
        /** Digests by open addressing; 0 is a free place. The sample fills a quarter of it, and a batch more. */
        private final long[] seen = new long[4 * SAMPLE_ROWS];

        Sample(List<String> key, Schema schema) {
            this.key = key;
            this.hasher = identities(schema, key);
        }

        /** Takes the rows; false if one has no key, or the key of another. */
        boolean takes(RowBatch batch) {
            if (!areFilled(batch, key)) {
                return false;
            }
            KeyedHashes hashes = hasher.hash(batch);
            for (int row = 0; row < hashes.size(); row++) {
                if (!isNew(hashes.identityHigh(row) ^ Long.rotateLeft(hashes.identityLow(row), 1))) {
                    return false;
                }
            }
            return true;
        }

        private boolean isNew(long digest) {
            long wanted = digest == 0 ? 1 : digest;
            int place = (int) wanted & seen.length - 1;
            while (seen[place] != 0) {
                if (seen[place] == wanted) {
                    return false;
                }
                place = place + 1 & seen.length - 1;
            }
            seen[place] = wanted;
            return true;
        }
    }

    private List<List<String>> uniqueInAllRows(TypedTable table, List<List<String>> candidates) {
        if (candidates.isEmpty()) {
            return candidates;
        }
        ReadProgress reading = new ReadProgress(progress, Progress.Step.KEYING);
        try (RowStream rows = table.open(columnsOf(candidates), reading)) {
            List<AllRows> all = candidates.stream()
                    .map(key -> new AllRows(
                            key, identities(rows.schema(), key), hashing.sorter(candidates.size() * tables.size())))
                    .collect(Collectors.toCollection(ArrayList::new));
            for (Optional<RowBatch> next = rows.next(); next.isPresent() && !all.isEmpty(); next = rows.next()) {
                RowBatch batch = next.get();
                all.removeIf(key -> !key.takes(batch));
                reading.add(batch.rowCount());
            }
            return all.stream()
                    .filter(key -> key.sorter.finish().inspect(1).duplicates().isEmpty())
                    .map(AllRows::key)
                    .toList();
        }
    }

    /** The keys of all rows of a table. */
    private record AllRows(List<String> key, RowHasher hasher, KeyedRowSorter sorter) {
        boolean takes(RowBatch batch) {
            if (!areFilled(batch, key)) {
                return false;
            }
            sorter.add(hasher.hash(batch));
            return true;
        }
    }

    private static RowHasher identities(Schema schema, List<String> key) {
        return RowHasher.ofIdentities(schema, HashSpec.HSR1, key);
    }

    /** Checks whether no key column is NULL in any row. */
    private static boolean areFilled(RowBatch batch, List<String> key) {
        for (String column : key) {
            int index = batch.schema().indexOf(column);
            for (int row = 0; row < batch.rowCount(); row++) {
                if (batch.vector(index).isNull(row)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static List<String> columnsOf(List<List<String>> keys) {
        return List.copyOf(keys.stream().flatMap(List::stream).collect(Collectors.toCollection(LinkedHashSet::new)));
    }
}
