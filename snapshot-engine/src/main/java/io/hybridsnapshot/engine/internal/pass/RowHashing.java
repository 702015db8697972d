package io.hybridsnapshot.engine.internal.pass;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.LegacyRowHasher;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Turns rows of files and of the window into sorted identities and hashes. Its results live until it is closed. */
public final class RowHashing implements AutoCloseable {
    /** The most wrong rows in one error. */
    public static final int OFFENDERS = 5;

    private final Path scratch;
    private final int rowsInMemory;
    private final List<KeyedRowSorter> sorters = new ArrayList<>();

    public RowHashing(Path scratch, int rowsInMemory) {
        this.scratch = scratch;
        this.rowsInMemory = rowsInMemory;
    }

    public Path scratch() {
        return scratch;
    }

    public int rowsInMemory() {
        return rowsInMemory;
    }

    /** Returns a sorter that is closed with this. */
    public KeyedRowSorter sorter() {
        return sorter(1);
    }

    /** Returns a sorter that is closed with this, one of some that share the memory of one. */
    public KeyedRowSorter sorter(int sharers) {
        KeyedRowSorter sorter = new KeyedRowSorter(scratch, Math.max(2, rowsInMemory / sharers));
        sorters.add(sorter);
        return sorter;
    }

    /** Hashes all rows of a file. Reads only the columns that the hashes need. */
    public SortedKeyedRows rows(SnapshotReader reader, Dataset dataset, HashSpec spec) {
        Set<String> columns = new LinkedHashSet<>(dataset.keyColumns());
        reader.schema().names().stream().filter(spec::covers).forEach(columns::add);
        Schema schema = reader.schema().select(columns);
        return hash(reader, schema, RowHasher.of(schema, spec, dataset.keyColumns()), dataset);
    }

    /** Computes the identities of all rows of a file, reading only the key columns. */
    public SortedKeyedRows identities(SnapshotReader reader, Dataset dataset) {
        Schema schema = reader.schema().select(dataset.keyColumns());
        RowHasher hasher = RowHasher.ofIdentities(schema, dataset.hashSpec(), dataset.keyColumns());
        return hash(reader, schema, hasher, dataset);
    }

    private SortedKeyedRows hash(SnapshotReader reader, Schema schema, RowHasher hasher, Dataset dataset) {
        KeyedRowSorter sorter = sorter();
        IdentityCheck check = new IdentityCheck(dataset);
        try (RowStream stream = reader.rows(ReadOptions.ALL.withColumns(schema.names()))) {
            for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                KeyedHashes hashes = hasher.hash(batch.get());
                check.add(hashes);
                sorter.add(hashes);
            }
            check.requireIdentities(stream);
            SortedKeyedRows rows = sorter.finish();
            check.requireUnique(rows.inspect(OFFENDERS).duplicates(), stream, Optional.of(reader));
            return rows;
        }
    }

    /**
     * Hashes all rows of a file as a foreign writer did, which read the same rows. Their identities were checked
     * before.
     */
    public SortedKeyedRows legacyRows(SnapshotReader reader, LegacyRowHasher hasher) {
        KeyedRowSorter sorter = sorter();
        try (RowStream stream =
                reader.rows(ReadOptions.ALL.withColumns(hasher.schema().names()))) {
            for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                sorter.add(hasher.hash(batch.get()));
            }
        }
        return sorter.finish();
    }

    /** Takes identities and hashes from the window. Their ordinals have no meaning. */
    public SortedKeyedRows windowRows(KeyedRowStream stream) {
        KeyedRowSorter sorter = sorter();
        for (Optional<KeyedHashes> rows = stream.next(); rows.isPresent(); rows = stream.next()) {
            sorter.add(rows.get());
        }
        return sorter.finish();
    }

    @Override
    public void close() {
        sorters.forEach(KeyedRowSorter::close);
    }
}
