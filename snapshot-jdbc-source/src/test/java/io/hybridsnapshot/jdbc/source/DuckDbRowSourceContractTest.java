package io.hybridsnapshot.jdbc.source;

import io.hybridsnapshot.testkit.data.RandomTables;

class DuckDbRowSourceContractTest extends JdbcRowSourceTables {
    private static final int MICROSECONDS = 6;

    DuckDbRowSourceContractTest() {
        super(TestDatabase.DUCKDB);
    }

    /** Texts are UTF-8. Nanoseconds have a type of their own, with few years. */
    @Override
    protected RandomTables narrowed(RandomTables tables) {
        return tables.without(RandomTables.Edge.LONE_SURROGATE).withFractionDigits(MICROSECONDS);
    }
}
