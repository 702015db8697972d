package io.hybridsnapshot.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.parquet.ParquetRowSource;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparedFilesTest {
    @TempDir
    Path directory;

    @Test
    void bothOrdersDifferInTwoColumnsOfAboutOneRowInAHundred() {
        ComparedFiles.write(5_000, 20, directory);
        Map<String, Long> counts = DuckDbComparison.counts(
                directory.resolve("a.parquet"), directory.resolve("b.parquet"), Optional.empty());
        long changed = counts.get("changed");
        assertTrue(changed > 20 && changed < 100, changed + " rows");
        assertEquals(0, counts.get("new"));
        assertEquals(0, counts.get("deleted"));
        assertEquals(changed, counts.get("amount"));
        assertEquals(changed, counts.get("status"));
        assertEquals(0, counts.get("city"));
        assertEquals(
                counts,
                DuckDbComparison.counts(
                        directory.resolve("a.parquet"), directory.resolve("shuffled.parquet"), Optional.of("1GB")));
    }

    @Test
    void narrowFilesHaveFiveColumns() {
        ComparedFiles.write(100, 5, directory);
        try (RowStream rows = new ParquetRowSource(directory.resolve("shuffled.parquet")).open(ReadOptions.ALL)) {
            assertEquals(5, rows.schema().size());
        }
    }
}
