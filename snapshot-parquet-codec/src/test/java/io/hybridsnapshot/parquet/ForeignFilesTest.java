package io.hybridsnapshot.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.testkit.memory.ArrayBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that pyarrow made, by {@code foreign/make_files.py} of the test resources. */
class ForeignFilesTest {
    @TempDir
    private Path directory;

    @Test
    void aTableWithoutRowsIsReadWithItsColumns() throws IOException {
        try (RowStream stream = open("empty")) {
            assertEquals(List.of("id", "s"), stream.schema().names());
            assertEquals(List.of(), Tables.texts(Tables.drain(stream)));
        }
    }

    @Test
    void rowGroupsWithoutRowsArePassedOver() throws IOException {
        try (RowStream stream = open("empty-groups")) {
            assertEquals(List.of("1|61|", "2|62|", "3|61|", "4|63|", "5|NULL|"), Tables.texts(Tables.drain(stream)));
        }
    }

    @Test
    void wantedRowsAreFoundBehindARowGroupWithoutRows() throws IOException {
        try (var reader = new ParquetSnapshotCodec()
                        .openReader(new ArrayBytes("empty-groups.parquet", Files.readAllBytes(copy("empty-groups"))));
                RowStream stream = reader.rowsAt(new long[] {1, 3, 4}, ReadOptions.ALL)) {
            assertEquals(List.of("2|62|", "4|63|", "5|NULL|"), Tables.texts(Tables.drain(stream)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"encrypted", "encrypted-columns"})
    void anEncryptedFileIsCalledEncrypted(String name) {
        SnapshotException refused = assertThrows(SnapshotException.class, () -> open(name));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, refused.kind(), refused.getMessage());
        assertTrue(
                refused.getMessage().startsWith("an encrypted Parquet file cannot be read")
                        && refused.getMessage().contains(name + ".parquet"),
                refused.getMessage());
    }

    @Test
    void anInt96OfAFarYearIsReadAsItIs() throws IOException {
        try (RowStream stream = open("int96-far")) {
            RowBatch rows = stream.next().orElseThrow();
            assertEquals("+290000-01-01 00:00:00.000000001", CellText.of(ColumnType.timestamp(9), rows.vector(1), 1));
        }
    }

    @Test
    void anInt96OutsideItsDayIsNoDamageAndNamesItsRow() throws IOException {
        try (RowStream stream = open("int96-outside")) {
            SnapshotException refused = assertThrows(SnapshotException.class, stream::next);
            assertEquals(SnapshotException.Kind.INVALID_REQUEST, refused.kind());
            assertTrue(
                    refused.getMessage().contains("column 'ts', row 2")
                            && refused.getMessage().contains("nanosecond 86400000000000"),
                    refused.getMessage());
        }
    }

    @Test
    void aTextOfAnotherEncodingIsNoDamageAndNamesItsRow() throws IOException {
        try (RowStream stream = open("latin1")) {
            SnapshotException refused = assertThrows(SnapshotException.class, stream::next);
            assertEquals(SnapshotException.Kind.INVALID_REQUEST, refused.kind());
            assertTrue(
                    refused.getMessage().contains("column 's', row 1")
                            && refused.getMessage().contains("expected UTF-8"),
                    refused.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"repeated-dictionary", "repeated-delta"})
    void batchesAreBoundedByWhatTheirTextsTakeDecoded(String name) throws IOException {
        long rows = 0;
        try (RowStream stream = open(name)) {
            for (var batch = stream.next(); batch.isPresent() && rows < 1_000; batch = stream.next()) {
                assertTrue(
                        200_000L * (batch.get().rowCount() - 1) <= RowBatch.DEFAULT_BYTES,
                        batch.get().rowCount() + " rows");
                assertTrue(batch.get().rowCount() > 1, "batches are not one row each");
                rows += batch.get().rowCount();
            }
        }
        assertTrue(rows >= 1_000);
    }

    private RowStream open(String name) throws IOException {
        return new ParquetRowSource(copy(name)).open(ReadOptions.ALL);
    }

    private Path copy(String name) throws IOException {
        Path file = directory.resolve(name + ".parquet");
        try (InputStream resource = ForeignFilesTest.class.getResourceAsStream("/foreign/" + name + ".parquet")) {
            Files.copy(resource, file);
        }
        return file;
    }
}
