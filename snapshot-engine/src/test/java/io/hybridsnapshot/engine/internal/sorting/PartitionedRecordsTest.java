package io.hybridsnapshot.engine.internal.sorting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionedRecordsTest {
    private static final int PARTITION_SHIFT = Long.SIZE - Integer.numberOfTrailingZeros(PartitionedRecords.PARTITIONS);

    @TempDir
    Path directory;

    private static void add(PartitionedRecords records, long word, long number) {
        records.add(word, number, 2, 3, 4, 5, 6);
    }

    private long files() throws IOException {
        try (Stream<Path> found = Files.list(directory)) {
            return found.count();
        }
    }

    @ParameterizedTest
    @CsvSource({"10000, 1", "10000, 4", "300, 1", "300, 8", "2, 2"})
    void everyRecordComesBackOnceInItsPartition(int inMemory, int passes) throws IOException {
        int count = 5_000;
        Random random = new Random(inMemory + passes);
        List<Long> words = new ArrayList<>();
        try (PartitionedRecords records = new PartitionedRecords(directory, inMemory)) {
            for (int i = 0; i < count; i++) {
                words.add(random.nextLong());
                add(records, words.get(i), i);
            }
            records.finish();
            assertEquals(inMemory < count ? 1 : 0, files());
            boolean[] seen = new boolean[count];
            long all = 0;
            for (int partition = 0; partition < PartitionedRecords.PARTITIONS; partition++) {
                int inPartition = 0;
                for (int pass = 0; pass < passes; pass++) {
                    int loaded = records.load(partition, pass, passes);
                    for (int i = 0; i < loaded; i++) {
                        int at = PartitionedRecords.WORDS * i;
                        int number = (int) records.loaded()[at + 1];
                        assertEquals(words.get(number), records.loaded()[at]);
                        assertEquals(6, records.loaded()[at + 6]);
                        assertEquals(partition, records.loaded()[at] >>> PARTITION_SHIFT);
                        assertTrue(!seen[number], "record " + number + " comes twice");
                        seen[number] = true;
                    }
                    inPartition += loaded;
                }
                assertEquals(records.size(partition), inPartition);
                all += inPartition;
            }
            assertEquals(count, all);
        }
        assertEquals(0, files());
    }

    @Test
    void recordsAreLoadedBehindThoseOfAnotherCollection() {
        try (PartitionedRecords first = new PartitionedRecords(directory, 10);
                PartitionedRecords second = new PartitionedRecords(directory, 10)) {
            add(first, 1, 100);
            add(second, 2, 200);
            add(second, 3, 300);
            first.finish();
            second.finish();
            assertEquals(1, first.load(0, 0, 1));
            assertEquals(2, second.loadBehind(first, 0, 0, 1, 1));
            assertEquals(100, first.loaded()[1]);
            assertEquals(200, first.loaded()[PartitionedRecords.WORDS + 1]);
            assertEquals(300, first.loaded()[2 * PartitionedRecords.WORDS + 1]);
        }
    }
}
