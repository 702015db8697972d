package io.hybridsnapshot.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvRowSourceTest {
    private static final CsvFormat TEXT = CsvFormat.DEFAULT.withInference(Inference.NONE);

    @TempDir
    Path directory;

    @Test
    void readsWhatANaiveReaderReads() {
        String[] pieces = {"a", "é", "😀", ",", ";", "\"\"", "\n", "\r", "\r\n", " ", "\0", "12", "-"};
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            int width = 1 + random.nextInt(5);
            String lineEnd = List.of("\n", "\r\n", "\r").get(random.nextInt(3));
            StringBuilder text = new StringBuilder(random.nextInt(5) == 0 ? "\uFEFF" : "");
            for (int column = 0; column < width; column++) {
                text.append(column == 0 ? "" : ",").append("c").append(column);
            }
            text.append(lineEnd);
            int rows = random.nextInt(12);
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < width; column++) {
                    text.append(column == 0 ? "" : ",");
                    boolean quoted = random.nextInt(3) == 0;
                    text.append(quoted ? "\"" : "");
                    for (int i = random.nextInt(4); i > 0; i--) {
                        String piece = pieces[random.nextInt(pieces.length)];
                        boolean unsafe = piece.equals(",")
                                || piece.startsWith("\"")
                                || piece.trim().isEmpty();
                        text.append(quoted || !unsafe ? piece : "x");
                    }
                    text.append(quoted ? "\"" : "");
                }
                if (width > 1 && random.nextInt(6) == 0) {
                    text.append(lineEnd);
                }
                text.append(
                        row == rows - 1 && random.nextBoolean() && text.charAt(text.length() - 1) > ' ' ? "" : lineEnd);
            }
            Path file = Tables.file(directory, text.toString());
            NaiveCsv naive = NaiveCsv.read(text.toString());
            EmptyCells emptyCells = EmptyCells.values()[random.nextInt(3)];
            CsvFormat format = TEXT.withEmptyCells(emptyCells);
            ReadOptions options = new ReadOptions(List.of(), 1 + random.nextInt(5), Optional.empty());
            assertEquals(naive.rows(emptyCells), Tables.read(file, format, options), "seed " + seed);
            assertEquals(naive.lines(), places(file, format, options), "seed " + seed);
        }
    }

    @Test
    void aHeaderWithoutRowsIsATableWithoutRows() {
        for (String content : List.of("a,b", "a,b\n", "a,b\r\n", "\n\na,b\n\n")) {
            Path file = Tables.file(directory, content);
            assertEquals(List.of(), Tables.read(file, CsvFormat.DEFAULT, ReadOptions.ALL));
            assertEquals(
                    List.of("a", "b"), Tables.schema(file, CsvFormat.DEFAULT).names());
        }
    }

    @Test
    void aBlankLineIsARowWhereTheTableHasOneColumn() {
        Path file = Tables.file(directory, "a\nx\n\n\"\"\n\ny\n\n");
        assertEquals(
                column("x", null, "", null, "y", null),
                Tables.read(file, TEXT.withEmptyCells(EmptyCells.UNQUOTED_EMPTY_IS_NULL), ReadOptions.ALL));
    }

    @Test
    void aBlankLineIsPassedOverWhereItCannotBeARow() {
        Path file = Tables.file(directory, "a,b\n\n1,2\n\n\n3,4\n\n");
        assertEquals(
                List.of(List.of("1", "2"), List.of("3", "4")), Tables.read(file, CsvFormat.DEFAULT, ReadOptions.ALL));
        assertEquals(List.of(3L, 6L), places(file, TEXT, ReadOptions.ALL));
    }

    @Test
    void emptyCellsMeanWhatTheFormatSays() {
        Path file = Tables.file(directory, "a,b\n,\"\"\n");
        assertEquals(
                List.of(Arrays.asList(null, null)),
                Tables.read(file, TEXT.withEmptyCells(EmptyCells.EMPTY_IS_NULL), ReadOptions.ALL));
        assertEquals(
                List.of(Arrays.asList(null, "")),
                Tables.read(file, TEXT.withEmptyCells(EmptyCells.UNQUOTED_EMPTY_IS_NULL), ReadOptions.ALL));
        assertEquals(
                List.of(List.of("", "")),
                Tables.read(file, TEXT.withEmptyCells(EmptyCells.EMPTY_IS_TEXT), ReadOptions.ALL));
        CsvFormat number = CsvFormat.DEFAULT
                .withEmptyCells(EmptyCells.EMPTY_IS_TEXT)
                .withTypes(Map.of("a", ColumnType.INT64, "b", ColumnType.BINARY));
        assertEquals(List.of(Arrays.asList(null, "")), Tables.read(file, number, ReadOptions.ALL));
    }

    @Test
    void gzipIsKnownByItsFirstBytesNotItsName() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String member : List.of("a,b\n1,", "2\n3,4\n")) {
            try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                gzip.write(member.getBytes(StandardCharsets.UTF_8));
            }
        }
        Path file = Tables.file(directory, out.toByteArray());
        assertEquals(
                List.of(List.of("1", "2"), List.of("3", "4")), Tables.read(file, CsvFormat.DEFAULT, ReadOptions.ALL));
    }

    @Test
    void declaredTypesTakeTheUsualSpellings() {
        assertRead(ColumnType.BOOLEAN, "true", "TRUE", "True", "1");
        assertRead(ColumnType.BOOLEAN, "false", "FALSE", "False", "0");
        assertRead(ColumnType.INT64, "7", "007", "+7", "7.0", "7.", "+0007.000");
        assertRead(ColumnType.INT64, "0", "-0", "000", "+0", "-0.0");
        assertRead(ColumnType.INT64, "-9223372036854775808", "-0009223372036854775808", "-9223372036854775808.0");
        assertRead(ColumnType.INT8, "-128", "-128.0");
        assertRead(ColumnType.decimal(5, 2), "12.50", "12.5", "+12.50", "0012.5", "12.50000");
        assertRead(ColumnType.decimal(5, 2), "0.50", ".5", "0.5", "+.50");
        assertRead(ColumnType.decimal(5, 2), "-5.00", "-5", "-5.", "-5.0");
        assertRead(ColumnType.decimal(5, 2), "0.00", "0", "-0", "-0.00");
        assertRead(
                ColumnType.decimal(38, 2),
                "123456789012345678901234567890123456.70",
                "123456789012345678901234567890123456.7",
                "+000123456789012345678901234567890123456.700");
        assertRead(ColumnType.FLOAT64, "1.5", "1.50", "+1.5", "15e-1", "1.5E0", "01.5");
        assertRead(ColumnType.FLOAT64, "1e-05", "0.00001", "1E-5");
        assertRead(ColumnType.FLOAT32, "0.1", "0.10000000149");
        assertRead(ColumnType.time(6), "10:05:00", "10:05", "10:05:00.0", "10:05:00.000000000");
        assertRead(ColumnType.timestamp(3), "2024-02-29 10:05:00.12", "2024-02-29T10:05:00.120000");
        assertRead(ColumnType.timestamp(0), "2024-02-29 10:05:00", "2024-02-29T10:05", "2024-02-29 10:05:00.0");
        assertRead(
                ColumnType.instant(6),
                "2024-02-29T10:05:00Z",
                "2024-02-29 10:05:00z",
                "2024-02-29T12:05:00+02:00",
                "2024-02-29T04:35:00-05:30");
        assertRead(ColumnType.UUID, "01234567-89ab-cdef-0123-456789abcdef", "01234567-89AB-CDEF-0123-456789ABCDEF");
        assertRead(ColumnType.BINARY, "00ff", "00FF", "00fF");
        assertRead(ColumnType.DATE, "+10000-01-01", "+010000-01-01");
        assertRead(ColumnType.DATE, "-0044-03-15", "-00044-03-15");
    }

    @Test
    void typesComeFromTheDeclarationThenTheEarlierSnapshotThenTheDefaultThenTheCells() {
        Path file = Tables.file(directory, "declared,known,other\n1,2,3\n");
        Schema known = Schema.of(
                new Column("known", ColumnType.INT32),
                new Column("declared", ColumnType.INT8),
                new Column("gone", ColumnType.DATE));
        ReadOptions options = ReadOptions.ALL.withKnownTypes(Optional.of(known));
        CsvFormat format = CsvFormat.DEFAULT.withTypes(Map.of("declared", ColumnType.INT16));
        assertEquals(List.of(ColumnType.INT16, ColumnType.INT32, ColumnType.INT64), types(file, format, options));
        assertEquals(
                List.of(ColumnType.INT16, ColumnType.INT32, ColumnType.FLOAT32),
                types(file, format.withDefaultType(ColumnType.FLOAT32), options));
        assertEquals(
                List.of(ColumnType.INT16, ColumnType.INT32, ColumnType.TEXT),
                types(file, format.withInference(Inference.NONE), options));
    }

    @Test
    void onlyTheWantedColumnsComeInTheWantedOrder() {
        Path file = Tables.file(directory, "a,b,c\nx,not a number,1\ny,nor this,2\n");
        CsvFormat format = CsvFormat.DEFAULT.withTypes(Map.of("b", ColumnType.INT64));
        ReadOptions options = ReadOptions.ALL.withColumns(List.of("c", "a"));
        assertEquals(List.of(List.of("1", "x"), List.of("2", "y")), Tables.read(file, format, options));
        assertEquals(List.of(ColumnType.INT64, ColumnType.TEXT), types(file, format, options));
    }

    @Test
    void batchesEndAtTheRowsAskedForOrAtTheBytes() {
        StringBuilder text = new StringBuilder("a,b\n");
        String longCell = "x".repeat(1 << 20);
        for (int i = 0; i < 40; i++) {
            text.append(i).append(',').append(longCell).append('\n');
        }
        Path file = Tables.file(directory, text.toString());
        List<Integer> sizes = new ArrayList<>();
        try (RowStream stream = new CsvRowSource(file, TEXT).open(ReadOptions.ALL)) {
            for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                sizes.add(batch.get().rowCount());
            }
            assertEquals(Optional.empty(), stream.next());
        }
        assertEquals(List.of(16, 16, 8), sizes);
        sizes.clear();
        try (RowStream stream = new CsvRowSource(file, TEXT).open(new ReadOptions(List.of(), 15, Optional.empty()))) {
            for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                sizes.add(batch.get().rowCount());
            }
        }
        assertEquals(List.of(15, 15, 10), sizes);
    }

    @Test
    void batchesStayAsTheyWereWhileTheStreamGoesOn() {
        StringBuilder text = new StringBuilder("a,b\n");
        for (int i = 0; i < 3_000; i++) {
            text.append(i).append(",text ").append(i).append('\n');
        }
        Path file = Tables.file(directory, text.toString());
        List<RowBatch> batches = new ArrayList<>();
        try (RowStream stream =
                new CsvRowSource(file, CsvFormat.DEFAULT).open(new ReadOptions(List.of(), 7, Optional.empty()))) {
            for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                batches.add(batch.get());
            }
        }
        int row = 0;
        for (RowBatch batch : batches) {
            for (List<String> cells : Tables.rows(batch)) {
                assertEquals(List.of(Integer.toString(row), "text " + row), cells);
                row++;
            }
        }
        assertEquals(3_000, row);
    }

    @Test
    void aSourceCanBeOpenedAgainAndClosedEarly() {
        Path file = Tables.file(directory, "a\n1\n2\n");
        CsvRowSource source = new CsvRowSource(file, CsvFormat.DEFAULT);
        RowStream first = source.open(ReadOptions.ALL);
        first.close();
        first.close();
        try (RowStream second = source.open(ReadOptions.ALL)) {
            assertEquals(2, second.next().orElseThrow().rowCount());
            assertEquals("line 3", second.place(1));
            assertEquals("row 3", second.place(2));
        }
        assertEquals(file.toString(), source.description());
    }

    @Test
    void theSameColumnWantedTwiceIsRefused() {
        Path file = Tables.file(directory, "a\n1\n");
        assertThrows(
                io.hybridsnapshot.domain.error.SnapshotException.class,
                () -> Tables.read(file, TEXT, ReadOptions.ALL.withColumns(List.of("a", "a"))));
    }

    @Test
    void linesAreKeptForMillionsOfRows() {
        LineIndex index = new LineIndex();
        Random random = new Random(3);
        long[] lines = new long[300_000];
        long line = 2;
        for (int i = 0; i < lines.length; i++) {
            lines[i] = line;
            index.add(line);
            boolean even = (i / 5_000) % 2 == 0;
            line += even ? 1 : 1 + random.nextInt(random.nextInt(50) == 0 ? 100_000 : 3);
        }
        for (int i = 0; i < 20_000; i++) {
            int ordinal = random.nextInt(lines.length);
            assertEquals(lines[ordinal], index.line(ordinal).orElseThrow());
        }
        assertEquals(lines[lines.length - 1], index.line(lines.length - 1).orElseThrow());
        assertTrue(index.line(lines.length).isEmpty());
        assertTrue(index.line(-1).isEmpty());
    }

    private void assertRead(ColumnType type, String canonical, String... cells) {
        Path file = Tables.file(directory, "c\n" + canonical + "\n" + String.join("\n", cells) + "\n");
        List<List<String>> rows = Tables.read(file, CsvFormat.DEFAULT.withTypes(Map.of("c", type)), ReadOptions.ALL);
        assertEquals(cells.length + 1, rows.size());
        rows.forEach(row -> assertEquals(List.of(canonical), row));
    }

    private static List<List<String>> column(String... cells) {
        List<List<String>> rows = new ArrayList<>();
        for (String cell : cells) {
            rows.add(Arrays.asList(cell));
        }
        return rows;
    }

    private static List<ColumnType> types(Path file, CsvFormat format, ReadOptions options) {
        try (RowStream stream = new CsvRowSource(file, format).open(options)) {
            return stream.schema().columns().stream().map(Column::type).toList();
        }
    }

    private static List<Long> places(Path file, CsvFormat format, ReadOptions options) {
        List<Long> places = new ArrayList<>();
        try (RowStream stream = new CsvRowSource(file, format).open(options)) {
            long rows = 0;
            for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                rows += batch.get().rowCount();
            }
            for (long row = 0; row < rows; row++) {
                places.add(Long.parseLong(stream.place(row).substring("line ".length())));
            }
        }
        return places;
    }
}
