package io.hybridsnapshot.sqlserver.source;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.sqlserver.connection.SqlServerDatabase;
import io.hybridsnapshot.sqlserver.connection.SqlServerFaults;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/**
 * The rows of a query on SQL Server, read with one statement, at the speed of the reader. Columns that were not
 * requested are not sent, unless the query has an ORDER BY: such a query runs unchanged. Immutable and safe to share;
 * each opening has a connection of its own.
 *
 * <p>Consistency: if the database allows SNAPSHOT isolation, the rows are those of one moment, in a transaction that is
 * rolled back at the end. Otherwise the statement runs alone at READ COMMITTED. {@link #consistency} tells which. The
 * query MUST be one SELECT, with or without WITH and OPTION. The server itself refuses a second statement and one that
 * changes data, because it receives the query as a derived table. This check does not cover actions that the query
 * triggers on another server (OPENQUERY).
 *
 * <p>Types: bit; tinyint, smallint, int, bigint; decimal and numeric, money, smallmoney; float, real; char, varchar,
 * text and their Unicode forms, also (max); binary, varbinary, image; date, time, datetime and smalldatetime (to the
 * millisecond and minute), datetime2; datetimeoffset (an instant); uniqueidentifier. Any other type is an error that
 * names the column. A datetimeoffset of 1582-10-05 to 1582-10-24 is such an error too if the query has an ORDER BY,
 * because the driver does not distinguish the two halves of these days.
 */
public final class SqlServerRowSource implements RowSource {
    private static final int ORDER_NOT_ALLOWED = 1033;

    /** SNAPSHOT isolation met another database without it, or a memory-optimised table. */
    private static final Set<Integer> NO_SNAPSHOT = Set.of(3952, 41_332);

    private final SqlServerDatabase database;
    private final String description;
    private final SourceQuery query;

    /**
     * A source of a query's rows. Connects when it is opened.
     *
     * @param description names the query in messages
     * @param query one SELECT statement, with or without WITH; a semicolon at its end is left out
     * @throws SnapshotException INVALID_REQUEST if the query is empty, is more than one statement or no SELECT, or if a
     *     quote, comment or parenthesis is not closed. Also if the settings ask for column encryption, which this
     *     source does not read
     */
    public SqlServerRowSource(SqlServerDatabase database, String description, String query) {
        this.database = Objects.requireNonNull(database, "database");
        this.description = Objects.requireNonNull(description, "description");
        this.query = SourceQuery.of(description, query);
        if (database instanceof SqlServerSettings settings
                && "enabled".equalsIgnoreCase(settings.properties().get("columnEncryptionSetting"))) {
            throw SnapshotException.invalidRequest("columns under Always Encrypted are not decrypted by a row source")
                    .where(description)
                    .actual("columnEncryptionSetting=Enabled")
                    .nextStep("leave the property out: such columns are then read as the bytes that the server keeps")
                    .build();
        }
    }

    /**
     * The same over a program's own data source. Each opening borrows a connection and puts it back as it was. A stream
     * that is closed before its end drops its connection, and the pool replaces it.
     */
    public SqlServerRowSource(DataSource source, String description, String query) {
        this(SqlServerDatabase.of(source), description, query);
    }

    @Override
    public String description() {
        return description;
    }

    /**
     * The visibility of concurrent commits to one reading of this source. Asks the server.
     *
     * @throws SnapshotException UNAVAILABLE if the server cannot be reached
     */
    public ReadConsistency consistency() {
        try (SqlServerSession session = openSession()) {
            return consistency(session);
        }
    }

    private ReadConsistency consistency(SqlServerSession session) {
        if (session.moment() == SqlServerSession.Moment.SNAPSHOT) {
            return ReadConsistency.SNAPSHOT;
        }
        return isSet(session, "d.is_read_committed_snapshot_on = 1")
                ? ReadConsistency.STATEMENT
                : ReadConsistency.LOCKS;
    }

    /**
     * The same rows, read in ranges of a key over several connections at a time. Together the ranges no longer show one
     * moment, unless the database does not change: see {@link KeyRanges.Moments}. Batches come in the order of the
     * ranges.
     *
     * @throws SnapshotException INVALID_REQUEST if the query has an ORDER BY
     */
    public RowSource split(KeyRanges ranges) {
        if (query.isOrdered()) {
            throw SnapshotException.invalidRequest("a query that is read in ranges cannot have an order of its own")
                    .where(description)
                    .actual("an ORDER BY")
                    .nextStep("leave the ORDER BY out, or read the query in one piece")
                    .build();
        }
        return new SplitRowSource(this, ranges);
    }

    @Override
    public RowStream open(ReadOptions options) {
        SqlServerSession session = openSession();
        try {
            List<SourceColumn> columns = describe(session);
            SelectedRows.Selection selection = query.isOrdered()
                    ? whole(columns, asked(columns, options))
                    : selection(asked(columns, options), Optional.empty());
            ReadConsistency consistency = consistency(session);
            beginOneMoment(session);
            SelectedRows rows = SelectedRows.open(session, description, selection, options.batchRows());
            return new SqlServerRowStream(session, rows, this, consistency);
        } catch (SnapshotException e) {
            session.close();
            throw explained(e);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    SqlServerSession openSession() {
        SqlServerSession session = SqlServerSession.open(database, "source");
        try {
            session.waitForLocks();
            return session;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** Without versions a transaction would only hold locks for longer than the one statement does. */
    void beginOneMoment(SqlServerSession session) {
        if (session.moment() == SqlServerSession.Moment.SNAPSHOT) {
            session.beginOneMoment(reading());
        }
    }

    static String option(String condition) {
        return "SELECT 1 FROM " + SqlServerSession.THIS_DATABASE + " AND (" + condition + ")";
    }

    /** Whether a condition on the row {@code d} of {@code sys.databases} holds for the session's database. */
    boolean isSet(SqlServerSession session, String condition) {
        return session.run("reading the database's options", () -> {
            try (Statement statement = session.connection().createStatement();
                    ResultSet row = statement.executeQuery(option(condition))) {
                return row.next();
            }
        });
    }

    /**
     * The query's columns. The server compiles the query and reads no rows. A query that compiles as a derived table is
     * one SELECT.
     */
    List<SourceColumn> describe(SqlServerSession session) {
        try {
            return describe(session, query.describing());
        } catch (SnapshotException e) {
            if (query.isOrdered() && SqlServerSession.errorNumber(e).orElse(0) == ORDER_NOT_ALLOWED) {
                return describe(session, query.describingOrdered());
            }
            throw e;
        }
    }

    private List<SourceColumn> describe(SqlServerSession session, String sql) {
        return session.run(reading(), () -> {
            try (Statement statement = session.connection().createStatement()) {
                statement.setEscapeProcessing(false);
                try (ResultSet none = statement.executeQuery(sql)) {
                    return SourceColumn.of(none.getMetaData(), description);
                }
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

    /** Some of the columns, in no order. */
    SelectedRows.Selection selection(List<SourceColumn> columns, Optional<String> condition) {
        String list = columns.stream().map(SourceColumn::selected).collect(Collectors.joining(", "));
        return new SelectedRows.Selection(
                query.selecting(list, condition),
                columns,
                columns.stream().map(SourceColumn::selectedForm).toList(),
                IntStream.rangeClosed(1, columns.size()).boxed().toList());
    }

    /** One row: the least and the greatest value of a column, both NULL if there is no value. */
    SelectedRows.Selection edges(SourceColumn key) {
        SourceColumn least = key.named("least");
        SourceColumn greatest = key.named("greatest");
        return new SelectedRows.Selection(
                query.selecting(
                        "CAST(MIN(" + key.quotedName() + ") AS " + key.serverType() + ") AS [least], CAST(MAX("
                                + key.quotedName() + ") AS " + key.serverType() + ") AS [greatest]",
                        Optional.empty()),
                List.of(least, greatest),
                List.of(key.form(), key.form()),
                List.of(1, 2));
    }

    /** Some of the columns of the unchanged query, in its order. */
    private SelectedRows.Selection whole(List<SourceColumn> all, List<SourceColumn> asked) {
        return new SelectedRows.Selection(
                query.whole(),
                asked,
                asked.stream().map(SourceColumn::form).toList(),
                asked.stream().map(column -> all.indexOf(column) + 1).toList());
    }

    String reading() {
        return "reading " + description;
    }

    /** The user can correct an error of the query itself; every other error keeps its translation. */
    SnapshotException explained(SnapshotException failure) {
        int number = SqlServerSession.errorNumber(failure).orElse(0);
        if (NO_SNAPSHOT.contains(number)) {
            return SnapshotException.invalidRequest(
                            "the query reads a table without row versions for SNAPSHOT isolation")
                    .where(description + ", " + database.address())
                    .actual(failure.actual().orElse("error " + number))
                    .nextStep(
                            "set ALLOW_SNAPSHOT_ISOLATION ON for that database, or read its tables WITH (READCOMMITTED)"
                                    + " and memory-optimised ones WITH (SNAPSHOT)")
                    .cause(failure)
                    .build();
        }
        if (failure.kind() != Kind.UNAVAILABLE || !SqlServerFaults.isAboutStatement(failure)) {
            return failure;
        }
        return SnapshotException.invalidRequest("the query cannot be run")
                .where(description + ", " + database.address())
                .actual(failure.actual().orElse("error " + number))
                .nextStep("correct the query")
                .cause(failure)
                .build();
    }
}
