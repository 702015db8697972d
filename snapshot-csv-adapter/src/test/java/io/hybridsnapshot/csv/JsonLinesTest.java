package io.hybridsnapshot.csv;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.data.TableAssert;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Objects become rows, and types are inferred as from a CSV file of the same contents. */
@Timeout(60)
class JsonLinesTest {
    private static final CsvFormat FORMAT = CsvFormat.DEFAULT.withEmptyCells(EmptyCells.UNQUOTED_EMPTY_IS_NULL);

    @TempDir
    Path directory;

    @Test
    void namesAreColumnsInTheOrderOfTheirFirstAppearance() {
        Path file = file("{\"b\":1,\"a\":2}\n{\"c\":3,\"b\":4}\n{}\n");
        assertEquals(List.of("b", "a", "c"), schema(file).names());
        assertEquals(
                List.of(
                        Arrays.asList("1", "2", null),
                        Arrays.asList("4", null, "3"),
                        Arrays.asList((String) null, null, null)),
                read(file));
    }

    @Test
    void valuesBecomeTexts() {
        Path file = file("""
                {"v":null}
                {"v":true}
                {"v":1.50}
                {"v":-0}
                {"v":1E5}
                {"v":123456789012345678901234567890.000001}
                {"v":""}
                {"v":"\\u00e9\\n\\"x\\\\ \\ud83d\\ude00"}
                { "v" : { "b" : [ 1.0 , null , "a b\\u00e9" , {} ] , "a" : true } }
                {"v":[]}
                """);
        assertEquals(
                List.of(
                        "NULL",
                        "true",
                        "1.50",
                        "-0",
                        "1E5",
                        "123456789012345678901234567890.000001",
                        "",
                        "é\n\"x\\ 😀",
                        "{\"b\":[1.0,null,\"a bé\",{}],\"a\":true}",
                        "[]"),
                read(file).stream()
                        .map(row -> String.valueOf(row.get(0)).replaceAll("^null$", "NULL"))
                        .toList());
    }

    @Test
    void typesAreThoseOfACsvFileOfTheSameContents() {
        Path json = file("{\"id\":1,\"p\":\"1.50\",\"d\":\"2024-02-29\",\"e\":\"\"}\n"
                + "{\"id\":\"2\",\"p\":2.25,\"d\":null,\"e\":\"x\"}\n");
        Path csv = Tables.file(directory, "id,p,d,e\n1,1.50,2024-02-29,\"\"\n2,2.25,,x\n");
        CsvRowSource other = new CsvRowSource(csv, FORMAT);
        try (RowStream expected = other.open(ReadOptions.ALL);
                RowStream actual = source(json).open(ReadOptions.ALL)) {
            TableAssert.assertSameRows(Table.read(expected), actual);
        }
        assertEquals(
                List.of(ColumnType.INT64, ColumnType.decimal(18, 2), ColumnType.DATE, ColumnType.TEXT),
                schema(json).columns().stream().map(column -> column.type()).toList());
    }

    @Test
    void typesAreInferredOverFilesOfBothForms() {
        Path json = file("{\"n\":1}\n{\"n\":2}\n");
        Path csv = Tables.file(directory, "n\n1\nx\n");
        RowSource records = source(json);
        RowSource texts = new CsvRowSource(csv, CsvFormat.DEFAULT);
        assertEquals(ColumnType.INT64, schema(records).column(0).type());
        assertEquals(
                ColumnType.TEXT, schema(records.inferringOver(texts)).column(0).type());
        assertEquals(
                ColumnType.TEXT, schema(texts.inferringOver(records)).column(0).type());
    }

    @Test
    void randomTablesAreThoseOfTheirCsvFiles() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            Schema schema = RandomTables.schema(random);
            RowBatch batch = RandomTables.batch(random, schema, 1 + random.nextInt(200));
            Path csv = directory.resolve("t.csv");
            try (CsvRowWriter writer = CsvRowWriter.create(csv, schema, CsvLayout.DEFAULT)) {
                writer.append(batch);
                writer.finish();
            }
            Path json = JsonLinesTables.write(directory.resolve("t" + seed + ".jsonl"), schema, List.of(batch));
            CsvFormat format = seed % 2 == 0 ? FORMAT : FORMAT.withTypes(Tables.types(schema));
            try (RowStream expected = new CsvRowSource(csv, format).open(ReadOptions.ALL);
                    RowStream actual = new RecordRowSource(new JsonLinesFile(json), format).open(ReadOptions.ALL)) {
                TableAssert.assertSameRows(Table.read(expected), actual);
            }
        }
    }

    @Test
    void blankLinesByteOrderMarksAndCompressionsAreTaken() throws IOException {
        String text = "\r\n{\"a\":1}\r\n \t\n\n{\"a\":2}";
        List<List<String>> rows = List.of(List.of("1"), List.of("2"));
        assertEquals(rows, read(file("\uFEFF" + text)));
        assertEquals(rows, read(file(("\uFEFF" + text).getBytes(StandardCharsets.UTF_16LE))));
        assertEquals(rows, read(file(CompressionTest.zstd(text))));
        assertEquals(rows, read(file(CompressionTest.zip("a.jsonl", text))));
    }

    @Test
    void rowsKnowTheirLines() {
        try (RowStream rows = source(file("\n{\"a\":1}\n\n{\"a\":2}\n")).open(ReadOptions.ALL)) {
            assertTrue(rows.next().isPresent());
            assertEquals("line 2", rows.place(0));
            assertEquals("line 4", rows.place(1));
        }
    }

    @Test
    void linesAreFoundWhereverTheBufferEnds() {
        StringBuilder text = new StringBuilder();
        Random random = new Random(5);
        int rows = 400;
        for (int i = 0; i < rows; i++) {
            text.append("{\"a\":\"")
                    .append("é".repeat(random.nextInt(6_000)))
                    .append("\",\"b\":")
                    .append(i)
                    .append("}\n");
        }
        List<List<String>> read = read(file(text.toString()));
        assertEquals(rows, read.size());
        assertEquals(Integer.toString(rows - 1), read.get(rows - 1).get(1));
    }

    @Test
    void wrongLinesAreErrorsThatNameTheLine() {
        rejects("{\"a\":1}\n[1]\n", "line 2", "no JSON object", "'[1]'");
        rejects("{\"a\":1}\n7\n", "line 2", "no JSON object");
        rejects("[\n{\"a\":1}\n]\n", "line 1", "jq");
        rejects("{\"a\":1}\n{\"a\":\n", "line 2", "check whether the file was cut");
        rejects("{\"a\":1}\n{\"a\":1} {\"a\":2}\n", "line 2", "behind the JSON object");
        rejects("{\"a\":1}\n{\"b\":1,\"a\":1,\"b\":2}\n", "line 2", "'b'", "twice");
        rejects("{\"a\":1}\n{\"a\":01}\n", "line 2");
        rejects("{\"a\":1}\n{\"a\":NaN}\n", "line 2");
        rejects("{\"a\":1}\n{\"\":1}\n", "no name");
        rejects("", "no columns");
        rejects("{}\n{}\n", "no columns");
        rejects("{\"a\":" + "[".repeat(600) + "]".repeat(600) + "}\n", "line 1");
    }

    @Test
    void bytesThatAreNotUtf8NameTheLine() {
        byte[] bytes = "{\"a\":\"x\"}\n{\"a\":\"?\"}\n".getBytes(UTF_8);
        bytes[16] = (byte) 0xE9;
        SnapshotException e = assertThrows(SnapshotException.class, () -> read(file(bytes)));
        assertTrue(e.getMessage().contains("line 2") && e.getMessage().contains("0xE9"), e.getMessage());
    }

    @Test
    void aLineOrACellBeyondTheLimitsIsAnError() throws IOException {
        Path file = directory.resolve("long.jsonl");
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write("{\"a\":1}\n{\"a\":\"".getBytes(UTF_8));
            byte[] block = "x".repeat(1 << 20).getBytes(UTF_8);
            for (int i = 0; i <= JsonLinesStream.MAX_LINE_BYTES >> 20; i++) {
                out.write(block);
            }
        }
        SnapshotException line = assertThrows(SnapshotException.class, () -> read(file));
        assertTrue(line.getMessage().contains("line 2") && line.getMessage().contains("too long"), line.getMessage());
        rejects("{\"a\":\"" + "x".repeat(CellPass.MAX_FIELD_CHARS + 1) + "\"}\n", "line 1", "a cell is too long");
        rejects(
                "{\"a\":1}\n{\"a\":\"" + "x".repeat(CellPass.MAX_FIELD_CHARS) + "\",\"b\":\""
                        + "x".repeat(CellPass.MAX_FIELD_CHARS) + "\",\"c\":\"x\"}\n",
                "line 2",
                "a row is too long");
    }

    @Test
    @Timeout(60)
    void aLineBeyondTheLimitEndsAlsoWhereACharacterStraddlesTheBuffer() throws IOException {
        for (String shift : List.of("", "x", "xx")) {
            Path file = directory.resolve("wide.jsonl");
            try (OutputStream out = Files.newOutputStream(file)) {
                out.write(("{\"a\":\"" + shift).getBytes(UTF_8));
                byte[] block = "中".repeat(1 << 18).getBytes(UTF_8);
                for (int i = 0; i <= JsonLinesStream.MAX_LINE_BYTES / block.length; i++) {
                    out.write(block);
                }
            }
            SnapshotException line = assertThrows(SnapshotException.class, () -> read(file));
            assertTrue(line.getMessage().contains("too long"), line.getMessage());
        }
    }

    @Test
    void rowsBeforeAWrongLineAreRead() {
        try (RowStream rows = source(file("{\"a\":1}\n{\"a\":2}\n{\"a\":3,\"a\":4}\n"))
                .open(new ReadOptions(List.of(), 2, Optional.of(Schema.of(column("a", ColumnType.INT64)))))) {
            assertEquals(2, rows.next().orElseThrow().rowCount());
            assertThrows(SnapshotException.class, rows::next);
        }
    }

    @Test
    void wrongCellsNameLinesAndATypeThatHoldsThem() {
        RowSource source = new RecordRowSource(
                new JsonLinesFile(file("{\"a\":1}\n{\"a\":\"x\"}\n")), FORMAT.withTypes(Map.of("a", ColumnType.INT64)));
        SnapshotException e = assertThrows(SnapshotException.class, () -> Tables.readAll(source, ReadOptions.ALL));
        assertTrue(e.getMessage().contains("line 2, column 'a'"), e.getMessage());
        assertTrue(e.getMessage().contains("'a' as text"), e.getMessage());
    }

    @Test
    void columnsThatAreNotThereSuggestTheNearest() {
        RowSource source =
                new RecordRowSource(new JsonLinesFile(file("{\"price\":1}\n")), FORMAT).requiring(List.of("Price"));
        SnapshotException e = assertThrows(SnapshotException.class, () -> source.open(ReadOptions.ALL));
        assertEquals(Kind.INVALID_REQUEST, e.kind());
        assertTrue(e.getMessage().contains("did you mean 'price'"), e.getMessage());
    }

    @Test
    void aChangedFileIsReadForItsNamesAgain() throws IOException {
        Path path = file("{\"a\":1}\n");
        RowSource source = source(path);
        assertEquals(List.of("a"), schema(source).names());
        Files.writeString(path, "{\"b\":1}\n");
        Files.setLastModifiedTime(path, FileTime.fromMillis(1));
        assertEquals(List.of("b"), schema(source).names());
    }

    @Test
    void givenColumnsAreKeptAndOthersRefused() {
        RowSource source =
                new RecordRowSource(new JsonLinesFile(file("{\"a\":1}\n")).withColumns(List.of("z", "a")), FORMAT);
        assertEquals(List.of(Arrays.asList(null, "1")), Tables.readAll(source, ReadOptions.ALL));
        RowSource fewer = new RecordRowSource(new JsonLinesFile(file("{\"a\":1}\n")).withColumns(List.of("z")), FORMAT);
        assertTrue(assertThrows(SnapshotException.class, () -> Tables.readAll(fewer, ReadOptions.ALL))
                .getMessage()
                .contains("line 1"));
    }

    @Test
    void aCopyIsNamedByTheGivenWords() {
        JsonLinesFile file = new JsonLinesFile(file("[]\n")).named("standard input");
        SnapshotException e =
                assertThrows(SnapshotException.class, () -> new RecordRowSource(file, FORMAT).open(ReadOptions.ALL));
        assertTrue(e.getMessage().contains("standard input, line 1"), e.getMessage());
        assertTrue(!e.getMessage().contains(directory.toString()), e.getMessage());
    }

    // Helpers

    private static Column column(String name, ColumnType type) {
        return new Column(name, type);
    }

    private void rejects(String content, String... said) {
        SnapshotException e = assertThrows(SnapshotException.class, () -> read(file(content)), content);
        assertEquals(Kind.INVALID_REQUEST, e.kind());
        for (String each : said) {
            assertTrue(e.getMessage().contains(each), () -> e.getMessage() + " lacks " + each);
        }
    }

    private Path file(String text) {
        return file(text.getBytes(UTF_8));
    }

    private Path file(byte[] bytes) {
        try {
            return Files.write(directory.resolve("table.jsonl"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RowSource source(Path file) {
        return new RecordRowSource(new JsonLinesFile(file), FORMAT);
    }

    private static List<List<String>> read(Path file) {
        return Tables.readAll(source(file), ReadOptions.ALL);
    }

    private static Schema schema(Path file) {
        return schema(source(file));
    }

    private static Schema schema(RowSource source) {
        try (RowStream stream = source.open(ReadOptions.ALL)) {
            return stream.schema();
        }
    }
}
