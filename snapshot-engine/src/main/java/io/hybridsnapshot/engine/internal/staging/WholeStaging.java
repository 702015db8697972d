package io.hybridsnapshot.engine.internal.staging;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Stages all rows of a snapshot from its file, whatever the window's current rows are. Stateless. */
public final class WholeStaging {
    private WholeStaging() {}

    /**
     * Stages all rows of a snapshot that is STAGING.
     *
     * @param file the snapshot's file
     * @param spec the hash spec of the snapshot's rows
     * @return identities and hashes of the rows
     */
    public static SortedKeyedRows stage(
            WindowWriter writer,
            SnapshotId id,
            Dataset dataset,
            HashSpec spec,
            SnapshotReader file,
            RowHashing hashing) {
        Set<String> wanted = new LinkedHashSet<>(dataset.keyColumns());
        wanted.addAll(dataset.carriedColumns());
        file.schema().names().stream().filter(spec::covers).forEach(wanted::add);
        Schema schema = file.schema().select(wanted);
        RowHasher hasher = RowHasher.of(schema, spec, dataset.keyColumns());
        KeyedRowSorter sorter = hashing.sorter();
        try (RowStream rows = file.rows(ReadOptions.ALL.withColumns(schema.names()))) {
            for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
                KeyedHashes hashes = hasher.hash(next.get());
                sorter.add(hashes);
                writer.stage(id, next.get(), hashes);
            }
        }
        return sorter.finish();
    }

    /**
     * Starts a sealed snapshot again, stages all of its rows, and seals it.
     *
     * @param fingerprint the fingerprint that the snapshot was sealed with
     * @throws SnapshotException CORRUPT if the file does not have the rows of the snapshot
     */
    public static void restage(
            WindowWriter writer,
            SnapshotId id,
            Dataset dataset,
            HashSpec spec,
            Fingerprint fingerprint,
            SnapshotReader file,
            RowHashing hashing) {
        writer.changes().orElseThrow().restage(id);
        SortedKeyedRows rows = stage(writer, id, dataset, spec, file, hashing);
        Fingerprint found = rows.fingerprint((high, low) -> true);
        if (!found.equals(fingerprint)) {
            throw SnapshotException.corrupt("the file of a sealed snapshot does not have its rows")
                    .where("dataset '" + dataset.name() + "', batch " + id)
                    .actual("fingerprint " + found)
                    .expected(fingerprint)
                    .nextStep("save the partition again")
                    .build();
        }
        writer.seal(id, rows.size(), fingerprint);
    }
}
