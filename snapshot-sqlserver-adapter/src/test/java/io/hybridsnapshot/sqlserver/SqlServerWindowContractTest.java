package io.hybridsnapshot.sqlserver;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.testkit.contract.WindowStoreContract;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What every window promises, on SQL Server; the subclasses say how the database isolates readers. */
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
}
