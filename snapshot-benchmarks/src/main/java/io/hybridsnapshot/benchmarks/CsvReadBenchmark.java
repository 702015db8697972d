package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.csv.CsvFormat;
import io.hybridsnapshot.csv.CsvLayout;
import io.hybridsnapshot.csv.CsvRowSource;
import io.hybridsnapshot.csv.CsvRowWriter;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
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

/** Rows per second that a CSV file becomes typed batches, in one thread, from the system's cache. */
@State(Scope.Thread)
@Threads(1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 6, time = 2)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xmx2g", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
public class CsvReadBenchmark {
    /** What the rows look like. */
    @Param
    public TableShape shape;

    /** {@code declared}: the types are said; {@code inferred}: the file is read once more to find them. */
    @Param({"declared", "inferred"})
    public String types;

    private Path file;
    private CsvRowSource source;

    /** Writes the file. */
    @Setup
    public void writeFile() throws IOException {
        RowSource rows = shape.rows(MeasuredRows.ROWS_A_CALL, 0);
        Map<String, ColumnType> declared = new HashMap<>();
        file = Files.createTempFile("snapshot-benchmark-", ".csv");
        try (RowStream stream = rows.open(ReadOptions.ALL)) {
            if (types.equals("declared")) {
                for (Column column : stream.schema().columns()) {
                    declared.put(column.name(), column.type());
                }
            }
            CsvRowWriter.write(stream, file, CsvLayout.DEFAULT);
        }
        source = new CsvRowSource(file, CsvFormat.DEFAULT.withTypes(declared));
    }

    /** Reads all rows. */
    @Benchmark
    @OperationsPerInvocation(MeasuredRows.ROWS_A_CALL)
    public long read() {
        try (RowStream rows = source.open(ReadOptions.ALL)) {
            return MeasuredRows.count(rows);
        }
    }

    /** Deletes the file. */
    @TearDown
    public void deleteFile() throws IOException {
        Files.deleteIfExists(file);
    }
}
