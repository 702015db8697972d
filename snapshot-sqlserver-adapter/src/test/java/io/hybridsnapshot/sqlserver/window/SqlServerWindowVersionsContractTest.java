package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.sqlserver.TestSqlServer;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag(TestSqlServer.TAG)
class SqlServerWindowVersionsContractTest extends SqlServerWindowContractTest {
    @RegisterExtension
    static final TestSqlServer SERVER = new TestSqlServer(TestSqlServer.Reading.VERSIONS);

    @BeforeAll
    static void makeTables() {
        TestSqlServer.TABLE_SCRIPTS.forEach(SERVER::executeScript);
    }

    @Override
    SqlServerSettings settings() {
        return SERVER.database();
    }
}
