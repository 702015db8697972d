package io.hybridsnapshot.sqlserver.source;

import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.sqlserver.TestSqlServer;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import io.hybridsnapshot.testkit.data.RandomTables;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A query with an ORDER BY runs unchanged. The driver then does not distinguish all instants of the year 1582. */
@Tag(TestSqlServer.TAG)
class SqlServerOrderedSourceContractTest extends SqlServerRowSourceTables {
    @RegisterExtension
    static final TestSqlServer SERVER = new TestSqlServer();

    @Override
    TestSqlServer server() {
        return SERVER;
    }

    @Override
    RowSource reading(SqlServerSettings settings, String select) {
        return new SqlServerRowSource(
                settings, "a query of the test", select + " ORDER BY [" + SqlServerTables.ORDINAL + "]");
    }

    @Override
    protected RandomTables narrowed(RandomTables tables) {
        return super.narrowed(tables).without(TypeKind.INSTANT);
    }
}
