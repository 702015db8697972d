package io.hybridsnapshot.postgres.source;

import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresRowSourceContractTest extends PostgresRowSourceTables {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @Override
    TestDatabase database() {
        return DATABASE;
    }

    @Override
    RowSource reading(String table, List<String> columns) {
        return new PostgresRowSource(DATABASE.settings(), "a query of the test", select(table, columns));
    }
}
