package io.hybridsnapshot.domain.usecase;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Which rows are to be erased, and where. Immutable.
 *
 * @param dataset the dataset, as it was when the archives were made: its key columns identify the rows
 * @param keys the keys of the rows
 * @param partition one partition only; empty: all
 * @param archives these archives only; empty: all, and the outbox is looked through as well
 * @param progress hears how many rows were searched and written
 */
public record RedactionRequest(
        Dataset dataset, RowKeys keys, Optional<Partition> partition, Set<ArchiveId> archives, Progress progress) {
    public RedactionRequest {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(partition, "partition");
        archives = Set.copyOf(archives);
        Objects.requireNonNull(progress, "progress");
        if (keys.columns() != dataset.keyColumns().size()) {
            throw SnapshotException.invalidRequest("the keys do not fit the dataset's key columns")
                    .where("dataset '" + dataset.name() + "', key " + dataset.keyColumns())
                    .actual("keys of " + keys.columns())
                    .expected("keys of " + dataset.keyColumns().size())
                    .build();
        }
    }

    /** The rows of these keys in all archives of a dataset. */
    public static RedactionRequest of(Dataset dataset, RowKeys keys) {
        return new RedactionRequest(dataset, keys, Optional.empty(), Set.of(), Progress.NONE);
    }

    /** The same within a partition. */
    public RedactionRequest in(Partition only) {
        return new RedactionRequest(dataset, keys, Optional.of(only), archives, progress);
    }

    /** The same within some archives. */
    public RedactionRequest within(Set<ArchiveId> only) {
        return new RedactionRequest(dataset, keys, partition, only, progress);
    }

    /** The same with somebody who hears how far it has come. */
    public RedactionRequest withProgress(Progress listener) {
        return new RedactionRequest(dataset, keys, partition, archives, listener);
    }
}
