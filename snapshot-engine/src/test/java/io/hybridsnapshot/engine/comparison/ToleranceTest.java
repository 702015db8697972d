package io.hybridsnapshot.engine.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToleranceTest {
    @ParameterizedTest
    @CsvSource({
        "0.01, 1.00, 1.01, true",
        "0.01, 1.00, 1.0100000000000000000000000000000000001, false",
        "0.01, -0.005, 0.005, true",
        "0.01, -0.005, 0.0051, false",
        "0, 10, 10.000, true",
        "0, 10, 10.001, false",
        "1, 99999999999999999999999999999999999999, 99999999999999999999999999999999999998, true",
        "1, 99999999999999999999999999999999999999, 99999999999999999999999999999999999997, false",
        "1, 1E308, 9.9999999999999E307, false",
        "1%, 100, 99, true",
        "1%, 99, 100, true",
        "1%, 100, 98.99, false",
        "1%, 100, 101, true",
        "1%, 101.01, 100, true",
        "1%, 101.02, 100, false",
        "1%, -100, -99, true",
        "1%, 0, 0.0000001, false",
        "1%, 0, 0.000, true",
        "100%, 0, 5, true",
        "100%, -1, 5, false",
        "200%, -5, 5, true",
        "0.5%, 1E308, 1.005E308, true",
        "1%, 4.9E-324, 9.8E-324, false",
        "scale:2, 1.005, 1.01, true",
        "scale:2, 1.0049, 1.01, false",
        "scale:2, -1.005, -1.01, true",
        "scale:2, 1, 1.004999, true",
        "scale:0, 0.5, 1, true",
        "scale:0, -0.4, 0.4, true",
        "scale:38, 1E308, 1E308, true"
    })
    void boundsAreInclusiveExactAndSymmetric(String tolerance, BigDecimal a, BigDecimal b, boolean accepted) {
        assertEquals(accepted, Tolerance.parse(tolerance).accepts(a, b));
        assertEquals(accepted, Tolerance.parse(tolerance).accepts(b, a));
        assertTrue(Tolerance.parse(tolerance).accepts(a, a));
    }

    @Test
    void whatIsWrittenReadsBackAsItself() {
        Random random = new Random(11);
        for (int i = 0; i < 200; i++) {
            BigDecimal number = BigDecimal.valueOf(random.nextInt(1_000_000), random.nextInt(9));
            for (Tolerance tolerance : List.of(
                    new Tolerance.Absolute(number), new Tolerance.Scale(random.nextInt(Tolerance.MOST_DIGITS + 1)))) {
                assertEquals(tolerance, Tolerance.parse(tolerance.toString()));
            }
            Tolerance.Relative relative = new Tolerance.Relative(number);
            Tolerance.Relative read = (Tolerance.Relative) Tolerance.parse(relative.toString());
            assertEquals(0, read.share().compareTo(number), relative.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "-1%", "1e5", "%", "scale:", "scale:39", "scale:-1", "scale 2", "1,5", "."})
    void anythingElseIsRefused(String text) {
        assertThrows(SnapshotException.class, () -> Tolerance.parse(text));
    }

    @Test
    void aColumnIsIgnoredOrTolerated() {
        Tolerance tolerance = Tolerance.parse("1");
        assertThrows(
                SnapshotException.class,
                () -> new ComparisonRules(Set.of("A"), Map.of("A", Tolerance.parse("1")), Set.of()));
        ComparisonRules rules = ComparisonRules.NONE.ignoring("A").tolerating("B", tolerance);
        assertEquals(new ComparisonRules(Set.of("A"), Map.of("B", tolerance), Set.of()), rules);
        assertFalse(rules.isEmpty());
        assertTrue(ComparisonRules.NONE.isEmpty());
    }

    @Test
    void rulesThatFitNoColumnNameTheNearest() {
        Schema before = Schema.of(
                new Column("PRICE", ColumnType.decimal(10, 2)),
                new Column("NAME", ColumnType.TEXT),
                new Column("OLD", ColumnType.FLOAT64));
        Schema after = Schema.of(new Column("PRICE", ColumnType.FLOAT64), new Column("NAME", ColumnType.TEXT));
        List<Schema> sides = List.of(before, after);
        Tolerance cent = Tolerance.parse("0.01");
        ComparisonRules.NONE
                .ignoring("NAME")
                .ignoring("OLD")
                .tolerating("PRICE", cent)
                .requireFit(sides, List.of("ID"));
        refused("names a key column: found 'NAME'", ComparisonRules.NONE.ignoring("NAME"), sides, "ID", "NAME");
        refused("names a key column: found 'PRICE'", ComparisonRules.NONE.tolerating("PRICE", cent), sides, "PRICE");
        refused("did you mean 'PRICE'?", ComparisonRules.NONE.ignoring("PRCE"), sides);
        refused("did you mean 'PRICE'?", ComparisonRules.NONE.tolerating("PRICES", cent), sides);
        refused("0.01 on text", ComparisonRules.NONE.tolerating("NAME", cent), sides);
        ComparisonRules.NONE.ignoring("ANY").requireFit(List.of(), List.of("ID"));
    }

    private static void refused(String part, ComparisonRules rules, List<Schema> sides, String... keys) {
        SnapshotException e = assertThrows(SnapshotException.class, () -> rules.requireFit(sides, List.of(keys)));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, e.kind());
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }
}
