package io.hybridsnapshot.benchmarks;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchiveComparisonTest {
    @Test
    void aSmallRunPrintsEveryFigure() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ArchiveComparison(3_000, 1, new PrintStream(bytes, true, StandardCharsets.UTF_8)).run();

        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertTrue(
                lines.get(0).matches("3,000 dense rows x 268 columns, \\d+\\.\\d MB in chunks of 1 MiB; .*"),
                lines.get(0));
        assertTrue(lines.get(1).contains("fsync on, synchronous_commit on"), lines.get(1));
        String rate = ": \\d+ MB/s, bare JDBC \\d+ MB/s, .* target at least 0.9, met: (yes|NO)";
        String cpu = "    CPU time \\d+\\.\\d+ s and the server's \\d+\\.\\d+ s; bare JDBC \\d+\\.\\d+ s and .*";
        assertTrue(lines.get(2).matches("store" + rate), lines.get(2));
        assertTrue(lines.get(3).matches(cpu), lines.get(3));
        assertTrue(lines.get(4).matches("read" + rate), lines.get(4));
        assertTrue(lines.get(5).matches(cpu), lines.get(5));
        assertTrue(lines.get(6).matches("3 of 268 columns: [\\d,]+ bytes, .* met: (yes|NO)"), lines.get(6));
        assertTrue(lines.get(7).matches("first rows of 3 columns: \\d+ ms, .* met: (yes|NO)"), lines.get(7));
    }

    @Test
    void nothingIsRefused() {
        assertThrows(SnapshotException.class, () -> new ArchiveComparison(1, 0, System.out));
    }
}
