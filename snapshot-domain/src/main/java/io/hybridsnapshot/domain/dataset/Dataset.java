package io.hybridsnapshot.domain.dataset;

import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One source table as the platform sees it. The place of its rows is a separate {@link
 * io.hybridsnapshot.domain.source.RowSource}. Immutable.
 *
 * @param name letters, digits and underscores, at most 100; names the window's tables ({@code NAME_SNAPSHOT}) and is
 *     the archive's {@code source_table}; two datasets never differ by case alone
 * @param sourceDatabase the database of the table, kept with each archive ({@code source_database}); at most 100
 *     characters
 * @param keyColumns the columns that identify a row; at least one
 * @param carriedColumns columns that the window keeps as text beside key and hash, for readers and lookups; may be
 *     empty; the first is the business key, which the window indexes
 * @param partitionColumn the column that holds a row's partition, if rows are to be filtered by it
 * @param hashSpec the rules by which rows are hashed
 * @param keepCount the number of snapshots of a partition that the window keeps, the current one included; at least 1
 * @param maxDeletedShare the share of the previous snapshot's rows (0 to 1) that a save may report as DELETED before it
 *     is refused
 * @param maxChangedShare the share of the rows of both snapshots (0 to 1) that a save may report as CHANGED before it
 *     is refused; 1 refuses none
 * @param rowStamps which rows of the window's current table a save stamps
 */
public record Dataset(
        String name,
        String sourceDatabase,
        List<String> keyColumns,
        List<String> carriedColumns,
        Optional<String> partitionColumn,
        HashSpec hashSpec,
        int keepCount,
        double maxDeletedShare,
        double maxChangedShare,
        RowStampPolicy rowStamps) {
    /** The default number of snapshots in the window: the current and the previous one. */
    public static final int DEFAULT_KEEP_COUNT = 2;

    /** The default share of DELETED rows above which a save is refused. */
    public static final double DEFAULT_MAX_DELETED_SHARE = 0.5;

    /** The default share of CHANGED rows above which a save is refused: no save is. */
    public static final double DEFAULT_MAX_CHANGED_SHARE = 1;

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,99}");

    public Dataset {
        Objects.requireNonNull(hashSpec, "hashSpec");
        Objects.requireNonNull(partitionColumn, "partitionColumn");
        Objects.requireNonNull(rowStamps, "rowStamps");
        keyColumns = List.copyOf(keyColumns);
        carriedColumns = List.copyOf(carriedColumns);
        if (!isName(name)) {
            throw invalid(
                    "not a dataset name",
                    "'" + name + "'",
                    "up to 100 letters, digits and underscores, no digit first");
        }
        if (sourceDatabase.isEmpty() || sourceDatabase.length() > 100) {
            throw invalid("not a source database", sourceDatabase.length() + " characters", "1 to 100 characters");
        }
        if (keyColumns.isEmpty()) {
            throw invalid(
                    "dataset '" + name + "' has no key", "no key columns", "at least one column that identifies a row");
        }
        requireDistinct(name, "key", keyColumns);
        requireDistinct(name, "carried", carriedColumns);
        KeepCount.require(keepCount, name);
        if (!(maxDeletedShare >= 0 && maxDeletedShare <= 1)) {
            throw invalid("dataset '" + name + "' has a wrong guard", "max deleted share " + maxDeletedShare, "0 to 1");
        }
        if (!(maxChangedShare >= 0 && maxChangedShare <= 1)) {
            throw invalid("dataset '" + name + "' has a wrong guard", "max changed share " + maxChangedShare, "0 to 1");
        }
    }

    /**
     * Checks whether a dataset may have this name; a foreign writer's {@code source_table} in the archive may be any
     * text.
     */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Returns a dataset with the default rules: HSR1 without column rules, two snapshots kept, nothing carried. */
    public static Dataset of(String name, List<String> keyColumns) {
        return builder(name, keyColumns).build();
    }

    /** Returns the same dataset with other carried columns. */
    public Dataset withCarriedColumns(List<String> columns) {
        return toBuilder().carriedColumns(columns).build();
    }

    /** Returns the same dataset hashed by another spec. */
    public Dataset withHashSpec(HashSpec spec) {
        return toBuilder().hashSpec(spec).build();
    }

    /** Returns the same dataset with rows filtered by a column. */
    public Dataset withPartitionColumn(String column) {
        return toBuilder().partitionColumn(Optional.of(column)).build();
    }

    /** Returns the same dataset with another number of kept snapshots. */
    public Dataset withKeepCount(int count) {
        return toBuilder().keepCount(count).build();
    }

    /** Returns the same dataset with another share of CHANGED rows above which a save is refused. */
    public Dataset withMaxChangedShare(double share) {
        return toBuilder().maxChangedShare(share).build();
    }

    /** Returns the same dataset with another policy for the stamps of rows. */
    public Dataset withRowStamps(RowStampPolicy policy) {
        return toBuilder().rowStamps(policy).build();
    }

    /**
     * Checks that a source has every column that this dataset names.
     *
     * @throws SnapshotException INVALID_REQUEST naming the dataset, the column and the nearest one
     */
    public void requireColumnsIn(Schema schema) {
        requireColumns(schema, "key", keyColumns);
        requireColumns(schema, "carried", carriedColumns);
        partitionColumn.ifPresent(column -> requireColumns(schema, "partition", List.of(column)));
        requireColumns(schema, "hash rule", hashSpec.rules().keySet());
    }

    /**
     * Finds a key column that a schema lacks, in the order of the key; empty: it has them all. Rows without a column of
     * the present key cannot be matched by it, for example those of an archive from before the key was changed.
     */
    public Optional<String> findMissingKeyColumn(Schema schema) {
        return keyColumns.stream()
                .filter(column -> schema.find(column).isEmpty())
                .findFirst();
    }

    private void requireColumns(Schema schema, String role, Iterable<String> names) {
        for (String column : names) {
            if (schema.find(column).isEmpty()) {
                throw invalid(
                        "dataset '" + name + "' names an unknown " + role + " column",
                        "'" + column + "'",
                        NearestName.expected("one of the source's columns", schema.names(), column));
            }
        }
    }

    private static void requireDistinct(String dataset, String role, List<String> names) {
        HashSet<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw invalid(
                        "dataset '" + dataset + "' names a " + role + " column twice", "'" + name + "'", "it once");
            }
        }
    }

    private static SnapshotException invalid(String problem, String actual, String expected) {
        return SnapshotException.invalidRequest(problem)
                .actual(actual)
                .expected(expected)
                .nextStep("correct the dataset's definition")
                .build();
    }

    /**
     * Starts a dataset with its required values and the default rules.
     *
     * @param name the name, as {@link #isName} has it
     * @param keyColumns the columns that identify a row; at least one
     */
    public static Builder builder(String name, List<String> keyColumns) {
        return new Builder(name, keyColumns);
    }

    /** Starts a copy with all values of this dataset. */
    public Builder toBuilder() {
        Builder copy = new Builder(name, keyColumns);
        copy.sourceDatabase = sourceDatabase;
        copy.carriedColumns = carriedColumns;
        copy.partitionColumn = partitionColumn;
        copy.hashSpec = hashSpec;
        copy.keepCount = keepCount;
        copy.maxDeletedShare = maxDeletedShare;
        copy.maxChangedShare = maxChangedShare;
        copy.rowStamps = rowStamps;
        return copy;
    }

    /** Makes a dataset, value by value. Not safe to share between threads. */
    public static final class Builder {
        private String name;
        private String sourceDatabase = "ORDERS";
        private List<String> keyColumns;
        private List<String> carriedColumns = List.of();
        private Optional<String> partitionColumn = Optional.empty();
        private HashSpec hashSpec = HashSpec.HSR1;
        private int keepCount = DEFAULT_KEEP_COUNT;
        private double maxDeletedShare = DEFAULT_MAX_DELETED_SHARE;
        private double maxChangedShare = DEFAULT_MAX_CHANGED_SHARE;
        private RowStampPolicy rowStamps = RowStampPolicy.SNAPSHOT;

        private Builder(String name, List<String> keyColumns) {
            this.name = name;
            this.keyColumns = keyColumns;
        }

        /** Sets the name. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets the database of the table; without a call {@code ORDERS}. */
        public Builder sourceDatabase(String value) {
            sourceDatabase = value;
            return this;
        }

        /** Sets the columns that identify a row; at least one. */
        public Builder keyColumns(List<String> value) {
            keyColumns = value;
            return this;
        }

        /** Sets the columns that the window keeps as text; without a call none. */
        public Builder carriedColumns(List<String> value) {
            carriedColumns = value;
            return this;
        }

        /** Sets the column that holds a row's partition; empty if rows are not filtered by one. */
        public Builder partitionColumn(Optional<String> value) {
            partitionColumn = value;
            return this;
        }

        /** Sets the rules by which rows are hashed; without a call HSR1 without column rules. */
        public Builder hashSpec(HashSpec value) {
            hashSpec = value;
            return this;
        }

        /** Sets the number of snapshots of a partition that the window keeps, the current one included. */
        public Builder keepCount(int value) {
            keepCount = value;
            return this;
        }

        /** Sets the share of DELETED rows (0 to 1) above which a save is refused. */
        public Builder maxDeletedShare(double value) {
            maxDeletedShare = value;
            return this;
        }

        /** Sets the share of CHANGED rows (0 to 1) above which a save is refused; 1 refuses none. */
        public Builder maxChangedShare(double value) {
            maxChangedShare = value;
            return this;
        }

        /** Sets which rows of the window's current table a save stamps; without a call all rows. */
        public Builder rowStamps(RowStampPolicy value) {
            rowStamps = value;
            return this;
        }

        /**
         * Makes the dataset.
         *
         * @throws NullPointerException if a value is null
         * @throws SnapshotException INVALID_REQUEST if a value is not valid
         */
        public Dataset build() {
            return new Dataset(
                    name,
                    sourceDatabase,
                    keyColumns,
                    carriedColumns,
                    partitionColumn,
                    hashSpec,
                    keepCount,
                    maxDeletedShare,
                    maxChangedShare,
                    rowStamps);
        }
    }
}
