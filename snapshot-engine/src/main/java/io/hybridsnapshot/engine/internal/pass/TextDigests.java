package io.hybridsnapshot.engine.internal.pass;

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
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Sorted digests of the texts that rows carry: those of the window's copies, and those of the cells in a file.
 * Stateless.
 */
public final class TextDigests {
    private TextDigests() {}

    /**
     * Returns the carried columns whose texts may differ between rows of equal hashes: a column that is left out of the
     * hashes, one that is hashed by a rule, and one of floats, whose two zeros have one hash and two texts.
     */
    public static List<String> undetermined(Dataset dataset, Schema schema) {
        HashSpec spec = dataset.hashSpec();
        return dataset.carriedColumns().stream()
                .filter(column -> !spec.covers(column)
                        || !spec.rulesOf(column).equals(ColumnRules.NONE)
                        || schema.column(schema.indexOf(column)).type().kind().isFloat())
                .toList();
    }

    /**
     * Computes the digests of rows in the window.
     *
     * @param carried {@link WindowStore#openCarried} of a snapshot; the caller closes it
     * @param columns some of its columns besides the identity
     * @param ends receives the number of rows after each batch; ends the reading early by true
     */
    public static SortedKeyedRows ofWindow(
            RowStream carried, List<String> columns, RowHashing hashing, IntPredicate ends) {
        KeyedRowSorter sorter = hashing.sorter();
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
            if (ends.test(batch.rowCount())) {
                break;
            }
        }
        return sorter.finish();
    }

    /**
     * Computes the digests of the rows of a file. Reads the key columns and the columns named.
     *
     * @param ends receives the number of rows after each batch; ends the reading early by true
     */
    public static SortedKeyedRows ofFile(
            SnapshotReader file, Dataset dataset, List<String> columns, RowHashing hashing, IntPredicate ends) {
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
                if (ends.test(batch.rowCount())) {
                    break;
                }
            }
        }
        return sorter.finish();
    }
}
