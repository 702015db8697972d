package io.hybridsnapshot.domain.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Properties that follow from the row encoding. */
class RowHashPropertiesTest {
    private static final long SEED = 20261122;

    @Test
    void aColumnThatIsAllNullChangesNoHash() {
        OneRow without = OneRow.row().with("A", ColumnType.TEXT, "x");
        OneRow with = OneRow.row().with("A", ColumnType.TEXT, "x").with("B", ColumnType.INT32, null);
        assertEquals(without.hash(), with.hash());
    }

    @Test
    void theOrderOfColumnsChangesNoHash() {
        Random random = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            List<Map.Entry<String, Long>> cells = new ArrayList<>();
            int columns = 1 + random.nextInt(300);
            for (int i = 0; i < columns; i++) {
                cells.add(Map.entry("column " + i, random.nextLong()));
            }
            String expected = hashOf(cells);
            Collections.shuffle(cells, random);
            assertEquals(expected, hashOf(cells));
        }
    }

    private static String hashOf(List<Map.Entry<String, Long>> cells) {
        OneRow row = OneRow.row();
        cells.forEach(cell -> row.with(cell.getKey(), ColumnType.INT64, cell.getValue()));
        return row.hash();
    }

    @Test
    void aWiderExactTypeChangesNoHash() {
        Random random = new Random(SEED);
        List<Integer> values = new ArrayList<>(List.of(0, 1, -1, 10, -10, 127, 128, -128, -129, 100, 1000));
        values.addAll(List.of(Integer.MAX_VALUE, Integer.MIN_VALUE));
        for (int i = 0; i < 1_000; i++) {
            values.add(random.nextInt());
        }
        for (int value : values) {
            String expected = OneRow.row().with("A", ColumnType.INT32, value).hash();
            BigDecimal decimal = BigDecimal.valueOf(value);
            assertEquals(
                    expected, OneRow.row().with("A", ColumnType.INT64, value).hash());
            for (ColumnType type : List.of(
                    ColumnType.decimal(10, 0),
                    ColumnType.decimal(18, 4),
                    ColumnType.decimal(38, 0),
                    ColumnType.decimal(38, 20))) {
                assertEquals(expected, OneRow.row().with("A", type, decimal).hash(), value + " as " + type);
            }
        }
    }

    @Test
    void realAndDoubleOfOneValueHashAlike() {
        assertEquals(
                OneRow.row().with("A", ColumnType.FLOAT64, (double) 0.1f).hash(),
                OneRow.row().with("A", ColumnType.FLOAT32, 0.1f).hash());
        assertEquals(
                OneRow.row().with("A", ColumnType.FLOAT64, 0.0).hash(),
                OneRow.row().with("A", ColumnType.FLOAT64, -0.0).hash());
        assertEquals(
                OneRow.row().with("A", ColumnType.FLOAT64, Double.NaN).hash(),
                OneRow.row()
                        .with("A", ColumnType.FLOAT64, Double.longBitsToDouble(0xfff8000000000123L))
                        .hash());
    }

    @Test
    void valuesOfDifferentTypesNeverShareAMessage() {
        Map<String, String> seen = new HashMap<>();
        List<OneRow> rows = List.of(
                OneRow.row().with("A", ColumnType.TEXT, null),
                OneRow.row().with("A", ColumnType.TEXT, ""),
                OneRow.row().with("A", ColumnType.TEXT, "1"),
                OneRow.row().with("A", ColumnType.INT32, 1),
                OneRow.row().with("A", ColumnType.FLOAT64, 1.0),
                OneRow.row().with("A", ColumnType.BOOLEAN, true),
                OneRow.row().with("A", ColumnType.BINARY, new byte[] {'1'}),
                OneRow.row().with("A", ColumnType.BINARY, new byte[0]),
                OneRow.row().with("A", ColumnType.TEXT, "\uD800"),
                OneRow.row().with("A", ColumnType.TEXT, "\uFFFD"),
                OneRow.row().with("A", ColumnType.TEXT, "?"),
                OneRow.row().with("A", ColumnType.UUID, new UUID(0, 1)));
        for (OneRow row : rows) {
            String message = row.message(HashSpec.HSR1);
            assertEquals(null, seen.put(message, message), message);
        }
    }

    @Test
    void illFormedTextIsKeptAsUtf16() {
        String message = OneRow.row().with("A", ColumnType.TEXT, "x\uDC00y").message(HashSpec.HSR1);
        assertTrue(message.endsWith("21" + "06" + "0078dc000079"), message);
    }

    @Test
    void theSystemColumnsAreNotPartOfTheHash() {
        OneRow plain = OneRow.row().with("A", ColumnType.TEXT, "x");
        OneRow marked = OneRow.row()
                .with("A", ColumnType.TEXT, "x")
                .with("record_uuid", ColumnType.UUID, UUID.randomUUID())
                .with("row_hash", ColumnType.TEXT, "abc")
                .with("records_count", ColumnType.INT32, 7);
        assertEquals(plain.hash(), marked.hash());
    }

    /** Decodes the message with a separate decoder and finds the original numbers. */
    @Test
    void everyExactNumberIsDecodedAgainAtItsSmallestScale() {
        Random random = new Random(SEED);
        for (int round = 0; round < 5_000; round++) {
            int scale = random.nextInt(39);
            BigDecimal value = new BigDecimal(new BigInteger(random.nextInt(126), random), scale);
            if (value.precision() > 38) {
                value = new BigDecimal(value.unscaledValue().mod(BigInteger.TEN.pow(38)), scale);
            }
            if (random.nextBoolean()) {
                value = value.negate();
            }
            byte[] message = HexFormat.of()
                    .parseHex(OneRow.row()
                            .with("A", ColumnType.decimal(38, scale), value)
                            .message(HashSpec.HSR1));
            int at = 6 + 1 + 8;
            assertEquals(0x10, message[at]);
            int decodedScale = (message[at + 1] & 0xFF) / 2;
            int length = message[at + 2];
            BigInteger unscaled = new BigInteger(message, at + 3, length);
            assertEquals(message.length, at + 3 + length);
            assertEquals(unscaled.toByteArray().length, length, "the minimal two's complement");
            assertEquals(0, new BigDecimal(unscaled, decodedScale).compareTo(value));
            boolean smallest = decodedScale == 0 || unscaled.mod(BigInteger.TEN).signum() != 0;
            assertTrue(smallest, () -> "scale " + decodedScale + " of " + unscaled);
        }
    }

    @Test
    void trimAndEmptyAsNullActOnlyWhereTheyAreAskedFor() {
        HashSpec trims = spec("A", "trim");
        HashSpec trimsToNull = spec("A", "trim", "empty-as-null");
        OneRow padded = OneRow.row().with("A", ColumnType.TEXT, "\u00A0\t x \u3000\u2007\n");
        OneRow bare = OneRow.row().with("A", ColumnType.TEXT, "x");
        assertNotEquals(bare.hash(), padded.hash());
        assertEquals(bare.hash(trims), padded.hash(trims));
        OneRow blank = OneRow.row().with("A", ColumnType.TEXT, " \u2028 ");
        OneRow none = OneRow.row().with("A", ColumnType.TEXT, null);
        assertNotEquals(none.hash(trims), blank.hash(trims));
        assertEquals(none.hash(trimsToNull), blank.hash(trimsToNull));
        OneRow zeroWidth = OneRow.row().with("A", ColumnType.TEXT, "\u200Bx");
        assertNotEquals(bare.hash(trims), zeroWidth.hash(trims));
    }

    @Test
    void scaleRoundsHalfUpAndPrecisionCuts() {
        HashSpec two = spec("A", "scale 2");
        ColumnType type = ColumnType.decimal(10, 4);
        assertEquals(
                OneRow.row().with("A", type, new BigDecimal("1.24")).hash(two),
                OneRow.row().with("A", type, new BigDecimal("1.2350")).hash(two));
        assertEquals(
                OneRow.row().with("A", type, new BigDecimal("-1.24")).hash(two),
                OneRow.row().with("A", type, new BigDecimal("-1.2350")).hash(two));
        ColumnType wide = ColumnType.decimal(30, 4);
        assertEquals(
                OneRow.row()
                        .with("A", wide, new BigDecimal("99999999999999999999.13"))
                        .hash(two),
                OneRow.row()
                        .with("A", wide, new BigDecimal("99999999999999999999.1251"))
                        .hash(two));
        assertEquals(
                OneRow.row().with("A", ColumnType.FLOAT64, 0.13).hash(two),
                OneRow.row().with("A", ColumnType.FLOAT64, 0.125).hash(two));
        HashSpec millis = spec("A", "precision millis");
        assertEquals(
                OneRow.row()
                        .with("A", ColumnType.time(9), LocalTime.of(1, 2, 3, 4_000_000))
                        .hash(millis),
                OneRow.row()
                        .with("A", ColumnType.time(9), LocalTime.of(1, 2, 3, 4_999_999))
                        .hash(millis));
        LocalDateTime beforeEpoch = LocalDateTime.of(1900, 1, 1, 0, 0, 0, 1_000);
        HashSpec micros = spec("A", "precision micros");
        assertEquals(
                OneRow.row().with("A", ColumnType.timestamp(9), beforeEpoch).hash(micros),
                OneRow.row()
                        .with("A", ColumnType.timestamp(9), beforeEpoch.plusNanos(999))
                        .hash(micros));
    }

    @Test
    void anIntegerUnderAScaleIsTheDecimalOfThatScale() {
        HashSpec two = spec("A", "scale 2");
        for (long value : new long[] {0, 1, -1, 100, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            String integer = OneRow.row().with("A", ColumnType.INT32, value).message(two);
            for (ColumnType type : List.of(ColumnType.decimal(18, 4), ColumnType.decimal(38, 4))) {
                for (String fraction : List.of("0", "0.0049", "-0.0049")) {
                    BigDecimal near = BigDecimal.valueOf(value).add(new BigDecimal(fraction));
                    assertEquals(integer, OneRow.row().with("A", type, near).message(two), near::toString);
                }
            }
        }
    }

    @Test
    void everyRuleGivesTheSpecAnotherName() {
        List<HashSpec> specs = List.of(
                HashSpec.HSR1,
                spec("A", "trim"),
                spec("B", "trim"),
                spec("A", "trim", "empty-as-null"),
                spec("A", "scale 2"),
                spec("A", "scale 3"),
                spec("A", "ignore"),
                spec("A", "precision micros"),
                spec("A", "precision millis"));
        assertEquals(specs.size(), specs.stream().map(HashSpec::id).distinct().count());
        assertEquals("hsr1", HashSpec.HSR1.id());
        assertEquals(
                "hsr1", HashSpec.ALL_COLUMNS.leavingOut(HashSpec.SYSTEM_COLUMNS).id());
        // Ids of definitions that do not name the columns left out: no release may change these.
        assertEquals("hsr1-58428eb31841a618", spec("A", "trim").id());
        assertEquals("hsr1-af5570f5a1810b7a", HashSpec.ALL_COLUMNS.id());
        assertNotEquals(
                HashSpec.ALL_COLUMNS.id(),
                HashSpec.ALL_COLUMNS.leavingOut(List.of("A")).id());
        assertNotEquals(
                HashSpec.ALL_COLUMNS.ignoring(List.of("A")).id(),
                HashSpec.ALL_COLUMNS.leavingOut(List.of("A")).id());
        assertEquals(HashSpec.HSR1, new HashSpec(Map.of("A", ColumnRules.NONE)));
        assertEquals(
                spec("A", "trim", "scale 2").id(), spec("A", "scale 2", "trim").id());
    }

    @Test
    void aRuleThatCannotFitItsColumnIsRefusedBeforeAnyRow() {
        SnapshotException error = assertThrows(
                SnapshotException.class,
                () -> OneRow.row().with("QTY", ColumnType.INT32, 1).hash(spec("QTY", "trim")));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("'QTY'") && error.getMessage().contains("int32"), error.getMessage());
    }

    @Test
    void oneUuidColumnIsTheIdentityAsItIs() {
        UUID uuid = UUID.fromString("f0000000-0000-4000-8000-000000000001");
        OneRow row = OneRow.row().with("record_uuid", ColumnType.UUID, uuid).with("A", ColumnType.TEXT, "x");
        assertEquals(uuid, row.hashes(HashSpec.HSR1, List.of("record_uuid")).identity(0));
    }

    @Test
    void anyOtherKeyIsAnUuidOfVersionEightThatItsColumnsOrderDoesNotChange() {
        OneRow row = OneRow.row().with("K1", ColumnType.TEXT, "a").with("K2", ColumnType.INT32, null);
        UUID identity = row.hashes(HashSpec.HSR1, List.of("K1", "K2")).identity(0);
        assertEquals(8, identity.version());
        assertEquals(2, identity.variant());
        assertEquals(identity, row.hashes(HashSpec.HSR1, List.of("K2", "K1")).identity(0));
    }

    @Test
    void aKeyOfNullsAloneIsNoIdentity() {
        OneRow partly = OneRow.row().with("K1", ColumnType.TEXT, "a").with("K2", ColumnType.INT32, null);
        OneRow wholly = OneRow.row().with("K1", ColumnType.TEXT, null).with("K2", ColumnType.INT32, null);
        OneRow uuid = OneRow.row().with("K1", ColumnType.UUID, null);
        assertFalse(partly.hashes(HashSpec.HSR1, List.of("K1", "K2")).lacksIdentity(0));
        assertTrue(wholly.hashes(HashSpec.HSR1, List.of("K1", "K2")).lacksIdentity(0));
        assertEquals(1, uuid.hashes(HashSpec.HSR1, List.of("K1")).missingIdentities());
    }

    @Test
    void longTextsGrowTheBuffer() {
        String text = "Größe 😀".repeat(100_000);
        String message = OneRow.row().with("A", ColumnType.TEXT, text).message(HashSpec.HSR1);
        byte[] utf8 = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(message.endsWith(HexFormat.of().formatHex(utf8)));
    }

    @Test
    void severalRulesOfAColumnCountInAnyOrder() {
        OneRow blank = OneRow.row().with("A", ColumnType.TEXT, "  ");
        OneRow none = OneRow.row().with("A", ColumnType.TEXT, null);
        for (HashSpec spec : List.of(spec("A", "trim", "empty-as-null"), spec("A", "empty-as-null", "trim"))) {
            assertEquals(none.message(spec), blank.message(spec));
            assertEquals(spec("A", "trim", "empty-as-null").id(), spec.id());
        }
        assertEquals(spec("A", "scale 2").id(), spec("A", "scale 2", "scale 2").id());
    }

    @Test
    void rulesThatContradictEachOtherAreRefused() {
        for (List<String> rules :
                List.of(List.of("scale 2", "scale 3"), List.of("precision micros", "trim", "precision millis"))) {
            SnapshotException refused = assertThrows(SnapshotException.class, () -> ColumnRules.parse(rules));
            assertTrue(refused.getMessage().contains(String.join(", ", rules)), refused.getMessage());
        }
    }

    private static HashSpec spec(String column, String... rules) {
        return new HashSpec(Map.of(column, ColumnRules.parse(List.of(rules))));
    }
}
