package io.hybridsnapshot.postgres.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.postgres.connection.TestPool;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BorrowedSourceTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @Test
    void rowsAreReadOverAPoolAndItsConnectionsComeBackAsTheyWere() throws SQLException {
        try (TestPool pool = new TestPool(DATABASE.settings())) {
            PostgresRowSource source =
                    new PostgresRowSource(pool, "numbers", "SELECT generate_series(1, 10000)::bigint AS n");
            for (int time = 0; time < 3; time++) {
                long sum = 0;
                try (RowStream stream = source.open(ReadOptions.ALL)) {
                    for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                        LongVector numbers = (LongVector) next.get().vector(0);
                        for (int row = 0; row < next.get().rowCount(); row++) {
                            sum += numbers.get(row);
                        }
                    }
                }
                assertEquals(50_005_000, sum);
            }
            assertEquals(List.of(), pool.changes());
            assertEquals(2, pool.reused());
            assertEquals(0, pool.dropped());
        }
    }

    @Test
    void aStreamThatIsClosedEarlyDropsItsConnection() throws SQLException {
        try (TestPool pool = new TestPool(DATABASE.settings())) {
            PostgresRowSource source =
                    new PostgresRowSource(pool, "numbers", "SELECT generate_series(1, 100000000) AS n");
            try (RowStream stream = source.open(ReadOptions.ALL)) {
                stream.next().orElseThrow();
            }
            assertEquals(1, pool.dropped());
            assertEquals(0, pool.lent());
            assertEquals(List.of(), pool.changes());
        }
    }
}
