package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.sqlserver.TestSqlServer;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag(TestSqlServer.TAG)
class SqlServerWindowLockingContractTest extends SqlServerWindowContractTest {
    @RegisterExtension
    static final TestSqlServer SERVER = new TestSqlServer(TestSqlServer.Reading.LOCKS);

    @BeforeAll
    static void makeTables() {
        TestSqlServer.TABLE_SCRIPTS.forEach(SERVER::executeScript);
    }

    @Override
    SqlServerSettings settings() {
        return SERVER.database();
    }
}
