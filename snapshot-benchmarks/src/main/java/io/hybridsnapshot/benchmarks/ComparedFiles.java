package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The Parquet files that a comparison is measured with, written by DuckDB with ZSTD: {@code a}, {@code b} with two
 * cells changed in 1 % of the rows, and {@code shuffled}, which is {@code b} in a scattered order. Rows depend on their
 * number alone.
 */
final class ComparedFiles {
    private static final List<String> COLUMNS = List.of(
            "i::bigint id",
            "(hash(i + 2) % 1000000)::decimal(18, 2) / 100 amount",
            "(hash(i + 3) % 5000)::int qty",
            "date '2020-01-01' + cast(hash(i + 4) % 2000 as int) day_",
            "'st' || hash(i + 17) % 6 status",
            "'customer ' || hash(i) % 50000 customer",
            "'style-' || hash(i + 1) % 800 style",
            "timestamp '2020-01-01' + to_seconds((hash(i + 5) % 100000000)::bigint) ts",
            "(hash(i + 6) % 100000) / 7.0::double price",
            "'note ' || hash(i + 7) note",
            "hash(i + 8) % 2 = 0 active",
            "(hash(i + 9) % 1000)::int n1",
            "(hash(i + 10) % 100)::int n2",
            "'c' || hash(i + 11) % 30 country",
            "'x' || hash(i + 12) % 3000 sku",
            "case when hash(i + 13) % 5 = 0 then null else 't' || hash(i + 14) % 10000 end tag",
            "(hash(i + 15) % 1000000)::bigint b1",
            "(hash(i + 16) % 100)::decimal(9, 2) disc",
            "(hash(i + 18) % 100000)::int z",
            "'city ' || hash(i + 19) % 2000 city");

    private ComparedFiles() {}

    /** Makes the files; the arguments are the rows, the columns (5 to 20) and an existing directory. */
    public static void main(String[] arguments) {
        write(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), Path.of(arguments[2]));
    }

    /** Writes the files to a directory. */
    static void write(int rows, int columns, Path directory) {
        String selected = String.join(", ", COLUMNS.subList(0, columns));
        // On the disk: a table of 10,000,000 rows would else take most of the memory.
        Path database = directory.resolve("files.duckdb");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("create table t as select " + selected + " from range(" + rows + ") rows(i)");
            copy(statement, "t", directory.resolve("a.parquet"));
            statement.execute("update t set amount = amount + 1, status = 'changed' where hash(id + 99) % 100 = 0");
            copy(statement, "t", directory.resolve("b.parquet"));
            copy(statement, "(from t order by hash(id))", directory.resolve("shuffled.parquet"));
        } catch (SQLException e) {
            throw SnapshotException.unavailable("DuckDB cannot write the files")
                    .where(directory.toString())
                    .actual(e.getMessage())
                    .cause(e)
                    .build();
        }
        try {
            Files.deleteIfExists(database);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Statement statement, String rows, Path file) throws SQLException {
        statement.execute("copy " + rows + " to '" + file + "' (format parquet, compression zstd)");
    }
}
