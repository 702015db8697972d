package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.engine.internal.comparison.MergeDelta;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
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

/** Rows per second that are sorted by identity, inspected and merged into a delta, in one thread. */
@State(Scope.Thread)
@Threads(1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 6, time = 2)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xmx2g", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
public class DeltaBenchmark {
    private static final int ROWS = 1 << 18;
    private static final int CHANGED_ONE_IN = 20;

    /** Rows that the sorter holds: all of them, or an eighth, so that it spills eight runs to the disk. */
    @Param({"262144", "32768"})
    public int rowsInMemory;

    private Path directory;
    private KeyedHashes before;
    private KeyedHashes after;
    private KeyedRowSorter sorterBefore;
    private KeyedRowSorter sorterAfter;
    private SortedKeyedRows sortedBefore;
    private SortedKeyedRows sortedAfter;

    /** Makes two sets of rows in random order, of which one in twenty changed. */
    @Setup
    public void makeRows() throws IOException {
        directory = Files.createTempDirectory("snapshot-benchmark-");
        before = new KeyedHashes(ROWS);
        after = new KeyedHashes(ROWS);
        SplittableRandom random = new SplittableRandom(42);
        for (int row = 0; row < ROWS; row++) {
            long high = random.nextLong();
            long low = random.nextLong();
            long hash = random.nextLong();
            before.append(high, low, hash, hash, hash, hash);
            after.append(high, low, hash, hash, hash, row % CHANGED_ONE_IN == 0 ? ~hash : hash);
        }
        sorterBefore = sorter(before);
        sorterAfter = sorter(after);
        sortedBefore = sorterBefore.finish();
        sortedAfter = sorterAfter.finish();
    }

    private KeyedRowSorter sorter(KeyedHashes rows) {
        KeyedRowSorter sorter = new KeyedRowSorter(directory, rowsInMemory);
        sorter.add(rows);
        return sorter;
    }

    /** Sorts one set. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public long sort() {
        try (KeyedRowSorter sorter = sorter(after)) {
            return sorter.finish().size();
        }
    }

    /** Computes the fingerprint of a sorted set and looks for duplicates. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public SortedKeyedRows.Inspection inspect() {
        return sortedAfter.inspect(1);
    }

    /** Merges two sorted sets into the counts of their delta. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public DeltaSummary merge() {
        return new MergeDelta(sortedBefore, sortedAfter).summary();
    }

    /** Deletes what was spilled. */
    @TearDown
    public void deleteFiles() throws IOException {
        sorterBefore.close();
        sorterAfter.close();
        Files.delete(directory);
    }
}
