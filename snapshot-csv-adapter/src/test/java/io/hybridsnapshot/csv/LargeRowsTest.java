package io.hybridsnapshot.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.source.ReadOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows and cells that are larger than a block of the scanner, between rows that are not. */
class LargeRowsTest {
    @TempDir
    Path directory;

    @Test
    void rowsOfAnySizeAreReadAsTheyStand() {
        for (int seed = 0; seed < 12; seed++) {
            Random random = new Random(seed);
            int width = 1 + random.nextInt(40);
            StringBuilder text = new StringBuilder("c0");
            for (int field = 1; field < width; field++) {
                text.append(",c").append(field);
            }
            text.append('\n');
            List<List<String>> expected = new ArrayList<>();
            for (int row = 0; row < 60; row++) {
                int most = random.nextInt(8) == 0 ? 2 * CellScanner.BLOCK_BYTES : 30;
                List<String> cells = new ArrayList<>();
                for (int field = 0; field < width; field++) {
                    boolean isLong = random.nextInt(width) == 0;
                    cells.add(field % 3 == 0 ? "" + random.nextInt() : cell(random, isLong ? most : 6));
                    String cell = cells.get(field);
                    boolean isQuoted = random.nextInt(3) == 0 || cell.contains("\"") || cell.contains("\n");
                    text.append(field == 0 ? "" : ",").append(isQuoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
                }
                text.append('\n');
                expected.add(cells);
            }
            CsvFormat format = CsvFormat.DEFAULT
                    .withEmptyCells(EmptyCells.EMPTY_IS_TEXT)
                    .withTypes(Map.of("c0", ColumnType.INT64))
                    .withInference(Inference.NONE);
            ReadOptions options = new ReadOptions(List.of(), 1 + random.nextInt(70), Optional.empty());
            assertEquals(
                    expected, Tables.read(Tables.file(directory, text.toString()), format, options), "seed " + seed);
        }
    }

    private static String cell(Random random, int most) {
        String piece = new String[] {"x", "é", "\"", "a\n", "€uro"}[random.nextInt(5)];
        return piece.repeat(random.nextInt(1 + most / piece.length()));
    }
}
