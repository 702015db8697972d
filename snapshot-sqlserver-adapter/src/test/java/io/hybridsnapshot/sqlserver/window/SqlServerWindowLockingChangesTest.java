package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.sqlserver.TestSqlServer;
import io.hybridsnapshot.testkit.contract.WindowChangesContract;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Snapshots that are stored as their changes, in a database whose readers lock. */
@Tag(TestSqlServer.TAG)
class SqlServerWindowLockingChangesTest extends WindowChangesContract {
    @RegisterExtension
    static final TestSqlServer SERVER = new TestSqlServer(TestSqlServer.Reading.LOCKS);

    @BeforeAll
    static void makeTables() {
        TestSqlServer.TABLE_SCRIPTS.forEach(SERVER::executeScript);
    }

    @Override
    protected WindowStore store() {
        return new SqlServerWindowStore(SqlServerWindowSettings.of(SERVER.database()));
    }

    @Override
    protected Optional<ForeignStatements> foreignStatements() {
        return Optional.of(new SqlServerWindowContractTest.Statements(new Sql(SERVER.database())));
    }
}
