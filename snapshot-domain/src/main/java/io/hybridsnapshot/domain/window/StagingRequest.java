package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.time.Instant;
import java.util.Objects;

/**
 * The properties of a snapshot that are known before its first row. Immutable.
 *
 * @param id the batch id
 * @param date the snapshot's date in UTC, whole microseconds; later than that of the partition's current snapshot
 * @param hashSpecId the id of the hash spec of its rows
 * @param schema the source's columns
 */
public record StagingRequest(SnapshotId id, Instant date, String hashSpecId, Schema schema) {
    public StagingRequest {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(date, "date");
        Objects.requireNonNull(hashSpecId, "hashSpecId");
        Objects.requireNonNull(schema, "schema");
        if (date.getNano() % 1_000 != 0) {
            throw new IllegalArgumentException("the date has fractions of a microsecond: " + date);
        }
    }
}
