package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The archive is read while the window is down, and the window while the archive is. */
class OneStoreDownTest {
    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;
    private String first;
    private String second;

    @BeforeEach
    void saveTwice(TestInfo test) {
        program = new TestProgram(directory);
        dataset = "one_store_"
                + Integer.toUnsignedString(
                        test.getTestMethod().orElseThrow().getName().hashCode());
        program.file("rows.csv", "ID,QTY\n1,1\n2,x\n");
        first = save();
        program.file("rows.csv", "ID,QTY\n1,2\n2,x\n");
        second = save();
    }

    private String save() {
        return "archive:"
                + at(
                        program.done("save", dataset, "--source", "rows.csv", "--key", "ID", "--json")
                                .json(),
                        "archive.archive");
    }

    private TestProgram windowDown() {
        return program("SNAPSHOT_WINDOW_POSTGRES_", "KESTRA_POSTGRES_", "kestra");
    }

    private TestProgram archiveDown() {
        return program("KESTRA_POSTGRES_", "SNAPSHOT_WINDOW_POSTGRES_", "orders");
    }

    private TestProgram program(String down, String up, String database) {
        return new TestProgram(directory)
                .with(down + "HOST", "127.0.0.1")
                .with(down + "PORT", "1")
                .with(down + "USER", "nobody")
                .with(up + "HOST", TestProgram.server().host())
                .with(up + "PORT", Integer.toString(TestProgram.server().port()))
                .with(up + "USER", TestProgram.server().user())
                .with(up + "PASSWORD", TestProgram.server().password())
                .with(up + "DB", database);
    }

    @Test
    void archivesAreExportedComparedHeldAndReleasedWhileTheWindowIsDown() {
        TestProgram down = windowDown();
        assertEquals(5, down.run("list").code(), "the window is down");
        down.done("export", dataset, first, "--to", "first.csv", "--partition", "ALL");
        assertEquals("ID,QTY\n1,1\n2,x\n", down.read("first.csv"));
        down.done("export", dataset, second, "--to", "second.parquet");
        TestProgram.Ended compared = down.done("compare", dataset, first, second, "--key", "ID", "--json");
        assertEquals(1L, ((Number) at(compared.json(), "delta.counts.changed")).longValue(), compared.out());
        program.file(
                "snapshot.yaml", "datasets:\n  " + dataset + ":\n    source:\n      csv: rows.csv\n    key: [ID]\n");
        TestProgram.Ended held = down.done("hold", dataset, first, "--reason", "a test");
        assertTrue(held.out().contains("is held"), held.out());
        down.done("release", dataset, first);
        down.done("stats", dataset, "--trend");
        assertEquals(5, down.run("detect", dataset).code());
    }

    @Test
    void theWindowIsComparedAndWrittenWhileTheArchiveIsDown() {
        TestProgram down = archiveDown();
        assertEquals(5, down.run("list").code(), "the archive is down");
        program.file("rows.csv", "ID,QTY\n1,3\n2,x\n");
        String[] detect = {"detect", dataset, "--source", "rows.csv", "--key", "ID", "--no-details", "--json"};
        TestProgram.Ended detected = down.done(detect);
        assertEquals(1L, ((Number) at(detected.json(), "delta.counts.changed")).longValue(), detected.out());
        down.done("save", dataset, "--source", "rows.csv", "--key", "ID", "--archive", "off", "--no-details");
        TestProgram.Ended again = down.done(detect);
        assertEquals(0L, ((Number) at(again.json(), "delta.counts.changed")).longValue(), again.out());
        assertEquals(5, down.run("export", dataset, first, "--to", "first.csv").code());
    }
}
