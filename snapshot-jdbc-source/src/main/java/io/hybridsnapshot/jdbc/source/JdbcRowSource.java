package io.hybridsnapshot.jdbc.source;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.jdbc.source.TypeMapping.Mapped;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table or a query, read over any JDBC driver. Values keep their types; none is rounded, cut or guessed,
 * and a value that does not fit its column stops the reading with an error that names row and column. Immutable and
 * safe to share, as far as the data source is; each opening takes a connection of its own.
 *
 * <p>Types: booleans, integers (unsigned ones become the next larger type), decimals of up to 38 digits, floats, texts,
 * CLOBs and JSON as text, bytes and BLOBs, dates, times, timestamps, timestamps with time zone (instants) and UUIDs.
 * Any other type is an error that names the column, unless {@link Builder#type} declares a type for it.
 *
 * <p>Connections: the data source's connection is set read-only where its driver allows that, and autocommit is
 * switched off where the driver needs that to fetch rows in pieces (PostgreSQL, unknown drivers). Both are put back
 * before the connection is closed, which returns it to a pool. A stream opens, reads and closes its connection in the
 * thread that calls it. JDBC does not react to an interrupt: a thread that waits for the database goes on waiting.
 *
 * <p>Memory: a batch ends when it holds the requested rows or about {@code RowBatch.DEFAULT_BYTES} bytes. DuckDB and H2
 * collect the whole result first, unless their URL says otherwise; {@code docs/how-to/read-over-jdbc.md} shows how.
 */
public final class JdbcRowSource implements RowSource {
    static final int DEFAULT_FETCH_ROWS = 1_000;

    /** The first word of a statement, after blanks, comments and parentheses. */
    private static final Pattern FIRST_WORD =
            Pattern.compile("(?:[\\s(]|--[^\\n]*+(?:\\n|$)|/\\*(?s:.*?)\\*/)*+([A-Za-z]+)");

    private static final Set<String> CHANGES = Set.of(
            "ALTER", "CREATE", "DELETE", "DROP", "GRANT", "INSERT", "MERGE", "REPLACE", "REVOKE", "TRUNCATE", "UPDATE");

    private static final Set<String> SQLITE_ROW_IDS = Set.of("rowid", "_rowid_", "oid");

    private final Connections connections;
    private final String description;
    private final Optional<List<String>> table;
    private final Optional<String> query;
    private final Optional<String> condition;
    private final List<Object> parameters;
    private final List<String> order;
    private final Map<String, ColumnType> types;
    private final Optional<ZoneId> zone;
    private final int fetchRows;

    private JdbcRowSource(Builder builder) {
        this.connections = builder.connections;
        this.description = builder.description;
        this.table = builder.table;
        this.query = builder.query;
        this.condition = builder.condition;
        this.parameters = Collections.unmodifiableList(new ArrayList<>(builder.parameters));
        this.order = List.copyOf(builder.order);
        this.types = Collections.unmodifiableMap(new LinkedHashMap<>(builder.types));
        this.zone = builder.zone;
        this.fetchRows = builder.fetchRows;
    }

    /**
     * Starts a source of a table's or a view's rows.
     *
     * @param name the parts of the name, for example {@code "sales", "orders"}; each is quoted, so upper and lower case
     *     count as the database stores them
     */
    public static Builder ofTable(DataSource dataSource, String... name) {
        return table(connections(dataSource), List.of(name));
    }

    /** Starts a source of a table's rows with connections from anywhere. */
    static Builder table(Connections connections, List<String> name) {
        if (name.isEmpty() || name.stream().anyMatch(String::isEmpty)) {
            throw SnapshotException.invalidRequest("a table has no name")
                    .expected("the table's name, after its catalogue and schema if there are any")
                    .build();
        }
        return new Builder(connections, Optional.of(name), Optional.empty(), String.join(".", name));
    }

    /**
     * Starts a source of a query's rows.
     *
     * @param sql one SELECT statement in the database's own SQL; a semicolon at its end is left out
     * @throws SnapshotException INVALID_REQUEST if the query is empty, or begins like a statement that changes data
     */
    public static Builder ofQuery(DataSource dataSource, String sql) {
        return query(connections(dataSource), sql);
    }

    private static Connections connections(DataSource dataSource) {
        return Objects.requireNonNull(dataSource, "dataSource")::getConnection;
    }

    /** Starts a source of a query's rows with connections from anywhere. */
    static Builder query(Connections connections, String sql) {
        String statement = sql.strip();
        while (statement.endsWith(";")) {
            statement = statement.substring(0, statement.length() - 1).stripTrailing();
        }
        if (statement.isEmpty()) {
            throw SnapshotException.invalidRequest("the query is empty")
                    .expected("a SELECT statement")
                    .build();
        }
        requireNoChange(statement);
        return new Builder(connections, Optional.empty(), Optional.of(statement), "query");
    }

    /** Refuses a statement that changes data, before a driver runs it. */
    private static void requireNoChange(String sql) {
        Matcher word = FIRST_WORD.matcher(sql);
        if (word.lookingAt() && CHANGES.contains(word.group(1).toUpperCase(Locale.ROOT))) {
            throw SnapshotException.invalidRequest("the query of a source would change data")
                    .actual("a statement that begins with " + word.group(1))
                    .expected("one SELECT statement")
                    .nextStep("name a query that reads rows")
                    .build();
        }
    }

    @Override
    public String description() {
        return description;
    }

    /**
     * {@inheritDoc}
     *
     * @throws SnapshotException INVALID_REQUEST also if the database cannot run the query, or if a declared type names
     *     a column that is not there; CONFLICT if a lock or another transaction stopped the reading
     */
    @Override
    public RowStream open(ReadOptions options) {
        JdbcSession session = JdbcSession.open(connections, description);
        Statement statement = null;
        try {
            Optional<List<SourceColumn>> described = Optional.empty();
            // SQLite types an expression by its first row, so its types are asked for without rows.
            if (!options.columns().isEmpty() || session.dialect().isDynamicallyTyped()) {
                described = Optional.of(describe(session, options));
            }
            if (session.dialect() == Dialect.SQLITE) {
                requireOrder(described.orElseThrow());
            }
            String sql = sql(session, described, options);
            if (session.dialect().runsAnyStatementAsQuery()
                    && query.filter(sql::equals).isPresent()) {
                requireOneQuery(session, sql);
            }
            statement = statement(session, sql);
            ResultSet result = run(session, statement, sql);
            List<SourceColumn> columns = described.isPresent()
                    ? selected(described.get(), options)
                    : columns(session, result.getMetaData(), options);
            requireSame(columns, result.getMetaData());
            int[] positions = new int[columns.size()];
            for (int i = 0; i < positions.length; i++) {
                positions[i] = i + 1;
            }
            return new JdbcRowStream(
                    session,
                    statement,
                    result,
                    description,
                    new Conversions(zone),
                    columns,
                    positions,
                    options.batchRows());
        } catch (SQLException e) {
            close(statement);
            session.close();
            throw JdbcFaults.reading(description, session.dialect(), e);
        } catch (RuntimeException e) {
            close(statement);
            session.close();
            throw e;
        }
    }

    /** The columns of the table or query. The database reads no rows. */
    private List<SourceColumn> describe(JdbcSession session, ReadOptions options) throws SQLException {
        String sql = "SELECT * FROM " + from(session) + " WHERE 1 = 0";
        try (Statement statement = session.connection().createStatement()) {
            setPlain(statement);
            try (ResultSet none = statement.executeQuery(sql)) {
                return columns(session, none.getMetaData(), options);
            }
        }
    }

    /**
     * Lets the database parse the query as a subquery, where a second statement, or one that changes data, is a syntax
     * error. It reads no rows.
     */
    private static void requireOneQuery(JdbcSession session, String sql) throws SQLException {
        try (Statement statement = session.connection().createStatement()) {
            setPlain(statement);
            close(statement.executeQuery("SELECT 1 WHERE 1 = 0 AND EXISTS (" + sql + "\n)"));
        }
    }

    /** SQLite takes the quoted name of a column that is not there for a text, and sorts by nothing. */
    private void requireOrder(List<SourceColumn> columns) {
        List<String> names = columns.stream().map(SourceColumn::name).toList();
        for (String name : order) {
            boolean known = names.stream().anyMatch(name::equalsIgnoreCase)
                    || (table.isPresent() && SQLITE_ROW_IDS.contains(name.toLowerCase(Locale.ROOT)));
            if (!known) {
                throw SnapshotException.invalidRequest("the rows are to be sorted by a column that is not there")
                        .where(description)
                        .actual("'" + name + "'")
                        .expected(NearestName.expected("one of the columns", names, name))
                        .nextStep("correct the name")
                        .build();
            }
        }
    }

    private String sql(JdbcSession session, Optional<List<SourceColumn>> described, ReadOptions options)
            throws SQLException {
        if (query.isPresent()
                && condition.isEmpty()
                && order.isEmpty()
                && options.columns().isEmpty()) {
            return query.get();
        }
        StringBuilder sql = new StringBuilder("SELECT ");
        if (options.columns().isEmpty()) {
            sql.append('*');
        } else {
            List<String> names = new ArrayList<>();
            for (SourceColumn column : selected(described.orElseThrow(), options)) {
                names.add(quoted(session, column.name()));
            }
            sql.append(String.join(", ", names));
        }
        sql.append(" FROM ").append(from(session));
        // The line break ends a comment of the caller.
        condition.ifPresent(text -> sql.append(" WHERE (").append(text).append("\n)"));
        if (!order.isEmpty()) {
            List<String> names = new ArrayList<>();
            for (String name : order) {
                names.add(quoted(session, name));
            }
            sql.append(" ORDER BY ").append(String.join(", ", names));
        }
        return sql.toString();
    }

    /** The table's name or the query as a derived table, so that a second statement is a syntax error. */
    private String from(JdbcSession session) throws SQLException {
        if (query.isPresent()) {
            return "(" + query.get() + "\n) source_rows";
        }
        List<String> parts = new ArrayList<>();
        for (String part : table.orElseThrow()) {
            parts.add(quoted(session, part));
        }
        return String.join(".", parts);
    }

    private static String quoted(JdbcSession session, String name) throws SQLException {
        String quote = session.connection().getMetaData().getIdentifierQuoteString();
        if (quote == null || quote.isBlank()) {
            return name;
        }
        return quote + name.replace(quote, quote + quote) + quote;
    }

    private Statement statement(JdbcSession session, String sql) throws SQLException {
        if (!isPrepared(session)) {
            Statement plain =
                    session.connection().createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
            setPlain(plain);
            return plain;
        }
        PreparedStatement prepared =
                session.connection().prepareStatement(sql, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
        try {
            if (session.dialect().leavesParametersUnchecked()) {
                requireParameters(prepared);
            }
            for (int i = 0; i < parameters.size(); i++) {
                prepared.setObject(i + 1, parameters.get(i));
            }
        } catch (SQLException | RuntimeException e) {
            close(prepared);
            throw e;
        }
        return prepared;
    }

    /** SQLite runs a query whose parameters have no values, so they are counted also where none is expected. */
    private boolean isPrepared(JdbcSession session) {
        return !parameters.isEmpty() || session.dialect() == Dialect.SQLITE;
    }

    private void requireParameters(PreparedStatement prepared) throws SQLException {
        int expected = prepared.getParameterMetaData().getParameterCount();
        if (expected != parameters.size()) {
            throw SnapshotException.invalidRequest("the parameters of a query do not fit its values")
                    .where(description)
                    .actual(parameters.size() + " values")
                    .expected(expected + ", one for each '?'")
                    .nextStep("correct the condition or its values")
                    .build();
        }
    }

    /** A brace in a name or a text is no escape of JDBC. */
    private static void setPlain(Statement statement) throws SQLException {
        statement.setEscapeProcessing(false);
    }

    private ResultSet run(JdbcSession session, Statement statement, String sql) throws SQLException {
        session.dialect().setFetchSize(statement, fetchRows, session.productName());
        return isPrepared(session) && statement instanceof PreparedStatement prepared
                ? prepared.executeQuery()
                : statement.executeQuery(sql);
    }

    private List<SourceColumn> columns(JdbcSession session, ResultSetMetaData result, ReadOptions options)
            throws SQLException {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= result.getColumnCount(); i++) {
            names.add(result.getColumnLabel(i));
        }
        for (String declared : types.keySet()) {
            if (!names.contains(declared)) {
                throw unknownDeclaration(names, declared);
            }
        }
        List<SourceColumn> columns = new ArrayList<>();
        for (int i = 1; i <= names.size(); i++) {
            boolean wanted = options.columns().isEmpty() || options.columns().contains(names.get(i - 1));
            columns.add(column(session.dialect(), result, i, names.get(i - 1), wanted, options.knownTypes()));
        }
        // Detects a repeated name.
        Schema.of(columns.stream().map(SourceColumn::column).toList());
        return columns;
    }

    private SourceColumn column(
            Dialect dialect, ResultSetMetaData result, int i, String name, boolean wanted, Optional<Schema> known)
            throws SQLException {
        String databaseType = String.valueOf(result.getColumnTypeName(i));
        if (name.isEmpty()) {
            throw SnapshotException.invalidRequest("a column of the query has no name")
                    .where(description + ", column " + i)
                    .actual(databaseType)
                    .expected("a name for every column")
                    .nextStep("name it in the query by AS")
                    .build();
        }
        Optional<Mapped> natural = TypeMapping.natural(dialect, result, i);
        Optional<ColumnType> declared = Optional.ofNullable(types.get(name));
        if (declared.isEmpty() && natural.isEmpty()) {
            declared = known.flatMap(schema -> type(schema, name));
        }
        Optional<Mapped> mapped =
                declared.isPresent() ? Optional.of(TypeMapping.declared(dialect, declared.get(), natural)) : natural;
        if (mapped.isEmpty() && wanted) {
            throw unsupported(name, databaseType, result, i);
        }
        // A column that is not wanted needs no type.
        Mapped used = mapped.orElseGet(() -> new Mapped(ColumnType.TEXT, SourceColumn.Form.STRING, false));
        return new SourceColumn(new Column(name, used.type()), used.form(), used.converted(), databaseType);
    }

    private static Optional<ColumnType> type(Schema schema, String name) {
        OptionalInt index = schema.find(name);
        return index.isPresent() ? Optional.of(schema.column(index.getAsInt()).type()) : Optional.empty();
    }

    private SnapshotException unknownDeclaration(List<String> names, String declared) {
        return SnapshotException.invalidRequest("a type is declared for a column that is not there")
                .where(description)
                .actual("'" + declared + "'")
                .expected(NearestName.expected("one of the columns", names, declared))
                .nextStep("correct the name; upper and lower case count")
                .build();
    }

    private SnapshotException unsupported(String name, String databaseType, ResultSetMetaData result, int i)
            throws SQLException {
        return SnapshotException.invalidRequest("a column's type is not supported, or not known")
                .where(description + ", column '" + name + "'")
                .actual(databaseType + " (JDBC type " + result.getColumnType(i) + ", precision "
                        + result.getPrecision(i) + ", scale " + result.getScale(i) + ")")
                .expected("a boolean, an integer, a decimal of up to 38 digits, a float, text, bytes, a date or time,"
                        + " or a UUID")
                .nextStep("declare a type for the column, cast it in the query, or leave it out")
                .build();
    }

    private static List<SourceColumn> selected(List<SourceColumn> all, ReadOptions options) {
        if (options.columns().isEmpty()) {
            return all;
        }
        Schema schema = Schema.of(all.stream().map(SourceColumn::column).toList());
        List<SourceColumn> selected = new ArrayList<>();
        for (String name : options.columns()) {
            selected.add(all.get(schema.indexOf(name)));
        }
        return selected;
    }

    private void requireSame(List<SourceColumn> columns, ResultSetMetaData result) throws SQLException {
        List<Column> found = new ArrayList<>();
        for (int i = 1; i <= result.getColumnCount(); i++) {
            found.add(new Column(result.getColumnLabel(i), ColumnType.TEXT));
        }
        // Detects a repeated name, which a derived table may have changed.
        Schema.of(found);
        boolean same = columns.size() == found.size();
        for (int i = 0; same && i < columns.size(); i++) {
            same = columns.get(i).name().equals(found.get(i).name());
        }
        if (!same) {
            throw SnapshotException.conflict("the table was changed while the reading began")
                    .where(description)
                    .actual(result.getColumnCount() + " columns")
                    .expected(columns.stream().map(SourceColumn::name).toList())
                    .nextStep("read again")
                    .build();
        }
    }

    /** Closes a statement or a result whose rows are no longer needed. */
    static void close(@Nullable AutoCloseable resource) {
        if (resource == null) {
            return;
        }
        try {
            resource.close();
        } catch (Exception e) {
            // The connection is closed next, and with it all that it opened.
        }
    }

    @Override
    public String toString() {
        return description;
    }

    /** Collects the settings of a {@link JdbcRowSource}. Not thread-safe. */
    public static final class Builder {
        private final Connections connections;
        private final Optional<List<String>> table;
        private final Optional<String> query;
        private final List<Object> parameters = new ArrayList<>();
        private final List<String> order = new ArrayList<>();
        private final Map<String, ColumnType> types = new LinkedHashMap<>();
        private String description;
        private Optional<String> condition = Optional.empty();
        private Optional<ZoneId> zone = Optional.empty();
        private int fetchRows = DEFAULT_FETCH_ROWS;

        private Builder(
                Connections connections, Optional<List<String>> table, Optional<String> query, String description) {
            this.connections = connections;
            this.table = table;
            this.query = query;
            this.description = description;
        }

        /** Sets the name of the source in messages and reports; without it, the table's name or "query". */
        public Builder description(String text) {
            this.description = Objects.requireNonNull(text, "description");
            return this;
        }

        /**
         * Reads only the rows that meet a condition, for example those of one partition.
         *
         * @param sql a condition in the database's own SQL, with {@code ?} for each parameter
         * @param values the parameters, as {@code PreparedStatement.setObject} takes them
         */
        public Builder where(String sql, Object... values) {
            if (sql.isBlank()) {
                throw SnapshotException.invalidRequest("the condition of a source is empty")
                        .expected("a condition such as \"region\" = ?")
                        .build();
            }
            this.condition = Optional.of(sql);
            this.parameters.clear();
            this.parameters.addAll(Arrays.asList(values));
            return this;
        }

        /**
         * Declares the type of a column, in place of the one that the driver reports. Every value is checked, and
         * converted if nothing is lost: integers and decimals to each other, texts to any type, 0 and 1 to a boolean,
         * 16 bytes to a UUID. Any type can be read as text, in the form that the driver gives it.
         *
         * @param column the name as the result has it; upper and lower case count
         */
        public Builder type(String column, ColumnType type) {
            types.put(Objects.requireNonNull(column, "column"), Objects.requireNonNull(type, "type"));
            return this;
        }

        /** Sorts the rows by these columns, ascending. */
        public Builder orderBy(String... columns) {
            order.clear();
            order.addAll(List.of(columns));
            return this;
        }

        /**
         * Sets the time zone of timestamps without zone that are declared as instants. Without it, such a declaration
         * fails at the first value. Of a time that occurred twice, the first is taken; a time that was skipped is an
         * error.
         */
        public Builder zone(ZoneId id) {
            this.zone = Optional.of(id);
            return this;
        }

        /** Sets how many rows the driver fetches at a time, at least 1; 1,000 by default. Some drivers ignore it. */
        public Builder fetchRows(int rows) {
            if (rows < 1) {
                throw new IllegalArgumentException("fetchRows " + rows);
            }
            this.fetchRows = rows;
            return this;
        }

        /** Makes the source. It connects when it is opened. */
        public JdbcRowSource build() {
            return new JdbcRowSource(this);
        }
    }
}
