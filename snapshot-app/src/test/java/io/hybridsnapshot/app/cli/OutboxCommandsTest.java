package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A user's view of archives that wait for their delivery, and of references that leave the partition. */
class OutboxCommandsTest {
    @TempDir
    Path directory;

    private TestProgram program;
    private String one;
    private String another;

    @BeforeEach
    void twoDatasets(TestInfo test) {
        program = new TestProgram(directory);
        String stem = "outbox_"
                + Integer.toUnsignedString(
                        test.getTestMethod().orElseThrow().getName().hashCode());
        one = stem + "_one";
        another = stem + "_two";
        program.file("rows.csv", "ID,QTY\n1,1\n2,x\n");
        program.done(save(one));
        program.done(save(another));
    }

    private static String[] save(String dataset, String... more) {
        return Stream.concat(Stream.of("save", dataset, "--source", "rows.csv", "--key", "ID"), Stream.of(more))
                .toArray(String[]::new);
    }

    /** The same stores with an unreachable archive. */
    private TestProgram archiveDown() {
        return new TestProgram(directory)
                .with("KESTRA_POSTGRES_HOST", "127.0.0.1")
                .with("KESTRA_POSTGRES_PORT", "1")
                .with("KESTRA_POSTGRES_USER", "nobody")
                .with("SNAPSHOT_WINDOW_POSTGRES_HOST", TestProgram.server().host())
                .with(
                        "SNAPSHOT_WINDOW_POSTGRES_PORT",
                        Integer.toString(TestProgram.server().port()))
                .with("SNAPSHOT_WINDOW_POSTGRES_USER", TestProgram.server().user())
                .with("SNAPSHOT_WINDOW_POSTGRES_PASSWORD", TestProgram.server().password())
                .with("SNAPSHOT_WINDOW_POSTGRES_DB", "orders");
    }

    private List<Path> waiting() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(file -> file.getFileName().toString().endsWith(".entry"))
                    .toList();
        }
    }

    @Test
    void aDamagedFileEndsRecoverAndVerifyWithFourAndStopsNothingElse() throws IOException {
        program.file("rows.csv", "ID,QTY\n1,2\n2,x\n");
        archiveDown().done(save(one, "--archive", "best-effort", "--no-details"));
        Path file = waiting().get(0);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 4] ^= 1;
        Files.write(file, bytes);

        TestProgram.Ended verified = program.run("verify", one);
        assertEquals(4, verified.code(), verified.out());
        assertTrue(verified.out().contains("ERROR WAITING_FILE_CHANGED"), verified.out());
        assertEquals(0, program.run("verify", another).code());

        TestProgram.Ended recovered = program.run("recover", one, "--json");
        assertEquals(4, recovered.code());
        assertEquals("DAMAGED", at(JsonText.document(recovered.out()), "recovered.0.outcome"));
        assertEquals(0, program.run("recover", another).code());

        program.file("rows.csv", "ID,QTY\n1,3\n2,x\n");
        TestProgram.Ended saved = program.done(save(one));
        assertTrue(saved.err().contains("warning: a file of an earlier snapshot"), saved.err());
        assertEquals("", program.done(save(another)).err());
    }

    /** Only its description names its dataset, so the commands of every dataset report it. */
    @Test
    void aDamagedPairOfAnEarlierReleaseEndsRecoverAndVerifyWithFour() throws IOException {
        program.file("rows.csv", "ID,QTY\n1,2\n2,x\n");
        archiveDown().done(save(one, "--archive", "best-effort", "--no-details"));
        Path outbox = waiting().get(0).getParent();
        program.done("recover", one);
        String id = "0198c0de-0000-4000-8000-000000000001";
        Path description = Files.writeString(outbox.resolve(id + ".properties"), "id=\\uZZ");
        Path rows = Files.writeString(outbox.resolve(id + ".rows"), "PAR1");
        for (String dataset : List.of(one, another)) {
            TestProgram.Ended verified = program.run("verify", dataset);
            assertEquals(4, verified.code(), verified.out());
            assertTrue(verified.out().contains("ERROR WAITING_FILE_DAMAGED"), verified.out());
            assertTrue(verified.out().contains("its dataset is not known"), verified.out());
            TestProgram.Ended recovered = program.run("recover", dataset);
            assertEquals(4, recovered.code(), recovered.out());
            assertTrue(recovered.out().contains(description.toString()), recovered.out());
            assertTrue(recovered.out().contains("delete both"), recovered.out());
        }
        assertTrue(Files.exists(rows), "its rows are nowhere else");
        Files.delete(description);
        Files.delete(rows);
        assertEquals(0, program.run("recover", one).code());
    }

    @Test
    void listAndVerifyTellAFileThatWaitsFromOneThatIsLostAndFromNoArchiveAtAll() throws IOException {
        program.file("rows.csv", "ID,QTY\n1,2\n2,x\n");
        program.done(save(another, "--archive", "off"));
        assertFalse(program.done("list", another).out().contains("waits"));
        archiveDown().done(save(one, "--archive", "best-effort", "--no-details"));
        assertTrue(program.done("list", one).out().contains("waits"));
        Object listed =
                at(JsonText.document(program.done("list", one, "--json").out()), "datasets.0.window.0.archiveAwaited");
        assertTrue(listed.toString().endsWith("outbox"), listed.toString());
        TestProgram.Ended waits = program.done("verify", one);
        assertTrue(waits.out().contains("WARNING ARCHIVE_AWAITED"), waits.out());
        Files.delete(waiting().get(0));
        TestProgram.Ended lost = program.run("verify", one);
        assertEquals(4, lost.code(), lost.out());
        assertTrue(lost.out().contains("ERROR AWAITED_ARCHIVE_LOST"), lost.out());
        assertTrue(program.done("list", one).out().contains("lost"));
        assertEquals(
                "LOST",
                at(JsonText.document(program.done("list", one, "--json").out()), "datasets.0.window.0.archiveWait"));
        assertTrue(program.done("verify", another).out().contains("nothing found"));
    }

    @Test
    void aNewPartitionIsRefusedOrTakenWhileTheArchiveCannotBeAsked() {
        TestProgram down = archiveDown();
        for (String mode : List.of("best-effort", "off")) {
            String part = "EAST-" + mode;
            TestProgram.Ended refused = down.run(save(one, "--partition", part, "--archive", mode, "--no-details"));
            assertEquals(2, refused.code(), refused.err());
            assertTrue(refused.err().contains("--new-partition"), refused.err());
            assertTrue(refused.err().contains("the archive could not be searched"), refused.err());
            down.done(save(one, "--partition", part, "--archive", mode, "--no-details", "--new-partition"));
            down.done(save(one, "--partition", part, "--archive", mode, "--no-details"));
        }
        TestProgram.Ended required = down.run(save(one, "--partition", "WEST", "--no-details"));
        assertEquals(5, required.code(), required.err());
    }

    @Test
    void exportAndHoldTakeAnArchiveOfThePartitionThatIsNamed() {
        program.file("part.csv", "ID,QTY,PART\n1,1,EAST\n2,2,WEST\n");
        String parted = one + "_parted";
        for (String part : List.of("EAST", "WEST")) {
            program.done(
                    "save", parted, "--source", "part.csv", "--key", "ID", "--partition-column", "PART", "-p", part);
        }
        Object archive = at(
                JsonText.document(
                        program.done("list", parted, "-p", "EAST", "--json").out()),
                "datasets.0.archives.0.archive");
        String east = "archive:" + archive;
        TestProgram.Ended refused = program.run("export", parted, east, "-p", "WEST", "--to", "out.csv");
        assertEquals(2, refused.code(), refused.out());
        assertTrue(refused.err().contains("another partition"), refused.err());
        assertTrue(Files.notExists(directory.resolve("out.csv")));
        assertEquals(
                2,
                program.run("export", parted, east, "-p", "ALL", "--to", "out.csv")
                        .code());
        assertEquals(
                2,
                program.run("hold", parted, east, "-p", "WEST", "--reason", "audit")
                        .code());
        program.done("export", parted, east, "-p", "EAST", "--to", "out.csv");
        assertEquals("ID,QTY,PART\n1,1,EAST\n", program.read("out.csv").replace("\r\n", "\n"));
        program.done("export", parted, east, "--to", "again.csv");
        assertEquals(program.read("out.csv"), program.read("again.csv"));
    }
}
