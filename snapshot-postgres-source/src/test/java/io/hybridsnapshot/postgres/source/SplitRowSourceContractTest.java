package io.hybridsnapshot.postgres.source;

import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A query that is read in ranges of its rows' ordinal by several connections has the same rows in the same order. */
class SplitRowSourceContractTest extends PostgresRowSourceTables {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @Override
    TestDatabase database() {
        return DATABASE;
    }

    @Override
    RowSource reading(String table, List<String> columns) {
        List<String> withKey = new ArrayList<>(List.of(ORDINAL));
        withKey.addAll(columns);
        RowSource split = new PostgresRowSource(DATABASE.settings(), "a query of the test", select(table, withKey))
                .split(new KeyRanges(ORDINAL, 5, 2));
        return new WithoutKey(split, columns);
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
