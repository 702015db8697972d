package io.hybridsnapshot.app.config;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.dataset.RowStampPolicy;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
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
        Optional<RowStampPolicy> rowStamps) {
    /** All values empty. */
    public static final DatasetSection EMPTY = new DatasetSection(
            Optional.empty(),
            List.of(),
            List.of(),
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            CsvSection.DEFAULT,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** A section without a policy for the stamps of rows. */
    public DatasetSection(
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
            Optional<Schema> knownSchema) {
        this(
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
                Optional.empty());
    }

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
    }

    /** The section for a dataset, with the types that it starts with. */
    public static DatasetSection of(Dataset dataset, Schema knownSchema) {
        return new DatasetSection(
                Optional.empty(),
                dataset.keyColumns(),
                dataset.carriedColumns(),
                dataset.partitionColumn(),
                dataset.hashSpec().rules(),
                Optional.of(List.copyOf(dataset.hashSpec().leftOut())),
                Map.of(),
                Optional.empty(),
                CsvSection.DEFAULT,
                Optional.empty(),
                Optional.of(dataset.maxDeletedShare()),
                Optional.of(dataset.maxChangedShare()),
                Optional.of(dataset.sourceDatabase()),
                Optional.of(knownSchema),
                Optional.empty());
    }

    /** A section with only a source and a key. */
    public static DatasetSection of(SourceSection source, List<String> key) {
        return new DatasetSection(
                Optional.of(source),
                key,
                List.of(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                CsvSection.DEFAULT,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
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
        return new DatasetSection(
                other.source.or(() -> source),
                other.key.isEmpty() ? key : other.key,
                other.carried.isEmpty() ? carried : other.carried,
                other.partitionColumn.or(() -> partitionColumn),
                rules,
                other.leftOut.or(() -> leftOut),
                allTypes,
                other.defaultType.or(() -> defaultType),
                csv.overriddenBy(other.csv),
                other.keepCount.or(() -> keepCount),
                other.maxDeletedShare.or(() -> maxDeletedShare),
                other.maxChangedShare.or(() -> maxChangedShare),
                other.sourceDatabase.or(() -> sourceDatabase),
                other.knownSchema.or(() -> knownSchema),
                other.rowStamps.or(() -> rowStamps));
    }

    /** The same leaving these columns out of the row hash. */
    public DatasetSection withLeftOut(List<String> columns) {
        return new DatasetSection(
                source,
                key,
                carried,
                partitionColumn,
                hashRules,
                Optional.of(columns),
                types,
                defaultType,
                csv,
                keepCount,
                maxDeletedShare,
                maxChangedShare,
                sourceDatabase,
                knownSchema,
                rowStamps);
    }

    /** The same section with this type for every column without a declared type. */
    public DatasetSection withDefaultType(ColumnType type) {
        return new DatasetSection(
                source,
                key,
                carried,
                partitionColumn,
                hashRules,
                leftOut,
                types,
                Optional.of(type),
                csv,
                keepCount,
                maxDeletedShare,
                maxChangedShare,
                sourceDatabase,
                knownSchema,
                rowStamps);
    }

    /**
     * The dataset.
     *
     * @param name its name
     * @param defaultKeepCount snapshots in the window, if the section does not set the number
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if the section defines no valid dataset:
     *     no key, a wrong name
     */
    public Dataset dataset(String name, int defaultKeepCount) {
        return new Dataset(
                name,
                sourceDatabase.orElse("ORDERS"),
                key,
                carried,
                partitionColumn,
                leftOut.map(new HashSpec(hashRules)::leavingOut).orElse(new HashSpec(hashRules)),
                keepCount.orElse(defaultKeepCount),
                maxDeletedShare.orElse(Dataset.DEFAULT_MAX_DELETED_SHARE),
                maxChangedShare.orElse(Dataset.DEFAULT_MAX_CHANGED_SHARE),
                rowStamps.orElse(RowStampPolicy.SNAPSHOT));
    }
}
