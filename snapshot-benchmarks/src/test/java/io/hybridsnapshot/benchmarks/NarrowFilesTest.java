package io.hybridsnapshot.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NarrowFilesTest {
    @TempDir
    private Path directory;

    @Test
    void oneRowOfAHundredIsAnotherOnTheSecondDayAndAllTypesAreDeclared() throws IOException {
        NarrowFiles.write(5_000, directory);

        List<String> today = Files.readAllLines(directory.resolve("day-0.csv"));
        List<String> tomorrow = Files.readAllLines(directory.resolve("day-1.csv"));
        assertEquals(5_001, today.size());
        assertEquals(5_001, tomorrow.size());
        assertTrue(today.get(0).startsWith("id,customer,style,amount,"), today.get(0));
        long changed = IntStream.range(0, today.size())
                .filter(i -> !today.get(i).equals(tomorrow.get(i)))
                .count();
        assertEquals(0.01, changed / 5_000.0, 0.005);
        List<String> settings = Files.readAllLines(directory.resolve("snapshot.yaml"));
        assertEquals(
                20, settings.stream().filter(line -> line.startsWith("      ")).count());
        assertTrue(settings.contains("      disc: \"decimal(9,2)\""), settings.toString());
    }
}
