package io.hybridsnapshot.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingGuessTest {
    private static SpellingGuess of(String... texts) {
        Schema schema = Schema.of(List.of(new Column("v", ColumnType.TEXT)));
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, texts.length);
        for (String text : texts) {
            if (text == null) {
                vectors.get(0).appendNull();
            } else {
                ((BytesVector) vectors.get(0)).append(text);
            }
        }
        return SpellingGuess.of(new RowBatch(schema, vectors));
    }

    @Test
    void numbersWithACommaAreSeen() {
        assertEquals(
                new SpellingGuess(List.of("v"), false, List.of(), Map.of(), Map.of()), of("1,5", null, "-2,25", "7"));
        assertEquals(new SpellingGuess(List.of("v"), true, List.of(), Map.of(), Map.of()), of("1.234,5", "2,25"));
    }

    @Test
    void threeDigitsBehindEachCommaAreThousands() {
        assertEquals(
                new SpellingGuess(List.of(), false, List.of("v"), Map.of(), Map.of()),
                of("1,234", "999", "-1,234,567.5", "0.25"));
        assertEquals(new SpellingGuess(List.of("v"), false, List.of(), Map.of(), Map.of()), of("1,234", "1,5"));
        assertTrue(of("1,234,5").isEmpty());
    }

    @Test
    void numbersOfDifferentDigitsNameATypeThatReadsThem() {
        assertEquals(Map.of("v", ColumnType.decimal(18, 2)), of("1,50", "2,5").types());
        assertEquals(Map.of("v", ColumnType.decimal(18, 2)), of("1.234,50", "7").types());
        assertEquals(
                Map.of("v", ColumnType.decimal(18, 2)), of("1,234.50", "2.5").types());
        assertEquals(Map.of("v", ColumnType.decimal(18, 1)), of("+1,5", "2,5").types());
        assertEquals(Map.of("v", ColumnType.decimal(18, 1)), of("01,5", "2,5").types());
        assertEquals(
                Map.of("v", ColumnType.decimal(38, 2)),
                of("12345678901234567,50", "2,5").types());
        assertEquals(Map.of(), of("1,5", "2,25").types(), "floating-point numbers");
        assertEquals(Map.of(), of("1,50", "2,20").types(), "decimals");
    }

    @Test
    void oneOtherTextIsEnoughForTexts() {
        assertTrue(of("1,5", "n/a").isEmpty());
        assertTrue(of("1,5", "").isEmpty());
        assertTrue(of("1", "2").isEmpty(), "numbers without a comma");
        assertTrue(of("01.02.2026", "x").isEmpty());
        assertTrue(of((String) null).isEmpty());
        assertTrue(of().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "01.02.2026, 28.02.2026, dd.MM.yyyy",
        "1.2.2026, 28.2.2026, d.M.yyyy",
        "15.11.2026, 28.12.2026, d.M.yyyy",
        "15.11.2026, 1.12.2026, d.M.yyyy",
        "01/02/2026, 02/28/2026, MM/dd/yyyy",
        "01/02/2026, 28/02/2026, dd/MM/yyyy",
        "01/02/2026, 03/04/2026, MM/dd/yyyy",
        "01.02.2026, 03.04.2026, dd.MM.yyyy",
        "01-02-2026, 03-04-2026, dd-MM-yyyy"
    })
    void datesHaveTheFormThatFitsAllOfThem(String first, String second, String format) {
        assertEquals(
                new SpellingGuess(List.of(), false, List.of(), Map.of(), Map.of(format, List.of("v"))),
                of(first, second));
    }

    @Test
    void datesThatFitNoOneFormAreTexts() {
        assertTrue(of("28/02/2026", "02/28/2026").isEmpty());
        assertTrue(of("01.02.2026", "01/02/2026").isEmpty());
        assertTrue(of("32.01.2026").isEmpty());
    }
}
