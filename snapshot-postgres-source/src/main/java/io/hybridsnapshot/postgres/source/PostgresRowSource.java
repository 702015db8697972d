package io.hybridsnapshot.postgres.source;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.postgres.connection.Isolation;
import io.hybridsnapshot.postgres.connection.PostgresDatabase;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jooq.impl.DSL;

/**
 * The rows of a query on PostgreSQL, read in a read-only transaction that sees one moment. One binary COPY delivers
 * them straight into vectors, at the speed of the reader. Columns that were not requested are not sent. Immutable and
 * safe to share; each opening has a connection of its own.
 *
 * <p>Types: boolean, smallint, integer, bigint, numeric of up to 38 digits, real, double precision, text, varchar,
 * char, name, citext, enums, json and jsonb (as text), bytea, date, time, timestamp, timestamptz (an instant), uuid.
 * Any other type is an error that names the column. A value without a counterpart in the domain is such an error too:
 * infinite dates and timestamps, NaN and infinity in a numeric, and the time 24:00. Dates before Christ are read
 * unchanged.
 *
 * <p>A numeric without precision, or with one beyond 38, becomes a decimal of 38 digits if every value fits. The server
 * first counts the digits of the values, in the same transaction. The query then runs twice.
 */
public final class PostgresRowSource implements RowSource {
    private static final String SYNTAX_OR_ACCESS = "42";
    private static final String DATA_EXCEPTION = "22";
    private static final String READ_ONLY = "25006";
    private static final String RIGHT_MISSING = "42501";

    private final PostgresDatabase database;
    private final String description;
    private final String query;

    /**
     * A source of a query's rows. Connects when it is opened.
     *
     * @param description names the query in messages
     * @param query one SELECT, VALUES or TABLE statement, with or without WITH; a semicolon at its end is left out
     */
    public PostgresRowSource(PostgresDatabase database, String description, String query) {
        this.database = Objects.requireNonNull(database, "database");
        this.description = Objects.requireNonNull(description, "description");
        String statement = query.strip();
        while (statement.endsWith(";")) {
            statement = statement.substring(0, statement.length() - 1).stripTrailing();
        }
        if (statement.isEmpty()) {
            throw SnapshotException.invalidRequest("the query is empty")
                    .where(description)
                    .expected("a SELECT statement")
                    .build();
        }
        this.query = statement;
    }

    /**
     * The same over a program's own data source. Each opening borrows a connection and puts it back as it was. A stream
     * that is closed before its end drops its connection, and the pool replaces it.
     */
    public PostgresRowSource(DataSource source, String description, String query) {
        this(PostgresDatabase.of(source), description, query);
    }

    @Override
    public String description() {
        return description;
    }

    /**
     * The same rows, read in ranges of a key over several connections at a time. All ranges show one moment, because
     * the connections share a snapshot. Batches come in the order of the ranges; an order of the query holds within a
     * range alone. The query runs once for the least and the greatest key and once for each range, and once more if a
     * numeric has to be measured. So it MUST return the same rows each time that it runs on the same data: a LIMIT
     * needs a complete order, and random values are no part of it.
     *
     * <p>If another transaction queues for an exclusive lock on a table while the connections open, fewer connections
     * read the rows, and a remark states that. A connection that waits a minute for a lock while it reads ends the
     * stream with CONFLICT.
     */
    public RowSource split(KeyRanges ranges) {
        return new SplitRowSource(this, ranges);
    }

    @Override
    public RowStream open(ReadOptions options) {
        PostgresSession session = openSession();
        try {
            List<SourceColumn> columns = typed(session, asked(describe(session), options), options);
            return new PostgresRowStream(
                    session, selecting(session, columns, Optional.empty()), this, columns, options.batchRows());
        } catch (SnapshotException e) {
            session.close();
            throw explained(e);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** Opens a session within a read-only transaction that sees one moment, that of its first query. */
    PostgresSession openSession() {
        PostgresSession session = PostgresSession.open(database, "source");
        try {
            session.begin(Isolation.READ_ONLY, reading());
            return session;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** The columns with their types; see {@link MeasuredNumerics}. */
    List<SourceColumn> typed(PostgresSession session, List<SourceColumn> columns, ReadOptions options) {
        return MeasuredNumerics.typed(session, this, query, columns, options.knownTypes());
    }

    /** A SELECT of some of the query's columns. A query within it that is a second statement is a syntax error. */
    String selecting(PostgresSession session, List<SourceColumn> columns, Optional<String> condition) {
        String names = columns.stream()
                .map(column -> session.dsl().render(DSL.name(column.name())))
                .collect(Collectors.joining(", "));
        // The line break ends a comment.
        return "SELECT " + names + " FROM (" + query + "\n) AS source"
                + condition.map(text -> " WHERE " + text).orElse("");
    }

    /** The query without a semicolon. */
    String query() {
        return query;
    }

    /** The query's columns. The server plans the query and does not run it. */
    List<SourceColumn> describe(PostgresSession session) {
        return session.run(reading(), () -> {
            try (Statement statement = session.connection().createStatement();
                    ResultSet none = statement.executeQuery("SELECT * FROM (" + query + "\n) AS source LIMIT 0")) {
                return SourceColumn.of(none.getMetaData(), this);
            }
        });
    }

    List<SourceColumn> asked(List<SourceColumn> all, ReadOptions options) {
        // Also detects a repeated name.
        Schema schema = Schema.of(all.stream().map(SourceColumn::column).toList());
        if (options.columns().isEmpty()) {
            return all;
        }
        List<SourceColumn> asked = new ArrayList<>();
        for (String name : options.columns()) {
            asked.add(all.get(schema.indexOf(name)));
        }
        return asked;
    }

    String reading() {
        return "reading " + description;
    }

    /** The user can correct an error of the query itself; every other error keeps its translation. */
    SnapshotException explained(SnapshotException failure) {
        String state = PostgresSession.sqlState(failure).orElse("");
        boolean aboutTheQuery = state.startsWith(SYNTAX_OR_ACCESS) && !state.equals(RIGHT_MISSING)
                || state.startsWith(DATA_EXCEPTION)
                || state.equals(READ_ONLY);
        if (failure.kind() != Kind.UNAVAILABLE || !aboutTheQuery) {
            return failure;
        }
        return SnapshotException.invalidRequest("the query cannot be run")
                .where(description + ", " + database.address())
                .actual(failure.actual().orElse(state))
                .nextStep("correct the query")
                .cause(failure)
                .build();
    }

    /** An error about one column; the column's name is quoted in it. */
    SnapshotException.Builder wrongColumn(String problem, String column) {
        return SnapshotException.invalidRequest(problem).where(description + ", column '" + column + "'");
    }
}
