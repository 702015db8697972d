package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Wrong input gives one clear line and an exit code, and leaves window and archive as they were. */
class BadInputTest {
    private static final String GOOD = "ID,NAME,QTY\n1,a,5\n2,b,6\n3,c,7\n";

    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;
    private Map<String, Object> before;

    @BeforeEach
    void saveSomethingGood(TestInfo test) {
        program = new TestProgram(directory);
        String method = test.getTestMethod().orElseThrow().getName();
        dataset = "bad_" + method.substring(0, Math.min(36, method.length()));
        program.file("good.csv", GOOD);
        program.done("save", dataset, "--source", "good.csv", "--key", "ID");
        before = holdings();
    }

    @AfterEach
    void windowAndArchiveAreAsTheyWere() {
        assertEquals(before, holdings());
        Map<String, Object> detected = new TestProgram(directory)
                .done("detect", dataset, "--source", "good.csv", "--key", "ID", "--json", "--no-details")
                .json();
        assertEquals(3L, at(detected, "delta.counts.unchanged"));
        assertFalse(Files.exists(directory.resolve("snapshot.yaml.part")));
    }

    private Map<String, Object> holdings() {
        return new TestProgram(directory).done("list", dataset, "--json").json();
    }

    /** Saves and detects, and checks that both fail alike. */
    private void rejects(String source, int code, String... said) {
        for (String command : List.of("save", "detect")) {
            rejects(program.run(command, dataset, "--source", source, "--key", "ID"), code, said);
        }
    }

    private static void rejects(TestProgram.Ended ended, int code, String... said) {
        assertAll(Stream.concat(
                Stream.of(
                        () -> assertEquals(code, ended.code(), ended.err()),
                        () -> assertEquals("", ended.out()),
                        () -> assertTrue(ended.err().startsWith("error: "), ended.err()),
                        () -> assertEquals(1, ended.err().lines().count(), ended.err())),
                Arrays.stream(said)
                        .map(text ->
                                () -> assertTrue(ended.err().contains(text), "'" + text + "' in " + ended.err()))));
    }

    @Test
    void aRaggedRow() {
        program.file("bad.csv", "ID,NAME,QTY\n1,a,5\n2,b\n");
        rejects("bad.csv", 2, "bad.csv", "line 3");
    }

    @Test
    void aDuplicateHeader() {
        program.file("bad.csv", "ID,NAME,NAME\n1,a,5\n");
        rejects("bad.csv", 2, "bad.csv", "'NAME'");
    }

    @Test
    void aBadNumber() {
        program.file("bad.csv", "ID,NAME,QTY\n1,a,5\n2,b,six\n");
        rejects("bad.csv", 2, "bad.csv", "line 3", "QTY", "six");
    }

    @Test
    void invalidUtf8() {
        byte[] bytes = "ID,NAME,QTY\n1,a,5\n2,b?,6\n".getBytes(StandardCharsets.UTF_8);
        bytes[new String(bytes, StandardCharsets.UTF_8).indexOf('?')] = (byte) 0xE9;
        program.file("bad.csv", bytes);
        rejects("bad.csv", 2, "bad.csv", "line 3", "UTF-8");
    }

    @Test
    void aMissingFile() {
        rejects("missing.csv", 2, "missing.csv");
        rejects("missing.parquet", 2, "missing.parquet");
    }

    @Test
    void aFileThatIsNeitherCsvNorParquet() {
        rejects("good.txt", 2, "good.txt", ".csv");
    }

    @Test
    void aDirectoryWhereAFileIsMeant() throws Exception {
        Files.createDirectory(directory.resolve("folder.csv"));
        rejects("folder.csv", 2, "folder.csv", "is a directory");
        rejects(".", 2, "is a directory");
        rejects(program.run("hash", "folder.csv", "--key", "ID"), 2, "is a directory");
        rejects(program.run("export", dataset, "--to", "folder.csv"), 2, "is a directory");
        rejects(program.run("export", dataset, "--to", ".", "--format", "parquet"), 2, "is a directory");
        rejects(program.run("make-orders", "--rows", "1", "--to", "folder.csv"), 2, "is a directory");
        rejects(
                program.run("detect", dataset, "--source", "good.csv", "--key", "ID", "--changes", "folder.csv"),
                2,
                "is a directory");
    }

    @Test
    void aTypeThatADatabaseCallsOtherwise() {
        rejects(
                program.run("save", dataset, "--source", "good.csv", "--key", "ID", "--type", "QTY=bigint"),
                2,
                "'bigint'",
                "write int64");
    }

    @Test
    void duplicateKeys() {
        program.file("bad.csv", "ID,NAME,QTY\n1,a,5\n2,b,6\n1,c,7\n");
        rejects("bad.csv", 2, "ID", "1", "line 4");
    }

    @Test
    void nullKeys() {
        program.file("bad.csv", "ID,NAME,QTY\n1,a,5\n,b,6\n");
        rejects("bad.csv", 2, "ID", "line 3");
    }

    @Test
    void anUnknownColumnInTheDataset() {
        for (String option : List.of("--carry", "--partition-column")) {
            rejects(
                    program.run("save", dataset, "--source", "good.csv", "--key", "ID", option, "NAMES"),
                    2,
                    "'NAMES'",
                    "did you mean 'NAME'");
        }
        rejects(program.run("save", dataset, "--source", "good.csv", "--key", "IDX"), 2, "'IDX'", "did you mean 'ID'");
        rejects(
                program.run("save", dataset, "--source", "good.csv", "--key", "ID", "--type", "QTTY=int32"),
                2,
                "'QTTY'",
                "did you mean 'QTY'");
    }

    @Test
    void anUnreachableDatabase() {
        program.with("KESTRA_POSTGRES_HOST", "127.0.0.1")
                .with("KESTRA_POSTGRES_PORT", "1")
                .with("KESTRA_POSTGRES_USER", "nobody");
        rejects("good.csv", 5, "127.0.0.1:1");
    }

    @Test
    void aWrongPassword() {
        program.with("KESTRA_POSTGRES_HOST", TestProgram.server().host())
                .with(
                        "KESTRA_POSTGRES_PORT",
                        Integer.toString(TestProgram.server().port()))
                .with("KESTRA_POSTGRES_USER", TestProgram.server().user())
                .with("KESTRA_POSTGRES_PASSWORD", "not the password");
        TestProgram.Ended ended = program.run("save", dataset, "--source", "good.csv", "--key", "ID");
        rejects(ended, 2, "password");
        assertFalse(ended.err().contains("not the password"), ended.err());
    }

    @Test
    void aCorruptParquetFile() throws Exception {
        program.done("export", dataset, "--to", "good.parquet");
        byte[] bytes = Files.readAllBytes(directory.resolve("good.parquet"));
        bytes[bytes.length / 3] ^= 0x40;
        program.file("flipped.parquet", bytes);
        rejects("flipped.parquet", 4, "flipped.parquet");
        program.file("short.parquet", Arrays.copyOf(bytes, bytes.length / 2));
        rejects("short.parquet", 4, "short.parquet");
        bytes[0] = 'X';
        bytes[bytes.length - 1] = 'X';
        program.file("foreign.parquet", bytes);
        rejects("foreign.parquet", 4, "foreign.parquet");
    }

    @Test
    void aFileOfAnotherKindIsToldByItsContent() throws Exception {
        program.file("text.parquet", GOOD);
        rejects("text.parquet", 2, "text.parquet", "delimited text", "expected Parquet", "a name that ends in .csv");
        program.done("export", dataset, "--to", "good.parquet");
        program.file("table.csv", Files.readAllBytes(directory.resolve("good.parquet")));
        rejects("table.csv", 2, "table.csv", "a Parquet file", "expected CSV", "a name that ends in .parquet");
        byte[] workbook = workbook();
        for (String name : List.of("book.csv", "book.jsonl", "book.parquet", "book.ods")) {
            program.file(name, workbook);
            rejects(name, 2, name, "Excel workbook", "a name that ends in .xlsx");
        }
        program.file("book.xlsx", workbook);
        rejects("book.xlsx", 4, "book.xlsx", "damaged, or is no workbook");
        for (String name : List.of("rows.csv", "rows.json")) {
            program.file(name, "[{\"ID\": 1, \"NAME\": \"a\"},\n {\"ID\": 2, \"NAME\": \"b\"}]\n");
            rejects(name, 2, name, "JSON", "convert it to CSV");
        }
        program.file("good.txt", GOOD);
        rejects("good.txt", 2, "good.txt", "delimited text", "rename it or link to it");
    }

    @Test
    void aWrongSeparatorIsToldWithTheHeaderAndTheOption() {
        program.file("bad.csv", "ID;NAME;QTY\n1;a;5\n");
        String[] said = {"'ID;NAME;QTY'", "the separator seems to be ';' and not ','", "--separator"};
        rejects("bad.csv", 2, said);
        rejects(program.run("hash", "bad.csv", "--key", "ID"), 2, said);
        rejects(program.run("init", "other", "--source", "bad.csv", "--key", "ID"), 2, said);
        rejects(program.run("save", dataset, "--source", "bad.csv", "--key", "ID", "--type", "QTY=int32"), 2, said);
        program.file("bad.csv", "ID;NAME;QTY\n1;a,b;5\n");
        rejects("bad.csv", 2, said);
        program.done("detect", dataset, "--source", "bad.csv", "--key", "ID", "--separator", ";");
    }

    @Test
    void aCutFile() {
        program.file("bad.csv", "ID,NAME,QTY\n1,a,5\n2,b");
        rejects("bad.csv", 2, "bad.csv", "line 3", "ends in the middle of its last row");
    }

    @Test
    void aDamagedMemberOfAGzipFile() throws Exception {
        byte[] first = gzip("ID,NAME,QTY\n1,a,5\n");
        byte[] second = gzip("2,b,6\n3,c,7\n");
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        program.file("bad.csv.gz", Arrays.copyOf(both, first.length + 7));
        rejects("bad.csv.gz", 4, "bad.csv.gz", "ends in the middle");
        both[first.length] = 0x1E;
        program.file("bad.csv.gz", both);
        rejects("bad.csv.gz", 4, "bad.csv.gz", "damaged");
        both[first.length] = 0x1F;
        program.file("good.csv.gz", both);
        Map<String, Object> detected = program.done(
                        "detect", dataset, "--source", "good.csv.gz", "--key", "ID", "--json")
                .json();
        assertEquals(3L, at(detected, "delta.counts.unchanged"));
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aGzipFileThroughAPipeIsRead() throws Exception {
        Path pipe = directory.resolve("pipe.csv.gz");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        Thread writer = new Thread(() -> {
            try {
                Files.write(pipe, gzip(GOOD));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.setDaemon(true);
        writer.start();
        Map<String, Object> detected = program.done(
                        "detect",
                        dataset,
                        "--source",
                        "pipe.csv.gz",
                        "--key",
                        "ID",
                        "--type",
                        "ID=int64",
                        "--type",
                        "NAME=text",
                        "--type",
                        "QTY=int64",
                        "--json")
                .json();
        assertEquals(3L, at(detected, "delta.counts.unchanged"));
        writer.join();
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static byte[] workbook() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            out.putNextEntry(new ZipEntry("[Content_Types].xml"));
            out.write("<Types/>".getBytes(StandardCharsets.UTF_8));
            out.putNextEntry(new ZipEntry("xl/workbook.xml"));
        }
        return bytes.toByteArray();
    }

    @Test
    void anEmptySnapshotAndTooManyDeletes() {
        program.file("empty.csv", "ID,NAME,QTY\n");
        rejects(program.run("save", dataset, "--source", "empty.csv", "--key", "ID"), 2, "--allow-empty");
        program.file("other.csv", "ID,NAME,QTY\n7,x,1\n");
        rejects(program.run("save", dataset, "--source", "other.csv", "--key", "ID"), 2, "--allow-deletes", "3 of 3");
    }

    @Test
    void aDateThatIsNotAfterTheCurrentOne() {
        rejects(
                program.run("save", dataset, "--source", "good.csv", "--key", "ID", "--date", "2001-01-01"),
                2,
                "2001-01-01");
    }

    @Test
    void aWrongCommandLine() {
        rejects(program.run("sve", dataset), 2, "did you mean", "save");
        rejects(program.run("save", dataset, "--sorce", "good.csv"), 2, "--source");
        rejects(program.run("save"), 2, "DATASET", "snapshot save --help");
        rejects(program.run("save", dataset, "--source", "good.csv", "--key", "ID", "--archive", "maybe"), 2, "maybe");
        rejects(program.run("save", dataset, "--source", "good.csv", "--key", "ID", "--limit", "x"), 2, "--limit", "x");
        rejects(program.run("save", dataset, "--source", "good.csv", "--key", "ID", "--batch-id", "7"), 2, "UUID");
        rejects(program.run("save", dataset + "x", "--source", "good.csv"), 2, "--key");
        rejects(program.run("list", dataset + "x"), 2, "unknown dataset", dataset);
        rejects(program.run("export", dataset, "archive:999999", "--to", "x.csv"), 2, "999999");
        assertFalse(Files.exists(directory.resolve("x.csv")));
    }

    @Test
    void anErrorIsADocumentWhereOneIsAskedFor() {
        TestProgram.Ended ended = program.run("save", dataset, "--source", "missing.csv", "--key", "ID", "--json");
        assertEquals("", ended.out());
        assertEquals("INVALID_REQUEST", at(ended.error(), "error.kind"));
        assertEquals(2L, at(ended.error(), "error.exitCode"));
        assertTrue(((String) at(ended.error(), "error.message")).contains("missing.csv"));
        TestProgram.Ended usage = program.run("save", "--json", "--sorce", "x");
        assertEquals(2L, at(usage.error(), "error.exitCode"));
    }

    @Test
    void theStackTraceIsForThoseWhoAskForIt() {
        String[] arguments = {"save", dataset, "--source", "missing.csv", "--key", "ID"};
        assertFalse(program.run(arguments).err().contains("\tat "));
        String[] verbose =
                Stream.concat(Stream.of("--verbose"), Stream.of(arguments)).toArray(String[]::new);
        assertTrue(program.run(verbose).err().contains("\tat io.hybridsnapshot"));
    }

    /** Opening it a second time would wait for a writer for ever. */
    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aPipeIsNotHashedAsThePipelineDid() throws IOException, InterruptedException {
        Path pipe = directory.resolve("pipe.csv");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        rejects(
                program.run("hash", "pipe.csv", "--key", "ID", "--type", "*=text", "--spec", "legacy-py-a"),
                2,
                "read only once",
                "save the stream to a file");
    }

    @Test
    void aTypeThatIsGivenTwiceIsRefused() {
        TestProgram program = new TestProgram(directory);
        program.file("rows.csv", "ID\n1\n");
        TestProgram.Ended ended =
                program.run("hash", "rows.csv", "--key", "ID", "--type", "ID=int64", "--type", "ID=text");
        assertEquals(2, ended.code(), ended.err());
        assertEquals("error: option --type: found 'ID' twice, expected one type a column\n", ended.err());
    }

    /** The good rows and more, with the key of another column. */
    private void parquet(String name, String rows) {
        program.file("rows.csv", "NO,ID,NAME,QTY\n" + rows);
        String other = dataset.replaceFirst("bad", "row");
        program.done("save", other, "--source", "rows.csv", "--key", "NO", "--type", "ID=int64");
        program.done("export", other, "--to", name);
    }

    @Test
    void aRepeatedOrMissingKeyOfAParquetFileNamesTheFile() {
        parquet("twice.parquet", "1,7,a,1\n2,8,b,1\n3,7,c,1\n");
        rejects(
                "twice.parquet",
                2,
                "rows share one identity",
                directory.resolve("twice.parquet") + ", dataset",
                "row 1");
        rejects(
                program.run("compare", dataset, "current", "source:twice.parquet", "--key", "ID"),
                2,
                "rows share one identity",
                directory.resolve("twice.parquet") + ", dataset");
        rejects(
                program.run("compare", dataset, "source:good.csv", "source:twice.parquet", "--key", "ID"),
                2,
                "rows share one identity",
                directory.resolve("twice.parquet") + ", dataset");
    }

    @Test
    void aMissingKeyOfAParquetFileNamesTheFile() {
        parquet("missing.parquet", "1,7,a,1\n2,,b,1\n");
        rejects(
                "missing.parquet",
                2,
                "the key is NULL",
                directory.resolve("missing.parquet") + ", dataset",
                "1 row, first at row 2");
        program.file("missing.csv", "ID,NAME,QTY\n1,a,5\n,b,6\n");
        rejects("missing.csv", 2, "the key is NULL", directory.resolve("missing.csv") + ", dataset", "line 3");
        rejects(
                program.run("compare", dataset, "source:missing.parquet", "source:good.csv", "--key", "ID"),
                2,
                "the key is NULL",
                directory.resolve("missing.parquet") + ", dataset");
    }

    @Test
    void typesOfAParquetFileCannotBeDeclared() {
        program.done("export", dataset, "--to", "good.parquet");
        for (String command : List.of("save", "detect")) {
            rejects(
                    program.run(command, dataset, "--source", "good.parquet", "--key", "ID", "--type", "QTY=text"),
                    2,
                    "cannot be declared",
                    "types for QTY",
                    "good.parquet",
                    "leave out --type");
        }
        rejects(
                program.run("hash", "good.parquet", "--key", "ID", "--type", "*=text"),
                2,
                "types for *",
                "good.parquet");
        rejects(
                program.run("init", "typed", "--source", "good.parquet", "--key", "ID", "--type", "QTY=text"),
                2,
                "types for QTY");
        assertFalse(Files.exists(directory.resolve("snapshot.yaml")));
    }

    @Test
    void typesOfAConfiguredParquetFileOrQueryAreAnErrorOfTheConfiguration() {
        program.done("export", dataset, "--to", "good.parquet");
        program.file("typed.yaml", """
                datasets:
                  file:
                    source: {parquet: good.parquet}
                    key: [ID]
                    types: {QTY: text}
                  rows:
                    source: {query: SELECT 1 AS id}
                    key: [id]
                    types: {"*": text}
                """);
        TestProgram.Ended ended = program.run("list", "--config", "typed.yaml");
        assertEquals(2, ended.code(), ended.err());
        assertTrue(ended.err().contains("typed.yaml:5: datasets.file.types: found types for QTY"), ended.err());
        assertTrue(ended.err().contains("typed.yaml:9: datasets.rows.types: found types for *"), ended.err());
    }

    /** Types of the file are for the dataset's CSV files; another delivery may be a Parquet file. */
    @Test
    void typesOfADatasetOfCsvFilesStandNoParquetFileInTheWay() {
        program.done("export", dataset, "--to", "good.parquet");
        program.file(
                "csv.yaml",
                "datasets:\n  " + dataset + ":\n    source: {csv: good.csv}\n    key: [ID]\n"
                        + "    types: {QTY: int64}\n");
        program.done("detect", dataset, "--config", "csv.yaml", "--source", "good.parquet");
    }
}
