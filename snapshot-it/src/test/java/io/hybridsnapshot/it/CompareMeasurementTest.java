package io.hybridsnapshot.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.ColumnChanges;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.NumberedRows;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.comparison.CompareRequest;
import io.hybridsnapshot.engine.comparison.CompareSnapshots;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.parquet.ParquetSettings;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.postgres.connection.HeapWatch;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** How much heap and time a comparison of many keys takes; docs/how-to/compare.md has the command. */
@EnabledIfSystemProperty(named = "measure", matches = "true", disabledReason = "a measurement, run by hand")
class CompareMeasurementTest {
    private static final long ROWS = 10_000_000;
    private static final long SHIFT = 10_000;
    private static final long ONE_GIGABYTE = 1L << 30;

    @TempDir
    private Path directory;

    private final AtomicLong mostSpilled = new AtomicLong();

    @Test
    void tenMillionKeysWithTenMillionCountsAlone() {
        measure(Optional.empty());
    }

    @Test
    void tenMillionKeysWithTenMillionAndTheCellsThatChanged() {
        AtomicLong heard = new AtomicLong();
        DeltaReport report = measure(Optional.of(new DetailRequest(3, Optional.of(row -> heard.incrementAndGet()))));
        long changed = report.counts().changed();
        assertEquals(
                List.of(new ColumnChanges("QTY", changed)),
                report.details().orElseThrow().columns());
        assertEquals(changed + 2 * SHIFT, heard.get());
    }

    private DeltaReport measure(Optional<DetailRequest> details) {
        assertTrue(Runtime.getRuntime().maxMemory() <= ONE_GIGABYTE, "a heap of more than 1 GiB proves nothing");
        SnapshotEnvironment environment = new SnapshotEnvironment(
                new InMemoryWindowStore(),
                new InMemoryArchiveStore(),
                new ParquetSnapshotCodec(ParquetSettings.defaults()),
                directory.resolve("work"),
                Clock.systemUTC(),
                "measurement",
                SnapshotEnvironment.DEFAULT_ROWS_IN_MEMORY);
        CompareRequest request = new CompareRequest(
                Dataset.of("numbers", List.of("ID")),
                Partition.ALL,
                new SnapshotReference.OfSource(new NumberedRows(0, ROWS, 1, 0)),
                new SnapshotReference.OfSource(new NumberedRows(SHIFT, ROWS, 7_654_321, 5)),
                details,
                this::noteSpills);
        try (HeapWatch heap = new HeapWatch()) {
            long start = System.nanoTime();
            DeltaReport report = new CompareSnapshots(environment).compare(request);
            long millis = (System.nanoTime() - start) / 1_000_000;
            System.out.printf(
                    "%d keys with %d, %s: %d ms, %d MiB of sorted runs on the disk; %s%n",
                    ROWS,
                    ROWS,
                    details.isPresent() ? "with details" : "counts alone",
                    millis,
                    mostSpilled.get() >> 20,
                    heap);
            long changed = (ROWS - SHIFT) / 100;
            assertEquals(new DeltaSummary(SHIFT, changed, ROWS - SHIFT - changed, SHIFT), report.counts());
            assertTrue(mostSpilled.get() > 18_000_000L * 56, "nearly all rows were spilled");
            return report;
        }
    }

    private void noteSpills(Progress.Step step, long rows) {
        if (step != Progress.Step.COMPARING) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory.resolve("work"))) {
            mostSpilled.accumulateAndGet(
                    files.filter(file -> file.getFileName().toString().startsWith("snapshot-run-"))
                            .mapToLong(file -> file.toFile().length())
                            .sum(),
                    Math::max);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
