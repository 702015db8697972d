package io.hybridsnapshot.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvRoundTripTest {
    private static final CsvFormat EXACT = CsvFormat.DEFAULT.withEmptyCells(EmptyCells.UNQUOTED_EMPTY_IS_NULL);

    @TempDir
    Path directory;

    @Test
    void whatIsWrittenReadsBackAsTheSameValuesForEveryType() {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            Schema schema = RandomTables.schema(random);
            CsvLayout layout = layout(random);
            List<List<String>> expected = new ArrayList<>();
            Path file = directory.resolve(random.nextBoolean() ? "t.csv" : "t.csv.gz");
            try (CsvRowWriter writer = CsvRowWriter.create(file, schema, layout)) {
                for (int i = random.nextInt(4); i > 0; i--) {
                    RowBatch batch = RandomTables.batch(random, schema, 1 + random.nextInt(40));
                    expected.addAll(Tables.rows(batch));
                    writer.append(batch);
                }
                assertEquals(expected.size(), writer.finish().rowCount());
            }
            CsvFormat format = EXACT.withSeparator(layout.separator())
                    .withQuote(layout.quote())
                    .withTypes(Tables.types(schema));
            assertEquals(schema, Tables.schema(file, format), "seed " + seed);
            ReadOptions options = new ReadOptions(List.of(), 1 + random.nextInt(50), Optional.empty());
            assertEquals(expected, Tables.read(file, format, options), "seed " + seed);
            // A type that an earlier snapshot had, not a declared one, takes canonical cells only: these are.
            ReadOptions known = ReadOptions.ALL.withKnownTypes(Optional.of(schema));
            assertEquals(expected, Tables.read(file, format.withTypes(java.util.Map.of()), known), "seed " + seed);
        }
    }

    @Test
    void whatWasInferredIsWrittenAsItWasRead() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Schema schema = RandomTables.schema(random);
            String original = written(RandomTables.batch(random, schema, random.nextInt(60)));
            Path file = Tables.file(directory, original);
            Path copy = directory.resolve("copy.csv");
            try (RowStream rows = new CsvRowSource(file, EXACT).open(ReadOptions.ALL)) {
                CsvRowWriter.write(rows, copy, CsvLayout.DEFAULT);
            }
            assertEquals(original, text(copy), "seed " + seed);
        }
    }

    @Test
    void quotesStandOnlyWhereACellNeedsThem() {
        Schema schema = Schema.of(new Column("a,b", ColumnType.TEXT), new Column("n", ColumnType.INT64));
        BytesVector texts = new BytesVector(8);
        List<String> values = List.of("plain", " blanks ", "x,y", "say \"hi\"", "two\nlines", "c\rr", "", "tab\t;");
        values.forEach(texts::append);
        io.hybridsnapshot.domain.batch.LongVector numbers = new io.hybridsnapshot.domain.batch.LongVector(8);
        for (int i = 0; i < values.size(); i++) {
            if (i % 2 == 0) {
                numbers.append(i);
            } else {
                numbers.appendNull();
            }
        }
        assertEquals(
                "\"a,b\",n\nplain,0\n blanks ,\n\"x,y\",2\n\"say"
                        + " \"\"hi\"\"\",\n\"two\nlines\",4\n\"c\rr\",\n\"\",6\ntab\t;,\n",
                written(new RowBatch(schema, List.of(texts, numbers))));
    }

    @Test
    void lineEndsAreAsAsked() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Schema schema = Schema.of(new Column("a", ColumnType.TEXT));
        BytesVector texts = new BytesVector(1);
        texts.append("x");
        CsvRowWriter writer =
                CsvRowWriter.to(out, "standard output", schema, CsvLayout.DEFAULT.withLineEnd(LineEnd.CRLF));
        writer.append(new RowBatch(schema, List.of(texts)));
        assertEquals(6, writer.finish().size());
        assertEquals("a\r\nx\r\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aNumberThatHoldsTheSeparatorIsQuoted() {
        Schema schema = Schema.of(new Column("a", ColumnType.decimal(5, 2)), new Column("b", ColumnType.DATE));
        io.hybridsnapshot.domain.batch.LongVector decimals = new io.hybridsnapshot.domain.batch.LongVector(1);
        decimals.append(150);
        io.hybridsnapshot.domain.batch.LongVector dates = new io.hybridsnapshot.domain.batch.LongVector(1);
        dates.append(0);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CsvRowWriter writer = CsvRowWriter.to(out, "a stream", schema, CsvLayout.DEFAULT.withSeparator('.'));
        writer.append(new RowBatch(schema, List.of(decimals, dates)));
        writer.finish();
        assertEquals("a.b\n\"1.50\".1970-01-01\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aFileIsThereAsAWholeOrNotAtAll() throws IOException {
        Path file = directory.resolve("out.csv");
        Files.writeString(file, "before");
        Schema schema = Schema.of(new Column("a", ColumnType.TEXT));
        try (CsvRowWriter writer = CsvRowWriter.create(file, schema, CsvLayout.DEFAULT)) {
            writer.append(RandomTables.batch(new Random(1), schema, 10));
            assertEquals("before", Files.readString(file));
        }
        assertEquals("before", Files.readString(file));
        assertEquals(List.of("out.csv"), names());
        try (CsvRowWriter writer = CsvRowWriter.create(file, schema, CsvLayout.DEFAULT)) {
            WrittenCsv written = writer.finish();
            assertEquals(new WrittenCsv(0, Files.size(file)), written);
        }
        assertEquals("a\n", Files.readString(file));
        assertEquals(List.of("out.csv"), names());
    }

    @Test
    void aMissingDirectoryIsNamed() {
        Path file = directory.resolve("nowhere/out.csv");
        Schema schema = Schema.of(new Column("a", ColumnType.TEXT));
        SnapshotException e =
                assertThrows(SnapshotException.class, () -> CsvRowWriter.create(file, schema, CsvLayout.DEFAULT));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, e.kind());
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    }

    @Test
    void aTableWithoutColumnsIsRefused() {
        assertThrows(
                SnapshotException.class,
                () -> CsvRowWriter.create(directory.resolve("x.csv"), Schema.of(List.of()), CsvLayout.DEFAULT));
        assertFalse(Files.exists(directory.resolve("x.csv")));
    }

    @Test
    void aStreamThatFailsIsUnavailable() {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        CsvRowWriter writer =
                CsvRowWriter.to(broken, "a pipe", Schema.of(new Column("a", ColumnType.TEXT)), CsvLayout.DEFAULT);
        SnapshotException e = assertThrows(SnapshotException.class, writer::finish);
        assertEquals(SnapshotException.Kind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
    }

    @Test
    void aBatchOfAnotherSchemaIsRefused() {
        CsvRowWriter writer = CsvRowWriter.to(
                new ByteArrayOutputStream(), "x", Schema.of(new Column("a", ColumnType.TEXT)), CsvLayout.DEFAULT);
        Schema other = Schema.of(new Column("b", ColumnType.TEXT));
        RowBatch batch = RandomTables.batch(new Random(1), other, 1);
        assertThrows(IllegalArgumentException.class, () -> writer.append(batch));
    }

    @Test
    void aLoneSurrogateIsWrittenAsTheReplacementCharacter() {
        Schema schema = Schema.of(new Column("a", ColumnType.TEXT));
        BytesVector texts = new BytesVector(1);
        texts.append("x\uD800,y");
        assertEquals("a\n\"x\uFFFD,y\"\n", written(new RowBatch(schema, List.of(texts))));
    }

    @Test
    void aHeaderThatStartsLikeAByteOrderMarkSurvives() {
        Schema schema = Schema.of(new Column("\uFEFFa", ColumnType.TEXT));
        Path file = Tables.file(directory, written(RandomTables.batch(new Random(1), schema, 3)));
        assertEquals(List.of("\uFEFFa"), Tables.schema(file, EXACT).names());
    }

    @Test
    void veryLongCellsPass() {
        String longText = "quote \" and, comma\n".repeat(800_000);
        Schema schema = Schema.of(new Column("a", ColumnType.TEXT), new Column("b", ColumnType.TEXT));
        BytesVector first = new BytesVector(1);
        first.append(longText);
        BytesVector second = new BytesVector(1);
        second.append("end");
        Path file = directory.resolve("long.csv");
        try (CsvRowWriter writer = CsvRowWriter.create(file, schema, CsvLayout.DEFAULT)) {
            writer.append(new RowBatch(schema, List.of(first, second)));
            writer.finish();
        }
        try (RowStream rows = new CsvRowSource(file, EXACT.withInference(Inference.NONE)).open(ReadOptions.ALL)) {
            RowBatch batch = rows.next().orElseThrow();
            assertTrue(longText.equals(CellText.of(ColumnType.TEXT, batch.vector(0), 0)));
            assertEquals("end", CellText.of(ColumnType.TEXT, batch.vector(1), 0));
        }
    }

    private static CsvLayout layout(Random random) {
        CsvLayout layout = CsvLayout.DEFAULT.withSeparator(",;\t|:-.".charAt(random.nextInt(7)));
        return layout.withQuote(random.nextBoolean() ? '"' : '\'').withLineEnd(LineEnd.values()[random.nextInt(2)]);
    }

    private static String written(RowBatch batch) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CsvRowWriter writer = CsvRowWriter.to(out, "a stream", batch.schema(), CsvLayout.DEFAULT);
        writer.append(batch);
        writer.finish();
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(path -> path.getFileName().toString()).toList();
        }
    }
}
