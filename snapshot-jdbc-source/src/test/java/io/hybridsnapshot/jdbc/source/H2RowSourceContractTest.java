package io.hybridsnapshot.jdbc.source;

import io.hybridsnapshot.testkit.data.RandomTables;

class H2RowSourceContractTest extends JdbcRowSourceTables {
    H2RowSourceContractTest() {
        super(TestDatabase.H2);
    }

    /** H2 turns −0 into 0. */
    @Override
    protected RandomTables narrowed(RandomTables tables) {
        return tables.without(RandomTables.Edge.NEGATIVE_ZERO);
    }
}
