package io.hybridsnapshot.postgres.source;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.jdbc.connection.RangeStream;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jooq.impl.DSL;

/**
 * A source on PostgreSQL, read in ranges of a key by several connections. The first connection exports its snapshot and
 * the others import it (PostgreSQL's manual, "Snapshot Synchronization Functions"), so all ranges show one moment.
 * Immutable and safe to share.
 *
 * <p>Locks: a connection that waits for another one's range holds its table locks, and the server knows nothing of that
 * wait. A transaction that queues for an exclusive lock between two connections would therefore stop all three for
 * ever. So each connection takes its locks before the first one runs the query, with a short {@code lock_timeout}. A
 * connection that does not get them is not used. Functions lock their tables later; these waits have a limit too.
 */
final class SplitRowSource implements RowSource {
    private static final String NO_LOCK = "55P03";
    private static final Duration PLAN_PATIENCE = Duration.ofSeconds(2);
    private static final Duration READ_PATIENCE = Duration.ofSeconds(60);

    /** Connections wait for the turn of their range within the transaction. */
    private static final String NO_IDLE_LIMIT = "SET LOCAL idle_in_transaction_session_timeout = 0";

    private final PostgresRowSource source;
    private final KeyRanges ranges;
    private final Duration planPatience;
    private final Duration readPatience;

    SplitRowSource(PostgresRowSource source, KeyRanges ranges) {
        this(source, ranges, PLAN_PATIENCE, READ_PATIENCE);
    }

    /**
     * A source with other limits.
     *
     * @param planPatience the longest wait of a further connection for the locks of the query
     * @param readPatience the longest wait of each connection for a lock that the query takes while it runs
     */
    SplitRowSource(PostgresRowSource source, KeyRanges ranges, Duration planPatience, Duration readPatience) {
        this.planPatience = planPatience;
        this.readPatience = readPatience;
        this.source = source;
        this.ranges = Objects.requireNonNull(ranges, "ranges");
    }

    @Override
    public String description() {
        return source.description();
    }

    @Override
    public RowStream open(ReadOptions options) {
        List<PostgresSession> sessions = new ArrayList<>();
        try {
            PostgresSession first = source.openSession();
            sessions.add(first);
            execute(first, NO_IDLE_LIMIT);
            List<SourceColumn> all = source.describe(first);
            List<SourceColumn> asked = source.asked(all, options);
            Schema schema = Schema.of(all.stream().map(SourceColumn::column).toList());
            SourceColumn key = all.get(schema.indexOf(ranges.column()));
            KeyCuts cuts = new KeyCuts(key, first.dsl().render(DSL.name(key.name())), source);
            int wanted = Math.min(ranges.connections(), ranges.ranges());
            Optional<String> remark = addConnections(sessions, wanted);
            List<SourceColumn> columns = source.typed(first, asked, options);
            List<Optional<String>> conditions = conditions(first, cuts);
            while (sessions.size() > conditions.size()) {
                sessions.remove(sessions.size() - 1).close();
            }
            List<String> selects = new ArrayList<>();
            for (Optional<String> condition : conditions) {
                selects.add(source.selecting(first, columns, condition));
            }
            List<RangeReader> readers = sessions.stream()
                    .map(session -> new RangeReader(source, session, selects, columns, options.batchRows()))
                    .toList();
            return new RangeStream(
                    source.reading(),
                    Schema.of(columns.stream().map(SourceColumn::column).toList()),
                    selects.size(),
                    readers,
                    remark,
                    source::explained);
        } catch (SnapshotException e) {
            sessions.forEach(PostgresSession::close);
            throw source.explained(e);
        } catch (RuntimeException e) {
            sessions.forEach(PostgresSession::close);
            throw e;
        }
    }

    /**
     * Opens the further connections, each with the snapshot of the first and the locks of the query.
     *
     * @param sessions the first connection; each opened one is added at once, so that the caller closes it
     * @param wanted the number of all connections
     * @return a remark if another transaction's lock keeps some connections from the query
     */
    private Optional<String> addConnections(List<PostgresSession> sessions, int wanted) {
        if (wanted == 1) {
            return Optional.empty();
        }
        String snapshot = text(sessions.get(0), "SELECT pg_export_snapshot()");
        boolean locked = true;
        while (locked && sessions.size() < wanted) {
            PostgresSession session = source.openSession();
            sessions.add(session);
            share(session, snapshot);
            execute(session, NO_IDLE_LIMIT);
            locked = takesLocks(session);
            if (!locked) {
                sessions.remove(session);
                session.close();
            }
        }
        if (sessions.size() > 1) {
            sessions.forEach(session -> execute(session, lockTimeout(readPatience)));
        }
        return locked
                ? Optional.empty()
                : Optional.of("the source was read over " + sessions.size() + " instead of " + wanted
                        + " connections, because another transaction waits for an exclusive lock on a table of the"
                        + " query");
    }

    /** Plans the query, which locks its tables until the transaction ends. Returns false if a lock is not free. */
    private boolean takesLocks(PostgresSession session) {
        execute(session, lockTimeout(planPatience));
        try {
            source.describe(session);
            return true;
        } catch (SnapshotException e) {
            if (PostgresSession.sqlState(e).filter(NO_LOCK::equals).isPresent()) {
                return false;
            }
            throw e;
        }
    }

    private static String lockTimeout(Duration patience) {
        return "SET LOCAL lock_timeout = " + patience.toMillis();
    }

    private void execute(PostgresSession session, String statement) {
        session.run(source.reading(), () -> {
            try (Statement setting = session.connection().createStatement()) {
                return setting.execute(statement);
            }
        });
    }

    private List<Optional<String>> conditions(PostgresSession session, KeyCuts cuts) {
        return session.run(source.reading(), () -> {
            try (Statement statement = session.connection().createStatement();
                    ResultSet edges = statement.executeQuery(cuts.edges(source.query()))) {
                edges.next();
                return cuts.conditions(edges.getString(1), edges.getString(2), ranges.ranges());
            }
        });
    }

    /** The transaction has run no query yet, so it can still take another one's snapshot. */
    private void share(PostgresSession session, String snapshot) {
        try {
            execute(session, "SET TRANSACTION SNAPSHOT '" + snapshot.replace("'", "''") + "'");
        } catch (SnapshotException e) {
            if (PostgresSession.isOutOfService(e)) {
                throw e;
            }
            throw SnapshotException.invalidRequest("ranges that are read in parallel would show different moments")
                    .where(description() + ", " + session.database().address())
                    .actual(e.actual().orElse("the snapshot of the first connection is not there"))
                    .expected("connections to one database of one server")
                    .nextStep("connect to one server, or read the source in one piece")
                    .cause(e)
                    .build();
        }
    }

    private String text(PostgresSession session, String select) {
        return session.run(source.reading(), () -> {
            try (Statement statement = session.connection().createStatement();
                    ResultSet row = statement.executeQuery(select)) {
                row.next();
                return row.getString(1);
            }
        });
    }

    /** Reads ranges in one session. */
    private record RangeReader(
            PostgresRowSource source,
            PostgresSession session,
            List<String> selects,
            List<SourceColumn> columns,
            int batchRows)
            implements RangeStream.Reader {
        @Override
        public RangeStream.Rows open(int range) {
            String within = " of range " + (range + 1) + " of " + selects.size();
            return CopyRows.open(
                    session, selects.get(range), source, row -> "row " + (row + 1) + within, columns, batchRows);
        }

        @Override
        public void cancel() {
            session.abort();
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
