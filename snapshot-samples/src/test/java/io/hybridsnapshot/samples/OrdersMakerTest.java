package io.hybridsnapshot.samples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.Wtf8;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrdersMakerTest {
    private static final OrdersSpec SPEC = OrdersSpec.of(7, 3_000);

    @Test
    void equalSpecsMakeEqualRowsAndOtherSeedsOthers() {
        OrdersSpec spec = SPEC.onDay(2);
        List<List<Object>> rows = Rows.all(new OrdersMaker(spec), ReadOptions.ALL);
        assertEquals(rows, Rows.all(new OrdersMaker(spec), ReadOptions.ALL));
        OrdersSpec other = new OrdersSpec(8, 3_000, 2, 0.03, 0.01, 0.005);
        assertTrue(Collections.disjoint(
                Rows.column(rows, "record_uuid"),
                Rows.column(Rows.all(new OrdersMaker(other), ReadOptions.ALL), "record_uuid")));
    }

    /** Snapshots, benchmarks and golden files rest on rows that stay what they are from release to release. */
    @Test
    void rowsOfASeedNeverChange() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (List<Object> row : Rows.all(new OrdersMaker(OrdersSpec.of(42, 500).onDay(3)), ReadOptions.ALL)) {
            digest.update(row.toString().getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(
                "111535a67e53f1407a9b07b4a06f91a1d1d8b0919178a881b87ef8a69a6edc41",
                HexFormat.of().formatHex(digest.digest()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64, 1_000, 2_999, 3_000, 4_096, 1_000_000})
    void rowsDoNotDependOnTheBatchSize(int batchRows) {
        OrdersMaker maker = new OrdersMaker(SPEC.nextDay());
        assertEquals(Rows.all(maker, ReadOptions.ALL), Rows.all(maker, Rows.batchesOf(batchRows)));
    }

    @Test
    void batchesAreFullButTheLastAndNeverEmpty() {
        try (RowStream stream = new OrdersMaker(OrdersSpec.of(1, 1_000)).open(Rows.batchesOf(300))) {
            assertEquals(300, stream.next().orElseThrow().rowCount());
            assertEquals(300, stream.next().orElseThrow().rowCount());
            assertEquals(300, stream.next().orElseThrow().rowCount());
            assertEquals(100, stream.next().orElseThrow().rowCount());
            assertEquals(Optional.empty(), stream.next());
            assertEquals(Optional.empty(), stream.next());
        }
    }

    @Test
    void theLargestBatchStaysWithinTheBytesThatABatchMayHave() {
        try (RowStream stream = new OrdersMaker(OrdersSpec.of(1, 20_000)).open(Rows.batchesOf(20_000))) {
            RowBatch batch = stream.next().orElseThrow();
            long bytes = 0;
            for (int column = 0; column < batch.schema().size(); column++) {
                bytes += batch.vector(column).heapBytes();
            }
            assertTrue(bytes <= RowBatch.DEFAULT_BYTES, bytes + " bytes in " + batch.rowCount() + " rows");
        }
    }

    @Test
    void aProjectionHasTheWantedColumnsInTheWantedOrder() {
        List<String> wanted = List.of("TOTAL QTY", "record_uuid", "NOTES", "XL");
        OrdersMaker maker = new OrdersMaker(SPEC);
        List<List<Object>> some = Rows.all(maker, ReadOptions.ALL.withColumns(wanted));
        List<List<Object>> all = Rows.all(maker, ReadOptions.ALL);
        for (int i = 0; i < wanted.size(); i++) {
            int column = i;
            assertEquals(
                    Rows.column(all, wanted.get(i)),
                    some.stream().map(row -> row.get(column)).toList());
        }
    }

    @Test
    void anUnknownColumnIsRefusedWithTheNearestName() {
        SnapshotException error = assertThrows(
                SnapshotException.class,
                () -> new OrdersMaker(SPEC).open(ReadOptions.ALL.withColumns(List.of("CUSTOMER NAM"))));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("'CUSTOMER NAME'"), error.getMessage());
    }

    @Test
    void aClosedStreamHasNoRows() {
        RowStream stream = new OrdersMaker(SPEC).open(ReadOptions.ALL);
        stream.close();
        stream.close();
        assertEquals(Optional.empty(), stream.next());
    }

    @Test
    void noRowsAreNoRowsOnAnyDay() {
        OrdersMaker maker = new OrdersMaker(OrdersSpec.of(1, 0).onDay(5));
        assertEquals(List.of(), Rows.all(maker, ReadOptions.ALL));
        assertEquals(0, maker.rowCount());
        assertTrue(maker.expected().isEmpty());
    }

    @Test
    void everyRowHasAnIdentifierOfItsOwnOfVersion4() {
        List<Object> keys = Rows.column(
                Rows.all(new OrdersMaker(OrdersSpec.of(3, 20_000).onDay(4)), ReadOptions.ALL), "record_uuid");
        assertEquals(keys.size(), new HashSet<>(keys).size());
        assertTrue(keys.stream().map(UUID.class::cast).allMatch(key -> key.version() == 4 && key.variant() == 2));
        long high = keys.stream()
                .map(UUID.class::cast)
                .filter(key -> key.getMostSignificantBits() < 0)
                .count();
        assertShare(0.5, high, keys.size());
    }

    @Test
    void about35PercentOfTheCellsBesidesSizesAreNull() {
        List<List<Object>> rows = Rows.all(new OrdersMaker(SPEC), ReadOptions.ALL);
        Set<String> sizes = new HashSet<>(SizeRanges.sizeColumns(OrdersUnified.SCHEMA));
        long nulls = 0;
        long cells = 0;
        for (String name : OrdersUnified.SCHEMA.names()) {
            if (!sizes.contains(name)) {
                nulls +=
                        Rows.column(rows, name).stream().filter(Objects::isNull).count();
                cells += rows.size();
            }
        }
        double share = (double) nulls / cells;
        assertTrue(share > 0.33 && share < 0.37, "NULL share " + share);
    }

    @Test
    void eachRowHasThreeToEightSizesThatAddUpToBothTotals() {
        List<List<Object>> rows = Rows.all(new OrdersMaker(SPEC.onDay(5)), ReadOptions.ALL);
        List<String> sizes = SizeRanges.sizeColumns(OrdersUnified.SCHEMA);
        int[] at = sizes.stream().mapToInt(OrdersUnified.SCHEMA::indexOf).toArray();
        int total = OrdersUnified.SCHEMA.indexOf("TOTAL QTY");
        int sum = OrdersUnified.SCHEMA.indexOf("Sum of TOTAL QTY");
        Set<Integer> counts = new HashSet<>();
        for (List<Object> row : rows) {
            long added = 0;
            int count = 0;
            for (int column : at) {
                if (row.get(column) != null) {
                    long quantity = (Long) row.get(column);
                    assertTrue(quantity > 0, "quantity " + quantity);
                    added += quantity;
                    count++;
                }
            }
            assertTrue(count >= 3 && count <= 8, count + " sizes");
            counts.add(count);
            assertEquals(added, row.get(total));
            assertEquals(added, row.get(sum));
        }
        assertEquals(Set.of(3, 4, 5, 6, 7, 8), counts);
    }

    @Test
    void everyColumnHasValuesAndNoTextIsEmpty() {
        List<List<Object>> rows = Rows.all(new OrdersMaker(OrdersSpec.of(5, 20_000)), ReadOptions.ALL);
        for (String name : OrdersUnified.SCHEMA.names()) {
            List<Object> values = Rows.column(rows, name);
            assertTrue(values.stream().anyMatch(Objects::nonNull), "no value in " + name);
            assertFalse(values.contains(""), "an empty text in " + name);
        }
    }

    @Test
    void theWindowHasWhatItMayNotLack() {
        List<List<Object>> rows = Rows.all(new OrdersMaker(SPEC), ReadOptions.ALL);
        assertFalse(Rows.column(rows, "AAG ORDER NUMBER").contains(null));
        assertFalse(Rows.column(rows, "CUSTOMER NAME").contains(null));
        assertTrue(Rows.column(rows, "AAG ORDER NUMBER").stream()
                .allMatch(number -> ((String) number).matches("[A-Z0-9]{3}-\\d{5,}")));
        assertTrue(Rows.column(rows, "ACTIVE").stream()
                .allMatch(active -> active == null || ((String) active).length() <= 10));
        assertEquals(Set.of("ACTIVE", "INACTIVE"), nonNull(Rows.column(rows, "ACTIVE")));
    }

    @Test
    void customersAreAFewDozenOfWhichSomeAreFrequent() {
        List<List<Object>> rows = Rows.all(new OrdersMaker(OrdersSpec.of(5, 20_000)), ReadOptions.ALL);
        Map<Object, Long> customers = Rows.column(rows, "CUSTOMER NAME").stream()
                .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
        assertEquals(Words.CUSTOMERS.size(), customers.size());
        long most = Collections.max(customers.values());
        assertEquals(most, customers.get(OrdersUnified.EXAMPLE_CUSTOMER));
        assertTrue(most > 8 * Collections.min(customers.values()), customers.toString());
    }

    @Test
    void rowsOfOneOrderShareCustomerAndOrderDate() {
        Map<Object, Set<List<Object>>> orders = new HashMap<>();
        for (List<Object> row : Rows.all(new OrdersMaker(SPEC), ReadOptions.ALL)) {
            orders.computeIfAbsent(row.get(0), number -> new HashSet<>()).add(List.of(row.get(1), row.get(2)));
        }
        assertEquals(1_000, orders.size());
        assertTrue(orders.values().stream().allMatch(shared -> shared.size() == 1));
    }

    @Test
    void textsHoldWhatBreaksCarelessReaders() {
        Set<Object> texts = new HashSet<>();
        Rows.all(new OrdersMaker(SPEC), ReadOptions.ALL).forEach(texts::addAll);
        Map<String, Predicate<String>> wanted = Map.of(
                "a quote", text -> text.contains("\""),
                "a comma", text -> text.contains(","),
                "an apostrophe", text -> text.contains("'"),
                "a line feed", text -> text.matches("(?s).*[^\r]\n.*"),
                "a carriage return and line feed", text -> text.contains("\r\n"),
                "an accent", text -> text.contains("É") || text.contains("Ü"),
                "Japanese", text -> text.contains("日本"),
                "a supplementary character", text -> text.codePoints().anyMatch(point -> point > 0xFFFF),
                "a blank at the end", text -> text.endsWith(" "),
                "a leading zero", text -> text.matches("0\\d+"));
        wanted.forEach((what, test) -> assertTrue(
                texts.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .anyMatch(test),
                "no text with " + what));
    }

    @Test
    void textsAreWellFormed() {
        try (RowStream stream = new OrdersMaker(SPEC).open(ReadOptions.ALL)) {
            RowBatch batch = stream.next().orElseThrow();
            for (int column = 0; column < batch.schema().size(); column++) {
                if (batch.schema().column(column).type().kind() == TypeKind.TEXT) {
                    BytesVector texts = (BytesVector) batch.vector(column);
                    byte[] used = Arrays.copyOf(texts.data(), texts.bytesUsed());
                    String decoded = new String(used, StandardCharsets.UTF_8);
                    assertArrayEquals(used, decoded.getBytes(StandardCharsets.UTF_8));
                    assertTrue(Wtf8.isWellFormed(used, 0, used.length));
                }
            }
        }
    }

    @Test
    void aDayIsTheDayBeforeInItsOrderWithTheAddedRowsLast() {
        List<UUID> before = List.copyOf(Rows.byKey(SPEC.onDay(1)).keySet());
        List<UUID> after = List.copyOf(Rows.byKey(SPEC.onDay(2)).keySet());
        Set<UUID> kept = new HashSet<>(before);
        kept.retainAll(after);
        assertEquals(before.stream().filter(kept::contains).toList(), after.subList(0, kept.size()));
        assertNotEquals(kept.size(), after.size());
        assertNotEquals(kept.size(), before.size());
    }

    static void assertShare(double expected, long hits, long tries) {
        double deviation = Math.sqrt(expected * (1 - expected) / tries);
        double share = (double) hits / tries;
        assertTrue(
                Math.abs(share - expected) <= 5 * deviation,
                () -> "share " + share + ", expected " + expected + " ± " + 5 * deviation);
    }

    private static Set<Object> nonNull(List<Object> values) {
        return values.stream().filter(Objects::nonNull).collect(Collectors.toSet());
    }
}
