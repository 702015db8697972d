package io.hybridsnapshot.sqlserver.source;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.jdbc.connection.RangeStream;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A source on SQL Server, read in ranges of a key by several connections. Immutable and safe to share. */
final class SplitRowSource implements RowSource {
    private final SqlServerRowSource source;
    private final KeyRanges ranges;

    SplitRowSource(SqlServerRowSource source, KeyRanges ranges) {
        this.source = source;
        this.ranges = Objects.requireNonNull(ranges, "ranges");
    }

    @Override
    public String description() {
        return source.description();
    }

    @Override
    public RowStream open(ReadOptions options) {
        List<SqlServerSession> sessions = new ArrayList<>();
        try {
            SqlServerSession first = source.openSession();
            sessions.add(first);
            requireMoments(first);
            List<SourceColumn> all = source.describe(first);
            List<SourceColumn> asked = source.asked(all, options);
            Schema schema = Schema.of(all.stream().map(SourceColumn::column).toList());
            SourceColumn key = all.get(schema.indexOf(ranges.column()));
            KeyCuts.requireKey(key, description());
            for (int i = 1; i < Math.min(ranges.connections(), ranges.ranges()); i++) {
                sessions.add(source.openSession());
            }
            sessions.forEach(this::beginMoment);
            List<SelectedRows.Selection> selections = new ArrayList<>();
            for (Optional<String> condition : conditions(first, key)) {
                selections.add(source.selection(asked, condition));
            }
            List<RangeReader> readers = sessions.stream()
                    .map(session -> new RangeReader(source, session, selections, options.batchRows()))
                    .toList();
            return new RangeStream(
                    source.reading(),
                    selections.get(0).schema(),
                    selections.size(),
                    readers,
                    ranges.remark(),
                    source::explained);
        } catch (SnapshotException e) {
            sessions.forEach(SqlServerSession::close);
            throw source.explained(e);
        } catch (RuntimeException e) {
            sessions.forEach(SqlServerSession::close);
            throw e;
        }
    }

    private void requireMoments(SqlServerSession session) {
        boolean held = ranges.moments() == KeyRanges.Moments.ONE
                ? source.isSet(session, "d.is_read_only = 1 OR d.source_database_id IS NOT NULL")
                : session.moment() == SqlServerSession.Moment.SNAPSHOT;
        if (!held) {
            throw SnapshotException.invalidRequest("ranges that are read in parallel would show different moments")
                    .where(description() + ", " + session.database().address())
                    .actual(
                            ranges.moments() == KeyRanges.Moments.ONE
                                    ? "a database that is written to"
                                    : "a database without SNAPSHOT isolation")
                    .expected(
                            ranges.moments() == KeyRanges.Moments.ONE
                                    ? "a read-only database or a database snapshot"
                                    : "ALLOW_SNAPSHOT_ISOLATION ON")
                    .nextStep("read the source in one piece, or from a database snapshot")
                    .build();
        }
    }

    /** A snapshot transaction sees the moment at which it reads its first row. */
    private void beginMoment(SqlServerSession session) {
        source.beginOneMoment(session);
        session.run(source.reading(), () -> {
            try (Statement statement = session.connection().createStatement();
                    ResultSet row = statement.executeQuery("SELECT TOP (1) object_id FROM sys.objects")) {
                return row.next();
            }
        });
    }

    private List<Optional<String>> conditions(SqlServerSession session, SourceColumn key) {
        try (SelectedRows rows = SelectedRows.open(session, description(), source.edges(key), 1)) {
            RowBatch edges = rows.next().orElseThrow();
            // The end is read, too, so that the session is free for the ranges.
            rows.next();
            KeyCuts cuts = KeyCuts.of(key, List.of(edges.vector(0), edges.vector(1)), ranges.ranges());
            requireAscending(session, cuts, key);
            return cuts.conditions();
        }
    }

    /** Rows would be lost between cuts that the server orders in another way. */
    private void requireAscending(SqlServerSession session, KeyCuts cuts, SourceColumn key) {
        for (String check : cuts.checks()) {
            boolean ascending = session.run(source.reading(), () -> {
                try (Statement statement = session.connection().createStatement();
                        ResultSet row = statement.executeQuery(check)) {
                    return row.next();
                }
            });
            if (!ascending) {
                throw SnapshotException.invalidRequest("the server orders the key in a way that is not known")
                        .where(description() + ", column '" + key.name() + "'")
                        .actual(key.serverType())
                        .nextStep("split by another column, or read the source in one piece")
                        .build();
            }
        }
    }

    /** Reads ranges in one session. */
    private record RangeReader(
            SqlServerRowSource source, SqlServerSession session, List<SelectedRows.Selection> selections, int batchRows)
            implements RangeStream.Reader {
        @Override
        public RangeStream.Rows open(int range) {
            return SelectedRows.open(session, source.description(), selections.get(range), batchRows);
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
