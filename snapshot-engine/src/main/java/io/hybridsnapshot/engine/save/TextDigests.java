package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.CarriedTexts;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Digests of carried texts that row hashes do not determine. A column that is left out of the hashes, or that is hashed
 * by a rule, may get another text while the row's hash stays. Stateless.
 */
final class TextDigests {
    private TextDigests() {}

    /** Returns the carried columns whose texts may differ between rows of equal hashes. */
    static List<String> undetermined(Dataset dataset, Schema schema) {
        HashSpec spec = dataset.hashSpec();
        return dataset.carriedColumns().stream()
                .filter(column -> !spec.covers(column)
                        || !spec.rulesOf(column).equals(ColumnRules.NONE)
                        || isFloat(schema, column))
                .toList();
    }

    /** Both zeros of a float have one hash and two texts. */
    private static boolean isFloat(Schema schema, String column) {
        TypeKind kind = schema.column(schema.indexOf(column)).type().kind();
        return kind == TypeKind.FLOAT32 || kind == TypeKind.FLOAT64;
    }

    /**
     * Computes the digests of a snapshot's rows in the window.
     *
     * @param carried {@link WindowStore#openCarried} of the snapshot; closed here
     */
    static SortedKeyedRows ofWindow(RowStream carried, List<String> columns, RowHashing hashing) {
        KeyedRowSorter sorter = hashing.sorter();
        try (carried) {
            int identity = carried.schema().indexOf(WindowStore.IDENTITY_COLUMN);
            CarriedTexts texts = new CarriedTexts(carried.schema(), columns);
            for (Optional<RowBatch> next = carried.next(); next.isPresent(); next = carried.next()) {
                RowBatch batch = next.get();
                UuidVector identities = (UuidVector) batch.vector(identity);
                KeyedHashes digests = new KeyedHashes(batch.rowCount());
                for (int row = 0; row < batch.rowCount(); row++) {
                    texts.append(digests, identities.high(row), identities.low(row), batch, row);
                }
                sorter.add(digests);
            }
        }
        return sorter.finish();
    }

    /** Computes the digests of the rows of a file. Reads the key columns and the columns named. */
    static SortedKeyedRows ofFile(SnapshotReader file, Dataset dataset, List<String> columns, RowHashing hashing) {
        Set<String> wanted = new LinkedHashSet<>(dataset.keyColumns());
        wanted.addAll(columns);
        Schema schema = file.schema().select(wanted);
        Schema keys = schema.select(dataset.keyColumns());
        RowHasher hasher = RowHasher.ofIdentities(keys, dataset.hashSpec(), dataset.keyColumns());
        CarriedTexts texts = new CarriedTexts(schema, columns);
        KeyedRowSorter sorter = hashing.sorter();
        try (RowStream stream = file.rows(ReadOptions.ALL.withColumns(schema.names()))) {
            for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                RowBatch batch = next.get();
                KeyedHashes identities = hasher.hash(batch.select(keys));
                KeyedHashes digests = new KeyedHashes(batch.rowCount());
                for (int row = 0; row < batch.rowCount(); row++) {
                    texts.append(digests, identities.identityHigh(row), identities.identityLow(row), batch, row);
                }
                sorter.add(digests);
            }
        }
        return sorter.finish();
    }
}
