package io.hybridsnapshot.engine.redaction;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.pass.Progress;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A request to erase rows. Immutable.
 *
 * @param dataset the dataset, as it was when the archives were made: its key columns identify the rows
 * @param keys the keys of the rows
 * @param partition one partition only; empty: all
 * @param archives these archives only; empty: all, and rows that are not archived yet are searched as well
 * @param unfinished the treatment of saves that are under way, or were interrupted
 * @param progress receives the numbers of rows searched and written
 */
public record RedactionRequest(
        Dataset dataset,
        RowKeys keys,
        Optional<Partition> partition,
        Set<ArchiveId> archives,
        Unfinished unfinished,
        Progress progress) {
    /**
     * The treatments of saves that are under way, or were interrupted. Such saves may have read the rows, and archive
     * them later.
     */
    public enum Unfinished {
        /** Nothing is erased. */
        REFUSE,
        /** Erases the rows wherever this is possible. */
        ACCEPT
    }

    public RedactionRequest {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(partition, "partition");
        archives = Set.copyOf(archives);
        Objects.requireNonNull(unfinished, "unfinished");
        Objects.requireNonNull(progress, "progress");
        if (keys.columns() != dataset.keyColumns().size()) {
            throw SnapshotException.invalidRequest("the keys do not fit the dataset's key columns")
                    .where("dataset '" + dataset.name() + "', key " + dataset.keyColumns())
                    .actual("keys of " + keys.columns())
                    .expected("keys of " + dataset.keyColumns().size())
                    .build();
        }
    }

    /** Returns the rows of these keys in all archives of a dataset. */
    public static RedactionRequest of(Dataset dataset, RowKeys keys) {
        return new RedactionRequest(dataset, keys, Optional.empty(), Set.of(), Unfinished.REFUSE, Progress.NONE);
    }

    /** Returns the same request within a partition. */
    public RedactionRequest in(Partition only) {
        return new RedactionRequest(dataset, keys, Optional.of(only), archives, unfinished, progress);
    }

    /** Returns the same request within some archives. */
    public RedactionRequest within(Set<ArchiveId> only) {
        return new RedactionRequest(dataset, keys, partition, only, unfinished, progress);
    }

    /** Returns the same request with a listener for its progress. */
    public RedactionRequest withProgress(Progress listener) {
        return new RedactionRequest(dataset, keys, partition, archives, unfinished, listener);
    }

    /** Returns the same request, regardless of saves that are under way. */
    public RedactionRequest acceptingUnfinished() {
        return new RedactionRequest(dataset, keys, partition, archives, Unfinished.ACCEPT, progress);
    }
}
