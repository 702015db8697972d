package io.hybridsnapshot.sqlserver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import io.hybridsnapshot.sqlserver.connection.TdsServer;
import io.hybridsnapshot.sqlserver.connection.TdsServer.Answer;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every way to read a source says whether its rows are of one moment. The server is made up. */
@Timeout(60)
class MomentRemarkTest {
    private static final int SNAPSHOT_ALLOWED = 1;

    /** The options of the database. */
    private record Options(boolean snapshot, boolean readCommittedSnapshot, boolean readOnly) {
        Answer answer(String statement) {
            if (statement.contains("snapshot_isolation_state")) {
                return Answer.row(3, snapshot ? SNAPSHOT_ALLOWED : 0, "Microsoft SQL Server", 51);
            } else if (statement.contains("is_read_committed_snapshot_on")) {
                return found(readCommittedSnapshot);
            } else if (statement.contains("is_read_only")) {
                return found(readOnly);
            } else if (statement.contains("1 = 0")) {
                return Answer.noRow(7);
            } else if (statement.contains("MIN(")) {
                return Answer.row(1, 4);
            } else if (statement.contains("sys.") || statement.contains("SELECT 1 WHERE")) {
                return Answer.row(1);
            }
            return statement.contains("FROM (SELECT") ? Answer.row(7) : Answer.done();
        }

        private static Answer found(boolean is) {
            return is ? Answer.row(1) : Answer.noRow(1);
        }
    }

    private static Optional<String> remark(Options options, UnaryOperator<RowSource> reading) {
        try (TdsServer server = TdsServer.start(options::answer)) {
            SqlServerSettings settings = new SqlServerSettings(
                    "127.0.0.1", server.port(), "ORDERS", "loader", "secret", Map.of("encrypt", "false"));
            RowSource source = reading.apply(new SqlServerRowSource(settings, "orders", "SELECT c FROM t"));
            try (RowStream rows = source.open(ReadOptions.ALL)) {
                long count = 0;
                for (var next = rows.next(); next.isPresent(); next = rows.next()) {
                    count += next.get().rowCount();
                }
                assertTrue(count > 0, "no row was read");
                return rows.remark();
            }
        }
    }

    private static UnaryOperator<RowSource> in(int connections, KeyRanges.Moments moments) {
        return source -> ((SqlServerRowSource) source).split(new KeyRanges("c", 2, connections, moments));
    }

    @Test
    void oneStatementWithVersionsIsOfOneMoment() {
        assertEquals(Optional.empty(), remark(new Options(true, false, false), source -> source));
        assertEquals(Optional.empty(), remark(new Options(false, true, false), source -> source));
    }

    @Test
    void oneStatementWithLocksIsTold() {
        String remark =
                remark(new Options(false, false, false), source -> source).orElseThrow();
        assertTrue(remark.startsWith("the source was not read as of one moment"), remark);
    }

    @Test
    void severalConnectionsAreToldUnlessTheDatabaseCannotChange() {
        String remark = remark(new Options(true, true, false), in(2, KeyRanges.Moments.ONE_EACH))
                .orElseThrow();
        assertTrue(remark.startsWith("the source was not read as of one moment: 2 connections"), remark);
        assertEquals(Optional.empty(), remark(new Options(true, true, false), in(1, KeyRanges.Moments.ONE_EACH)));
        assertEquals(Optional.empty(), remark(new Options(false, false, true), in(2, KeyRanges.Moments.ONE)));
    }

    @Test
    void momentsThatTheDatabaseCannotKeepAreRefused() {
        assertEquals(Kind.INVALID_REQUEST, refused(new Options(true, true, false), KeyRanges.Moments.ONE));
        assertEquals(Kind.INVALID_REQUEST, refused(new Options(false, true, false), KeyRanges.Moments.ONE_EACH));
    }

    private static Kind refused(Options options, KeyRanges.Moments moments) {
        SnapshotException e = assertThrows(SnapshotException.class, () -> remark(options, in(2, moments)));
        assertTrue(e.getMessage().contains("would show different moments"), e.getMessage());
        return e.kind();
    }
}
