package io.hybridsnapshot.domain.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnTypeTest {
    @Test
    void everyTypeIsReadBackFromItsText() {
        List<ColumnType> types = everyType();
        assertEquals(11 + 3 * 10 + 779, types.size());
        Set<String> texts = new HashSet<>();
        for (ColumnType type : types) {
            assertEquals(type, ColumnType.parse(type.toString()));
            assertTrue(texts.add(type.toString()), type + " is the text of two types");
        }
    }

    @Test
    void caseAndBlanksDoNotMatter() {
        for (ColumnType type : everyType()) {
            String loose = "  "
                    + type.toString()
                            .toUpperCase(Locale.ROOT)
                            .replace(",", " , ")
                            .replace("(", " ( ") + "\t";
            assertEquals(type, ColumnType.parse(loose), loose);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"decimal(7)|decimal(7,0)", "timestamp|timestamp(6)", "time|time(6)", "instant|instant(6)"})
    void leftOutDigitsHaveAMeaning(String text, String full) {
        assertEquals(full, ColumnType.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "int",
                "varchar",
                "decimal",
                "decimal()",
                "decimal(0,0)",
                "decimal(39,0)",
                "decimal(10,11)",
                "decimal(-1,0)",
                "decimal(10,2",
                "decimal 10,2",
                "decimal(10,2,3)",
                "decimal(100,0)",
                "timestamp(10)",
                "timestamp(3,1)",
                "int32(4)",
                "text(10)",
                "uuid(1)",
                "decimal(١٠,٢)",
                "int32;",
                "boolean,"
            })
    void aTextThatNamesNoTypeIsRefused(String text) {
        SnapshotException error = assertThrows(SnapshotException.class, () -> ColumnType.parse(text));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.actual().isPresent() && error.expected().isPresent(), error.getMessage());
    }

    @Test
    void anExactTypeHoldsAnotherIfItHoldsItsLeastItsLargestAndItsFinestValue() {
        List<ColumnType> numbers =
                everyType().stream().filter(type -> type.kind().isExactNumber()).toList();
        int held = 0;
        for (ColumnType wide : numbers) {
            for (ColumnType narrow : numbers) {
                boolean expected = holds(wide, largest(narrow))
                        && holds(wide, least(narrow))
                        && holds(wide, BigDecimal.ONE.movePointLeft(narrow.scale()));
                assertEquals(expected, wide.holdsEvery(narrow), wide + " of " + narrow);
                held += expected ? 1 : 0;
            }
        }
        assertTrue(held > numbers.size() && held < numbers.size() * numbers.size() / 2, held + " pairs");
    }

    private static boolean holds(ColumnType type, BigDecimal value) {
        return value.stripTrailingZeros().scale() <= type.scale()
                && value.compareTo(least(type)) >= 0
                && value.compareTo(largest(type)) <= 0;
    }

    private static BigDecimal largest(ColumnType type) {
        return switch (type.kind()) {
            case INT8 -> BigDecimal.valueOf(Byte.MAX_VALUE);
            case INT16 -> BigDecimal.valueOf(Short.MAX_VALUE);
            case INT32 -> BigDecimal.valueOf(Integer.MAX_VALUE);
            case INT64 -> BigDecimal.valueOf(Long.MAX_VALUE);
            default -> new BigDecimal("9".repeat(type.precision())).movePointLeft(type.scale());
        };
    }

    private static BigDecimal least(ColumnType type) {
        return type.kind().isInteger()
                ? largest(type).negate().subtract(BigDecimal.ONE)
                : largest(type).negate();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int64|int32",
                "decimal(12,2)|decimal(10,2)",
                "decimal(10,0)|int32",
                "float64|float32",
                "timestamp(6)|timestamp(3)",
                "instant(9)|instant(0)",
                "time(7)|time(6)",
                "text|text",
                "int16|decimal(4,0)"
            })
    void aWiderTypeHoldsEveryValueOfTheNarrower(String wide, String narrow) {
        assertTrue(ColumnType.parse(wide).holdsEvery(ColumnType.parse(narrow)));
        if (!wide.equals(narrow)) {
            assertFalse(ColumnType.parse(narrow).holdsEvery(ColumnType.parse(wide)));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "float64|int32",
                "int64|float32",
                "text|int32",
                "timestamp(6)|date",
                "instant(6)|timestamp(6)",
                "binary|text",
                "text|uuid",
                "int8|boolean",
                "float64|decimal(3,1)"
            })
    void typesThatHashTheirValuesOtherwiseHoldNothingOfEachOther(String one, String other) {
        assertFalse(ColumnType.parse(one).isComparableTo(ColumnType.parse(other)));
        assertFalse(ColumnType.parse(one).holdsEvery(ColumnType.parse(other)));
        assertFalse(ColumnType.parse(other).holdsEvery(ColumnType.parse(one)));
    }

    @Test
    void onlyDecimalsOfMoreThan18DigitsAreWide() {
        for (ColumnType type : everyType()) {
            assertEquals(
                    type.kind() == TypeKind.DECIMAL && type.precision() > 18, type.isWideDecimal(), type.toString());
        }
    }

    @Test
    void digitsBelongToDecimalsAndTimesAlone() {
        for (TypeKind kind : EnumSet.complementOf(
                EnumSet.of(TypeKind.DECIMAL, TypeKind.TIME, TypeKind.TIMESTAMP, TypeKind.INSTANT))) {
            assertThrows(SnapshotException.class, () -> new ColumnType(kind, 1, 0), kind.name());
            assertThrows(SnapshotException.class, () -> new ColumnType(kind, 0, 1), kind.name());
        }
        assertThrows(SnapshotException.class, () -> new ColumnType(TypeKind.INSTANT, 6, 1));
        assertThrows(SnapshotException.class, () -> new ColumnType(TypeKind.TIME, -1, 0));
    }

    private static List<ColumnType> everyType() {
        List<ColumnType> types = new ArrayList<>();
        for (TypeKind kind : TypeKind.values()) {
            if (kind == TypeKind.DECIMAL) {
                for (int precision = 1; precision <= ColumnType.MAX_DECIMAL_PRECISION; precision++) {
                    for (int scale = 0; scale <= precision; scale++) {
                        types.add(ColumnType.decimal(precision, scale));
                    }
                }
            } else if (kind.hasFraction()) {
                for (int digits = 0; digits <= 9; digits++) {
                    types.add(new ColumnType(kind, digits, 0));
                }
            } else {
                types.add(new ColumnType(kind, 0, 0));
            }
        }
        return types;
    }
}
