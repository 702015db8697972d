package io.hybridsnapshot.postgres.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Files go to the archive and come back in a heap far smaller than the files, in a separate JVM. */
class SmallHeapTest {
    private static final long PATIENCE_SECONDS = 240;

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeTables() {
        DATABASE.executeScript("ddl/tables/kestra/snapshot_archive_postgresql.sql");
    }

    @Test
    void aChunkedFileOf256MebibytesNeedsAHeapOf40() throws Exception {
        String output = thereAndBack("-Xmx40m", 256L << 20, 64L << 20);
        assertTrue(output.contains("came back; heap of at most"), output);
        assertEquals(
                List.of("256|0"),
                DATABASE.rows("SELECT chunk_count, octet_length(parquet_data) FROM snapshot_archive"
                        + " WHERE parquet_size = 256 << 20"));
    }

    @Test
    void aFileOf64MebibytesInOneValueNeedsAHeapOf40() throws Exception {
        String output = thereAndBack("-Xmx40m", 64L << 20, 64L << 20);
        assertTrue(output.contains("came back; heap of at most"), output);
        assertEquals(
                List.of("null|67108864"),
                DATABASE.rows("SELECT chunk_count, octet_length(parquet_data) FROM snapshot_archive"
                        + " WHERE parquet_size = 64 << 20"));
    }

    private String thereAndBack(String heap, long size, long inlineLimit) throws IOException, InterruptedException {
        PostgresSettings settings = DATABASE.settings();
        File output = directory.resolve("output.txt").toFile();
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        heap,
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeFile.class.getName(),
                        settings.host(),
                        Integer.toString(settings.port()),
                        settings.database(),
                        settings.user(),
                        settings.password(),
                        directory.toString(),
                        Long.toString(size),
                        Long.toString(inlineLimit))
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        try {
            assertTrue(child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the program is still running");
        } finally {
            child.destroyForcibly();
        }
        String text = Files.readString(output.toPath());
        System.out.println(text.lines().findFirst().orElse(""));
        return text;
    }
}
