package io.hybridsnapshot.engine.expectation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules on changes: their texts and their outcomes. */
class ExpectationTest {
    @Nested
    class Texts {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "changed <= 5%               | changed <= 5%",
                    "CHANGED<=5 %                | changed <= 5%",
                    "deleted <= 100              | deleted <= 100",
                    "new < 2.50%                 | new < 2.50%",
                    "rows >= 1000                | rows >= 1000",
                    "unchanged > 0               | unchanged > 0",
                    "rows = 7.0                  | rows = 7.0",
                    "new-columns  none           | new-columns none",
                    "dropped-columns NONE        | dropped-columns none",
                    "retyped-columns none        | retyped-columns none",
                    "column PRICE changed <= 1%  | column PRICE changed <= 1%",
                    "column AAG ORDER NUMBER changed < 3 | column AAG ORDER NUMBER changed < 3",
                    "column \"5\"\" PIPE\" changed=0 | column 5\" PIPE changed = 0",
                    "column '\"' changed = 0     | column \"\"\"\" changed = 0",
                    "column ' x' changed = 0     | column \" x\" changed = 0",
                    "column a changed <= 1 b changed <= 2 | column a changed <= 1 b changed <= 2",
                    "column changed changed <= 1 | column changed changed <= 1",
                    "changed <= 5% otherwise warn | changed <= 5% otherwise warn",
                    "changed <= 5% OTHERWISE refuse | changed <= 5%",
                    "column otherwise warn changed <= 5% | column otherwise warn changed <= 5%",
                })
        void aRuleHasOneCanonicalText(String written, String canonical) {
            Expectation read = Expectation.parse(written);
            assertEquals(canonical, read.text());
            assertEquals(read, Expectation.parse(read.text()));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "a",
                    " a",
                    "a ",
                    "\"",
                    "'",
                    "\"a\"",
                    "a \"b\" c",
                    "it's",
                    "x changed <= 1",
                    "otherwise",
                    "a\nb",
                    "ß 🙂",
                    "changed",
                    "%",
                    "<="
                })
        void everyNameOfAColumnIsReadBack(String name) {
            Bound bound = new Bound(Bound.Relation.LESS, BigDecimal.TEN, Bound.Unit.PER_CENT_BEFORE);
            for (Otherwise otherwise : Otherwise.values()) {
                Expectation rule = new Expectation(new ExpectationRule.Column(name, bound), otherwise);
                assertEquals(rule, Expectation.parse(rule.text()));
            }
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "``                        | found ''                                | new, changed, deleted",
                    "chnaged <= 5%             | found 'chnaged'                         | did you mean 'changed'",
                    "changed                   | found no limit                          | one of <=, >=, <, > and =",
                    "changed 5%                | found '5%'                              | one of <=",
                    "changed <= five           | found '<= five'                         | one of <=",
                    "changed <= -1             | found '<= -1'                           | one of <=",
                    "changed <= 1.5            | a part of a row                         | a whole number of rows",
                    "changed <= 1,000          | found '<= 1,000'                        | one of <=",
                    "changed != 5              | found '!= 5'                            | one of <=",
                    "changed <= 5% otherwise   | found 'otherwise '                      | otherwise warn",
                    "changed <= 5% otherwise x | found 'otherwise x'                     | otherwise warn",
                    "new-columns               | found '' after 'new-columns'            | expected none",
                    "new-columns 3             | found '3' after 'new-columns'           | expected none",
                    "column PRICE <= 1%        | found 'column PRICE <= 1%'              | column PRICE changed <= 1%",
                    "column changed <= 1%      | found 'column changed <= 1%'            | column PRICE changed <= 1%",
                    "column \"A changed <= 1%  | found the name \"A                      | a column's name",
                    "column \"\" changed <= 1% | found the name \"\"                     | a column's name",
                    "column \"a\"b\" changed <= 1% | found the name                      | a column's name",
                    "column PRICE changed <= x | found '<= x'                            | one of <=",
                })
        void aWrongRuleIsRefusedByItsWrongPart(String written, String actual, String expected) {
            SnapshotException refused = assertThrows(SnapshotException.class, () -> Expectation.parse(written));
            assertEquals(SnapshotException.Kind.INVALID_REQUEST, refused.kind());
            assertTrue(refused.getMessage().contains(actual), refused.getMessage());
            assertTrue(
                    refused.expected().orElseThrow().contains(expected.replace("expected ", "")), refused::getMessage);
            assertTrue(refused.nextStep().isPresent());
        }
    }

    @Nested
    class Outcomes {
        private static final Schema BEFORE = schema("ID", "PRICE", "OLD");
        private static final Schema AFTER = schema("ID", "PRICE", "EXTRA");

        /** 1,000 rows before: 20 NEW, 50 CHANGED, 940 UNCHANGED, 10 DELETED. */
        private static final DeltaSummary COUNTS = new DeltaSummary(20, 50, 940, 10);

        private static Schema schema(String... names) {
            List<Column> columns = new ArrayList<>();
            for (String name : names) {
                columns.add(new Column(name, ColumnType.TEXT));
            }
            return Schema.of(columns);
        }

        private static ObservedChanges observed(DeltaSummary counts) {
            return new ObservedChanges(
                    ObservedChanges.Origin.LATER,
                    counts,
                    Optional.empty(),
                    Optional.of(BEFORE),
                    Optional.of(AFTER),
                    Map.of("OLD", "one side alone has the column"),
                    Map.of("PRICE", 12L),
                    Optional.empty());
        }

        private static String outcome(ObservedChanges changes, String rule) {
            Verdict verdict = Expectations.of(List.of(Expectation.parse(rule)))
                    .check(changes)
                    .get(0);
            return verdict.outcome().getClass().getSimpleName() + ": " + verdict.reason();
        }

        private static String outcome(String rule) {
            return outcome(observed(COUNTS), rule);
        }

        @ParameterizedTest
        @CsvSource({
            "changed <= 5%,Met",
            "changed < 5%,Broken",
            "changed <= 4.999999999%,Broken",
            "changed = 5%,Met",
            "changed >= 5%,Met",
            "changed > 5%,Broken",
            "changed <= 50,Met",
            "changed < 50,Broken",
            "new <= 2%,Met",
            "new <= 1.9%,Broken",
            "new <= 20,Met",
            "deleted <= 10,Met",
            "deleted < 1%,Broken",
            "unchanged >= 94%,Met",
            "unchanged > 94%,Broken",
            "rows = 1010,Met",
            "rows <= 101%,Met",
            "rows > 101%,Broken",
            "rows >= 999999999999999999,Broken",
            "column PRICE changed <= 12,Met",
            "column PRICE changed < 1.2%,Broken",
            "column PRICE changed <= 1.2%,Met",
            "new-columns none,Broken",
            "dropped-columns none,Broken",
            "retyped-columns none,Met"
        })
        void aLimitIsComparedExactlyWithTheRowsBefore(String rule, String expected) {
            String outcome = outcome(rule);
            assertTrue(outcome.startsWith(expected + ":"), outcome);
        }

        @Test
        void anOutcomeStatesWhatWasFound() {
            assertEquals(
                    "Broken: found 50 rows (5.00 % of 1,000 before), expected changed <= 1%", outcome("changed <= 1%"));
            assertEquals("Broken: found EXTRA, expected new-columns none", outcome("new-columns none"));
            assertEquals("Met: found none", outcome("retyped-columns none"));
        }

        @Test
        void aShareOfNoRowsIsMetByNoRowAlone() {
            ObservedChanges empty = observed(new DeltaSummary(3, 0, 0, 0));
            assertEquals("Met: found 0 rows (0 rows before)", outcome(empty, "changed <= 5%"));
            assertEquals("Broken: found 3 rows (0 rows before), expected new <= 5%", outcome(empty, "new <= 5%"));
            assertEquals("Met: found 3 rows (0 rows before)", outcome(empty, "rows >= 90%"));
        }

        @Test
        void aFirstStateIsCheckedByItsNumberOfRowsAlone() {
            ObservedChanges first = new ObservedChanges(
                    ObservedChanges.Origin.FIRST,
                    new DeltaSummary(7, 0, 0, 0),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(AFTER),
                    Map.of(),
                    Map.of(),
                    Optional.empty());
            assertEquals("Met: found 7 rows", outcome(first, "rows >= 7"));
            assertEquals("Broken: found 7 rows, expected rows >= 8", outcome(first, "rows >= 8"));
            for (String rule : List.of(
                    "rows >= 90%", "new <= 0", "changed <= 1%", "column PRICE changed <= 1", "new-columns none")) {
                assertEquals(
                        "NotApplicable: does not apply: there is no earlier state to compare with",
                        outcome(first, rule));
            }
            assertEquals(
                    "NotChecked: not checked: no side has the column 'PRICES' (did you mean 'PRICE'?)",
                    outcome(first, "column PRICES changed <= 1"));
        }

        @Test
        void whatIsNotKnownIsNotChecked() {
            ObservedChanges keysOnly = new ObservedChanges(
                    ObservedChanges.Origin.LATER,
                    COUNTS,
                    Optional.of("keys alone"),
                    Optional.empty(),
                    Optional.of(AFTER),
                    Map.of(),
                    Map.of(),
                    Optional.of("no cells"));
            assertEquals("NotChecked: not checked: keys alone", outcome(keysOnly, "changed <= 100%"));
            assertEquals("NotChecked: not checked: keys alone", outcome(keysOnly, "unchanged >= 0"));
            assertEquals("NotChecked: not checked: no cells", outcome(keysOnly, "column PRICE changed <= 100%"));
            assertEquals(
                    "NotChecked: not checked: the columns of the earlier state are not known",
                    outcome(keysOnly, "dropped-columns none"));
            assertTrue(outcome(keysOnly, "new <= 2%").startsWith("Met"));
            assertTrue(outcome(keysOnly, "deleted <= 1%").startsWith("Met"));
            assertEquals(
                    "NotChecked: not checked: one side alone has the column", outcome("column OLD changed <= 100%"));
        }

        @Test
        void aRuleThatIsBrokenOrNotCheckedRefusesUnlessItOnlyWarns() {
            List<List<Verdict>> heard = new ArrayList<>();
            List<Verdict> verdicts = Expectations.of(List.of(
                            Expectation.parse("changed <= 1%"),
                            Expectation.parse("changed <= 1% otherwise warn"),
                            Expectation.parse("column NONE changed = 0"),
                            Expectation.parse("column NONE changed = 0 otherwise warn"),
                            Expectation.parse("changed <= 10%")))
                    .heardBy(heard::add)
                    .check(observed(COUNTS));
            assertEquals(
                    List.of(true, false, true, false, false),
                    verdicts.stream().map(Verdict::refuses).toList());
            assertEquals(
                    List.of(true, true, true, true, false),
                    verdicts.stream().map(Verdict::fails).toList());
            assertEquals(List.of(verdicts), heard);
        }
    }
}
