package io.hybridsnapshot.samples;

import static io.hybridsnapshot.samples.OrdersMakerTest.assertShare;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrdersDeltaTest {
    @ParameterizedTest
    @CsvSource({
        "1, 4000, 1, 0.03, 0.01, 0.005",
        "2, 4000, 2, 0.03, 0.01, 0.005",
        "-3, 4000, 7, 0.2, 0.1, 0.15",
        "4, 1000, 3, 0, 0, 0",
        "5, 1000, 1, 1, 0, 0",
        "6, 1000, 2, 0, 0, 1",
        "7, 1000, 2, 0, 1, 0",
        "8, 1, 3, 0.5, 0.5, 0.5",
        "9, 0, 2, 0.5, 0.5, 0.5"
    })
    void theExpectedDeltaIsWhatANaiveComparisonFinds(
            long seed, long rows, int day, double changed, double added, double removed) {
        OrdersSpec spec = new OrdersSpec(seed, rows, day, changed, added, removed);
        Map<UUID, List<Object>> after = Rows.byKey(spec);
        assertEquals(compare(Rows.byKey(spec.onDay(day - 1)), after), new OrdersMaker(spec).expected());
        assertEquals(compare(Rows.byKey(spec.onDay(0)), after), new OrdersMaker(spec).expectedSince(0));
        assertEquals(after.size(), new OrdersMaker(spec).rowCount());
    }

    @Test
    void changesThatUndoEachOtherOverManyDaysCountAsUnchanged() {
        OrdersSpec spec = new OrdersSpec(11, 300, 40, 0.05, 0.01, 0.001);
        DeltaSummary expected = compare(Rows.byKey(spec.onDay(0)), Rows.byKey(spec));
        assertEquals(expected, new OrdersMaker(spec).expectedSince(0));
        assertTrue(expected.unchanged() > 0 && expected.changed() > 0, expected.toString());
    }

    @Test
    void allRowsOfDay0AreNew() {
        OrdersMaker maker = new OrdersMaker(OrdersSpec.of(1, 123));
        assertEquals(new DeltaSummary(123, 0, 0, 0), maker.expected());
        assertEquals(new DeltaSummary(0, 0, 123, 0), maker.expectedSince(0));
    }

    @Test
    void aLaterDayIsRefused() {
        OrdersMaker maker = new OrdersMaker(OrdersSpec.of(1, 10).onDay(2));
        assertEquals(
                SnapshotException.Kind.INVALID_REQUEST,
                assertThrows(SnapshotException.class, () -> maker.expectedSince(3))
                        .kind());
        assertThrows(SnapshotException.class, () -> maker.expectedSince(-1));
    }

    @ParameterizedTest
    @CsvSource({"1, 0.03, 0.01, 0.005", "2, 0.5, 0.2, 0.1", "6, 0.03, 0.01, 0.005", "6, 0.1, 0.0, 0.3"})
    void theSharesAreAsAskedFor(int day, double changed, double added, double removed) {
        OrdersSpec spec = new OrdersSpec(21, 60_000, day, changed, added, removed);
        DeltaSummary delta = new OrdersMaker(spec).expected();
        assertShare(changed, delta.changed(), delta.before());
        assertShare(removed, delta.deleted(), delta.before());
        assertEquals(added, (double) delta.added() / delta.before(), 0.03 * added);
    }

    @Test
    void aChangedRowDiffersInOneToThreeColumnsThatOrdersChangeIn() {
        OrdersSpec spec = new OrdersSpec(5, 6_000, 3, 0.5, 0, 0);
        Map<UUID, List<Object>> before = Rows.byKey(spec.onDay(2));
        Map<String, Integer> changes = new TreeMap<>();
        Rows.byKey(spec).forEach((key, row) -> {
            int differing = 0;
            for (int column = 0; column < row.size(); column++) {
                if (!Objects.equals(row.get(column), before.get(key).get(column))) {
                    differing++;
                    changes.merge(OrdersUnified.SCHEMA.column(column).name(), 1, Integer::sum);
                }
            }
            assertTrue(differing <= 3, differing + " columns");
        });
        for (String expected : List.of(
                "TOTAL QTY",
                "Sum of TOTAL QTY",
                "M",
                "EX FACTORY DATE",
                "ETA CUSTOMER WAREHOUSE DATE",
                "VALIDATION",
                "TRACKING NUMBER",
                "ACTIVE")) {
            assertTrue(changes.getOrDefault(expected, 0) > 50, expected + " in " + changes);
        }
        assertEquals(changes.get("TOTAL QTY"), changes.get("Sum of TOTAL QTY"));
    }

    @Test
    void wrongSpecsAreRefusedWithTheWrongValue() {
        assertRefused("rows -1", () -> OrdersSpec.of(1, -1));
        assertRefused("day -1", () -> OrdersSpec.of(1, 1).onDay(-1));
        assertRefused("day 3651", () -> OrdersSpec.of(1, 1).onDay(3_651));
        assertRefused("changed share NaN", () -> OrdersSpec.of(1, 1).withShares(Double.NaN, 0, 0));
        assertRefused("added share 1.5", () -> OrdersSpec.of(1, 1).withShares(0, 1.5, 0));
        assertRefused("removed share -0.1", () -> OrdersSpec.of(1, 1).withShares(0, 0, -0.1));
        assertRefused("0.6 and 0.5", () -> OrdersSpec.of(1, 1).withShares(0.6, 0, 0.5));
    }

    private static void assertRefused(String actual, Runnable making) {
        SnapshotException error = assertThrows(SnapshotException.class, making::run);
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains(actual), error.getMessage());
    }

    private static DeltaSummary compare(Map<UUID, List<Object>> before, Map<UUID, List<Object>> after) {
        long added = 0;
        long changed = 0;
        long unchanged = 0;
        for (Map.Entry<UUID, List<Object>> row : after.entrySet()) {
            List<Object> earlier = before.get(row.getKey());
            if (earlier == null) {
                added++;
            } else if (earlier.equals(row.getValue())) {
                unchanged++;
            } else {
                changed++;
            }
        }
        return new DeltaSummary(added, changed, unchanged, before.size() - changed - unchanged);
    }
}
