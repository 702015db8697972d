package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Outputs for users replace no protected file, and reach their target. */
class OutputFilesTest {
    private static final String ROWS = "ID,V\n1,a\n2,b\n";

    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;

    @BeforeEach
    void save(TestInfo test) {
        program = new TestProgram(directory);
        String method = test.getTestMethod().orElseThrow().getName();
        dataset = "o_" + method.substring(0, Math.min(36, method.length()));
        program.file("s.csv", ROWS);
        program.file("t.csv", "ID,V\n1,a\n2,c\n");
        program.done("save", dataset, "--source", "s.csv", "--key", "ID");
    }

    private TestProgram.Ended refused(String... arguments) {
        TestProgram.Ended ended = program.run(arguments);
        assertEquals(2, ended.code(), ended.out() + ended.err());
        boolean json = List.of(arguments).contains("--json");
        assertTrue(json || ended.err().lines().count() == 1, ended.err());
        assertEquals(ROWS, program.read("s.csv"));
        return ended;
    }

    @Test
    void noCommandReplacesItsSource() throws IOException {
        Files.createSymbolicLink(directory.resolve("soft"), directory.resolve("s.csv"));
        Files.createLink(directory.resolve("hard"), directory.resolve("s.csv"));
        for (String target : List.of("s.csv", "soft", "hard")) {
            for (String command : List.of("save", "detect")) {
                refused(command, dataset, "--source", "s.csv", "--key", "ID", "--changes", target, "--force");
            }
            refused("compare", dataset, "source:s.csv", "source:t.csv", "--key", "ID", "--changes", target, "--force");
            refused("compare", dataset, "source:t.csv", "source:s.csv", "--key", "ID", "--changes", target, "--force");
        }
    }

    @Test
    void noCommandReplacesTheConfigurationOrASourceThatItNames() throws IOException {
        program.done("init", dataset, "--source", "s.csv", "--key", "ID");
        String configuration = program.read("snapshot.yaml");
        Files.createLink(directory.resolve("hard.csv"), directory.resolve("snapshot.yaml"));
        refused("save", dataset, "--changes", "snapshot.yaml", "--force");
        refused("export", dataset, "--to", "hard.csv");
        refused("export", dataset, "--to", "snapshot.yaml", "--format", "csv");
        refused("make-orders", "--rows", "1", "--to", "hard.csv", "--force");
        refused("verify", dataset, "--anchor", "snapshot.yaml");
        refused("export", dataset, "--to", "s.csv");
        refused("save", dataset, "--source", "t.csv", "--changes", "s.csv", "--force");
        assertEquals(configuration, program.read("snapshot.yaml"));
    }

    /** A command that reads no source keeps from replacing one all the same. */
    @Test
    void noCommandReplacesAConfiguredSourceOrKeyFileThatItDoesNotRead() throws IOException {
        program.done("make-key", "my.key");
        String key = program.read("my.key");
        program.file(
                "snapshot.yaml",
                "encryption: {key-file: my.key}\ndatasets:\n  " + dataset
                        + ":\n    source: {csv: s.csv}\n    key: [ID]\n");
        Files.createSymbolicLink(directory.resolve("soft.csv"), directory.resolve("s.csv"));
        Files.createLink(directory.resolve("hard.csv"), directory.resolve("s.csv"));
        Files.createSymbolicLink(directory.resolve("key.csv"), directory.resolve("my.key"));
        for (String target : List.of("s.csv", "soft.csv", "hard.csv")) {
            TestProgram.Ended made = refused("make-orders", "--rows", "1", "--to", target, "--force");
            assertTrue(made.err().contains("the source of dataset '" + dataset + "'"), made.err());
            refused("make-orders", "--rows", "1", "--to", target, "--force", "--config", "snapshot.yaml");
            refused("make-orders", "--rows", "1", "--to", target);
            refused("verify", dataset, "--anchor", target);
            refused("make-key", target);
            refused("make-key", target, "--add");
            refused("init", "other", "--source", "t.csv", "--key", "ID", "--config", target);
        }
        refused("make-orders", "--rows", "1", "--to", "key.csv", "--force");
        assertEquals(key, program.read("my.key"));
        Files.delete(directory.resolve("s.csv"));
        program.done("make-orders", "--rows", "1", "--to", "s.csv");
        assertEquals(2, program.read("s.csv").lines().count(), "a source that is not there yet can be made");
    }

    @Test
    void initLeavesALinkToTheConfigurationALink() throws IOException {
        Path real = program.file("real.yaml", "# mine\n");
        Path link = Files.createSymbolicLink(directory.resolve("snapshot.yaml"), real);
        program.done("init", dataset, "--source", "s.csv", "--key", "ID");
        assertTrue(Files.isSymbolicLink(link));
        assertTrue(program.read("real.yaml").contains(dataset), program.read("real.yaml"));
    }

    @Test
    void anEarlierFileOfChangesIsReplacedAndAnyOtherFileOnlyByForce() {
        String[] detect = {"detect", dataset, "--source", "t.csv", "--key", "ID", "--changes", "c.jsonl"};
        program.done(detect);
        String changes = program.read("c.jsonl");
        assertTrue(changes.startsWith("{\"kind\":\"CHANGED\""), changes);
        program.done(detect);
        program.file("c.jsonl", "");
        program.done(detect);
        assertEquals(changes, program.read("c.jsonl"));
        program.file("c.jsonl", "mine");
        TestProgram.Ended refused = refused(detect);
        assertTrue(refused.err().contains("--force"), refused.err());
        assertEquals("mine", program.read("c.jsonl"));
        program.done(Stream.concat(Stream.of(detect), Stream.of("--force")).toArray(String[]::new));
        assertEquals(changes, program.read("c.jsonl"));
    }

    @Test
    void madeOrdersReplaceAFileOnlyByForce() {
        program.file("o.csv", "mine");
        TestProgram.Ended refused = refused("make-orders", "--rows", "1", "--to", "o.csv");
        assertTrue(refused.err().contains("--force"), refused.err());
        assertEquals("mine", program.read("o.csv"));
        program.done("make-orders", "--rows", "1", "--to", "o.csv", "--force");
        assertEquals(2, program.read("o.csv").lines().count());
    }

    @Test
    void anExportReplacesAFileAsDocumented() {
        program.file("o.csv", "mine");
        program.done("export", dataset, "--to", "o.csv");
        assertEquals(ROWS, program.read("o.csv"));
    }

    @Test
    void aMissingDirectoryIsNamed() {
        for (List<String> call : List.of(
                List.of("save", dataset, "--source", "s.csv", "--key", "ID", "--changes", "no/such/c.jsonl"),
                List.of("export", dataset, "--to", "no/such/o.csv"),
                List.of("export", dataset, "--to", "no/such/o.parquet"),
                List.of("make-orders", "--rows", "1", "--to", "no/such/o.csv"),
                List.of("make-key", "no/such/key"),
                List.of("verify", dataset, "--anchor", "no/such/anchor", "--new-anchor"))) {
            TestProgram.Ended refused = refused(call.toArray(String[]::new));
            assertTrue(refused.err().contains(directory.resolve("no/such").toString()), refused.err());
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aLoopOfLinksIsNamed() throws IOException {
        Files.createSymbolicLink(directory.resolve("loopa"), Path.of("loopb"));
        Files.createSymbolicLink(directory.resolve("loopb"), Path.of("loopa"));
        for (List<String> call : List.of(
                List.of("save", dataset, "--source", "s.csv", "--key", "ID", "--changes", "loopa"),
                List.of("export", dataset, "--format", "csv", "--to", "loopa"),
                List.of("make-key", "loopa"),
                List.of("init", "other", "--source", "s.csv", "--key", "ID", "--config", "loopa"))) {
            String error = refused(call.toArray(String[]::new)).err();
            assertTrue(error.contains("symbolic links lead to themselves"), error);
            assertTrue(error.contains(directory.resolve("loopa").toString()), error);
            assertFalse(error.contains("space"), error);
        }
    }

    @Test
    void aHyphenIsStdoutForEveryOutput() {
        String[] detect = {"detect", dataset, "--source", "t.csv", "--key", "ID", "--changes", "-"};
        TestProgram.Ended changes = program.done(detect);
        TestProgram.Ended exported = program.done("export", dataset, "--to", "-");
        TestProgram.Ended made = program.done("make-orders", "--rows", "3", "--to", "-");
        TestProgram.Ended key = program.done("make-key", "-");
        assertAll(
                () -> assertEquals(1, changes.out().lines().count(), changes.out()),
                () -> assertTrue(changes.out().startsWith("{\"kind\":"), changes.out()),
                () -> assertTrue(changes.err().contains("Compared"), changes.err()),
                () -> assertEquals(ROWS, exported.out()),
                () -> assertTrue(made.out().startsWith("AAG ORDER NUMBER,"), made.out()),
                () -> assertTrue(made.err().startsWith("Made 3 orders"), made.err()),
                () -> assertTrue(key.out().startsWith("{\"primaryKeyId\""), "no keyset"),
                () -> assertFalse(Files.exists(directory.resolve("-"))));
        refused(Stream.concat(Stream.of(detect), Stream.of("--json")).toArray(String[]::new));
        refused("export", dataset, "--to", "-", "--json");
        refused("make-orders", "--rows", "3", "--to", "-", "--json");
        refused("make-key", "-", "--json");
        refused("make-key", "-", "--add");
        refused("verify", dataset, "--anchor", "-", "--new-anchor");
    }

    @Test
    void parquetGoesToStdoutWhereItIsAskedFor() {
        TestProgram.Ended exported = program.done("export", dataset, "--to", "-", "--format", "parquet");
        assertTrue(exported.out().startsWith("PAR1"), "not Parquet");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void fifosAreWrittenThrough() throws Exception {
        for (List<String> call : List.of(
                List.of("detect", dataset, "--source", "t.csv", "--key", "ID", "--changes"),
                List.of("export", dataset, "--format", "csv", "--to"),
                List.of("export", dataset, "--format", "parquet", "--to"),
                List.of("make-key"))) {
            Path fifo = directory.resolve("fifo");
            assumeTrue(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() == 0, "no mkfifo");
            CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(() -> {
                try {
                    return Files.readAllBytes(fifo);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            program.done(Stream.concat(call.stream(), Stream.of("fifo")).toArray(String[]::new));
            String text = new String(read.get(20, TimeUnit.SECONDS), StandardCharsets.UTF_8);
            assertTrue(text.length() > 10, call + ": " + text);
            assertTrue(Files.exists(fifo) && !Files.isRegularFile(fifo));
            Files.delete(fifo);
        }
    }

    @Test
    void anOutputThatEndsLikeADirectoryIsRefused() {
        for (List<String> call : List.of(
                List.of("export", dataset, "--to", "new.csv/"),
                List.of("export", dataset, "-o", "new.parquet/"),
                List.of("make-orders", "--rows", "1", "--to=new.csv/"),
                List.of("make-key", "new.key/"),
                List.of("verify", dataset, "--new-anchor", "--anchor", "new.json/"),
                List.of("detect", dataset, "--key", "ID", "--source", "s.csv", "--changes", "new.jsonl/"))) {
            TestProgram.Ended refused = refused(call.toArray(String[]::new));
            assertTrue(refused.err().contains("found 'new."), refused.err());
            assertTrue(refused.err().contains("/', expected the name of a file"), refused.err());
        }
        for (String name : List.of("new.csv", "new.parquet", "new.key", "new.json", "new.jsonl")) {
            assertFalse(Files.exists(directory.resolve(name)), name);
        }
    }

    @Test
    void emptyPathsAreRefused() {
        for (List<String> call : List.of(
                List.of("list", "--home", ""),
                List.of("list", "--config", ""),
                List.of("export", dataset, "--to", ""),
                List.of("make-orders", "--rows", "1", "--to", ""),
                List.of("make-key", ""),
                List.of("save", dataset, "--key", "ID", "--source", ""),
                List.of("save", dataset, "--key", "ID", "--source", "s.csv", "--changes", " "),
                List.of("list", "--home", "a\0b"))) {
            TestProgram.Ended refused = refused(call.toArray(String[]::new));
            assertFalse(refused.err().contains("Exception"), refused.err());
        }
    }

    @Test
    void nothingIsLeftBesideTheOutputs() throws IOException {
        program.done("export", dataset, "--to", "o.parquet");
        program.done("export", dataset, "--to", "o.csv.gz");
        program.done("verify", dataset, "--anchor", "anchor", "--new-anchor");
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(
                    List.of("anchor", "o.csv.gz", "o.parquet", "s.csv", "t.csv", "work"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }
}
