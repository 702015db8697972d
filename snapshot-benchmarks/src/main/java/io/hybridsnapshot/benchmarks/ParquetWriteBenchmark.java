package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.parquet.Compression;
import io.hybridsnapshot.parquet.ParquetSettings;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Rows per second that become a Parquet file on the disk, digests included, in one thread, from batches in memory. */
@State(Scope.Thread)
@Threads(1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 6, time = 2)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xmx2g", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
public class ParquetWriteBenchmark {
    /** What the rows look like. */
    @Param
    public TableShape shape;

    /** How pages are compressed, at the default level. */
    @Param({"ZSTD", "SNAPPY"})
    public Compression compression;

    private MeasuredRows rows;
    private ParquetSnapshotCodec codec;
    private Path file;

    /** Makes the rows. */
    @Setup
    public void makeRows() throws IOException {
        rows = MeasuredRows.ofOneCall(shape);
        codec = new ParquetSnapshotCodec(ParquetSettings.of(compression));
        file = Files.createTempFile("snapshot-benchmark-", ".parquet");
    }

    /** Writes all rows. */
    @Benchmark
    @OperationsPerInvocation(MeasuredRows.ROWS_A_CALL)
    public WrittenFile write() {
        try (SnapshotWriter writer = codec.openWriter(file, rows.schema(), Map.of())) {
            for (RowBatch batch : rows.batches()) {
                writer.append(batch);
            }
            return writer.finish();
        }
    }

    /** Deletes the file. */
    @TearDown
    public void deleteFile() throws IOException {
        Files.deleteIfExists(file);
    }
}
