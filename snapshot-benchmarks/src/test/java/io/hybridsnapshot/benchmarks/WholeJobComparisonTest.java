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
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WholeJobComparisonTest {
    private static final List<String> DAYS = List.of("first day", "next day, 1 % changed", "nothing changed");

    @ParameterizedTest
    @EnumSource(
            value = MeasuredTable.class,
            names = {"DENSE", "NARROW"})
    void aSmallRunPrintsEveryDayWithItsFiguresAndAnswers(MeasuredTable table) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

        new WholeJobComparison(new WholeJobComparison.Settings(300, 0, 1, List.of(table)), out).run(table);

        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        String size = table == MeasuredTable.NARROW ? "narrow: 3,000 rows x 20 " : "dense: 300 rows x 268 ";
        assertTrue(lines.get(1).startsWith(size), lines.get(1));
        assertTrue(lines.get(2).contains("fsync on, synchronous_commit on"), lines.get(2));
        assertTrue(
                lines.get(4).matches("step +measured +ours +rows/s +DuckDB +ours/DuckDB +target +met"), lines.get(4));
        for (int i = 0; i < DAYS.size(); i++) {
            String figures = " +\\d+\\.\\d+ s +[\\d,]+ +\\d+\\.\\d+ s .* (yes|NO)";
            String byTheClock = Pattern.quote(DAYS.get(i)) + " +wall clock" + figures;
            assertTrue(lines.get(5 + 2 * i).matches(byTheClock), lines.get(5 + 2 * i));
            assertTrue(lines.get(6 + 2 * i).startsWith(DAYS.get(i) + ", "), lines.get(6 + 2 * i));
            String steps = lines.get(12 + i);
            assertTrue(
                    steps.matches(Pattern.quote(DAYS.get(i))
                            + ": waiting \\S+ s, reading \\S+ s, comparing \\S+ s, archiving \\S+ s, publishing .*"),
                    steps);
        }
        String last = lines.get(lines.size() - 1);
        assertTrue(
                last.matches("detect, nothing changed +CPU time .*(at most 1.15 x reading and hashing .*| -)"), last);
    }

    @Test
    void argumentsAreRowsRoundsAndTable() {
        assertEquals(
                new WholeJobComparison.Settings(5_000, 1, 7, List.of(MeasuredTable.NARROW)),
                WholeJobComparison.Settings.parse(new String[] {"5000", "7", "narrow"}));
        SnapshotException refused =
                assertThrows(SnapshotException.class, () -> WholeJobComparison.Settings.parse(new String[] {"many"}));
        assertTrue(refused.getMessage().contains("many"), refused.getMessage());
        assertThrows(SnapshotException.class, () -> WholeJobComparison.Settings.parse(new String[] {"0"}));
        assertThrows(
                SnapshotException.class, () -> WholeJobComparison.Settings.parse(new String[] {"10", "1", "wide"}));
    }
}
