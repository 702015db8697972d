package io.hybridsnapshot.testkit.data;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * The changes that foreign writers make to a window's current table with their own statements, past the port. Each call
 * is durable when it returns. One thread.
 */
public interface ForeignStatements {
    /** Deletes all rows of a partition and inserts others, which have an identity, a hash in any form and a date. */
    void replace(Dataset dataset, Partition partition, Instant date, Map<UUID, String> hashes);

    /** Inserts such rows beside the existing ones. */
    void add(Dataset dataset, Partition partition, Instant date, Map<UUID, String> hashes);

    /** Deletes rows. */
    void delete(Dataset dataset, Partition partition, Collection<UUID> identities);

    /** Updates the stamps of rows. An empty argument leaves its stamp unchanged. */
    void stamp(
            Dataset dataset,
            Partition partition,
            Collection<UUID> identities,
            Optional<Instant> date,
            OptionalLong rowCount,
            Optional<ArchiveId> archive);

    /** Updates a carried text of a row; empty: to NULL. */
    void carry(Dataset dataset, Partition partition, UUID identity, String column, Optional<String> text);

    /** Updates the hash of a row. */
    void rehash(Dataset dataset, Partition partition, UUID identity, String hash);
}
