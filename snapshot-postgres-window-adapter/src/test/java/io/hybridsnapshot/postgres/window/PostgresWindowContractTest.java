package io.hybridsnapshot.postgres.window;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.postgres.connection.PlainSql;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.testkit.contract.WindowStoreContract;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresWindowContractTest extends WindowStoreContract {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @BeforeAll
    static void makeTables() {
        PostgresWindowSchema.create(PostgresWindowSettings.of(DATABASE.settings()));
    }

    @Override
    protected WindowStore store() {
        return new PostgresWindowStore(PostgresWindowSettings.of(DATABASE.settings()));
    }

    @Override
    protected Optional<Runnable> sessionBreaker(Dataset dataset, Partition partition) {
        return Optional.of(() -> DATABASE.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND application_name = 'hybrid-snapshots window writer'"));
    }

    @Override
    protected Optional<Map<UUID, List<Optional<String>>>> carriedTexts(Dataset dataset, Partition partition) {
        String table = dataset.name().toLowerCase(Locale.ROOT) + "_snapshot";
        try (PostgresSession session = PostgresSession.open(DATABASE.settings(), "test");
                PreparedStatement read = session.connection()
                        .prepareStatement("SELECT * FROM " + table + " WHERE customer_filter = ?")) {
            read.setString(1, partition.name());
            Map<UUID, List<Optional<String>>> texts = new HashMap<>();
            try (ResultSet row = read.executeQuery()) {
                while (row.next()) {
                    List<Optional<String>> carried = new ArrayList<>();
                    for (String column : dataset.carriedColumns()) {
                        carried.add(Optional.ofNullable(row.getString(column)));
                    }
                    texts.put(row.getObject("record_uuid", UUID.class), carried);
                }
            }
            return Optional.of(texts);
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    @Override
    protected Optional<ForeignStatements> foreignStatements() {
        return Optional.of(new PlainSql(DATABASE));
    }
}
