package io.hybridsnapshot.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Long texts take the memory of a batch, however often a file repeats them. Runs in a separate JVM with a small heap.
 */
class LongTextsTest {
    private static final long PATIENCE_SECONDS = 120;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"repeated-dictionary", "repeated-delta"})
    void aFileOf400BytesThatHoldsAGigabyteIsReadIn64Mebibytes(String name) throws Exception {
        Path file = directory.resolve(name + ".parquet");
        try (InputStream resource = LongTextsTest.class.getResourceAsStream("/foreign/" + name + ".parquet")) {
            Files.copy(resource, file);
        }
        assertTrue(Files.size(file) < 500);
        assertEquals("read 1000000000", run("-Xmx64m", "read", file.toString()));
    }

    @Test
    void whatIsWrittenIsReadWithTheSameHeap() throws Exception {
        Path file = directory.resolve("t.parquet");
        assertEquals("read 1200000000 and 400000000", run("-Xmx64m", "repeated", file.toString(), "3000", "400000"));
    }

    @Test
    void aTextThatMostRowsRepeatIsNotWrittenOutToChooseAnEncoding() throws Exception {
        Path file = directory.resolve("t.parquet");
        assertEquals("read 300048000", run("-Xmx128m", "among-short", file.toString(), "36000", "10000"));
    }

    @Test
    void rowsAsLargeAsTheyMayBeAreWrittenAndRead() throws Exception {
        assertEquals(
                "read all",
                run("-Xmx128m", "distinct", directory.resolve("t.parquet").toString(), "8", "0"));
    }

    @Test
    void aLargerRowIsRefusedByNameWithTheLimit() throws Exception {
        Path file = directory.resolve("t.parquet");
        String output = run("-Xmx128m", "distinct", file.toString(), "1", "1");
        assertTrue(
                output.startsWith("INVALID_REQUEST a row is too large (row 1, column 's'): found ")
                        && output.contains("a thirty-second of the heap"),
                output);
        assertTrue(Files.notExists(file));
    }

    @Test
    void aRowWrittenWithALargerHeapIsRefusedByNameWithTheLimit() throws Exception {
        Path file = directory.resolve("t.parquet");
        assertEquals("read all", run("-Xmx256m", "distinct", file.toString(), "2", "0"));
        String output = run("-Xmx64m", "read", file.toString());
        assertTrue(
                output.startsWith("INVALID_REQUEST") && output.contains("t.parquet") && output.contains("of the heap"),
                output);
    }

    private String run(String heap, String... arguments) throws IOException, InterruptedException {
        Path output = directory.resolve("output.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LongTexts.class.getName()));
        command.addAll(List.of(arguments));
        Process child = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the program is still running");
        } finally {
            child.destroyForcibly();
        }
        // The logging library's own messages come before it.
        return Files.readString(output).lines().reduce("", (line, last) -> last);
    }
}
