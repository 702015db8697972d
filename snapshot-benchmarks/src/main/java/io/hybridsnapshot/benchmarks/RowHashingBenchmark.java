package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.RowHasher;
import java.util.List;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Rows per second that are encoded and hashed, in one thread, from batches in memory. */
@State(Scope.Thread)
@Threads(1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 6, time = 2)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xmx2g", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
public class RowHashingBenchmark {
    /** What the rows look like. */
    @Param
    public TableShape shape;

    /** {@code uuid}: the identity is taken as it is; {@code business}: it is encoded and hashed too. */
    @Param({"uuid", "business"})
    public String key;

    private MeasuredRows rows;
    private RowHasher hasher;

    /** Makes the rows. */
    @Setup
    public void makeRows() {
        rows = MeasuredRows.ofOneCall(shape);
        List<String> columns =
                key.equals("uuid") ? List.of("record_uuid") : List.of("AAG ORDER NUMBER", "CUSTOMER STYLE");
        hasher = RowHasher.of(rows.schema(), HashSpec.HSR1, columns);
    }

    /** Hashes all rows. */
    @Benchmark
    @OperationsPerInvocation(MeasuredRows.ROWS_A_CALL)
    public void hash(Blackhole sink) {
        for (RowBatch batch : rows.batches()) {
            sink.consume(hasher.hash(batch));
        }
    }
}
