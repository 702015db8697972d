package io.hybridsnapshot.postgres.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.postgres.connection.PostgresDatabase;
import io.hybridsnapshot.postgres.connection.TestPool;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The whole contract over a program's own pool, with files in chunks; connections have to come back as they were. */
class BorrowedArchiveContractTest extends PostgresArchiveContractTest {
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
        assertTrue(pool.reused() > 50, () -> "lent again " + pool.reused() + " times");
    }

    @Override
    protected ArchiveStore store() {
        return new PostgresArchiveStore(new PostgresArchiveSettings(PostgresDatabase.of(pool), 0, 4 << 10));
    }
}
