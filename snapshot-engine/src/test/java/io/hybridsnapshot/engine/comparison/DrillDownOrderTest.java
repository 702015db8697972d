package io.hybridsnapshot.engine.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.CellChange;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.Cells;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cells of changed rows, in files of any order. */
class DrillDownOrderTest {
    private static final int ROWS = 20_000;

    @TempDir
    Path directory;

    private final Map<SnapshotReader, Integer> readings = new HashMap<>();

    private DeltaReport compare(Cells before, Cells after, List<RowChange> heard) {
        SnapshotEnvironment environment = new SnapshotEnvironment(
                new InMemoryWindowStore(),
                new InMemoryArchiveStore(),
                new CountingCodec(),
                directory.resolve("work"),
                Clock.systemUTC(),
                "test",
                64);
        return new CompareSnapshots(environment)
                .compare(new CompareRequest(
                        Dataset.of("t", List.of("K")),
                        Partition.ALL,
                        new SnapshotReference.OfSource(before.source("before")),
                        new SnapshotReference.OfSource(after.source("after")),
                        Optional.of(new DetailRequest(3, Optional.of(heard::add))),
                        Progress.NONE));
    }

    private static Cells table() {
        return new Cells()
                .column("K", ColumnType.INT32)
                .column("V", ColumnType.TEXT)
                .column("W", ColumnType.INT64);
    }

    private static String wide(int key, int version) {
        return "v" + version + "x".repeat(key % 1_000 == 0 ? 5_000 : key % 7) + key;
    }

    @ParameterizedTest
    @ValueSource(strings = {"same", "reversed", "shuffled", "nearly the same"})
    void everyChangedRowHasItsOwnCellsAndEachFileIsReadOnce(String order) throws Exception {
        List<Integer> keys = new ArrayList<>(IntStream.range(0, ROWS).boxed().toList());
        Cells before = table();
        keys.forEach(key -> before.row(key, wide(key, 1), key));
        switch (order) {
            case "reversed" -> Collections.reverse(keys);
            case "shuffled" -> Collections.shuffle(keys, new Random(11));
            case "nearly the same" -> Collections.swap(keys, 17, ROWS - 3);
            default -> {}
        }
        Cells after = table();
        // Every third row is unchanged, one is gone, one is new.
        keys.stream()
                .filter(key -> key != 4)
                .forEach(key ->
                        after.row(key, wide(key, key % 3 == 0 ? 1 : 2), key % 3 == 2 ? (Integer) (key + 1) : key));
        after.row(ROWS, "new", 0);

        List<RowChange> heard = new ArrayList<>();
        DeltaReport report = compare(before, after, heard);

        int same = (ROWS + 2) / 3;
        assertEquals(new DeltaSummary(1, ROWS - 1 - same, same, 1), report.counts());
        Map<Integer, List<CellChange>> changed = new TreeMap<>();
        heard.stream()
                .filter(row -> row.kind() == ChangeKind.CHANGED)
                .forEach(row -> changed.put(Integer.parseInt(row.key().get("K").orElseThrow()), row.cells()));
        assertEquals(ROWS - 1 - same, changed.size());
        changed.forEach((key, cells) -> {
            List<CellChange> expected = new ArrayList<>();
            expected.add(new CellChange("V", Optional.of(wide(key, 1)), Optional.of(wide(key, 2))));
            if (key % 3 == 2) {
                expected.add(new CellChange("W", Optional.of("" + key), Optional.of("" + (key + 1))));
            }
            assertEquals(expected, cells);
        });
        // Once for the CHANGED, once for the keys of the NEW or the DELETED.
        assertEquals(List.of(2, 2), List.copyOf(readings.values()));
        try (Stream<Path> left = Files.walk(directory.resolve("work"))) {
            assertEquals(0, left.filter(Files::isRegularFile).count());
        }
    }

    @Test
    void examplesComeInTheOrderOfTheEarlierFile() {
        Cells before = table();
        Cells after = table();
        for (int key : List.of(7, 3, 9, 1)) {
            before.row(key, "old", 0);
        }
        for (int key : List.of(1, 9, 3, 7)) {
            after.row(key, "new", 0);
        }
        List<RowChange> heard = new ArrayList<>();
        List<RowChange> examples =
                compare(before, after, heard).details().orElseThrow().examples();
        assertEquals(List.of("7", "3", "9", "1"), keys(heard));
        assertEquals(List.of("7", "3", "9"), keys(examples));
    }

    private static List<String> keys(List<RowChange> rows) {
        return rows.stream().map(row -> row.key().get("K").orElseThrow()).toList();
    }

    /** Counts how often rows of a file are looked up. */
    private final class CountingCodec implements SnapshotCodec {
        private final SnapshotCodec codec = new InMemorySnapshotCodec();

        @Override
        public String format() {
            return codec.format();
        }

        @Override
        public SnapshotWriter openWriter(Path file, Schema schema, Map<String, String> metadata) {
            return codec.openWriter(file, schema, metadata);
        }

        @Override
        public SnapshotReader openReader(SeekableBytes bytes) {
            SnapshotReader reader = codec.openReader(bytes);
            return new SnapshotReader() {
                @Override
                public Schema schema() {
                    return reader.schema();
                }

                @Override
                public long rowCount() {
                    return reader.rowCount();
                }

                @Override
                public Map<String, String> metadata() {
                    return reader.metadata();
                }

                @Override
                public RowStream rows(ReadOptions options) {
                    return reader.rows(options);
                }

                @Override
                public RowStream rowsAt(long[] ordinals, ReadOptions options) {
                    assertTrue(ordinals.length > 0);
                    readings.merge(this, 1, Integer::sum);
                    return reader.rowsAt(ordinals, options);
                }

                @Override
                public void close() {
                    reader.close();
                }
            };
        }
    }
}
