package io.hybridsnapshot.sqlserver.source;

import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.sqlserver.TestSqlServer;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A query without an ORDER BY is a derived table. No server promises an order there, but all keep that of a TOP beneath
 * it.
 */
@Tag(TestSqlServer.TAG)
class SqlServerRowSourceContractTest extends SqlServerRowSourceTables {
    @RegisterExtension
    static final TestSqlServer SERVER = new TestSqlServer();

    @Override
    TestSqlServer server() {
        return SERVER;
    }

    @Override
    RowSource reading(SqlServerSettings settings, String select) {
        return new SqlServerRowSource(settings, "a query of the test", SqlServerTables.keepingOrder(select));
    }
}
