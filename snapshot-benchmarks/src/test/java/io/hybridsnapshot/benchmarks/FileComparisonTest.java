package io.hybridsnapshot.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class FileComparisonTest {
    @Test
    void aSmallRunPrintsTheThreeTablesWithTheirFigures() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new FileComparison(300, 1, new PrintStream(bytes, true, StandardCharsets.UTF_8)).run();

        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertTrue(
                lines.get(0).matches("SHA-256 alone, messages of 3,300 bytes: [\\d,]+ a second, [\\d,]+ MB/s"),
                lines.get(0));
        List<String> headings = lines.stream()
                .filter(line -> line.contains(" columns; medians of 1 rounds"))
                .toList();
        assertEquals(3, headings.size());
        assertTrue(headings.get(0).startsWith("orders: 300 rows x 268 "), headings.get(0));
        assertTrue(headings.get(1).startsWith("dense: 300 rows x 268 "), headings.get(1));
        assertTrue(headings.get(2).startsWith("narrow: 3,000 rows x 20 "), headings.get(2));
        assertEquals(
                2, lines.stream().filter(line -> line.startsWith("hash rows ")).count());
        for (String step : List.of("write Parquet ", "Parquet file ")) {
            assertEquals(
                    3,
                    lines.stream()
                            .filter(line -> line.startsWith(step) && line.matches(".* (yes|NO)"))
                            .count());
        }
    }

    @Test
    void nothingIsRefused() {
        assertThrows(SnapshotException.class, () -> new FileComparison(0, 1, System.out));
    }
}
