package io.hybridsnapshot.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WholeJobComparisonTest {
    private static final List<String> STEPS = List.of(
            "read CSV",
            "hash rows",
            "write Parquet",
            "Parquet file",
            "save; DuckDB's steps on 1 thread",
            "save; DuckDB's steps on 2 threads",
            "next day's save; 2 threads",
            "save, its server's work included");

    @Test
    void aSmallRunPrintsEveryStepWithItsFiguresAndAnswers() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

        new WholeJobComparison(new WholeJobComparison.Settings(300, 0, 1), out).run(TableShape.DENSE);

        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertTrue(lines.get(1).startsWith("300 rows x 268 columns, dense: "), lines.get(1));
        assertTrue(lines.get(2).contains("fsync on, synchronous_commit on"), lines.get(2));
        assertTrue(
                lines.get(4).matches("step +measured +ours +rows/s +DuckDB +ours/DuckDB +target +met"), lines.get(4));
        // The last one needs a system that tells the CPU time of other processes.
        int steps = Files.isReadable(Path.of("/proc/self/stat")) ? STEPS.size() : STEPS.size() - 1;
        for (int i = 0; i < steps; i++) {
            String line = lines.get(5 + i);
            String figures =
                    " +(CPU time|wall clock|file size) +\\d+\\.\\d+ (s|MB) +([\\d,]+|-) +\\d+\\.\\d+ (s|MB) .*";
            assertTrue(line.matches(Pattern.quote(STEPS.get(i)) + figures), line);
            boolean hasTarget = i > 0 && i < 7;
            assertEquals(hasTarget, line.endsWith(" yes") || line.endsWith(" NO"), line);
        }
        String last = lines.get(lines.size() - 1);
        assertTrue(
                last.matches(
                        "the first save by steps: reading \\S+ s, comparing \\S+ s, archiving \\S+ s, publishing .*"),
                last);
    }

    @Test
    void argumentsAreRowsAndRounds() {
        assertEquals(
                new WholeJobComparison.Settings(5_000, 2, 7),
                WholeJobComparison.Settings.parse(new String[] {"5000", "7"}));
        SnapshotException refused =
                assertThrows(SnapshotException.class, () -> WholeJobComparison.Settings.parse(new String[] {"many"}));
        assertTrue(refused.getMessage().contains("many"), refused.getMessage());
        assertThrows(SnapshotException.class, () -> WholeJobComparison.Settings.parse(new String[] {"0"}));
    }
}
