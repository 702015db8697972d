package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The peer of a comparison of two Parquet files: DuckDB's full outer join on {@code id}, on two threads. It counts the
 * rows that are new, deleted and changed, and the changed rows of each column.
 */
final class DuckDbComparison {
    private DuckDbComparison() {}

    /** Compares two files; the third argument, if there is one, is DuckDB's memory limit. */
    public static void main(String[] arguments) {
        System.out.println(counts(
                Path.of(arguments[0]),
                Path.of(arguments[1]),
                arguments.length > 2 ? Optional.of(arguments[2]) : Optional.empty()));
    }

    /** Returns the counts: those of {@code new}, {@code deleted} and {@code changed} first, then those by column. */
    static Map<String, Long> counts(Path before, Path after, Optional<String> memoryLimit) {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("set threads = 2");
            if (memoryLimit.isPresent()) {
                statement.execute("set memory_limit = '" + memoryLimit.get() + "'");
                statement.execute("set temp_directory = '" + after + ".tmp'");
            }
            List<String> columns = columns(statement, before);
            try (ResultSet row = statement.executeQuery(sql(before, after, columns))) {
                row.next();
                Map<String, Long> counts = new LinkedHashMap<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    counts.put(row.getMetaData().getColumnLabel(i), row.getLong(i));
                }
                return counts;
            }
        } catch (SQLException e) {
            throw SnapshotException.unavailable("DuckDB cannot compare the files")
                    .where(before + ", " + after)
                    .actual(e.getMessage())
                    .cause(e)
                    .build();
        }
    }

    private static List<String> columns(Statement statement, Path file) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("describe select * from '" + file + "'")) {
            while (rows.next()) {
                if (!rows.getString(1).equals("id")) {
                    columns.add(rows.getString(1));
                }
            }
        }
        return columns;
    }

    private static String sql(Path before, Path after, List<String> columns) {
        String both = "a.id is not null and b.id is not null and ";
        String any = columns.stream()
                .map(column -> "a." + column + " is distinct from b." + column)
                .collect(Collectors.joining(" or "));
        String each = columns.stream()
                .map(column ->
                        "count(*) filter (" + both + "a." + column + " is distinct from b." + column + ") " + column)
                .collect(Collectors.joining(", "));
        return "select count(*) filter (a.id is null) as \"new\", count(*) filter (b.id is null) as deleted, count(*)"
                + " filter ("
                + both + "(" + any + ")) as changed, " + each + " from '" + before + "' a full join '" + after
                + "' b on a.id = b.id";
    }
}
