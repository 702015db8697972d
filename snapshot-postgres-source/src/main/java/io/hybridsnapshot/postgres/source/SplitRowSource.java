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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jooq.impl.DSL;

/**
 * A source on PostgreSQL, read in ranges of a key by several connections. The first connection exports its snapshot and
 * the others import it (PostgreSQL's manual, "Snapshot Synchronization Functions"), so all ranges show one moment.
 * Immutable and safe to share.
 */
final class SplitRowSource implements RowSource {
    private final PostgresRowSource source;
    private final KeyRanges ranges;

    SplitRowSource(PostgresRowSource source, KeyRanges ranges) {
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
            List<SourceColumn> all = source.describe(first);
            List<SourceColumn> columns = source.typed(first, source.asked(all, options), options);
            Schema schema = Schema.of(all.stream().map(SourceColumn::column).toList());
            SourceColumn key = all.get(schema.indexOf(ranges.column()));
            List<Optional<String>> conditions = conditions(first, key);
            int connections = Math.min(ranges.connections(), conditions.size());
            if (connections > 1) {
                String snapshot = text(first, "SELECT pg_export_snapshot()");
                for (int i = 1; i < connections; i++) {
                    sessions.add(source.openSession());
                    share(sessions.get(i), snapshot);
                }
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
                    Optional.empty(),
                    source::explained);
        } catch (SnapshotException e) {
            sessions.forEach(PostgresSession::close);
            throw source.explained(e);
        } catch (RuntimeException e) {
            sessions.forEach(PostgresSession::close);
            throw e;
        }
    }

    private List<Optional<String>> conditions(PostgresSession session, SourceColumn key) {
        KeyCuts cuts = new KeyCuts(key, session.dsl().render(DSL.name(key.name())), source);
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
            session.run(source.reading(), () -> {
                try (Statement statement = session.connection().createStatement()) {
                    return statement.execute("SET TRANSACTION SNAPSHOT '" + snapshot.replace("'", "''") + "'");
                }
            });
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
        public void close() {
            session.close();
        }
    }
}
