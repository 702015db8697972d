package io.hybridsnapshot.domain.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private static final Column ID = new Column("id", ColumnType.INT64);
    private static final Column NAME = new Column("NAME", ColumnType.TEXT);
    private static final Column PRICE = new Column("price €", ColumnType.decimal(10, 2));

    @Test
    void twoColumnsOfOneNameAreRefusedWithBothPlaces() {
        SnapshotException error = assertThrows(
                SnapshotException.class, () -> Schema.of(ID, NAME, PRICE, new Column("NAME", ColumnType.INT32)));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("columns 2 and 4"), error.getMessage());
        assertTrue(error.getMessage().contains("'NAME'"), error.getMessage());
    }

    @Test
    void namesThatDifferByCaseBlanksOrNormalFormAreDifferentColumns() {
        List<String> names = List.of("a", "A", " a", "a ", "\u00e9", "e\u0301", "\ufeffa", "a\u0000");
        assertEquals(names, Schema.of(columns(names)).names());
    }

    @Test
    void twoNamesOfOneColumnIdAreRefusedWithBothNames() {
        // A lone surrogate has no UTF-8 of its own: its name is encoded as the question mark's.
        SnapshotException error = assertThrows(
                SnapshotException.class, () -> Schema.of(columns(List.of("size ?", "other", "size \uD83D"))));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("'size ?' and 'size \\ud83d'"), error.getMessage());
    }

    @Test
    void aColumnWithoutANameIsRefused() {
        assertEquals(
                SnapshotException.Kind.INVALID_REQUEST,
                assertThrows(SnapshotException.class, () -> new Column("", ColumnType.TEXT))
                        .kind());
    }

    @Test
    void aColumnIdIsTheStartOfTheNamesDigest() throws Exception {
        for (String name : List.of("id", "CUSTOMER NAME", "price €", "東京", "😀")) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            long expected = 0;
            for (int i = 0; i < 8; i++) {
                expected = expected << 8 | digest[i] & 0xFF;
            }
            assertEquals(expected, ColumnId.of(name));
        }
    }

    @Test
    void columnsAreFoundByNameAndPosition() {
        Random random = new Random(1);
        for (int round = 0; round < 50; round++) {
            List<String> names = distinctNames(random, random.nextInt(40));
            Schema schema = Schema.of(columns(names));
            assertEquals(names.size(), schema.size());
            for (int i = 0; i < names.size(); i++) {
                assertEquals(names.get(i), schema.column(i).name());
                assertEquals(OptionalInt.of(i), schema.find(names.get(i)));
                assertEquals(i, schema.indexOf(names.get(i)));
            }
            assertEquals(OptionalInt.empty(), schema.find("not there"));
        }
    }

    @Test
    void anUnknownColumnIsRefusedWithTheNearestNameIfOneIsNear() {
        Schema schema = Schema.of(ID, NAME, PRICE);
        SnapshotException near = assertThrows(SnapshotException.class, () -> schema.indexOf("NAMES"));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, near.kind());
        assertTrue(near.getMessage().contains("'NAMES'"), near.getMessage());
        assertTrue(near.getMessage().contains("did you mean 'NAME'?"), near.getMessage());
        SnapshotException far = assertThrows(SnapshotException.class, () -> schema.indexOf("completely different"));
        assertFalse(far.getMessage().contains("did you mean"), far.getMessage());
        assertTrue(far.getMessage().contains("columns: 'id', 'NAME', 'price €'"), far.getMessage());
    }

    @Test
    void aSelectionHasTheWantedColumnsInTheWantedOrder() {
        Random random = new Random(2);
        for (int round = 0; round < 50; round++) {
            List<String> names = distinctNames(random, 1 + random.nextInt(30));
            Schema schema = Schema.of(columns(names));
            List<String> wanted = new ArrayList<>(names);
            Collections.shuffle(wanted, random);
            wanted = wanted.subList(0, random.nextInt(wanted.size() + 1));
            Schema selected = schema.select(wanted);
            assertEquals(wanted, selected.names());
            for (Column column : selected.columns()) {
                assertEquals(schema.column(schema.indexOf(column.name())), column);
            }
        }
    }

    @Test
    void aSelectionOfAnUnknownColumnOrOfOneTwiceIsRefused() {
        Schema schema = Schema.of(ID, NAME);
        assertThrows(SnapshotException.class, () -> schema.select(List.of("id", "nam")));
        assertThrows(SnapshotException.class, () -> schema.select(List.of("id", "id")));
    }

    @Test
    void theHashIsThatOfLengthsNamesAndTypesInOrder() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String text : List.of("id", "int64", "NAME", "text", "price €", "decimal(10,2)")) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            bytes.writeBytes(new byte[] {0, 0, 0, (byte) utf8.length});
            bytes.writeBytes(utf8);
        }
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
        StringBuilder hex = new StringBuilder();
        for (byte b : digest) {
            hex.append(String.format("%02x", b));
        }
        assertEquals(hex.toString(), Schema.of(ID, NAME, PRICE).hash());
    }

    @Test
    void theHashTellsNamesTypesAndOrderApart() {
        Schema schema = Schema.of(ID, NAME, PRICE);
        Set<String> hashes = new HashSet<>(List.of(
                schema.hash(),
                Schema.of(NAME, ID, PRICE).hash(),
                Schema.of(ID, NAME).hash(),
                Schema.of(ID, NAME, new Column("price €", ColumnType.decimal(10, 3)))
                        .hash(),
                Schema.of(ID, NAME, new Column("price", ColumnType.decimal(10, 2)))
                        .hash(),
                Schema.of().hash()));
        assertEquals(6, hashes.size());
        assertEquals(schema.hash(), Schema.of(List.of(ID, NAME, PRICE)).hash());
    }

    @Test
    void schemasAreEqualByTheirColumnsAndNotChangedThroughAList() {
        List<Column> columns = new ArrayList<>(List.of(ID, NAME));
        Schema schema = Schema.of(columns);
        columns.clear();
        assertEquals(Schema.of(ID, NAME), schema);
        assertEquals(Schema.of(ID, NAME).hashCode(), schema.hashCode());
        assertNotEquals(Schema.of(NAME, ID), schema);
        assertThrows(UnsupportedOperationException.class, () -> schema.columns().clear());
    }

    private static List<Column> columns(List<String> names) {
        return names.stream().map(name -> new Column(name, ColumnType.TEXT)).toList();
    }

    private static List<String> distinctNames(Random random, int count) {
        Set<String> names = new LinkedHashSet<>();
        while (names.size() < count) {
            StringBuilder name = new StringBuilder();
            for (int i = 1 + random.nextInt(6); i > 0; i--) {
                name.appendCodePoint("aAé 0/'\"%(東".codePointAt(random.nextInt(11)));
            }
            names.add(name.toString());
        }
        return List.copyOf(names);
    }
}
