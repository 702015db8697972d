package io.hybridsnapshot.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is saved can be compared, loaded and verified with the same heap, in a JVM of its own. */
class LongTextsTest {
    private static final long PATIENCE_SECONDS = 300;

    @TempDir
    private Path directory;

    @Test
    void aTextRepeatedInEveryRowTakesTheMemoryOfABatch() throws Exception {
        assertEquals(List.of("changed 600", "loaded true", "found []"), run("-Xmx128m", "1200", "400000"));
    }

    @Test
    void rowsAsLargeAsTheyMayBeGoThroughAllOfIt() throws Exception {
        assertEquals(List.of("changed 6", "loaded true", "found []"), run("-Xmx256m", "12", "most"));
    }

    @Test
    void aLargerRowIsRefusedBySaveWithTheLimit() throws Exception {
        List<String> output = run("-Xmx128m", "4", "6000000");
        assertEquals(1, output.size(), output::toString);
        assertTrue(
                output.get(0).startsWith("INVALID_REQUEST a row is too large (row 1, column 's'): found 6000000 bytes"),
                output.get(0));
    }

    private List<String> run(String heap, String rows, String length) throws IOException, InterruptedException {
        Path output = directory.resolve("output.txt");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        heap,
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LongTexts.class.getName(),
                        directory.toString(),
                        rows,
                        length)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the program is still running");
        } finally {
            child.destroyForcibly();
        }
        return Files.readString(output).lines().toList();
    }
}
