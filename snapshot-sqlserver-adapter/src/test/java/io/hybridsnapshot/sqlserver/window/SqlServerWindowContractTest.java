package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import io.hybridsnapshot.testkit.contract.WindowStoreContract;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** The promises of every window, on SQL Server. The subclasses define how the database isolates readers. */
abstract class SqlServerWindowContractTest extends WindowStoreContract {
    abstract SqlServerSettings settings();

    @Override
    protected WindowStore store() {
        return new SqlServerWindowStore(SqlServerWindowSettings.of(settings()));
    }

    @Override
    protected Optional<Runnable> sessionBreaker(Dataset dataset, Partition partition) {
        return Optional.of(() -> {
            Sql sql = new Sql(settings());
            for (String session : sql.rows("SELECT session_id FROM sys.dm_exec_sessions"
                    + " WHERE program_name = 'hybrid-snapshots window writer' AND database_id = DB_ID()")) {
                sql.execute("KILL " + session);
            }
        });
    }

    @Override
    protected Optional<Map<UUID, List<Optional<String>>>> carriedTexts(Dataset dataset, Partition partition) {
        String table = WindowScript.bracketed("dbo") + "." + WindowScript.bracketed(dataset.name() + "_SNAPSHOT");
        try (SqlServerSession session = SqlServerSession.open(settings(), "test");
                PreparedStatement read = session.connection()
                        .prepareStatement("SELECT * FROM " + table + " WHERE customer_filter = ?")) {
            read.setString(1, partition.name());
            Map<UUID, List<Optional<String>>> texts = new HashMap<>();
            try (ResultSet row = read.executeQuery()) {
                Map<String, Integer> positions = new HashMap<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    positions.put(row.getMetaData().getColumnName(i), i);
                }
                while (row.next()) {
                    List<Optional<String>> carried = new ArrayList<>();
                    for (String column : dataset.carriedColumns()) {
                        carried.add(Optional.ofNullable(row.getString(positions.get(column))));
                    }
                    texts.put(UUID.fromString(row.getString(positions.get("record_uuid"))), carried);
                }
            }
            return Optional.of(texts);
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    @Override
    protected Optional<ForeignStatements> foreignStatements() {
        return Optional.of(new Statements(new Sql(settings())));
    }

    /** Plain SQL, a call a batch. */
    record Statements(Sql sql) implements ForeignStatements {
        private static String table(Dataset dataset) {
            return WindowScript.bracketed("dbo") + "." + WindowScript.bracketed(dataset.name() + "_SNAPSHOT");
        }

        private static String in(Collection<UUID> identities) {
            return " AND record_uuid IN ("
                    + String.join(
                            ", ", identities.stream().map(id -> "'" + id + "'").toList()) + ")";
        }

        private static String of(Partition partition) {
            return " WHERE customer_filter = N'" + partition + "'";
        }

        private static String dateTime(Instant date) {
            return "'" + LocalDateTime.ofInstant(date, ZoneOffset.UTC) + "'";
        }

        private static String insert(Dataset dataset, Partition partition, Instant date, Map<UUID, String> hashes) {
            return "INSERT INTO " + table(dataset)
                    + " (record_uuid, row_hash, snapshot_date, customer_filter) VALUES "
                    + String.join(
                            ", ",
                            hashes.entrySet().stream()
                                    .map(row -> "('" + row.getKey() + "', N'" + row.getValue() + "', " + dateTime(date)
                                            + ", N'" + partition + "')")
                                    .toList());
        }

        @Override
        public void replace(Dataset dataset, Partition partition, Instant date, Map<UUID, String> hashes) {
            sql.execute(
                    "DELETE FROM " + table(dataset) + of(partition) + "; " + insert(dataset, partition, date, hashes));
        }

        @Override
        public void add(Dataset dataset, Partition partition, Instant date, Map<UUID, String> hashes) {
            sql.execute(insert(dataset, partition, date, hashes));
        }

        @Override
        public void delete(Dataset dataset, Partition partition, Collection<UUID> identities) {
            sql.execute("DELETE FROM " + table(dataset) + of(partition) + in(identities));
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
            date.ifPresent(to -> set.add("snapshot_date = " + dateTime(to)));
            rowCount.ifPresent(to -> set.add("records_count = " + to));
            archive.ifPresent(to -> set.add("parquet_archive_id = " + to));
            sql.execute("UPDATE " + table(dataset) + " SET " + String.join(", ", set) + of(partition) + in(identities));
        }

        @Override
        public void carry(Dataset dataset, Partition partition, UUID identity, String column, Optional<String> text) {
            sql.execute("UPDATE " + table(dataset) + " SET " + WindowScript.bracketed(column) + " = "
                    + text.map(value -> "N'" + value.replace("'", "''") + "'").orElse("NULL") + of(partition)
                    + in(List.of(identity)));
        }

        @Override
        public void rehash(Dataset dataset, Partition partition, UUID identity, String hash) {
            sql.execute("UPDATE " + table(dataset) + " SET [row_hash] = N'" + hash + "'" + of(partition)
                    + in(List.of(identity)));
        }
    }
}
