package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.Sha256;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.parquet.ParquetRowSource;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.samples.OrdersUnified;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Hashing, writing Parquet and the size of the file, beside DuckDB on the same rows, for three tables: orders, dense
 * orders, and a narrow one of ten times as many rows and 20 columns. One thread each; CPU time. Prints one table
 * ({@code docs/benchmarks.md}). A missed target is told, not an error.
 */
public final class FileComparison {
    private static final long HASHED_ROWS_PER_SECOND = 150_000;
    private static final long WRITTEN_ROWS_PER_SECOND = 60_000;
    private static final double FILE_SIZE_RATIO = 1.0;
    private static final String CPU = "CPU time";
    private static final int NARROW_FACTOR = 10;
    private static final int WARM_UP_ROUNDS = 2;
    /** The message of a dense row has about this many bytes in the tables that the goals were set for. */
    private static final int MESSAGE_BYTES = 3_300;

    private static final int MESSAGES = 20_000;

    private final long rows;
    private final int rounds;
    private final PrintStream out;

    FileComparison(long rows, int rounds, PrintStream out) {
        if (rows < 1 || rounds < 1) {
            throw SnapshotException.invalidRequest("nothing to measure")
                    .actual(rows + " rows, " + rounds + " rounds")
                    .expected("at least 1 of each")
                    .build();
        }
        this.rows = rows;
        this.rounds = rounds;
        this.out = out;
    }

    /**
     * Measures the three tables.
     *
     * @param arguments {@code [rows [rounds]]}; 100,000 rows and 5 rounds where they are left out
     */
    public static void main(String[] arguments) throws IOException {
        long rows = arguments.length > 0 ? Long.parseLong(arguments[0]) : 100_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        new FileComparison(rows, rounds, new PrintStream(System.out, true, StandardCharsets.UTF_8)).run();
    }

    /** Measures the three tables and prints the figures. */
    void run() throws IOException {
        Path directory = Files.createTempDirectory("snapshot-benchmark-");
        Path ours = directory.resolve("ours.parquet");
        Path theirs = directory.resolve("duckdb.parquet");
        try {
            bareDigests();
            for (TableShape shape : TableShape.values()) {
                MeasuredRows measured = MeasuredRows.readAll(shape.rows(rows, 0), ReadOptions.ALL);
                write(measured, ours);
                try (DuckDbPeer peer = DuckDbPeer.open(measured.schema())) {
                    peer.useThreads(1);
                    peer.readParquet(ours);
                    print(shape.label(), rows, measured, peer, ours, theirs);
                }
            }
            try (DuckDbPeer peer = DuckDbPeer.open(OrdersUnified.SCHEMA)) {
                peer.useThreads(1);
                peer.makeNarrow(NARROW_FACTOR * rows);
                peer.writeParquet(theirs);
                MeasuredRows measured = MeasuredRows.readAll(new ParquetRowSource(theirs), ReadOptions.ALL);
                print("narrow", NARROW_FACTOR * rows, measured, peer, ours, theirs);
            }
        } finally {
            Files.deleteIfExists(ours);
            Files.deleteIfExists(theirs);
            Files.deleteIfExists(directory);
        }
    }

    /** The digest of as many bytes as a row has, without a row: no hashing can be faster. */
    private void bareDigests() {
        byte[] message = new byte[MESSAGE_BYTES];
        MessageDigest sha256 = Sha256.digest();
        List<Double> seconds = new ArrayList<>();
        for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
            double taken = Timing.of(() -> {
                        for (int i = 0; i < MESSAGES; i++) {
                            sha256.update(message);
                            sha256.digest();
                        }
                    })
                    .cpuSeconds();
            if (round >= WARM_UP_ROUNDS) {
                seconds.add(taken);
            }
        }
        double perSecond = MESSAGES / Math.max(new Series(seconds).median(), 1e-9);
        out.printf(
                Locale.ROOT,
                "SHA-256 alone, messages of %,d bytes: %,.0f a second, %,.0f MB/s%n",
                MESSAGE_BYTES,
                perSecond,
                perSecond * MESSAGE_BYTES / 1e6);
    }

    private void print(String label, long count, MeasuredRows measured, DuckDbPeer peer, Path ours, Path theirs)
            throws IOException {
        boolean isOrders = measured.schema().equals(OrdersUnified.SCHEMA);
        String key = isOrders ? OrdersUnified.KEY : measured.schema().column(0).name();
        List<Double> hash = new ArrayList<>();
        List<Double> write = new ArrayList<>();
        List<Double> peerHash = new ArrayList<>();
        List<Double> peerWrite = new ArrayList<>();
        for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
            Timing hashed = Timing.of(() -> hash(measured, key));
            Timing peerHashed = isOrders ? Timing.of(() -> peer.hashRows(OrdersUnified.KEY)) : hashed;
            Timing written = Timing.of(() -> write(measured, ours));
            Timing peerWritten = Timing.of(() -> peer.writeParquet(theirs));
            if (round >= WARM_UP_ROUNDS) {
                hash.add(hashed.cpuSeconds());
                peerHash.add(peerHashed.cpuSeconds());
                write.add(written.cpuSeconds());
                peerWrite.add(peerWritten.cpuSeconds());
            }
        }
        long differences = peer.differencesFrom(ours);
        if (differences > 0) {
            throw new IllegalStateException("the file and DuckDB's table differ in " + differences + " rows");
        }
        ComparisonTable table = new ComparisonTable(count);
        if (isOrders) {
            table.stepAtLeast(
                    "hash rows",
                    CPU,
                    new Series(hash),
                    new Series(peerHash),
                    ratio(hash, peerHash),
                    HASHED_ROWS_PER_SECOND);
        }
        table.stepAtLeast(
                "write Parquet",
                CPU,
                new Series(write),
                new Series(peerWrite),
                ratio(write, peerWrite),
                WRITTEN_ROWS_PER_SECOND);
        table.size("Parquet file", Files.size(ours), Files.size(theirs), FILE_SIZE_RATIO);
        out.printf(
                Locale.ROOT,
                "%n%s: %,d rows x %d columns; medians of %d rounds after %d to warm up; Java %s, DuckDB %s%n",
                label,
                count,
                measured.schema().size(),
                rounds,
                WARM_UP_ROUNDS,
                Runtime.version(),
                peer.version());
        table.lines().forEach(out::println);
    }

    private static Series ratio(List<Double> ours, List<Double> theirs) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < ours.size(); i++) {
            ratios.add(ours.get(i) / theirs.get(i));
        }
        return new Series(ratios);
    }

    private static void hash(MeasuredRows rows, String key) {
        RowHasher hasher = RowHasher.of(rows.schema(), HashSpec.HSR1, List.of(key));
        for (RowBatch batch : rows.batches()) {
            hasher.hash(batch);
        }
    }

    /** Writes rows as Parquet at the default settings. */
    static WrittenFile write(MeasuredRows rows, Path file) {
        Schema schema = rows.schema();
        try (SnapshotWriter writer = new ParquetSnapshotCodec().openWriter(file, schema, Map.of())) {
            for (RowBatch batch : rows.batches()) {
                writer.append(batch);
            }
            return writer.finish();
        }
    }
}
