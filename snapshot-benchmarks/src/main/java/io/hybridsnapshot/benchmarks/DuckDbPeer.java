package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;

/**
 * The peer: DuckDB, in this process and in memory, doing the steps of a save in the SQL that its user would write. One
 * thread; the caller that opened it closes it.
 */
final class DuckDbPeer implements AutoCloseable {
    /** The columns of the narrow table; a row depends on its number alone. */
    private static final String NARROW_COLUMNS =
            "i::bigint id, 'customer ' || hash(i) % 50000 customer, 'style-' || hash(i + 1) % 800 style,"
                    + " (hash(i + 2) % 1000000)::decimal(18, 2) / 100 amount, (hash(i + 3) % 5000)::int qty,"
                    + " date '2020-01-01' + cast(hash(i + 4) % 2000 as int) day_,"
                    + " timestamp '2020-01-01' + to_seconds((hash(i + 5) % 100000000)::bigint) ts,"
                    + " (hash(i + 6) % 100000) / 7.0::double price, 'note ' || hash(i + 7) note,"
                    + " hash(i + 8) % 2 = 0 active, (hash(i + 9) % 1000)::int n1, (hash(i + 10) % 100)::int n2,"
                    + " 'c' || hash(i + 11) % 30 country, 'x' || hash(i + 12) % 3000 sku,"
                    + " case when hash(i + 13) % 5 = 0 then null else 't' || hash(i + 14) % 10000 end tag,"
                    + " (hash(i + 15) % 1000000)::bigint b1, (hash(i + 16) % 100)::decimal(9, 2) disc,"
                    + " 'st' || hash(i + 17) % 6 status, (hash(i + 18) % 100000)::int z,"
                    + " 'city ' || hash(i + 19) % 2000 city";

    private final Schema schema;
    private final Connection connection;

    private DuckDbPeer(Schema schema, Connection connection) {
        this.schema = schema;
        this.connection = connection;
    }

    /** Opens an empty database for tables of this schema. */
    static DuckDbPeer open(Schema schema) {
        try {
            return new DuckDbPeer(schema, DriverManager.getConnection("jdbc:duckdb:"));
        } catch (SQLException e) {
            throw failed("opening a database", e);
        }
    }

    /** Works with so many threads from now on. */
    void useThreads(int threads) {
        execute("set threads = " + threads);
    }

    /** Reads a CSV file into the table, its types declared, empty cells as NULL. */
    void readCsv(Path csv) {
        String types = schema.columns().stream()
                .map(column -> literal(column.name()) + ": '" + type(column) + "'")
                .collect(Collectors.joining(", "));
        execute("create or replace table rows as select * from read_csv(" + literal(csv.toString())
                + ", header = true, delim = ',', quote = '\"', escape = '\"', auto_detect = false, columns = {" + types
                + "})");
    }

    /** Makes the table from a Parquet file. */
    void readParquet(Path file) {
        execute("create or replace table rows as select * from read_parquet(" + literal(file.toString()) + ")");
    }

    /** Makes the table of 20 columns that {@code docs/benchmarks.md} compares files with. */
    void makeNarrow(long rows) {
        execute("create or replace table rows as select " + NARROW_COLUMNS + " from range(" + rows + ") numbers(i)");
    }

    /**
     * Writes the same rows as CSV.
     *
     * @param day 0, or 1: two cells of 1 % of the rows are others
     */
    void writeNarrow(long rows, int day, Path csv) {
        String changed = "hash(i + 99) % 100 = 0 and " + day + " = 1";
        execute("copy (select * exclude (i) replace (case when " + changed
                + " then amount + 1 else amount end as amount, case when "
                + changed + " then 'changed' else status end as status) from (select i, " + NARROW_COLUMNS
                + " from range(" + rows + ") numbers(i))) to " + literal(csv.toString())
                + " (format csv, header true)");
    }

    /**
     * Hashes every row of the table over the texts of all columns but the key, a NULL told apart from an empty text.
     *
     * @param key the key column, which becomes the column {@code id} of the table of hashes
     */
    void hashRows(String key) {
        String cells = schema.columns().stream()
                .filter(column -> !column.name().equals(key))
                .map(column -> "coalesce(cast(" + name(column.name()) + " as varchar), chr(1))")
                .collect(Collectors.joining(", "));
        execute("create or replace table hashes as select " + name(key) + " as id, sha256(concat_ws(chr(31), " + cells
                + ")) as row_hash from rows");
    }

    /** Keeps the hashes as those of the day before. */
    void keepHashes() {
        execute("create or replace table earlier as from hashes");
    }

    /** Makes an empty table of hashes, as before the first day. */
    void hashRowsOfNone(String key) {
        String type = schema.columns().stream()
                .filter(column -> column.name().equals(key))
                .map(DuckDbPeer::type)
                .findAny()
                .orElseThrow();
        execute("create or replace table hashes (id " + type + ", row_hash varchar)");
    }

    /** Joins the hashes with those of the day before and keeps the kind of change of every row. */
    void joinHashes() {
        execute("create or replace table changes as select coalesce(h.id, e.id) as id, case when e.id is null"
                + " then 'NEW' when h.id is null then 'DELETED' when h.row_hash = e.row_hash then"
                + " 'UNCHANGED' else 'CHANGED' end as kind from hashes h full outer join earlier e on"
                + " h.id = e.id");
    }

    /** How many rows {@link #joinHashes} found of each kind. */
    DeltaSummary changes() {
        return new DeltaSummary(countOf("NEW"), countOf("CHANGED"), countOf("UNCHANGED"), countOf("DELETED"));
    }

    private long countOf(String kind) {
        return Long.parseLong(ask("select count(*) from changes where kind = " + literal(kind)));
    }

    /** Writes the table as Parquet, with ZSTD at DuckDB's own level. */
    void writeParquet(Path file) {
        execute("copy rows to " + literal(file.toString()) + " (format parquet, compression zstd)");
    }

    /** How many rows the table and a Parquet file do not share, counted on both sides. */
    long differencesFrom(Path parquet) {
        String other = "select * from read_parquet(" + literal(parquet.toString()) + ")";
        return Long.parseLong(ask("select (select count(*) from (from rows except all " + other
                + ")) + (select count(*) from (" + other + " except all from rows))"));
    }

    /** DuckDB's version. */
    String version() {
        return ask("select version()");
    }

    private void execute(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw failed(sql, e);
        }
    }

    private String ask(String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            throw failed(sql, e);
        }
    }

    private static String type(Column column) {
        TypeKind kind = column.type().kind();
        return switch (kind) {
            case BOOLEAN -> "BOOLEAN";
            case INT32 -> "INTEGER";
            case INT64 -> "BIGINT";
            case FLOAT64 -> "DOUBLE";
            case DECIMAL ->
                "DECIMAL(" + column.type().precision() + ", " + column.type().scale() + ")";
            case TIMESTAMP -> "TIMESTAMP";
            case TEXT -> "VARCHAR";
            case DATE -> "DATE";
            case UUID -> "UUID";
            default -> throw new IllegalArgumentException("column '" + column.name() + "' is " + kind);
        };
    }

    private static String name(String column) {
        return '"' + column.replace("\"", "\"\"") + '"';
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static SnapshotException failed(String task, SQLException cause) {
        return SnapshotException.unavailable("DuckDB failed")
                .where(task.substring(0, Math.min(task.length(), 60)))
                .actual(cause.getMessage())
                .cause(cause)
                .build();
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed("closing the database", e);
        }
    }
}
