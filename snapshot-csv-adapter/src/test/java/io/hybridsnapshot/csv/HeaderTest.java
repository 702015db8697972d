package io.hybridsnapshot.csv;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file without a header has numbered or given columns, and a missing header is noticed only where it is plain. */
class HeaderTest {
    @TempDir
    Path directory;

    @Test
    void columnsAreNumberedAndTheFirstRecordIsARow() {
        CsvRowSource source = source("1,x\n2,\n\n3,\"y\nz\"\n").withoutHeader();
        assertEquals(
                List.of(List.of("1", "x"), Arrays.asList("2", null), List.of("3", "y\nz")),
                Tables.readAll(source, ReadOptions.ALL));
        try (RowStream rows = source.open(ReadOptions.ALL)) {
            assertEquals(
                    List.of(new Column("column1", ColumnType.INT64), new Column("column2", ColumnType.TEXT)),
                    rows.schema().columns());
            assertTrue(rows.next().isPresent());
            assertEquals("line 1", rows.place(0));
            assertEquals("line 4", rows.place(2));
        }
    }

    @Test
    void namesOfThePlainFileMayBeEmptyOrTheSame() {
        assertEquals(
                List.of(Arrays.asList("1", null, "1")),
                Tables.readAll(source("1,,1\n").withoutHeader(), ReadOptions.ALL));
        SnapshotException e =
                assertThrows(SnapshotException.class, () -> source("1,,1\n").open(ReadOptions.ALL));
        assertTrue(
                e.getMessage().contains("if the file has no header, read it as a file without a header"),
                e.getMessage());
    }

    @Test
    void givenNamesAreTaken() {
        CsvRowSource source = source("1,x\n").withColumns(List.of("id", "v"));
        assertEquals(
                List.of(List.of("x", "1")), Tables.readAll(source, ReadOptions.ALL.withColumns(List.of("v", "id"))));
        SnapshotException e = assertThrows(
                SnapshotException.class,
                () -> Tables.readAll(source("1,x\n").withColumns(List.of("id")), ReadOptions.ALL));
        assertTrue(e.getMessage().contains("line 1"), e.getMessage());
        assertTrue(e.getMessage().contains("expected 1, one for each column"), e.getMessage());
    }

    @Test
    void typesAndErrorsCountTheFirstRow() {
        CsvRowSource source = new CsvRowSource(
                        Tables.file(directory, "x,1\n2,2\n"),
                        CsvFormat.DEFAULT.withTypes(Map.of("column1", ColumnType.INT64)))
                .withoutHeader();
        SnapshotException e = assertThrows(SnapshotException.class, () -> Tables.readAll(source, ReadOptions.ALL));
        assertTrue(e.getMessage().contains("line 1, column 'column1'"), e.getMessage());
        SnapshotException ragged = assertThrows(
                SnapshotException.class,
                () -> Tables.readAll(source("1,2\n3\n4,5\n").withoutHeader(), ReadOptions.ALL));
        assertTrue(ragged.getMessage().contains("as in the first row"), ragged.getMessage());
        assertThrows(SnapshotException.class, () -> source("").withoutHeader().open(ReadOptions.ALL));
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstRow() {
        CsvRowSource source = new CsvRowSource(Tables.file(directory, "\uFEFF1,2\n".getBytes(UTF_8)), CsvFormat.DEFAULT)
                .withoutHeader();
        assertEquals(List.of(List.of("1", "2")), Tables.readAll(source, ReadOptions.ALL));
    }

    @Test
    void aMissingHeaderIsNoticedWhereItIsPlain() {
        for (String missing : List.of(
                "1,2.5\n2,3.5\n",
                "17\n25\n",
                "2024-02-29,1.5\n2024-03-01,\n,2.5\n",
                "5,2024-02-29 10:00:00\n7,2024-02-29T11:00:00\n",
                "true,0.5\nfalse,1.5\n",
                "01234567-89ab-cdef-0123-456789abcdef,5\n01234567-89ab-cdef-0123-456789abcdee,6\n")) {
            assertTrue(isMissing(missing), missing);
        }
    }

    @Test
    void aHeaderIsNeverTakenForARow() {
        for (String header : List.of(
                "id,price\n1,2.5\n",
                "id,2023,2024\n1,5,6\n",
                "2022,2023,2024\n5,6,7\n",
                "0,1,2\n5,6,7\n",
                "1,2\n5,6\n",
                "1,Anna\n2,Bob\n",
                "1,2.5\n",
                "5,2.5\nx,3.5\n",
                "5,2.5\n6,\n",
                "5,\n6,2.5\n",
                "5,2024-02-29\n6,soon\n",
                "",
                "\n\n",
                "5,6\n7\n")) {
            assertFalse(isMissing(header), header);
        }
    }

    private CsvRowSource source(String content) {
        return new CsvRowSource(Tables.file(directory, content), CsvFormat.DEFAULT);
    }

    private boolean isMissing(String content) {
        return CsvHeader.isMissing(Tables.file(directory, content), CsvFormat.DEFAULT);
    }
}
