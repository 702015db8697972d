package io.hybridsnapshot.it;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Where the parts of a Parquet file are, as another program, DuckDB, reads its footer.
 *
 * @param chunks the column chunks in the order of the footer
 * @param footerBytes what a reader needs at least to know the columns: the footer, its length and the magic number
 * @param fileBytes the file
 */
record ParquetLayout(List<Chunk> chunks, long footerBytes, long fileBytes) {
    /**
     * One column of one row group.
     *
     * @param rows rows of the row group
     * @param bytes bytes in the file
     */
    record Chunk(int rowGroup, String column, long rows, long bytes) {}

    static ParquetLayout of(Path file) throws SQLException, IOException {
        List<Chunk> chunks = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT row_group_id, path_in_schema, row_group_num_rows, total_compressed_size FROM"
                                + " parquet_metadata('"
                                + file + "') ORDER BY row_group_id, column_id")) {
            while (rows.next()) {
                chunks.add(new Chunk(rows.getInt(1), rows.getString(2), rows.getLong(3), rows.getLong(4)));
            }
        }
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r")) {
            bytes.seek(bytes.length() - 8);
            return new ParquetLayout(
                    chunks, Integer.toUnsignedLong(Integer.reverseBytes(bytes.readInt())) + 8, bytes.length());
        }
    }

    int rowGroups() {
        return 1 + chunks.get(chunks.size() - 1).rowGroup();
    }

    /** The row group that a row is in. */
    int rowGroupOf(long ordinal) {
        long left = ordinal;
        for (Chunk chunk : chunks) {
            if (chunk.column().equals(chunks.get(0).column())) {
                left -= chunk.rows();
                if (left < 0) {
                    return chunk.rowGroup();
                }
            }
        }
        throw new AssertionError("no row " + ordinal);
    }

    List<Chunk> of(Collection<String> columns) {
        return chunks.stream().filter(chunk -> columns.contains(chunk.column())).toList();
    }

    static long bytes(List<Chunk> chunks) {
        return chunks.stream().mapToLong(Chunk::bytes).sum();
    }
}
