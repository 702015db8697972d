package io.hybridsnapshot.postgres.window;

import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.postgres.connection.PlainSql;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.testkit.contract.WindowChangesContract;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresWindowChangesTest extends WindowChangesContract {
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
    protected Optional<ForeignStatements> foreignStatements() {
        return Optional.of(new PlainSql(DATABASE));
    }
}
