package io.hybridsnapshot.app.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.PendingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the rows of reports wait. */
class ReportFilesTest {
    @TempDir
    Path work;

    private static PendingOutput opened(OutputFile output) {
        return output.open(OutputStream.nullOutputStream());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> walk = Files.walk(work)) {
            return walk.filter(Files::isRegularFile)
                    .map(file -> work.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    /** Recovery and the next command delete abandoned directories of this name. */
    @Test
    void rowsWaitInADirectoryOfTheWorkDirectoryThatRecoverySweeps() throws IOException {
        ReportFiles open = ReportFiles.open(List.of(), List.of(), work, ReportFilesTest::opened);
        try {
            assertTrue(
                    files().stream().allMatch(file -> file.matches("scratch-[^/]+/(lock|rows)")), files().toString());
            assertEquals(2, files().size());
        } finally {
            open.close();
        }
        assertEquals(List.of(), files());
    }

    @Test
    void aReportThatCannotStartLeavesNoDirectory() throws IOException {
        List<String> noName = Collections.singletonList(null);
        assertThrows(
                NullPointerException.class, () -> ReportFiles.open(List.of(), noName, work, ReportFilesTest::opened));
        try (Stream<Path> entries = Files.list(work)) {
            assertEquals(List.of(), entries.toList());
        }
    }
}
