package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * Prints the speed of writing and reading a table in the shape of an order book (163 sparse integers, 101 texts, 3
 * dates, a UUID). Also prints the size of the file beside DuckDB's of the same rows. Not a test:
 * {@code docs/parquet.md} gives the command. Arguments: rows, runs.
 */
final class WriteMeasurement {
    private static final int INTEGERS = 163;
    private static final int TEXTS = 101;

    private WriteMeasurement() {}

    public static void main(String[] args) throws IOException, SQLException {
        int rows = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
        int runs = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        Schema schema = schema();
        List<RowBatch> batches = batches(schema, rows);
        Path directory = Files.createTempDirectory("parquet-measurement");
        Path file = directory.resolve("ours.parquet");
        WrittenFile written = null;
        for (int run = 0; run < runs; run++) {
            long start = System.nanoTime();
            written = Tables.write(file, ParquetSettings.defaults(), schema, batches);
            long end = System.nanoTime();
            long read = read(file);
            System.out.printf(
                    "write %,d rows/s, read %,d rows/s%n",
                    rows * 1_000_000_000L / (end - start), rows * 1_000_000_000L / read);
        }
        Path theirs = directory.resolve("duckdb.parquet");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("set threads = 1");
            statement.execute("create table t as select * from read_parquet('" + file + "')");
            long start = System.nanoTime();
            statement.execute("copy t to '" + theirs + "' (format parquet, compression zstd)");
            System.out.printf("DuckDB writes %,d rows/s%n", rows * 1_000_000_000L / (System.nanoTime() - start));
        }
        System.out.printf(
                "%,d bytes, DuckDB's %,d: %.3f of it; %,d bytes before compression%n",
                written.size(),
                Files.size(theirs),
                (double) written.size() / Files.size(theirs),
                written.uncompressedSize());
        if (args.length > 2) {
            System.out.println(directory);
            return;
        }
        Files.delete(file);
        Files.delete(theirs);
        Files.delete(directory);
    }

    private static long read(Path file) {
        long start = System.nanoTime();
        try (SnapshotReader reader = new ParquetSnapshotCodec().openReader(FileBytes.open(file));
                RowStream stream = reader.rows(ReadOptions.ALL)) {
            while (stream.next().isPresent()) {
                continue;
            }
        }
        return System.nanoTime() - start;
    }

    private static Schema schema() {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("record_uuid", ColumnType.UUID));
        for (int i = 0; i < TEXTS; i++) {
            columns.add(new Column("text " + i, ColumnType.TEXT));
        }
        for (int i = 0; i < 3; i++) {
            columns.add(new Column("date " + i, ColumnType.DATE));
        }
        for (int i = 0; i < INTEGERS; i++) {
            columns.add(new Column("size " + i, ColumnType.INT32));
        }
        return Schema.of(columns);
    }

    /**
     * Texts of 1 to 7 distinct values, of hundreds, of tens of thousands, and one with a distinct value per row. Every
     * 20th column holds long notes.
     */
    private static List<RowBatch> batches(Schema schema, int rows) {
        Random random = new Random(42);
        int[] cardinalities = {3, 7, 40, 300, 2_000, 10_000, 40_000, Integer.MAX_VALUE};
        List<RowBatch> batches = new ArrayList<>();
        for (int from = 0; from < rows; from += RowBatch.DEFAULT_ROWS) {
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, RowBatch.DEFAULT_ROWS);
            for (int row = from; row < Math.min(rows, from + RowBatch.DEFAULT_ROWS); row++) {
                ((UuidVector) vectors.get(0)).append(new UUID(random.nextLong(), random.nextLong()));
                for (int i = 0; i < TEXTS; i++) {
                    BytesVector texts = (BytesVector) vectors.get(1 + i);
                    int cardinality = cardinalities[i % cardinalities.length];
                    if (random.nextInt(100) < 35 * (i % 3)) {
                        texts.appendNull();
                    } else if (i % 20 == 19) {
                        texts.append("Note " + random.nextInt(5_000) + ": deliver by week " + random.nextInt(52)
                                + ", carton marks as agreed with buyer " + random.nextInt(300));
                    } else if (cardinality == Integer.MAX_VALUE) {
                        texts.append("JOO-" + (row * 7L + i) + "-" + random.nextInt(100_000));
                    } else {
                        texts.append("VALUE " + i + " OF " + random.nextInt(cardinality) + " COLOUR");
                    }
                }
                for (int i = 0; i < 3; i++) {
                    ((LongVector) vectors.get(1 + TEXTS + i)).append(20_000 + random.nextInt(400));
                }
                for (int i = 0; i < INTEGERS; i++) {
                    LongVector sizes = (LongVector) vectors.get(4 + TEXTS + i);
                    if (random.nextInt(100) < 88) {
                        sizes.appendNull();
                    } else {
                        sizes.append(random.nextInt(200) * 6L);
                    }
                }
            }
            batches.add(new RowBatch(schema, vectors));
        }
        return batches;
    }
}
