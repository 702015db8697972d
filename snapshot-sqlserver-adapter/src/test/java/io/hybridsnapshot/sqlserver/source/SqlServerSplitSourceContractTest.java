package io.hybridsnapshot.sqlserver.source;

import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.sqlserver.TestSqlServer;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import io.hybridsnapshot.testkit.data.Table;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A query that is read in ranges of its rows' ordinal by several connections has the same rows in the same order. */
@Tag(TestSqlServer.TAG)
class SqlServerSplitSourceContractTest extends SqlServerRowSourceTables {
    @RegisterExtension
    static final TestSqlServer SERVER = new TestSqlServer();

    private List<String> names = List.of();

    @Override
    TestSqlServer server() {
        return SERVER;
    }

    @Override
    protected RowSource sourceOf(Table table) {
        names = table.schema().names();
        return super.sourceOf(table);
    }

    @Override
    RowSource reading(SqlServerSettings settings, String select) {
        String withKey = "SELECT [" + SqlServerTables.ORDINAL + "], " + select.substring("SELECT ".length());
        RowSource split = new SqlServerRowSource(settings, "a query of the test", SqlServerTables.keepingOrder(withKey))
                .split(new KeyRanges(SqlServerTables.ORDINAL, 5, 2, KeyRanges.Moments.ONE_EACH));
        return new WithoutKey(split, names);
    }

    /** The key has to be a column of the query; the contract's tables are without. */
    private record WithoutKey(RowSource split, List<String> names) implements RowSource {
        @Override
        public String description() {
            return split.description();
        }

        @Override
        public RowStream open(ReadOptions options) {
            return split.open(options.columns().isEmpty() ? options.withColumns(names) : options);
        }
    }
}
