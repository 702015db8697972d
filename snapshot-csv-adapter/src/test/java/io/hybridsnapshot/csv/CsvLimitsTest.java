package io.hybridsnapshot.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The limits of a CSV file; an error about a larger file names the limit. */
@Timeout(120)
class CsvLimitsTest {
    private static final CsvFormat TEXT = CsvFormat.DEFAULT.withInference(Inference.NONE);

    @TempDir
    Path directory;

    @Test
    void theWidestTableIsReadAndAWiderOneIsNot() {
        String names = header(CellPass.MAX_COLUMNS);
        Path widest = Tables.file(directory, names + "\n" + names + "\n");
        List<List<String>> rows = Tables.read(widest, CsvFormat.DEFAULT, ReadOptions.ALL);
        assertEquals(1, rows.size());
        assertEquals(CellPass.MAX_COLUMNS, rows.get(0).size());
        SnapshotException e = failure(Tables.file(directory, names + ",more\n"));
        assertEquals("the header has too many columns", e.problem());
        assertEquals("at most 10000", e.expected().orElseThrow());
        assertTrue(e.actual().orElseThrow().startsWith("more than 10000 columns, the first of them 'c0', 'c1'"));
    }

    @Test
    void aHeaderOfMillionsOfColumnsIsRefusedAtOnce() throws IOException {
        Path file = directory.resolve("wide.csv");
        try (Writer out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < 6_000_000; i++) {
                out.write("c" + i + ",");
            }
            out.write("last\n");
        }
        long before = System.nanoTime();
        assertEquals("the header has too many columns", failure(file).problem());
        assertTrue(System.nanoTime() - before < 10_000_000_000L, "took longer than 10 s");
    }

    @Test
    void theCharactersOfAHeaderAreLimited() {
        String name = "n".repeat(CsvPass.MAX_HEADER_CHARS / 2);
        SnapshotException e = failure(Tables.file(directory, name + "1," + name + "2\n"));
        assertEquals("the header is too long", e.problem());
        assertTrue(e.expected().orElseThrow().startsWith("at most 1048576 characters"), e.getMessage());
        assertTrue(e.getMessage().length() < 500, e.getMessage());
    }

    @Test
    void theLongestCellIsReadAndALongerOneIsNot() {
        String longest = "x".repeat(CellPass.MAX_FIELD_CHARS);
        assertEquals(
                longest,
                Tables.read(Tables.file(directory, "a,b\n\"" + longest + "\",y\n"), TEXT, ReadOptions.ALL)
                        .get(0)
                        .get(0));
        // An export doubles the quotes, which do not count.
        String quotes = "\"".repeat(CellPass.MAX_FIELD_CHARS);
        Path file = Tables.file(directory, "a,b\n\"" + quotes.repeat(2) + "\",y\n");
        assertEquals(
                List.of(quotes, "y"), Tables.read(file, TEXT, ReadOptions.ALL).get(0));
        SnapshotException e = failure(Tables.file(directory, "a\n" + longest + "x\n"));
        assertEquals("a field is too long", e.problem());
        assertEquals("at most 16777216", e.expected().orElseThrow());
    }

    @Test
    void theBytesOfARowAreLimitedWhateverTheirCharacters() {
        String cell = "x".repeat(CellPass.MAX_ROW_BYTES / 4);
        Path fits = Tables.file(directory, "a,b,c,d,e\n" + (cell.substring(8) + ",").repeat(4) + "y\n");
        assertEquals(1, Tables.read(fits, TEXT, ReadOptions.ALL).size());
        SnapshotException e = failure(
                Tables.file(directory, "a,b,c,d,e\n1,2,3,4,5\n" + (cell.substring(1) + ",").repeat(4) + "yyyyy\n"));
        assertEquals("a row is too long", e.problem());
        assertTrue(e.where().orElseThrow().endsWith("line 3"), e.getMessage());
        assertTrue(e.expected().orElseThrow().startsWith("at most 33554432 bytes"), e.getMessage());
        SnapshotException wide =
                failure(Tables.file(directory, "a\n" + "語".repeat(CellPass.MAX_ROW_BYTES / 3 + 1) + "\n"));
        assertEquals("a row is too long", wide.problem());
    }

    @Test
    void aBatchIsSizedByBytesAndNotByCharacters() {
        String cell = "語".repeat(1 << 19);
        Path file = Tables.file(directory, "a\n" + (cell + "\n").repeat(30));
        try (RowStream rows = new CsvRowSource(file, TEXT).open(ReadOptions.ALL)) {
            int count = 0;
            for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
                BytesVector texts = (BytesVector) next.get().vector(0);
                assertTrue(
                        texts.bytesUsed() < RowBatch.DEFAULT_BYTES + 3L * cell.length(), texts.bytesUsed() + " bytes");
                count += next.get().rowCount();
            }
            assertEquals(30, count);
        }
    }

    @Test
    void aLongTextTakesNoMoreRoomThanItsBytes() {
        BytesVector texts = new BytesVector(1);
        char[] chars = "x".repeat(1 << 20).toCharArray();
        texts.append(chars, 0, chars.length);
        assertTrue(texts.data().length < 2 * chars.length, texts.data().length + " bytes");
    }

    private static String header(int columns) {
        return IntStream.range(0, columns).mapToObj(i -> "c" + i).collect(Collectors.joining(","));
    }

    private static SnapshotException failure(Path file) {
        SnapshotException e = assertThrows(SnapshotException.class, () -> Tables.read(file, TEXT, ReadOptions.ALL));
        assertEquals(Kind.INVALID_REQUEST, e.kind(), e.getMessage());
        return e;
    }
}
