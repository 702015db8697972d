package io.hybridsnapshot.postgres.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.postgres.connection.TestPool;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The whole contract over a program's own pool, whose connections have to come back as they were. */
class BorrowedWindowContractTest extends PostgresWindowContractTest {
    private static TestPool pool;

    @BeforeAll
    static void fill() {
        pool = new TestPool(DATABASE.settings());
    }

    @AfterAll
    static void everyConnectionCameBackAsItWas() throws SQLException {
        pool.close();
        assertEquals(List.of(), pool.changes());
        assertEquals(0, pool.lent());
        assertTrue(pool.reused() > 100, () -> "lent again " + pool.reused() + " times");
    }

    @Override
    protected WindowStore store() {
        return new PostgresWindowStore(PostgresWindowSettings.of(pool));
    }
}
