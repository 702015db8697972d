package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.report.Amounts;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of {@code --verbose} about the bytes that come from the archive. */
class FetchedBytesTest {
    private static final Pattern LINE = Pattern.compile("^archive (\\d+): (.+) of (.+) fetched in (\\d+) reads?$");

    @TempDir
    Path directory;

    private TestProgram program;
    private String archive;
    private long length;

    @BeforeEach
    void save() {
        program = new TestProgram(directory);
        program.done("make-orders", "--rows", "3000", "--to", "orders.parquet");
        TestProgram.Ended saved =
                program.done("save", "fetched", "--source", "orders.parquet", "--key", "record_uuid", "--json");
        archive = JsonText.at(saved.json(), "archive.archive").toString();
        length = (Long) JsonText.at(saved.json(), "archive.bytes");
    }

    @Test
    void aWholeExportFetchesTheFileOnce() {
        Matcher line = only(program.done("export", "fetched", "archive:" + archive, "--to", "all.csv", "--verbose"));
        assertEquals(archive, line.group(1));
        assertEquals(Amounts.size(length), line.group(2));
        assertEquals(Amounts.size(length), line.group(3));
    }

    @Test
    void someColumnsFetchAPartOfIt() {
        TestProgram.Ended exported = program.done(
                "export", "fetched", "archive:" + archive, "--to", "-", "--column", "CUSTOMER NAME", "--verbose");
        assertTrue(exported.out().startsWith("CUSTOMER NAME"), exported.out().substring(0, 40));
        assertFalse(exported.out().contains("fetched in"));
        Matcher line = only(exported);
        assertEquals(Amounts.size(length), line.group(3));
        assertTrue(kilobytes(line.group(2)) < length / 1_000.0 / 2, line.group());
    }

    @Test
    void theDocumentOnStdoutStaysOneDocument() {
        TestProgram.Ended exported =
                program.done("export", "fetched", "archive:" + archive, "--to", "all.parquet", "--json", "--verbose");
        assertEquals("export", exported.json().get("command"));
        assertEquals(Amounts.size(length), only(exported).group(2));
    }

    @Test
    void aCommandThatFailsSaysItToo() {
        TestProgram.Ended failed =
                program.run("export", "fetched", "archive:" + archive, "--to", "-", "--column", "NOBODY", "--verbose");
        assertEquals(2, failed.code());
        assertEquals(archive, only(failed).group(1));
        assertTrue(failed.err().indexOf("fetched in") < failed.err().indexOf("error: "), failed.err());
    }

    @Test
    void detectSaysWhatTheCellsBeforeTook() {
        program.done("make-orders", "--rows", "3000", "--day", "1", "--to", "orders.parquet", "--force");
        String[] detect = {"detect", "fetched", "--source", "orders.parquet", "--key", "record_uuid", "--verbose"};
        assertEquals(1, lines(program.done(detect)).size());
    }

    @Test
    void whoDoesNotAskOrReadNothingHearsNothing() {
        assertEquals(List.of(), lines(program.done("export", "fetched", "archive:" + archive, "--to", "all.csv")));
        assertEquals(List.of(), lines(program.done("list", "fetched", "--verbose")));
    }

    private static Matcher only(TestProgram.Ended ended) {
        List<String> lines = lines(ended);
        assertEquals(1, lines.size(), ended.err());
        Matcher line = LINE.matcher(lines.get(0));
        assertTrue(line.matches(), lines.get(0));
        return line;
    }

    private static List<String> lines(TestProgram.Ended ended) {
        return ended.err().lines().filter(line -> line.contains("fetched in")).toList();
    }

    private static double kilobytes(String size) {
        assertTrue(size.endsWith(" KB"), size);
        return Double.parseDouble(size.substring(0, size.length() - 3));
    }
}
