package io.hybridsnapshot.domain.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.schema.ColumnType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.DoublePredicate;
import org.junit.jupiter.api.Test;

class CellTextTest {
    @Test
    void doublesReadLikePythonsReprWithoutTheTrailingZero() throws IOException {
        int seen = 0;
        for (String line : lines("float64-texts.txt")) {
            String[] parts = line.split(" ");
            assertEquals(parts[1], text(Double.longBitsToDouble(Long.parseUnsignedLong(parts[0], 16))), line);
            seen++;
        }
        assertTrue(seen > 2_000, "only " + seen + " vectors");
    }

    @Test
    void floatsAreTheShortestDecimalOfTheirOwnPrecision() throws IOException {
        int seen = 0;
        for (String line : lines("float32-texts.txt")) {
            String[] parts = line.split(" ");
            assertEquals(parts[1], text(Float.intBitsToFloat(Integer.parseUnsignedInt(parts[0], 16))), line);
            seen++;
        }
        assertTrue(seen > 500, "only " + seen + " vectors");
    }

    @Test
    void randomDoublesReadBackAndHaveNoShorterText() {
        Random random = new Random(41);
        for (int i = 0; i < 200_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                String text = text(value);
                assertEquals(value, Double.parseDouble(text), text);
                if (i % 20 == 0) {
                    assertShortest(text, Math.abs(value), shorter -> shorter == Math.abs(value));
                }
            }
        }
    }

    @Test
    void randomFloatsReadBackAndHaveNoShorterText() {
        Random random = new Random(42);
        for (int i = 0; i < 200_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (Float.isFinite(value)) {
                String text = text(value);
                assertEquals(value, Float.parseFloat(text), text);
            }
        }
    }

    @Test
    void decimalsOfUpToFifteenDigitsComeBackAsTheyWere() {
        Random random = new Random(43);
        for (int i = 0; i < 100_000; i++) {
            int digits = 1 + random.nextInt(15);
            long unscaled =
                    Math.floorMod(random.nextLong(), BigInteger.TEN.pow(digits).longValue());
            BigDecimal decimal =
                    BigDecimal.valueOf(unscaled, random.nextInt(digits + 3)).stripTrailingZeros();
            String plain = decimal.signum() == 0 ? "0" : decimal.toPlainString();
            if (decimal.signum() == 0 || decimal.precision() - decimal.scale() > -4) {
                assertEquals(plain, text(Double.parseDouble(plain)));
            }
        }
    }

    @Test
    void specialValuesHaveNames() {
        assertEquals("NaN", text(Double.NaN));
        assertEquals("NaN", text(Double.longBitsToDouble(0xFFF8_0000_0000_0001L)));
        assertEquals("Infinity", text(Double.POSITIVE_INFINITY));
        assertEquals("-Infinity", text(Double.NEGATIVE_INFINITY));
        assertEquals("-0", text(-0.0));
        assertEquals("NaN", text(Float.NaN));
        assertEquals("-Infinity", text(Float.NEGATIVE_INFINITY));
    }

    @Test
    void integersAreDecimal() {
        for (long value : new long[] {0, 1, -1, 9, 10, -10, 99, 100, Long.MAX_VALUE, Long.MIN_VALUE, -1_000_000}) {
            assertEquals(Long.toString(value), number(ColumnType.INT64, value));
        }
        assertEquals("-128", number(ColumnType.INT8, -128));
    }

    @Test
    void decimalsShowTheScaleOfTheirColumn() {
        assertEquals("12.50", number(ColumnType.decimal(10, 2), 1_250));
        assertEquals("-0.05", number(ColumnType.decimal(10, 2), -5));
        assertEquals("0.00", number(ColumnType.decimal(10, 2), 0));
        assertEquals("7", number(ColumnType.decimal(5, 0), 7));
        assertEquals("0.000000000000000001", number(ColumnType.decimal(18, 18), 1));
    }

    @Test
    void wideDecimalsEqualBigDecimalsPlainText() {
        Random random = new Random(44);
        for (int i = 0; i < 20_000; i++) {
            int scale = random.nextInt(39);
            BigInteger unscaled = new BigInteger(random.nextInt(127), random);
            BigInteger signed = random.nextBoolean() ? unscaled.negate() : unscaled;
            DecimalVector vector = new DecimalVector(1);
            vector.append(signed);
            assertEquals(
                    new BigDecimal(signed, scale).toPlainString(),
                    CellText.of(ColumnType.decimal(38, scale), vector, 0));
        }
    }

    @Test
    void datesAreIso() {
        Random random = new Random(45);
        for (int i = 0; i < 50_000; i++) {
            long day = random.nextInt(i % 2 == 0 ? 100_000 : 8_000_000) - (i % 2 == 0 ? 50_000 : 4_000_000);
            assertEquals(LocalDate.ofEpochDay(day).toString(), number(ColumnType.DATE, day));
        }
        assertEquals(
                "0000-02-29", number(ColumnType.DATE, LocalDate.of(0, 2, 29).toEpochDay()));
        assertEquals(
                "-0001-12-31", number(ColumnType.DATE, LocalDate.of(-1, 12, 31).toEpochDay()));
        assertEquals(
                "+10000-01-01",
                number(ColumnType.DATE, LocalDate.of(10_000, 1, 1).toEpochDay()));
        assertEquals(LocalDate.MAX.toString(), number(ColumnType.DATE, LocalDate.MAX.toEpochDay()));
        assertEquals(LocalDate.MIN.toString(), number(ColumnType.DATE, LocalDate.MIN.toEpochDay()));
    }

    @Test
    void timesShowTheirFractionWithoutTrailingZeros() {
        assertEquals("00:00:00", number(ColumnType.time(6), 0));
        assertEquals("23:59:59.999999999", number(ColumnType.time(9), LocalTime.MAX.toNanoOfDay()));
        assertEquals(
                "09:05:07.01",
                number(ColumnType.time(6), LocalTime.parse("09:05:07.01").toNanoOfDay()));
    }

    @Test
    void timestampsAndInstantsDifferBySeparatorAndZone() {
        Random random = new Random(46);
        for (int i = 0; i < 20_000; i++) {
            long second = random.nextInt() * 7L;
            int nanos = switch (random.nextInt(4)) {
                case 0 -> 0;
                case 1 -> random.nextInt(1_000) * 1_000_000;
                case 2 -> random.nextInt(1_000_000) * 1_000;
                default -> random.nextInt(1_000_000_000);
            };
            TimestampVector vector = new TimestampVector(1);
            vector.append(second, nanos);
            String expected = LocalDateTime.ofEpochSecond(second, nanos, ZoneOffset.UTC)
                    .format(java.time.format.DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss"));
            if (nanos > 0) {
                expected += "." + String.format("%09d", nanos).replaceAll("0+$", "");
            }
            assertEquals(expected, CellText.of(ColumnType.timestamp(9), vector, 0));
            String instant = CellText.of(ColumnType.instant(9), vector, 0);
            assertEquals(expected.replace(' ', 'T') + "Z", instant);
            assertEquals(Instant.ofEpochSecond(second, nanos), Instant.parse(instant));
        }
    }

    @Test
    void uuidsAreLowerCase() {
        Random random = new Random(47);
        for (int i = 0; i < 5_000; i++) {
            UUID uuid = new UUID(random.nextLong(), random.nextLong());
            UuidVector vector = new UuidVector(1);
            vector.append(uuid);
            assertEquals(uuid.toString(), CellText.of(ColumnType.UUID, vector, 0));
        }
    }

    @Test
    void textStandsAsItIsAndBinaryAsLowerCaseHex() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        BytesVector binary = new BytesVector(1);
        binary.append(bytes);
        assertEquals(HexFormat.of().formatHex(bytes), CellText.of(ColumnType.BINARY, binary, 0));
        String odd = " a,\"b\"\r\n\0é€😀 ";
        BytesVector text = new BytesVector(1);
        text.append(odd);
        assertEquals(odd, CellText.of(ColumnType.TEXT, text, 0));
    }

    @Test
    void aLoneSurrogateBecomesTheReplacementCharacter() {
        BytesVector text = new BytesVector(2);
        text.append("a\uD800b\uDFFF");
        text.append("\uD83D\uDE00");
        assertEquals("a\uFFFDb\uFFFD", CellText.of(ColumnType.TEXT, text, 0));
        assertEquals("\uD83D\uDE00", CellText.of(ColumnType.TEXT, text, 1));
    }

    @Test
    void booleansAreWords() {
        BooleanVector vector = new BooleanVector(2);
        vector.append(true);
        vector.append(false);
        assertEquals("true", CellText.of(ColumnType.BOOLEAN, vector, 0));
        assertEquals("false", CellText.of(ColumnType.BOOLEAN, vector, 1));
    }

    @Test
    void nullHasNoText() {
        LongVector vector = new LongVector(1);
        vector.appendNull();
        assertEquals(0, CellText.maxBytes(ColumnType.INT64, vector, 0));
        assertEquals(7, CellText.write(ColumnType.INT64, vector, 0, new byte[0], 7));
        assertEquals("", CellText.of(ColumnType.INT64, vector, 0));
    }

    @Test
    void theBoundHoldsForTheLongestCellOfEachType() {
        List<ColumnType> numbers = List.of(ColumnType.INT64, ColumnType.decimal(18, 18), ColumnType.decimal(1, 0));
        for (ColumnType type : numbers) {
            assertTrue(number(type, Long.MIN_VALUE).length() <= CellText.maxBytes(type));
        }
        assertTrue(number(ColumnType.DATE, Long.MIN_VALUE / 2).length() <= CellText.maxBytes(ColumnType.DATE));
        TimestampVector far = new TimestampVector(1);
        far.append(Long.MIN_VALUE, 999_999_999);
        assertTrue(CellText.of(ColumnType.instant(9), far, 0).length() <= CellText.maxBytes(ColumnType.instant(9)));
        assertTrue(text(-2.2250738585072014e-308).length() <= CellText.maxBytes(ColumnType.FLOAT64));
        assertThrows(IllegalArgumentException.class, () -> CellText.maxBytes(ColumnType.TEXT));
    }

    /** No decimal of one digit less, neither the next below nor the next above, reads back as the value. */
    private static void assertShortest(String text, double value, DoublePredicate readsBack) {
        BigDecimal shown = new BigDecimal(text).abs().stripTrailingZeros();
        if (shown.precision() > 1) {
            BigDecimal exact = new BigDecimal(value);
            for (RoundingMode mode : List.of(RoundingMode.DOWN, RoundingMode.UP)) {
                BigDecimal shorter = exact.round(new MathContext(shown.precision() - 1, mode));
                assertTrue(!readsBack.test(shorter.doubleValue()), () -> shorter + " is shorter than " + text);
            }
        }
    }

    private static String text(double value) {
        DoubleVector vector = new DoubleVector(1);
        vector.append(value);
        return CellText.of(ColumnType.FLOAT64, vector, 0);
    }

    private static String text(float value) {
        DoubleVector vector = new DoubleVector(1);
        vector.append(value);
        return CellText.of(ColumnType.FLOAT32, vector, 0);
    }

    private static String number(ColumnType type, long value) {
        LongVector vector = new LongVector(1);
        vector.append(value);
        return CellText.of(type, vector, 0);
    }

    private static List<String> lines(String resource) throws IOException {
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(CellTextTest.class.getResourceAsStream(resource), StandardCharsets.US_ASCII))) {
            return reader.lines().filter(line -> !line.startsWith("#")).toList();
        }
    }
}
