package io.hybridsnapshot.engine.history;

import io.hybridsnapshot.domain.snapshot.Partition;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * States of a partition that a history cannot tell of. Immutable.
 *
 * @param partition the partition
 * @param kind why
 * @param date the date of the state
 * @param detail more about it, such as the archive's number; empty: nothing
 */
public record HistoryGap(Partition partition, Kind kind, Instant date, Optional<String> detail) {
    public HistoryGap {
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(date, "date");
        Objects.requireNonNull(detail, "detail");
    }

    /** Why a state is not told of. */
    public enum Kind {
        /** Its archive was removed. */
        REMOVED,
        /** Rows were erased from its archive. */
        REDACTED,
        /** Its snapshot has no archive. */
        NOT_ARCHIVED
    }
}
