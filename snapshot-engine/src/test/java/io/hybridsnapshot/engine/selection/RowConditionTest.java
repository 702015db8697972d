package io.hybridsnapshot.engine.selection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.selection.RowCondition.Operator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text form of a condition. */
class RowConditionTest {
    private static void assertReads(String text, String column, Operator operator, String operand) {
        RowCondition condition = RowCondition.parse(text);
        assertEquals(new RowCondition(column, operator, operand), condition);
        assertEquals(condition, RowCondition.parse(condition.toString()));
    }

    @Test
    void theFirstAndLongestOperatorCounts() {
        assertReads("STATUS=OPEN", "STATUS", Operator.EQUAL, "OPEN");
        assertReads("ORDER NO!=7", "ORDER NO", Operator.NOT_EQUAL, "7");
        assertReads("A<1", "A", Operator.LESS, "1");
        assertReads("A<=1", "A", Operator.AT_MOST, "1");
        assertReads("A>1", "A", Operator.GREATER, "1");
        assertReads("A>=1", "A", Operator.AT_LEAST, "1");
        assertReads("A~^x=y$", "A", Operator.MATCHES, "^x=y$");
        assertReads("A=<1", "A", Operator.EQUAL, "<1");
        assertReads("A==1", "A", Operator.EQUAL, "=1");
        assertReads(" A = b ", " A ", Operator.EQUAL, " b ");
    }

    @Test
    void anEmptyOperandStandsForNull() {
        assertReads("A=", "A", Operator.EQUAL, "");
        assertReads("A!=", "A", Operator.NOT_EQUAL, "");
    }

    @Test
    void aNameInQuotesMayHoldAnOperator() {
        assertReads("\"A<B\"=5", "A<B", Operator.EQUAL, "5");
        assertReads("\"say \"\"hi\"\"\"!=5", "say \"hi\"", Operator.NOT_EQUAL, "5");
        assertEquals("\"A<B\"=5", new RowCondition("A<B", Operator.EQUAL, "5").toString());
        assertEquals("A=5", new RowCondition("A", Operator.EQUAL, "5").toString());
        assertEquals("\"\"\"A\"=5", new RowCondition("\"A", Operator.EQUAL, "5").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "=5", "A<", "A~", "\"A", "\"A\"", "\"A\"x=5", "\"\"=5", "A~(", "A~["})
    void anythingElseIsRefused(String text) {
        SnapshotException error = assertThrows(SnapshotException.class, () -> RowCondition.parse(text));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
    }

    @Test
    void aWrongPatternIsExplained() {
        SnapshotException error = assertThrows(SnapshotException.class, () -> RowCondition.parse("A~x(y"));
        assertTrue(error.getMessage().contains("Unclosed group"), error.getMessage());
        assertTrue(error.getMessage().contains("a regular expression of Java"), error.getMessage());
    }
}
