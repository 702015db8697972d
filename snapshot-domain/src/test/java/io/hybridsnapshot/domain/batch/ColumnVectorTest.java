package io.hybridsnapshot.domain.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.schema.ColumnType;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ColumnVectorTest {
    static Stream<ColumnType> types() {
        return VectorModel.TYPES.stream();
    }

    @ParameterizedTest
    @MethodSource("types")
    void aVectorIsTheListOfWhatWasAppendedHoweverSmallItBegan(ColumnType type) {
        for (int capacity : new int[] {0, 1, 2, 63, 64, 65, 1_000}) {
            Random random = new Random(type.hashCode() * 31L + capacity);
            ColumnVector vector = ColumnVector.forType(type, capacity);
            List<Object> model = new ArrayList<>();
            assertHolds(model, vector, type);
            for (int i = 0; i < 700; i++) {
                Object value = random.nextInt(3) == 0 ? null : VectorModel.value(type, random);
                VectorModel.append(vector, type, value);
                model.add(value);
                if (i < 200 || i % 50 == 0) {
                    assertHolds(model, vector, type);
                }
            }
            assertHolds(model, vector, type);
            assertTrue(vector.heapBytes() >= 700, vector.heapBytes() + " bytes");
        }
    }

    @Test
    void theBitsOfUpToSixtyFourRowsTellWhichHaveAValue() {
        Random random = new Random(64);
        for (int nulls : new int[] {0, 2}) {
            LongVector vector = new LongVector(0);
            for (int row = 0; row < 300; row++) {
                if (random.nextInt(4) < nulls) {
                    vector.appendNull();
                } else {
                    vector.append(row);
                }
            }
            for (int from = 0; from < 300; from++) {
                for (int count = 1; count <= Math.min(64, 300 - from); count++) {
                    long bits = 0;
                    for (int row = from; row < from + count; row++) {
                        bits |= vector.isNull(row) ? 0 : 1L << row - from;
                    }
                    assertEquals(bits, vector.presentBits(from, count), from + " " + count);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void rowsAreCopiedFromAnyVectorOfTheClassAlsoFromItself(ColumnType type) {
        Random random = new Random(type.hashCode());
        ColumnVector source = ColumnVector.forType(type, 0);
        List<Object> model = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Object value = random.nextInt(4) == 0 ? null : VectorModel.value(type, random);
            VectorModel.append(source, type, value);
            model.add(value);
        }
        ColumnVector copy = ColumnVector.forType(type, 3);
        List<Object> copied = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            int row = random.nextInt(model.size());
            copy.appendFrom(source, row);
            copied.add(model.get(row));
        }
        assertHolds(copied, copy, type);
        assertHolds(model, source, type);
        for (int i = 0; i < 500; i++) {
            int row = random.nextInt(model.size());
            source.appendFrom(source, row);
            model.add(model.get(row));
        }
        assertHolds(model, source, type);
    }

    @ParameterizedTest
    @MethodSource("types")
    void nothingButNullsIsNothingButNulls(ColumnType type) {
        ColumnVector vector = ColumnVector.forType(type, 1);
        for (int i = 0; i < 200; i++) {
            vector.appendNull();
        }
        assertHolds(Collections.nCopies(200, null), vector, type);
    }

    @Test
    void aTextIsTheSameFromAStringCharactersAndBytes() {
        Random random = new Random(6);
        BytesVector strings = new BytesVector(1);
        BytesVector characters = new BytesVector(1);
        BytesVector parts = new BytesVector(1);
        BytesVector reserved = new BytesVector(1);
        for (int i = 0; i < 500; i++) {
            String text = (String) VectorModel.value(ColumnType.TEXT, random);
            strings.append(text);
            characters.append(("<" + text + ">").toCharArray(), 1, text.length());
            byte[] bytes = strings.bytes(i);
            byte[] framed = new byte[bytes.length + 3];
            System.arraycopy(bytes, 0, framed, 2, bytes.length);
            parts.append(framed, 2, bytes.length);
            int start = reserved.reserve(bytes.length + random.nextInt(50));
            System.arraycopy(bytes, 0, reserved.data(), start, bytes.length);
            reserved.commit(bytes.length);
        }
        List<Object> expected = VectorModel.values(strings, ColumnType.TEXT);
        assertEquals(expected, VectorModel.values(characters, ColumnType.TEXT));
        assertEquals(expected, VectorModel.values(parts, ColumnType.TEXT));
        assertEquals(expected, VectorModel.values(reserved, ColumnType.TEXT));
    }

    @Test
    void bytesStandOneAfterTheOtherWithoutGaps() {
        BytesVector vector = new BytesVector(2);
        vector.append("ab");
        vector.appendNull();
        vector.append("");
        vector.append("é");
        assertArrayEquals(
                new int[] {0, 2, 2, 2}, new int[] {vector.start(0), vector.start(1), vector.start(2), vector.start(3)});
        assertArrayEquals(
                new int[] {2, 0, 0, 2},
                new int[] {vector.length(0), vector.length(1), vector.length(2), vector.length(3)});
        assertEquals(4, vector.bytesUsed());
        assertEquals(4, vector.end(3));
        assertEquals("abé", new String(vector.data(), 0, vector.bytesUsed(), StandardCharsets.UTF_8));
        assertFalse(vector.isNull(2));
    }

    @Test
    void whatWasReservedAndNotUsedLeavesNoTrace() {
        BytesVector vector = new BytesVector(1);
        vector.append("x");
        int start = vector.reserve(10_000);
        vector.data()[start] = 'y';
        vector.append("z");
        assertEquals(List.of("x", "z"), VectorModel.values(vector, ColumnType.TEXT));
    }

    @Test
    void aWideDecimalSaysWhetherItFitsALong() {
        Random random = new Random(7);
        DecimalVector vector = new DecimalVector(1);
        BigInteger least = BigInteger.valueOf(Long.MIN_VALUE);
        BigInteger most = BigInteger.valueOf(Long.MAX_VALUE);
        List<BigInteger> values = new ArrayList<>(
                List.of(least, most, least.subtract(BigInteger.ONE), most.add(BigInteger.ONE), BigInteger.ZERO));
        for (int i = 0; i < 500; i++) {
            values.add((BigInteger) VectorModel.value(ColumnType.decimal(38, 0), random));
        }
        for (BigInteger value : values) {
            vector.append(value);
            boolean fits = value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
            int row = vector.size() - 1;
            assertEquals(fits, vector.fitsLong(row), value.toString());
            if (fits) {
                assertEquals(value.longValueExact(), vector.low(row));
                vector.append(value.longValueExact());
                assertEquals(value, vector.unscaled(row + 1));
            }
        }
    }

    @Test
    void aDecimalOfMoreThan128BitsIsRefusedAndAppendsNothing() {
        DecimalVector vector = new DecimalVector(1);
        BigInteger tooLarge = BigInteger.ONE.shiftLeft(127);
        assertThrows(ArithmeticException.class, () -> vector.append(tooLarge));
        assertThrows(
                ArithmeticException.class, () -> vector.append(tooLarge.negate().subtract(BigInteger.ONE)));
        assertEquals(0, vector.size());
    }

    private static void assertHolds(List<Object> expected, ColumnVector vector, ColumnType type) {
        assertEquals(expected.size(), vector.size());
        assertEquals(expected, VectorModel.values(vector, type));
        assertEquals(expected.stream().filter(Objects::isNull).count(), vector.nullCount());
        for (int row = 0; row < expected.size(); row++) {
            if (expected.get(row) == null) {
                assertEquals(VectorModel.zero(type), VectorModel.slot(vector, type, row), "slot of a NULL");
            }
        }
    }

    @Test
    void someNullsAtOnceAreAsManyNullsOneByOne() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            for (ColumnType type : List.of(
                    ColumnType.BOOLEAN,
                    ColumnType.INT64,
                    ColumnType.FLOAT64,
                    ColumnType.decimal(38, 2),
                    ColumnType.TEXT,
                    ColumnType.timestamp(6),
                    ColumnType.UUID)) {
                ColumnVector together = ColumnVector.forType(type, 1);
                ColumnVector oneByOne = ColumnVector.forType(type, 1);
                ColumnVector value = ColumnVector.forType(type, 1);
                if (value instanceof BytesVector bytes) {
                    bytes.append("text");
                } else if (value instanceof LongVector longs) {
                    longs.append(7);
                } else {
                    value.appendNull();
                }
                for (int step = 0; step < 12; step++) {
                    int nulls = random.nextInt(random.nextInt(4) == 0 ? 200 : 5);
                    together.appendNulls(nulls);
                    for (int i = 0; i < nulls; i++) {
                        oneByOne.appendNull();
                    }
                    together.appendFrom(value, 0);
                    oneByOne.appendFrom(value, 0);
                }
                assertEquals(oneByOne.size(), together.size());
                assertEquals(oneByOne.nullCount(), together.nullCount());
                for (int row = 0; row < together.size(); row++) {
                    assertEquals(oneByOne.isNull(row), together.isNull(row), "row " + row);
                    if (together instanceof BytesVector bytes) {
                        assertEquals(((BytesVector) oneByOne).text(row), bytes.text(row));
                    } else if (together instanceof LongVector longs) {
                        assertEquals(((LongVector) oneByOne).get(row), longs.get(row));
                    }
                }
            }
        }
    }
}
