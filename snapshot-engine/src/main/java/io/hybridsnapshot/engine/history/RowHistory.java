package io.hybridsnapshot.engine.history;

import io.hybridsnapshot.domain.snapshot.Partition;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The history of one row of a partition. A row that went and came back has one history. Immutable.
 *
 * @param partition the partition
 * @param identity the row's identity
 * @param key the cells of its key, in the order of the key's columns; empty: NULL
 * @param events what happened and was asked for, in the order of the snapshots
 */
public record RowHistory(Partition partition, UUID identity, Map<String, Optional<String>> key, List<RowEvent> events) {
    public RowHistory {
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(identity, "identity");
        Objects.requireNonNull(key, "key");
        events = List.copyOf(events);
    }
}
