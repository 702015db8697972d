package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.ChangedRows;
import io.hybridsnapshot.sqlserver.connection.GuidBytes;
import io.hybridsnapshot.sqlserver.window.WindowTables.CarriedColumn;
import java.sql.Types;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The input of bulk copy: a row's ids, its hash and the texts of its carried columns. */
class StagedRowsTest {
    private static final Schema SCHEMA = Schema.of(
            new Column("QTY", ColumnType.INT32),
            new Column("wide", ColumnType.TEXT),
            new Column("NAME", ColumnType.TEXT));

    private static final SnapshotId ID = new SnapshotId(UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"));
    private static final CarriedColumn NAME = new CarriedColumn("NAME", OptionalInt.of(5), true);
    private static final CarriedColumn QTY = new CarriedColumn("QTY", OptionalInt.empty(), false);

    private static StagedRows rows(List<CarriedColumn> carried, String name, Integer quantity) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(SCHEMA, 1);
        if (quantity == null) {
            vectors.get(0).appendNull();
        } else {
            ((LongVector) vectors.get(0)).append(quantity);
        }
        vectors.get(1).appendNull();
        if (name == null) {
            vectors.get(2).appendNull();
        } else {
            ((BytesVector) vectors.get(2)).append(name);
        }
        KeyedHashes hashes = new KeyedHashes(1);
        hashes.append(0x0123456789abcdefL, 0xfedcba9876543210L, 1, 2, 3, -1);
        return StagedRows.whole(ID, new RowBatch(SCHEMA, vectors), hashes, carried, "dataset 'D', partition 'P'");
    }

    @Test
    void aRowIsItsIdsAsBytesItsHashAndItsTexts() {
        StagedRows rows = rows(List.of(NAME, QTY), "abc", 720);
        assertTrue(rows.next());
        Object[] row = rows.getRowData();
        assertArrayEquals(
                new byte[] {
                    0x33,
                    0x22,
                    0x11,
                    0x00,
                    0x55,
                    0x44,
                    0x77,
                    0x66,
                    (byte) 0x88,
                    (byte) 0x99,
                    (byte) 0xaa,
                    (byte) 0xbb,
                    (byte) 0xcc,
                    (byte) 0xdd,
                    (byte) 0xee,
                    (byte) 0xff
                },
                (byte[]) row[0]);
        assertEquals(0x0123456789abcdefL, GuidBytes.high((byte[]) row[1], 0));
        assertEquals(0xfedcba9876543210L, GuidBytes.low((byte[]) row[1], 0));
        assertEquals("0000000000000001000000000000000200000000000000" + "03ffffffffffffffff", row[2]);
        assertNull(row[3], "a row of a whole snapshot has no former hash");
        assertEquals("abc", row[4]);
        assertEquals("720", row[5]);
        assertFalse(rows.next());
    }

    @Test
    void changedRowsHaveTheirFormerHashesAndNewOnesNone() {
        RowBatch texts = texts("new", "changed");
        KeyedHashes hashes = hashes(1, 2);
        BitSet added = new BitSet();
        added.set(0);
        StagedRows rows = StagedRows.changed(
                ID, new ChangedRows(texts, hashes, hashes(8, 9), added), List.of(NAME), "dataset 'D', partition 'P'");
        assertTrue(rows.next());
        assertEquals(Arrays.asList(hex(1), null, "new"), row(rows));
        assertTrue(rows.next());
        assertEquals(Arrays.asList(hex(2), hex(9), "changed"), row(rows));
        assertFalse(rows.next());
    }

    @Test
    void deletedRowsHaveNeitherHashNorTexts() {
        StagedRows rows = StagedRows.deleted(ID, hashes(8, 9), List.of(NAME, QTY), "dataset 'D', partition 'P'");
        rows.requireFit();
        assertTrue(rows.next());
        assertEquals(Arrays.asList(null, hex(8), null, null), row(rows));
        assertTrue(rows.next());
        assertEquals(Arrays.asList(null, hex(9), null, null), row(rows));
        assertFalse(rows.next());
    }

    /** The hash, the former hash and the texts. */
    private static List<Object> row(StagedRows rows) {
        Object[] row = rows.getRowData();
        return Arrays.asList(Arrays.copyOfRange(row, 2, row.length));
    }

    private static RowBatch texts(String... names) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(SCHEMA, names.length);
        for (String name : names) {
            ((LongVector) vectors.get(0)).append(1);
            vectors.get(1).appendNull();
            ((BytesVector) vectors.get(2)).append(name);
        }
        return new RowBatch(SCHEMA, vectors);
    }

    private static KeyedHashes hashes(int... last) {
        KeyedHashes hashes = new KeyedHashes(last.length);
        for (int i = 0; i < last.length; i++) {
            hashes.append(0, i, 0, 0, 0, last[i]);
        }
        return hashes;
    }

    private static String hex(int last) {
        return "%064x".formatted(last);
    }

    @Test
    void columnsAreNamedAndTypedAsTheTableHasThem() {
        StagedRows rows = rows(List.of(NAME, QTY), "abc", 720);
        assertEquals(Set.of(1, 2, 3, 4, 5, 6), rows.getColumnOrdinals());
        assertEquals(
                List.of("batch_id", "record_uuid", "row_hash", "former_hash", "NAME", "QTY"),
                rows.getColumnOrdinals().stream().map(rows::getColumnName).toList());
        assertEquals(
                List.of(Types.BINARY, Types.BINARY, Types.CHAR, Types.CHAR, Types.NVARCHAR, Types.NVARCHAR),
                rows.getColumnOrdinals().stream().map(rows::getColumnType).toList());
        assertEquals(
                List.of(16, 16, 64, 64, 5, 4_001),
                rows.getColumnOrdinals().stream().map(rows::getPrecision).toList());
    }

    @Test
    void nullIsNullWhereTheColumnMayBe() {
        StagedRows rows = rows(List.of(NAME), null, 1);
        assertTrue(rows.next());
        assertNull(rows.getRowData()[4]);
    }

    @Test
    void nullInAColumnThatMayNotBeIsRefusedByName() {
        StagedRows rows = rows(List.of(QTY), "abc", null);
        SnapshotException error = assertThrows(SnapshotException.class, rows::requireFit);
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("column 'QTY'"), error.getMessage());
        assertTrue(error.getMessage().contains("01234567-89ab-cdef-fedc-ba9876543210"), error.getMessage());
    }

    @Test
    void textLongerThanItsColumnIsRefusedByNameAndLength() {
        rows(List.of(NAME, QTY), "fünf5", 1).requireFit();
        StagedRows rows = rows(List.of(NAME), "sixsix", 1);
        SnapshotException error = assertThrows(SnapshotException.class, rows::requireFit);
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("found 6 characters, expected at most 5"), error.getMessage());
        // Characters beyond the BMP are two units each, as SQL Server counts them.
        rows(List.of(NAME), "😀日😀", 1).requireFit();
        StagedRows wide = rows(List.of(NAME), "😀😀😀", 1);
        assertThrows(SnapshotException.class, wide::requireFit);
        StagedRows number = rows(List.of(new CarriedColumn("QTY", OptionalInt.of(3), true)), "abc", 1_000);
        assertThrows(SnapshotException.class, number::requireFit);
    }

    @Test
    void loneSurrogatesGoAsTheyAre() {
        StagedRows rows = rows(List.of(NAME), "a\uD800b", 1);
        assertTrue(rows.next());
        assertEquals("a\uD800b", rows.getRowData()[4]);
    }

    @Test
    void guidsAreWrittenAndReadInTheServersOrder() {
        Random random = new Random(1);
        byte[] bytes = new byte[20];
        for (int i = 0; i < 1_000; i++) {
            UUID id = new UUID(random.nextLong(), random.nextLong());
            GuidBytes.write(id.getMostSignificantBits(), id.getLeastSignificantBits(), bytes, 3);
            assertEquals(id, new UUID(GuidBytes.high(bytes, 3), GuidBytes.low(bytes, 3)));
        }
    }

    @Test
    void linesOfTheLedgerKeepEveryName() {
        List<String> names = List.of("plain", "", "two\nlines", "back\\slash", "\\n", "tab\t", "😀");
        assertEquals(names, Ledger.unlined(Ledger.lines(names)));
        assertEquals(List.of(), Ledger.unlined(Ledger.lines(List.of())));
        assertEquals("a\nb\\nc\n", Ledger.lines(List.of("a", "b\nc")));
    }
}
