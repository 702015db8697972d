package io.hybridsnapshot.engine.history;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.internal.catalogue.ArchivedCells;
import io.hybridsnapshot.engine.internal.pass.TypedText;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.redaction.RowKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Reads single rows of archived snapshots. Of a file, only the key's columns and the rows found are fetched. A file is
 * searched once for all rows of a question. One thread.
 */
final class ArchivedRows {
    private final SnapshotEnvironment environment;
    private final Dataset dataset;
    private final Set<UUID> wanted = new LinkedHashSet<>();
    private final Map<ArchiveId, State> states = new HashMap<>();
    private int files;

    ArchivedRows(SnapshotEnvironment environment, Dataset dataset) {
        this.environment = environment;
        this.dataset = dataset;
    }

    /**
     * The rows of one snapshot.
     *
     * @param schema its columns
     * @param rows by identity: the cells by column; those that it does not have are not in it
     * @param hashes by identity: the row hash, in hexadecimal digits; empty if the rules do not fit the columns
     */
    record State(Schema schema, Map<UUID, Map<String, Optional<String>>> rows, Map<UUID, String> hashes) {
        /** Checks whether a row of both counts as unchanged; its cells may differ in ways that the rules forgive. */
        boolean hasEqualRow(State other, UUID identity) {
            return schema.equals(other.schema)
                    && hashes.containsKey(identity)
                    && hashes.get(identity).equals(other.hashes.get(identity));
        }
    }

    /** Returns the number of files that were opened. */
    int files() {
        return files;
    }

    /** Adds rows to those that are searched for, before the first search. */
    void want(Set<UUID> identities) {
        if (!states.isEmpty()) {
            throw new IllegalStateException("files were searched without these rows");
        }
        wanted.addAll(identities);
    }

    /** Returns the wanted rows of a snapshot. */
    State of(ArchivedSnapshot archive) {
        return states.computeIfAbsent(archive.id(), id -> read(archive));
    }

    private State read(ArchivedSnapshot archive) {
        files++;
        try (SnapshotReader reader = ArchivedCells.open(environment, archive)) {
            if (!hasKey(reader.schema())) {
                return new State(reader.schema(), Map.of(), Map.of());
            }
            List<UUID> found = new ArrayList<>();
            long[] ordinals = search(reader, found);
            Map<UUID, Map<String, Optional<String>>> rows = new HashMap<>();
            Map<UUID, String> hashes = new HashMap<>();
            if (ordinals.length > 0) {
                Optional<RowHasher> hasher = hasher(reader.schema());
                try (RowStream stream = reader.rowsAt(ordinals, ReadOptions.ALL)) {
                    int at = 0;
                    for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                        RowBatch batch = next.get();
                        Optional<KeyedHashes> hashed = hasher.map(rules -> rules.hash(batch));
                        for (int row = 0; row < batch.rowCount(); row++, at++) {
                            rows.put(found.get(at), cells(batch, row));
                            if (hashed.isPresent()) {
                                hashes.put(found.get(at), hashed.get().hex(row));
                            }
                        }
                    }
                }
            }
            return new State(reader.schema(), rows, hashes);
        }
    }

    /** Returns the hasher of whole rows; empty if a rule of the dataset does not fit the type that a column had. */
    private Optional<RowHasher> hasher(Schema schema) {
        try {
            return Optional.of(RowHasher.of(schema, dataset.hashSpec(), dataset.keyColumns()));
        } catch (SnapshotException e) {
            if (e.kind() == SnapshotException.Kind.INVALID_REQUEST) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Returns the columns of a snapshot. */
    Schema schema(ArchivedSnapshot archive) {
        try (SnapshotReader reader = ArchivedCells.open(environment, archive)) {
            return reader.schema();
        }
    }

    private boolean hasKey(Schema schema) {
        return dataset.keyColumns().stream().allMatch(name -> schema.find(name).isPresent());
    }

    private long[] search(SnapshotReader reader, List<UUID> found) {
        Schema keys = reader.schema().select(dataset.keyColumns());
        RowHasher hasher = RowHasher.ofIdentities(keys, dataset.hashSpec(), dataset.keyColumns());
        List<Long> ordinals = new ArrayList<>();
        long ordinal = 0;
        try (RowStream stream = reader.rows(ReadOptions.ALL.withColumns(keys.names()))) {
            for (Optional<RowBatch> next = stream.next();
                    next.isPresent() && found.size() < wanted.size();
                    next = stream.next()) {
                KeyedHashes identities = hasher.hash(next.get());
                for (int row = 0; row < identities.size(); row++, ordinal++) {
                    if (!identities.lacksIdentity(row) && wanted.contains(identities.identity(row))) {
                        found.add(identities.identity(row));
                        ordinals.add(ordinal);
                    }
                }
            }
        }
        return ordinals.stream().mapToLong(Long::longValue).toArray();
    }

    private static Map<String, Optional<String>> cells(RowBatch batch, int row) {
        Map<String, Optional<String>> cells = new LinkedHashMap<>();
        for (int column = 0; column < batch.schema().size(); column++) {
            ColumnVector vector = batch.vector(column);
            cells.put(
                    batch.schema().column(column).name(),
                    vector.isNull(row)
                            ? Optional.empty()
                            : Optional.of(
                                    CellText.of(batch.schema().column(column).type(), vector, row)));
        }
        return cells;
    }

    /** Returns the identities of keys, by the types of a snapshot's key columns. */
    Set<UUID> identities(ArchivedSnapshot archive, RowKeys keys) {
        files++;
        try (SnapshotReader reader = ArchivedCells.open(environment, archive)) {
            return hasKey(reader.schema())
                    ? keys.identitiesIn(reader.schema().select(dataset.keyColumns()), dataset.hashSpec())
                    : Set.of();
        }
    }

    /** Returns the identities of the rows of a snapshot that have a value in a column. */
    Set<UUID> identities(ArchivedSnapshot archive, String column, String value) {
        files++;
        try (SnapshotReader reader = ArchivedCells.open(environment, archive)) {
            Schema schema = reader.schema();
            if (!hasKey(schema) || schema.find(column).isEmpty()) {
                return Set.of();
            }
            ColumnType type = schema.column(schema.indexOf(column)).type();
            Optional<String> text = canonical(type, value);
            return text.isEmpty() ? Set.of() : identities(reader, column, text.get());
        }
    }

    private Set<UUID> identities(SnapshotReader reader, String column, String text) {
        Set<String> names = new LinkedHashSet<>(dataset.keyColumns());
        names.add(column);
        Schema columns = reader.schema().select(names);
        Schema keys = columns.select(dataset.keyColumns());
        RowHasher hasher = RowHasher.ofIdentities(keys, dataset.hashSpec(), dataset.keyColumns());
        ColumnType type = columns.column(columns.indexOf(column)).type();
        Set<UUID> found = new HashSet<>();
        try (RowStream stream = reader.rows(ReadOptions.ALL.withColumns(columns.names()))) {
            for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                ColumnVector cells = next.get().vector(columns.indexOf(column));
                KeyedHashes identities = hasher.hash(next.get().select(keys));
                for (int row = 0; row < identities.size(); row++) {
                    if (!cells.isNull(row)
                            && !identities.lacksIdentity(row)
                            && CellText.of(type, cells, row).equals(text)) {
                        found.add(identities.identity(row));
                    }
                }
            }
        }
        return found;
    }

    /** Returns the canonical text of a value that a user wrote; empty if it is no value of the type. */
    static Optional<String> canonical(ColumnType type, String value) {
        return TypedText.cell(type, value).map(cell -> {
            ColumnVector vector = ColumnVector.forType(type, 1);
            cell.accept(vector);
            return CellText.of(type, vector, 0);
        });
    }
}
