package io.hybridsnapshot.sqlserver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class KeyCutsTest {
    @Test
    void rangesHaveEqualWidthAndNoOuterBounds() {
        assertEquals(
                List.of(
                        "(\"k\" < CAST('25' AS int) OR \"k\" IS NULL)",
                        "\"k\" >= CAST('25' AS int) AND \"k\" < CAST('50' AS int)",
                        "\"k\" >= CAST('50' AS int) AND \"k\" < CAST('75' AS int)",
                        "\"k\" >= CAST('75' AS int)"),
                conditions("int", 0, longs(0, 99), 4));
    }

    @Test
    void theWidestRangeOfABigintIsCut() {
        assertEquals(
                List.of("(\"k\" < CAST('0' AS bigint) OR \"k\" IS NULL)", "\"k\" >= CAST('0' AS bigint)"),
                conditions("bigint", 0, longs(Long.MIN_VALUE, Long.MAX_VALUE), 2));
    }

    @Test
    void thereAreNoMoreRangesThanValues() {
        assertEquals(
                List.of(
                        "(\"k\" < CAST('8' AS tinyint) OR \"k\" IS NULL)",
                        "\"k\" >= CAST('8' AS tinyint) AND \"k\" < CAST('9' AS tinyint)",
                        "\"k\" >= CAST('9' AS tinyint)"),
                conditions("tinyint", 0, longs(7, 9), 100));
        assertEquals(List.of(""), conditions("int", 0, longs(7, 7), 100));
    }

    @Test
    void onePartAndNoRowsAreOneRangeOfAll() {
        assertEquals(List.of(""), conditions("int", 0, longs(0, 99), 1));
        LongVector none = new LongVector(1);
        none.appendNull();
        assertEquals(List.of(""), conditions("int", 0, List.of(none, none), 8));
    }

    @Test
    void timesAreCutInTheUnitOfTheirType() {
        assertEquals(
                List.of("(\"k\" < CAST('2026-01-02' AS date) OR \"k\" IS NULL)", "\"k\" >= CAST('2026-01-02' AS date)"),
                conditions("date", 0, longs(20_454, 20_455), 2));
        List<ColumnVector> day = times("2026-01-01T00:00", "2026-01-01T23:59:59.997");
        assertEquals("\"k\" >= CAST('2026-01-01T11:59:59.998' AS datetime)", last(conditions("datetime", 3, day, 2)));
        assertEquals(
                "\"k\" >= CAST('2026-01-01T11:59:00' AS smalldatetime)", last(conditions("smalldatetime", 0, day, 2)));
        assertEquals("\"k\" >= CAST('2026-01-01T11:59:59' AS datetime2(0))", last(conditions("datetime2", 0, day, 2)));
        assertEquals(
                "\"k\" >= CAST('2026-01-01T11:59:59.9985000' AS datetime2(7))",
                last(conditions("datetime2", 7, day, 2)));
        assertEquals(
                "\"k\" >= CAST('5000-07-02T12:00:00.0000000' AS datetime2(7))",
                last(conditions("datetime2", 7, times("0001-01-01T00:00", "9999-12-31T23:59:59.9999999"), 2)));
        assertEquals(
                "\"k\" >= CAST('1969-12-31T23:59:59.5' AS datetime2(1))",
                last(conditions("datetime2", 1, times("1969-12-31T23:59:59", "1970-01-01T00:00"), 2)));
    }

    @Test
    void guidsAreCutInTheOrderInWhichTheServerComparesThem() {
        assertEquals(
                "\"k\" >= CAST('00000000-0000-0000-0000-800000000000' AS uniqueidentifier)",
                last(conditions(
                        "uniqueidentifier",
                        0,
                        guids("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
                        2)));
        // The first group counts least, and its last byte most within it.
        assertEquals(
                "\"k\" >= CAST('00000080-1111-2222-3333-444444444444' AS uniqueidentifier)",
                last(conditions(
                        "uniqueidentifier",
                        0,
                        guids("00000000-1111-2222-3333-444444444444", "ffffffff-1111-2222-3333-444444444444"),
                        2)));
        assertEquals(
                "\"k\" >= CAST('ffffff7f-1111-2222-3333-444444444444' AS uniqueidentifier)",
                last(conditions(
                        "uniqueidentifier",
                        0,
                        guids("feffff7f-1111-2222-3333-444444444444", "ffffff7f-1111-2222-3333-444444444444"),
                        2)));
    }

    @Test
    void theServerIsAskedWhetherAllCutsAscend() {
        SourceColumn key = SourceColumn.of("k", "int", 10, 0, "a query");
        assertEquals(List.of(), KeyCuts.of(key, longs(0, 99), 2).checks());
        assertEquals(
                List.of("SELECT 1 WHERE CAST('33' AS int) < CAST('66' AS int)"),
                KeyCuts.of(key, longs(0, 99), 3).checks());
        List<String> many = KeyCuts.of(key, longs(0, 9_999), 1_000).checks();
        assertEquals(4, many.size());
        assertEquals(
                998,
                many.stream().mapToInt(check -> check.split(" < ").length - 1).sum());
        assertTrue(many.get(0).endsWith("CAST('2500' AS int) < CAST('2510' AS int)"), many.get(0));
        assertTrue(many.get(1).startsWith("SELECT 1 WHERE CAST('2510' AS int) < CAST('2520' AS int)"), many.get(1));
    }

    @Test
    void aKeyWithoutALineIsRefused() {
        for (String type : List.of("nvarchar", "decimal", "float", "time", "datetimeoffset", "varbinary", "bit")) {
            SourceColumn key = SourceColumn.of("the key", type, 10, 2, "a query");
            SnapshotException error =
                    assertThrows(SnapshotException.class, () -> KeyCuts.requireKey(key, "a query"), type);
            assertEquals(Kind.INVALID_REQUEST, error.kind());
            assertTrue(error.getMessage().contains("column 'the key'"), error.getMessage());
        }
        KeyCuts.requireKey(SourceColumn.of("k", "uniqueidentifier", 0, 0, "a query"), "a query");
    }

    @Test
    void numbersOfRangesAndConnectionsHaveBounds() {
        for (int[] wrong : new int[][] {{0, 1}, {10_001, 1}, {1, 0}, {1, 65}}) {
            SnapshotException error = assertThrows(
                    SnapshotException.class, () -> new KeyRanges("k", wrong[0], wrong[1], KeyRanges.Moments.ONE_EACH));
            assertEquals(Kind.INVALID_REQUEST, error.kind());
        }
    }

    private static List<String> conditions(String type, int scale, List<ColumnVector> edges, int ranges) {
        return KeyCuts.of(SourceColumn.of("k", type, 10, scale, "a query"), edges, ranges).conditions().stream()
                .map(condition -> condition.orElse(""))
                .toList();
    }

    private static <T> T last(List<T> list) {
        assertEquals(2, list.size());
        return list.get(1);
    }

    private static List<ColumnVector> longs(long least, long greatest) {
        LongVector first = new LongVector(1);
        first.append(least);
        LongVector second = new LongVector(1);
        second.append(greatest);
        return List.of(first, second);
    }

    private static List<ColumnVector> times(String least, String greatest) {
        return List.of(time(least), time(greatest));
    }

    private static TimestampVector time(String text) {
        LocalDateTime time = LocalDateTime.parse(text);
        TimestampVector vector = new TimestampVector(1);
        vector.append(time.toEpochSecond(ZoneOffset.UTC), time.getNano());
        return vector;
    }

    private static List<ColumnVector> guids(String least, String greatest) {
        UuidVector first = new UuidVector(1);
        first.append(UUID.fromString(least));
        UuidVector second = new UuidVector(1);
        second.append(UUID.fromString(greatest));
        return List.of(first, second);
    }
}
