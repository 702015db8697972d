package io.hybridsnapshot.postgres.connection;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * The changes that foreign writers make to the current table of a window in PostgreSQL: plain SQL, one transaction per
 * call. Names of partitions are plain words.
 *
 * @param database the database of the window
 */
public record PlainSql(TestDatabase database) implements ForeignStatements {
    private static String table(Dataset dataset) {
        return dataset.name().toLowerCase(Locale.ROOT) + "_snapshot";
    }

    private static String in(Collection<UUID> identities) {
        return " AND record_uuid IN ("
                + String.join(
                        ", ", identities.stream().map(id -> "'" + id + "'").toList()) + ")";
    }

    private static String of(Partition partition) {
        return " WHERE customer_filter = '" + partition + "'";
    }

    private static String insert(Dataset dataset, Partition partition, Instant date, Map<UUID, String> hashes) {
        return "INSERT INTO " + table(dataset)
                + " (record_uuid, row_hash, snapshot_date, customer_filter) VALUES "
                + String.join(
                        ", ",
                        hashes.entrySet().stream()
                                .map(row -> "('" + row.getKey() + "', '" + row.getValue() + "', TIMESTAMPTZ '" + date
                                        + "' AT TIME ZONE 'UTC', '" + partition + "')")
                                .toList());
    }

    @Override
    public void replace(Dataset dataset, Partition partition, Instant date, Map<UUID, String> hashes) {
        database.execute(
                "DELETE FROM " + table(dataset) + of(partition) + "; " + insert(dataset, partition, date, hashes));
    }

    @Override
    public void add(Dataset dataset, Partition partition, Instant date, Map<UUID, String> hashes) {
        database.execute(insert(dataset, partition, date, hashes));
    }

    @Override
    public void delete(Dataset dataset, Partition partition, Collection<UUID> identities) {
        database.execute("DELETE FROM " + table(dataset) + of(partition) + in(identities));
    }

    @Override
    public void stamp(
            Dataset dataset,
            Partition partition,
            Collection<UUID> identities,
            Optional<Instant> date,
            OptionalLong rowCount,
            Optional<ArchiveId> archive) {
        List<String> set = new ArrayList<>();
        date.ifPresent(to -> set.add("snapshot_date = TIMESTAMPTZ '" + to + "' AT TIME ZONE 'UTC'"));
        rowCount.ifPresent(to -> set.add("records_count = " + to));
        archive.ifPresent(to -> set.add("parquet_archive_id = " + to));
        database.execute(
                "UPDATE " + table(dataset) + " SET " + String.join(", ", set) + of(partition) + in(identities));
    }

    @Override
    public void carry(Dataset dataset, Partition partition, UUID identity, String column, Optional<String> text) {
        database.execute("UPDATE " + table(dataset) + " SET \"" + column.replace("\"", "\"\"") + "\" = "
                + text.map(value -> "'" + value.replace("'", "''") + "'").orElse("NULL") + of(partition)
                + in(List.of(identity)));
    }

    @Override
    public void rehash(Dataset dataset, Partition partition, UUID identity, String hash) {
        database.execute(
                "UPDATE " + table(dataset) + " SET row_hash = '" + hash + "'" + of(partition) + in(List.of(identity)));
    }
}
