package io.hybridsnapshot.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvErrorsTest {
    private static final CsvFormat TEXT = CsvFormat.DEFAULT.withInference(Inference.NONE);

    @TempDir
    Path directory;

    @Test
    void aRowWithTooFewFieldsIsNamedByTheLineItStartsOn() {
        Path file = Tables.file(directory, "a,b,c\n1,2,3\n\"two\nlines\",2,3\n4,5\n6,7,8\n");
        SnapshotException e = failure(file, TEXT);
        assertParts(
                e,
                "a row has too few fields",
                "file " + file + ", line 5",
                "2 fields",
                "3, as in the header: 'a', 'b', 'c'");
    }

    @Test
    void aRowWithTooManyFieldsIsNamedByTheLineItStartsOn() {
        Path file = Tables.file(directory, "a,b\r\n1,2\r\n1,\"x\r\ny\",3\r\n");
        SnapshotException e = failure(file, TEXT);
        assertParts(
                e,
                "a row has too many fields",
                "file " + file + ", line 3",
                "3 fields",
                "2, as in the header: 'a', 'b'");
    }

    @Test
    void raggedRowsAreFoundWhileTypesAreInferred() {
        Path file = Tables.file(directory, "a,b\n1,2\n3\n");
        SnapshotException e = failure(file, CsvFormat.DEFAULT);
        assertParts(
                e, "a row has too few fields", "file " + file + ", line 3", "1 field", "2, as in the header: 'a', 'b'");
    }

    @Test
    void aDuplicateHeaderNamesBothPositions() {
        Path file = Tables.file(directory, "id,size,id\n1,2,3\n");
        SnapshotException e = failure(file, TEXT);
        assertParts(
                e,
                "two columns of the header have one name",
                "file " + file + ", line 1, columns 1 and 3",
                "'id' twice in a header of 3 columns: 'id', 'size', 'id'",
                "every column name once");
    }

    @Test
    void anEmptyHeaderNameNamesItsPosition() {
        Path file = Tables.file(directory, "id,,size\n1,2,3\n");
        SnapshotException e = failure(file, TEXT);
        assertEquals("a column of the header has no name", e.problem());
        assertEquals("file " + file + ", line 1, column 2", e.where().orElseThrow());
    }

    @Test
    void invalidUtf8NamesTheByteAndItsLine() {
        byte[] bytes = "a,b\nx,y\r\nz,?\n".getBytes(StandardCharsets.UTF_8);
        bytes[11] = (byte) 0xE9;
        Path file = Tables.file(directory, bytes);
        SnapshotException e = failure(file, TEXT);
        assertParts(e, "the CSV file is not UTF-8", "file " + file + ", line 3", "byte 0xE9 at offset 11", "UTF-8");
    }

    @Test
    void invalidUtf8FarIntoALargeFileIsFoundExactly() {
        byte[] bytes = ("a,b\n" + "größer,y\n".repeat(40_000)).getBytes(StandardCharsets.UTF_8);
        int at = bytes.length - 3;
        bytes[at] = (byte) 0xFF;
        Path file = Tables.file(directory, bytes);
        SnapshotException e = failure(file, TEXT);
        assertEquals("file " + file + ", line 40001", e.where().orElseThrow());
        assertEquals("byte 0xFF at offset " + at, e.actual().orElseThrow());
    }

    @Test
    void anErrorBeforeTheBadByteComesFirst() {
        byte[] bytes = "a,b\nonly one\nx,?\n".getBytes(StandardCharsets.UTF_8);
        bytes[15] = (byte) 0xFF;
        SnapshotException e = failure(Tables.file(directory, bytes), TEXT);
        assertEquals("a row has too few fields", e.problem());
    }

    @Test
    void aCutOffSequenceAtTheEndIsInvalidUtf8() {
        Path file = Tables.file(directory, new byte[] {'a', '\n', 'x', (byte) 0xE2, (byte) 0x82});
        assertParts(
                failure(file, TEXT),
                "the CSV file is not UTF-8",
                "file " + file + ", line 2",
                "byte 0xE2 at offset 3",
                "UTF-8");
    }

    @Test
    void utf16WithoutAByteOrderMarkIsNamed() {
        String text = "a,b\n1,2\n";
        Map<Charset, String> first = Map.of(
                StandardCharsets.UTF_16LE, "byte 0x00 at offset 1 (probably UTF-16)",
                StandardCharsets.UTF_16BE, "byte 0x00 at offset 0 (probably UTF-16)");
        first.forEach((charset, actual) -> {
            Path file = Tables.file(directory, text.getBytes(charset));
            assertParts(failure(file, TEXT), "the CSV file is not UTF-8", "file " + file + ", line 1", actual, "UTF-8");
        });
    }

    @Test
    void anUnclosedQuoteIsNamedByTheLineOfItsRow() {
        Path file = Tables.file(directory, "a,b\n1,2\n3,\"never closed\n4,5\n6,7\n");
        SnapshotException e = failure(file, TEXT);
        assertParts(
                e,
                "a quote is never closed",
                "file " + file + ", line 3",
                "the end of the file within quotes",
                "a closing quote");
    }

    @Test
    void aLoneQuoteAtTheVeryEndIsUnclosed() {
        Path file = Tables.file(directory, "a\nx\n\"");
        SnapshotException e = failure(file, TEXT);
        assertEquals("a quote is never closed", e.problem());
        assertEquals("file " + file + ", line 3", e.where().orElseThrow());
    }

    @Test
    void textAfterAClosingQuoteIsNamedByItsLine() {
        Path file = Tables.file(directory, "a,b\n1,\"x\r\"\n\"say \"hi\"\",2\n");
        SnapshotException e = failure(file, TEXT);
        assertEquals(Kind.INVALID_REQUEST, e.kind());
        assertEquals("text stands after a closing quote", e.problem());
        assertEquals("file " + file + ", line 4", e.where().orElseThrow());
        assertEquals("a separator ',' or a line break", e.expected().orElseThrow());
    }

    @Test
    void aFieldBeyondTheLimitIsNotReadIntoMemory() throws IOException {
        Path file = directory.resolve("endless.csv.gz");
        byte[] block = "no closing quote ".repeat(1 << 12).getBytes(StandardCharsets.UTF_8);
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("a,b\n1,\"".getBytes(StandardCharsets.UTF_8));
            for (long size = 0; size < 2 * CellPass.MAX_FIELD_CHARS + (1 << 20); size += block.length) {
                out.write(block);
            }
        }
        SnapshotException e = failure(file, TEXT);
        assertParts(
                e,
                "a field is too long",
                "file " + file + ", line 2",
                "more than 16777216 characters",
                "at most 16777216");
    }

    @Test
    void aMissingFileIsAWrongRequest() {
        Path file = directory.resolve("missing.csv");
        SnapshotException e = failure(file, TEXT);
        assertEquals(Kind.INVALID_REQUEST, e.kind());
        assertEquals("the CSV file does not exist", e.problem());
        assertEquals("file " + file, e.where().orElseThrow());
    }

    @Test
    void aDirectoryIsAWrongRequest() {
        SnapshotException e = failure(directory, TEXT);
        assertEquals(Kind.INVALID_REQUEST, e.kind());
        assertEquals("the CSV file is a directory", e.problem());
        assertEquals("file " + directory, e.where().orElseThrow());
    }

    @Test
    void aFileWithoutAHeaderIsNamed() {
        for (String content : List.of("", "\uFEFF", "\n\n", "\r\n")) {
            Path file = Tables.file(directory, content);
            SnapshotException e = failure(file, CsvFormat.DEFAULT);
            assertEquals("the CSV file has no header", e.problem());
            assertEquals("file " + file, e.where().orElseThrow());
        }
    }

    @Test
    void aTruncatedGzipFileIsCorruptWhereverItEnds() throws IOException {
        byte[] whole = gzip(randomTable());
        for (int length : new int[] {2, 9, 10, 11, whole.length / 2, whole.length - 9, whole.length - 1}) {
            Path file = Tables.file(directory, Arrays.copyOf(whole, length));
            SnapshotException e = failure(file, TEXT);
            assertEquals(Kind.CORRUPT, e.kind(), length + " bytes: " + e.getMessage());
            assertEquals("the compressed CSV file ends in the middle", e.problem());
            assertEquals("file " + file, e.where().orElseThrow());
        }
    }

    @Test
    void aFlippedByteInAGzipFileIsCorrupt() throws IOException {
        byte[] bytes = gzip(randomTable());
        bytes[bytes.length - 6] ^= 1;
        SnapshotException e = failure(Tables.file(directory, bytes), TEXT);
        assertEquals(Kind.CORRUPT, e.kind());
        assertEquals("the compressed CSV file is damaged", e.problem());
    }

    @Test
    void aWrongCellNamesLineColumnCellAndType() {
        Path file = Tables.file(directory, "id,n\n1,5\n\"2\n\",x\n3,1e2\n");
        SnapshotException e = failure(file, CsvFormat.DEFAULT.withTypes(Map.of("n", ColumnType.INT32)));
        assertParts(
                e,
                "a cell is not of its column's type",
                "file " + file + ", line 3, column 'n'",
                "'x'",
                "int32 (-2147483648 to 2147483647)");
        assertEquals(
                "declare a type that holds these and the earlier cells: 'n' as text; or correct the cells",
                e.nextStep().orElseThrow());
    }

    @Test
    void anotherSpellingInAColumnWhoseTypeIsKnownSaysHowItIsTaken() {
        Path file = Tables.file(directory, "n\n2026-01-31 10:05:00.250\n");
        Schema known = Schema.of(new Column("n", ColumnType.timestamp(6)));
        ReadOptions options = ReadOptions.ALL.withKnownTypes(Optional.of(known));
        SnapshotException e =
                assertThrows(SnapshotException.class, () -> Tables.read(file, CsvFormat.DEFAULT, options));
        assertEquals(
                "declare a type that holds these and the earlier cells: 'n' as timestamp(6), or text, by which another"
                        + " spelling is another value; or correct the cells",
                e.nextStep().orElseThrow());
        List<List<String>> taken =
                Tables.read(file, CsvFormat.DEFAULT.withTypes(Map.of("n", ColumnType.timestamp(6))), options);
        assertEquals(List.of(List.of("2026-01-31 10:05:00.25")), taken);
    }

    @Test
    void allColumnsWithWrongCellsAreInOneErrorEachWithATypeThatHoldsBoth() {
        Path file = Tables.file(
                directory,
                "id,qty,ok,day,price,code,fine\n1,5,true,2026-01-01,36,1,7\n2,5.5,yes,1.2.2026,1.25,00000,8\n"
                        + "3,6.25,no,2026-01-02,-0.5,2,9\n");
        Schema known = Schema.of(
                new Column("id", ColumnType.INT64),
                new Column("qty", ColumnType.INT64),
                new Column("ok", ColumnType.BOOLEAN),
                new Column("day", ColumnType.DATE),
                new Column("price", ColumnType.decimal(18, 1)),
                new Column("code", ColumnType.INT64),
                new Column("fine", ColumnType.INT64));
        ReadOptions options = ReadOptions.ALL.withKnownTypes(Optional.of(known));
        SnapshotException e =
                assertThrows(SnapshotException.class, () -> Tables.read(file, CsvFormat.DEFAULT, options));
        assertParts(
                e,
                "cells of 5 columns are not of their columns' types",
                "file " + file,
                "'5.5' in 'qty' (int64, line 3, 2 cells); 'yes' in 'ok' (boolean, line 3, 2 cells); '1.2.2026' in 'day'"
                        + " (date, line 3); '36' in 'price' (decimal(18,1), line 2, 2 cells); '00000' in 'code' (int64,"
                        + " line 3)",
                "cells of those types; of a type that is not declared, in its canonical form");
        assertEquals(
                "declare types that hold these and the earlier cells: 'qty' as decimal(38,2), 'ok' as text,"
                        + " 'day' as text, 'price' as decimal(38,2), 'code' as text, or text, by which another"
                        + " spelling is another value; or correct the cells",
                e.nextStep().orElseThrow());
    }

    /**
     * The type advised by an error takes the cell and every value of the earlier type. If no other type does, the
     * advice is text.
     */
    @Test
    void theAdvisedTypeHoldsTheCellAndTheEarlierType() {
        record Case(ColumnType known, String cell, String advised) {}
        for (Case each : List.of(
                new Case(ColumnType.INT64, "5.5", "decimal(38,1)"),
                new Case(ColumnType.INT64, "9223372036854775808", "decimal(38,0)"),
                new Case(ColumnType.INT32, "2147483648", "int64"),
                new Case(ColumnType.INT64, "0.12345678901234567890", "text"),
                new Case(ColumnType.INT64, "00000", "text"),
                new Case(ColumnType.INT64, "+5", "text"),
                new Case(ColumnType.INT64, "1e5", "text"),
                new Case(ColumnType.INT64, "-0.00", "text"),
                new Case(ColumnType.decimal(18, 1), "36", "decimal(18,1)"),
                new Case(ColumnType.decimal(18, 2), "1.234", "decimal(38,3)"),
                new Case(ColumnType.decimal(18, 2), "-0.00", "text"),
                new Case(ColumnType.decimal(38, 2), "1.234", "text"),
                new Case(ColumnType.FLOAT64, "1.50", "float64"),
                new Case(ColumnType.FLOAT64, "1e5", "float64"),
                new Case(ColumnType.FLOAT64, "0.1000000000000000055511151231257827", "text"),
                new Case(ColumnType.FLOAT64, "01.5", "text"),
                new Case(ColumnType.FLOAT64, "n/a", "text"),
                new Case(ColumnType.BOOLEAN, "yes", "text"),
                new Case(ColumnType.BOOLEAN, "TRUE", "boolean"),
                new Case(ColumnType.DATE, "1.2.2026", "text"),
                new Case(ColumnType.timestamp(6), "2026-01-01T10:00:00", "timestamp(6)"),
                new Case(ColumnType.timestamp(6), "2026-01-01 10:00:00.1234567", "timestamp(9)"),
                new Case(ColumnType.timestamp(6), "2026-01-01", "text"),
                new Case(ColumnType.UUID, "01234567-89AB-CDEF-0123-456789ABCDEF", "uuid"))) {
            Path file = Tables.file(directory, "n,m\n" + each.cell + ",x\n");
            ReadOptions options = ReadOptions.ALL.withKnownTypes(
                    Optional.of(Schema.of(new Column("n", each.known), new Column("m", ColumnType.TEXT))));
            SnapshotException e = assertThrows(
                    SnapshotException.class, () -> Tables.read(file, CsvFormat.DEFAULT, options), each.toString());
            String nextStep = e.nextStep().orElseThrow();
            assertTrue(nextStep.contains(": 'n' as " + each.advised), each + ": " + nextStep);
            ColumnType advised = ColumnType.parse(each.advised);
            assertTrue(advised.equals(ColumnType.TEXT) || advised.holdsEvery(each.known), each.toString());
            assertEquals(
                    1,
                    Tables.read(file, CsvFormat.DEFAULT.withTypes(Map.of("n", advised)), options)
                            .size());
        }
    }

    @Test
    void anErrorFurtherDownDoesNotKeepWrongCellsFromBeingTold() {
        Path file = Tables.file(directory, "n,m\n5.5,yes\n1\n");
        Schema known = Schema.of(new Column("n", ColumnType.INT64), new Column("m", ColumnType.BOOLEAN));
        SnapshotException e = assertThrows(
                SnapshotException.class,
                () -> Tables.read(file, CsvFormat.DEFAULT, ReadOptions.ALL.withKnownTypes(Optional.of(known))));
        assertEquals("cells of 2 columns are not of their columns' types", e.problem());
    }

    @Test
    void aLongWrongCellIsCutAndStaysOnOneLine() {
        Path file = Tables.file(directory, "n\n\"" + "x\n".repeat(100) + "\"\n");
        SnapshotException e = failure(file, CsvFormat.DEFAULT.withTypes(Map.of("n", ColumnType.DATE)));
        assertEquals("'" + "x\\n".repeat(30) + "…'", e.actual().orElseThrow());
        assertEquals("date (YYYY-MM-DD)", e.expected().orElseThrow());
    }

    @Test
    void everyTypeRefusesWhatIsOutOfItsRange() {
        Map<String, ColumnType> wrong = Map.ofEntries(
                Map.entry("128", ColumnType.INT8),
                Map.entry("-32769", ColumnType.INT16),
                Map.entry("2147483648", ColumnType.INT32),
                Map.entry("9223372036854775808", ColumnType.INT64),
                Map.entry("-99999999999999999999", ColumnType.INT64),
                Map.entry("1000.00", ColumnType.decimal(5, 2)),
                Map.entry("1.234", ColumnType.decimal(5, 2)),
                Map.entry("100000000000000000000000000000000000000", ColumnType.decimal(38, 0)),
                Map.entry("1e309", ColumnType.FLOAT64),
                Map.entry("1e39", ColumnType.FLOAT32),
                Map.entry("0x10", ColumnType.FLOAT64),
                Map.entry(" 1", ColumnType.FLOAT64),
                Map.entry("1d", ColumnType.FLOAT64),
                Map.entry("yes", ColumnType.BOOLEAN),
                Map.entry("2", ColumnType.BOOLEAN),
                Map.entry("2023-02-29", ColumnType.DATE),
                Map.entry("2023-13-01", ColumnType.DATE),
                Map.entry("24:00:00", ColumnType.time(0)),
                Map.entry("10:00:00.123", ColumnType.time(2)),
                Map.entry("2024-01-01", ColumnType.timestamp(6)),
                Map.entry("2024-01-01 10:00:60", ColumnType.timestamp(6)),
                Map.entry("2024-01-01 10:00:00", ColumnType.instant(6)),
                Map.entry("00000000-0000-0000-0000-00000000000g", ColumnType.UUID),
                Map.entry("abc", ColumnType.BINARY),
                Map.entry("zz", ColumnType.BINARY));
        wrong.forEach((cell, type) -> {
            Path file = Tables.file(directory, "c\n" + cell + "\n");
            SnapshotException e = failure(file, CsvFormat.DEFAULT.withTypes(Map.of("c", type)));
            assertEquals("'" + cell + "'", e.actual().orElseThrow());
            assertEquals(CsvErrors.form(type), e.expected().orElseThrow());
            assertEquals("file " + file + ", line 2, column 'c'", e.where().orElseThrow());
        });
    }

    @Test
    void aQuotedEmptyCellIsNoNumberWhereItIsAText() {
        Path file = Tables.file(directory, "n\n\"\"\n");
        CsvFormat format = CsvFormat.DEFAULT
                .withEmptyCells(EmptyCells.UNQUOTED_EMPTY_IS_NULL)
                .withTypes(Map.of("n", ColumnType.INT64));
        assertEquals("''", failure(file, format).actual().orElseThrow());
    }

    @Test
    void aTypeFromAnEarlierSnapshotTakesNoOtherSpellingOfItsValue() {
        Schema known = Schema.of(new Column("n", ColumnType.INT64));
        Path file = Tables.file(directory, "n\n7\n007\n");
        SnapshotException e = assertThrows(
                SnapshotException.class,
                () -> Tables.read(file, CsvFormat.DEFAULT, ReadOptions.ALL.withKnownTypes(Optional.of(known))));
        assertEquals("file " + file + ", line 3, column 'n'", e.where().orElseThrow());
        assertEquals("'007'", e.actual().orElseThrow());
        assertTrue(e.expected().orElseThrow().contains("canonical"), e.getMessage());
    }

    @Test
    void anUnknownWantedColumnNamesTheNearest() {
        Path file = Tables.file(directory, "CUSTOMER NAME,QTY\nx,1\n");
        SnapshotException e = assertThrows(
                SnapshotException.class,
                () -> Tables.read(file, TEXT, ReadOptions.ALL.withColumns(List.of("CUSTOMER NAMES"))));
        assertEquals(
                "no 'CUSTOMER NAMES' in a header of 2 columns: 'CUSTOMER NAME', 'QTY'",
                e.actual().orElseThrow());
        assertTrue(e.expected().orElseThrow().contains("did you mean 'CUSTOMER NAME'?"), e.getMessage());
    }

    @Test
    void anUnknownDeclaredColumnNamesTheNearest() {
        Path file = Tables.file(directory, "CUSTOMER NAME,QTY\nx,1\n");
        SnapshotException e = failure(file, CsvFormat.DEFAULT.withTypes(Map.of("QTYY", ColumnType.INT64)));
        assertParts(
                e,
                "a declared column is not in the header",
                "file " + file + ", line 1",
                "no 'QTYY' in a header of 2 columns: 'CUSTOMER NAME', 'QTY'",
                "every declared column (did you mean 'QTY'?)");
    }

    @Test
    void delimitersThatCannotWorkAreRefused() {
        for (char separator : new char[] {'a', '7', '\n', '\r', 0, 'é', '"'}) {
            assertThrows(SnapshotException.class, () -> CsvFormat.DEFAULT.withSeparator(separator));
            assertThrows(SnapshotException.class, () -> CsvLayout.DEFAULT.withSeparator(separator));
        }
    }

    private static SnapshotException failure(Path file, CsvFormat format) {
        return assertThrows(SnapshotException.class, () -> Tables.read(file, format, ReadOptions.ALL));
    }

    private static void assertParts(SnapshotException e, String problem, String where, String actual, String expected) {
        assertEquals(Kind.INVALID_REQUEST, e.kind(), e.getMessage());
        assertEquals(problem, e.problem());
        assertEquals(where, e.where().orElseThrow());
        assertEquals(actual, e.actual().orElseThrow());
        assertEquals(expected, e.expected().orElseThrow());
    }

    private static byte[] randomTable() {
        Random random = new Random(5);
        StringBuilder text = new StringBuilder("a,b\n");
        for (int i = 0; i < 5_000; i++) {
            text.append(random.nextLong()).append(',').append(random.nextInt()).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
