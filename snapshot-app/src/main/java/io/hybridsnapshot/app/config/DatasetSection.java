package io.hybridsnapshot.app.config;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.dataset.RowStampPolicy;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.engine.expectation.Expectation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The definition of a dataset in the file or on the command line; parts may be missing. Immutable.
 *
 * @param source the source of its rows
 * @param key the columns that identify a row; empty: not given
 * @param carried the columns that the window keeps as text; empty: not given
 * @param partitionColumn the column that holds the partition of a row
 * @param hashRules the normalisation before hashing, by column
 * @param leftOut the columns that are no part of the row hash; empty: not given, so the system columns are left out
 * @param types the types of columns without types of their own, by column, in the given order
 * @param defaultType the type of all other columns of a source without types ({@code "*"})
 * @param csv the form of the CSV file
 * @param keepCount snapshots of a partition in the window
 * @param maxDeletedShare the share of DELETED rows above which a save is refused
 * @param maxChangedShare the share of CHANGED rows above which a save is refused
 * @param sourceDatabase the database of the table
 * @param knownSchema the types of the first snapshot, which a preset knows before there is one
 * @param rowStamps which rows of the window's current table a save stamps
 * @param storedAs the dataset's name in the stores; empty: the name of the section
 * @param expectations what is expected of the changes from one snapshot to the next
 */
public record DatasetSection(
        Optional<SourceSection> source,
        List<String> key,
        List<String> carried,
        Optional<String> partitionColumn,
        Map<String, ColumnRules> hashRules,
        Optional<List<String>> leftOut,
        Map<String, ColumnType> types,
        Optional<ColumnType> defaultType,
        CsvSection csv,
        Optional<Integer> keepCount,
        Optional<Double> maxDeletedShare,
        Optional<Double> maxChangedShare,
        Optional<String> sourceDatabase,
        Optional<Schema> knownSchema,
        Optional<RowStampPolicy> rowStamps,
        Optional<String> storedAs,
        List<Expectation> expectations) {
    /** All values empty. */
    public static final DatasetSection EMPTY = builder().build();

    public DatasetSection {
        Objects.requireNonNull(source, "source");
        key = List.copyOf(key);
        carried = List.copyOf(carried);
        Objects.requireNonNull(partitionColumn, "partitionColumn");
        hashRules = Collections.unmodifiableMap(new LinkedHashMap<>(hashRules));
        types = Collections.unmodifiableMap(new LinkedHashMap<>(types));
        Objects.requireNonNull(defaultType, "defaultType");
        Objects.requireNonNull(csv, "csv");
        Objects.requireNonNull(keepCount, "keepCount");
        leftOut = leftOut.map(List::copyOf);
        Objects.requireNonNull(maxDeletedShare, "maxDeletedShare");
        Objects.requireNonNull(maxChangedShare, "maxChangedShare");
        Objects.requireNonNull(sourceDatabase, "sourceDatabase");
        Objects.requireNonNull(knownSchema, "knownSchema");
        Objects.requireNonNull(rowStamps, "rowStamps");
        Objects.requireNonNull(storedAs, "storedAs");
        expectations = List.copyOf(expectations);
    }

    /** The section for a dataset, with the types that it starts with. */
    public static DatasetSection of(Dataset dataset, Schema knownSchema) {
        return builder()
                .key(dataset.keyColumns())
                .carried(dataset.carriedColumns())
                .partitionColumn(dataset.partitionColumn())
                .hashRules(dataset.hashSpec().rules())
                .leftOut(Optional.of(List.copyOf(dataset.hashSpec().leftOut())))
                .maxDeletedShare(Optional.of(dataset.maxDeletedShare()))
                .maxChangedShare(Optional.of(dataset.maxChangedShare()))
                .sourceDatabase(Optional.of(dataset.sourceDatabase()))
                .knownSchema(Optional.of(knownSchema))
                .build();
    }

    /** A section with only a source and a key. */
    public static DatasetSection of(SourceSection source, List<String> key) {
        return builder().source(Optional.of(source)).key(key).build();
    }

    /** The declared types that a source does not take because its columns have types, for messages. */
    public Optional<String> uselessTypes(SourceSection source) {
        boolean hasTypes = source instanceof SourceSection.Parquet || source instanceof SourceSection.Query;
        if (!hasTypes || types.isEmpty() && defaultType.isEmpty()) {
            return Optional.empty();
        }
        List<String> columns = new ArrayList<>(types.keySet());
        defaultType.ifPresent(type -> columns.add(DatasetReader.ANY_COLUMN));
        return Optional.of("types for " + String.join(", ", columns) + ", and "
                + (source instanceof SourceSection.Parquet parquet
                        ? "the Parquet file " + parquet.file() + ", which has types of its own"
                        : "a query, whose columns have types of their own"));
    }

    /**
     * The values of another section, and those of this section where the other one is empty. Rules and types are merged
     * by column.
     */
    public DatasetSection overriddenBy(DatasetSection other) {
        Map<String, ColumnRules> rules = new LinkedHashMap<>(hashRules);
        rules.putAll(other.hashRules);
        Map<String, ColumnType> allTypes = new LinkedHashMap<>(types);
        allTypes.putAll(other.types);
        return builder()
                .source(other.source
                        .map(later -> source.map(later::after).orElse(later))
                        .or(() -> source))
                .key(other.key.isEmpty() ? key : other.key)
                .carried(other.carried.isEmpty() ? carried : other.carried)
                .partitionColumn(other.partitionColumn.or(() -> partitionColumn))
                .hashRules(rules)
                .leftOut(other.leftOut.or(() -> leftOut))
                .types(allTypes)
                .defaultType(other.defaultType.or(() -> defaultType))
                .csv(csv.overriddenBy(other.csv))
                .keepCount(other.keepCount.or(() -> keepCount))
                .maxDeletedShare(other.maxDeletedShare.or(() -> maxDeletedShare))
                .maxChangedShare(other.maxChangedShare.or(() -> maxChangedShare))
                .sourceDatabase(other.sourceDatabase.or(() -> sourceDatabase))
                .knownSchema(other.knownSchema.or(() -> knownSchema))
                .rowStamps(other.rowStamps.or(() -> rowStamps))
                .storedAs(other.storedAs.or(() -> storedAs))
                .expectations(other.expectations.isEmpty() ? expectations : other.expectations)
                .build();
    }

    /** The same leaving these columns out of the row hash. */
    public DatasetSection withLeftOut(List<String> columns) {
        return toBuilder().leftOut(Optional.of(columns)).build();
    }

    /** The same section with this type for every column without a declared type. */
    public DatasetSection withDefaultType(ColumnType type) {
        return toBuilder().defaultType(Optional.of(type)).build();
    }

    /**
     * The dataset.
     *
     * @param name the name of the section, which is the dataset's unless it is stored under another one
     * @param defaultKeepCount snapshots in the window, if the section does not set the number
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if the section defines no valid dataset:
     *     no key, a wrong name
     */
    public Dataset dataset(String name, int defaultKeepCount) {
        return Dataset.builder(storedName(name), key)
                .sourceDatabase(sourceDatabase.orElse("ORDERS"))
                .carriedColumns(carried)
                .partitionColumn(partitionColumn)
                .hashSpec(leftOut.map(new HashSpec(hashRules)::leavingOut).orElse(new HashSpec(hashRules)))
                .keepCount(keepCount.orElse(defaultKeepCount))
                .maxDeletedShare(maxDeletedShare.orElse(Dataset.DEFAULT_MAX_DELETED_SHARE))
                .maxChangedShare(maxChangedShare.orElse(Dataset.DEFAULT_MAX_CHANGED_SHARE))
                .rowStamps(rowStamps.orElse(RowStampPolicy.SNAPSHOT))
                .build();
    }

    /** The name of the dataset in the stores. */
    public String storedName(String name) {
        return storedAs.orElse(name);
    }

    /** Starts a section with all values empty. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts a copy with all values of this section. */
    public Builder toBuilder() {
        Builder copy = new Builder();
        copy.source = source;
        copy.key = key;
        copy.carried = carried;
        copy.partitionColumn = partitionColumn;
        copy.hashRules = hashRules;
        copy.leftOut = leftOut;
        copy.types = types;
        copy.defaultType = defaultType;
        copy.csv = csv;
        copy.keepCount = keepCount;
        copy.maxDeletedShare = maxDeletedShare;
        copy.maxChangedShare = maxChangedShare;
        copy.sourceDatabase = sourceDatabase;
        copy.knownSchema = knownSchema;
        copy.rowStamps = rowStamps;
        copy.storedAs = storedAs;
        copy.expectations = expectations;
        return copy;
    }

    /** Makes a section, value by value. Not safe to share between threads. */
    public static final class Builder {
        private Optional<SourceSection> source = Optional.empty();
        private List<String> key = List.of();
        private List<String> carried = List.of();
        private Optional<String> partitionColumn = Optional.empty();
        private Map<String, ColumnRules> hashRules = Map.of();
        private Optional<List<String>> leftOut = Optional.empty();
        private Map<String, ColumnType> types = Map.of();
        private Optional<ColumnType> defaultType = Optional.empty();
        private CsvSection csv = CsvSection.DEFAULT;
        private Optional<Integer> keepCount = Optional.empty();
        private Optional<Double> maxDeletedShare = Optional.empty();
        private Optional<Double> maxChangedShare = Optional.empty();
        private Optional<String> sourceDatabase = Optional.empty();
        private Optional<Schema> knownSchema = Optional.empty();
        private Optional<RowStampPolicy> rowStamps = Optional.empty();
        private Optional<String> storedAs = Optional.empty();
        private List<Expectation> expectations = List.of();

        private Builder() {}

        /** Sets the source of the rows. */
        public Builder source(Optional<SourceSection> value) {
            source = value;
            return this;
        }

        /** Sets the columns that identify a row. */
        public Builder key(List<String> value) {
            key = value;
            return this;
        }

        /** Sets the columns that the window keeps as text. */
        public Builder carried(List<String> value) {
            carried = value;
            return this;
        }

        /** Sets the column that holds the partition of a row. */
        public Builder partitionColumn(Optional<String> value) {
            partitionColumn = value;
            return this;
        }

        /** Sets the normalisation before hashing, by column. */
        public Builder hashRules(Map<String, ColumnRules> value) {
            hashRules = value;
            return this;
        }

        /** Sets the columns that are no part of the row hash. */
        public Builder leftOut(Optional<List<String>> value) {
            leftOut = value;
            return this;
        }

        /** Sets the types of columns without types of their own, in the given order. */
        public Builder types(Map<String, ColumnType> value) {
            types = value;
            return this;
        }

        /** Sets the type of all other columns of a source without types. */
        public Builder defaultType(Optional<ColumnType> value) {
            defaultType = value;
            return this;
        }

        /** Sets the form of the CSV file. */
        public Builder csv(CsvSection value) {
            csv = value;
            return this;
        }

        /** Sets the number of snapshots of a partition in the window. */
        public Builder keepCount(Optional<Integer> value) {
            keepCount = value;
            return this;
        }

        /** Sets the share of DELETED rows above which a save is refused. */
        public Builder maxDeletedShare(Optional<Double> value) {
            maxDeletedShare = value;
            return this;
        }

        /** Sets the share of CHANGED rows above which a save is refused. */
        public Builder maxChangedShare(Optional<Double> value) {
            maxChangedShare = value;
            return this;
        }

        /** Sets the database of the table. */
        public Builder sourceDatabase(Optional<String> value) {
            sourceDatabase = value;
            return this;
        }

        /** Sets the types of the first snapshot. */
        public Builder knownSchema(Optional<Schema> value) {
            knownSchema = value;
            return this;
        }

        /** Sets which rows of the window's current table a save stamps. */
        public Builder rowStamps(Optional<RowStampPolicy> value) {
            rowStamps = value;
            return this;
        }

        /** Sets the dataset's name in the stores. */
        public Builder storedAs(Optional<String> value) {
            storedAs = value;
            return this;
        }

        /** Sets what is expected of the changes. */
        public Builder expectations(List<Expectation> value) {
            expectations = value;
            return this;
        }

        /** Makes the section. */
        public DatasetSection build() {
            return new DatasetSection(
                    source,
                    key,
                    carried,
                    partitionColumn,
                    hashRules,
                    leftOut,
                    types,
                    defaultType,
                    csv,
                    keepCount,
                    maxDeletedShare,
                    maxChangedShare,
                    sourceDatabase,
                    knownSchema,
                    rowStamps,
                    storedAs,
                    expectations);
        }
    }
}
