package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

/** Rows per second that a Parquet file becomes batches, in one thread, from the system's cache. */
@State(Scope.Thread)
@Threads(1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 6, time = 2)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xmx2g", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
public class ParquetReadBenchmark {
    /** What the rows look like. */
    @Param
    public TableShape shape;

    /** How many of the 268 columns are read. */
    @Param({"268", "5"})
    public int columns;

    private final ParquetSnapshotCodec codec = new ParquetSnapshotCodec();
    private Path file;
    private ReadOptions options;

    /** Writes the file. */
    @Setup
    public void writeFile() throws IOException {
        MeasuredRows rows = MeasuredRows.ofOneCall(shape);
        List<String> names = rows.schema().names();
        options = ReadOptions.ALL.withColumns(names.subList(0, Math.min(columns, names.size())));
        file = Files.createTempFile("snapshot-benchmark-", ".parquet");
        try (SnapshotWriter writer = codec.openWriter(file, rows.schema(), Map.of())) {
            for (RowBatch batch : rows.batches()) {
                writer.append(batch);
            }
            writer.finish();
        }
    }

    /** Reads all rows. */
    @Benchmark
    @OperationsPerInvocation(MeasuredRows.ROWS_A_CALL)
    public long read() {
        try (SnapshotReader reader = codec.openReader(FileBytes.open(file));
                RowStream rows = reader.rows(options)) {
            return MeasuredRows.count(rows);
        }
    }

    /** Deletes the file. */
    @TearDown
    public void deleteFile() throws IOException {
        Files.deleteIfExists(file);
    }
}
