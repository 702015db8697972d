package io.hybridsnapshot.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTableTest {
    private static final Series ONE = new Series(List.of(1.0));

    @Test
    void theMedianIsTheMiddleOrTheMeanOfTheMiddleTwo() {
        assertEquals(3, new Series(List.of(9.0, 1.0, 3.0)).median());
        assertEquals(2, new Series(List.of(9.0, 1.0, 3.0, 1.0)).median());
    }

    @Test
    void aRateIsMetFromTheTargetOnAndARatioUpToIt() {
        ComparisonTable table = new ComparisonTable(100);
        table.stepAtLeast("exact rate", "x", ONE, ONE, ONE, 100);
        table.stepAtLeast("rate missed", "x", ONE, ONE, ONE, 101);
        table.stepAtMost("exact ratio", "x", ONE, ONE, ONE, 1.0);
        table.stepAtMost("ratio missed", "x", ONE, ONE, new Series(List.of(1.01)), 1.0);
        table.size("exact size", 110, 100, 1.1);
        table.size("size missed", 111, 100, 1.1);

        List<String> lines = table.lines();

        for (int i = 1; i < lines.size(); i++) {
            assertTrue(lines.get(i).endsWith(i % 2 == 1 ? " yes" : " NO"), lines.get(i));
        }
    }
}
