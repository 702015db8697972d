package io.hybridsnapshot.jdbc.source;

import io.hybridsnapshot.testkit.data.RandomTables;

class SqliteRowSourceContractTest extends JdbcRowSourceTables {
    SqliteRowSourceContractTest() {
        super(TestDatabase.SQLITE);
    }

    /** Texts are UTF-8; SQLite stores NaN as NULL and −0 as 0. */
    @Override
    protected RandomTables narrowed(RandomTables tables) {
        return tables.without(RandomTables.Edge.LONE_SURROGATE, RandomTables.Edge.NAN, RandomTables.Edge.NEGATIVE_ZERO);
    }
}
