package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/**
 * Foreign changes to the current rows of an {@link InMemoryWindowStore}. Safe to share between threads.
 *
 * @param store the store
 */
public record InMemoryStatements(InMemoryWindowStore store) implements ForeignStatements {
    @Override
    public void replace(Dataset dataset, Partition partition, Instant date, Map<UUID, String> hashes) {
        store.replaceRows(dataset, partition, date, hashes);
    }

    @Override
    public void add(Dataset dataset, Partition partition, Instant date, Map<UUID, String> hashes) {
        store.addRows(dataset, partition, date, hashes);
    }

    @Override
    public void delete(Dataset dataset, Partition partition, Collection<UUID> identities) {
        Set<UUID> gone = new HashSet<>(identities);
        store.deleteRows(dataset, partition, gone::contains);
    }

    @Override
    public void stamp(
            Dataset dataset,
            Partition partition,
            Collection<UUID> identities,
            Optional<Instant> date,
            OptionalLong rowCount,
            Optional<ArchiveId> archive) {
        store.stampRows(dataset, partition, identities, date, rowCount, archive);
    }

    @Override
    public void carry(Dataset dataset, Partition partition, UUID identity, String column, Optional<String> text) {
        store.carryText(dataset, partition, identity, column, text);
    }

    @Override
    public void rehash(Dataset dataset, Partition partition, UUID identity, String hash) {
        store.rehashRow(dataset, partition, identity, hash);
    }
}
