package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.sqlserver.connection.GuidBytes;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The sum that the program makes of the rows that it reads is the one that the server makes of the table. */
class StateTokenTest {
    private record Row(UUID identity, String hash) {}

    private static List<Row> rows(int count) {
        Random random = new Random(count);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new Row(
                    new UUID(random.nextLong(), random.nextLong()), "%064x".formatted(random.nextLong() >>> 1)));
        }
        return rows;
    }

    /** As {@link WindowStatements#digest} is defined: the first eight bytes of SHA-256, as a BIGINT. */
    private static BigInteger digest(Row row) throws GeneralSecurityException {
        ByteBuffer text = ByteBuffer.allocate(16 + 128);
        text.put(GuidBytes.of(row.identity()));
        text.put(row.hash().getBytes(StandardCharsets.UTF_16LE));
        return BigInteger.valueOf(
                ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text.array()))
                        .getLong());
    }

    private static String token(List<Row> rows, long strangers) throws GeneralSecurityException {
        BigInteger sum = BigInteger.ZERO;
        for (Row row : rows) {
            sum = sum.add(digest(row));
        }
        return new StateToken(rows.size(), strangers, "2026-03-01T06:00:00Z", sum).text();
    }

    private static StateToken.Sum sum(List<Row> rows) {
        StateToken.Sum sum = new StateToken.Sum();
        rows.forEach(row -> sum.add(GuidBytes.of(row.identity()), row.hash(), true));
        return sum;
    }

    @Test
    void rowsInAnyOrderHaveTheSumOfTheServer() throws GeneralSecurityException {
        // So many that the sum leaves the range of a long several times.
        List<Row> rows = rows(5_000);
        String token = token(rows, 0);
        assertTrue(sum(rows).isOf(token));
        Collections.shuffle(rows, new Random(1));
        assertTrue(sum(rows).isOf(token));
        assertEquals(5_000, sum(rows).rows());
    }

    @Test
    void anotherRowAnotherHashAndAStrangerAreAnotherState() throws GeneralSecurityException {
        List<Row> rows = rows(100);
        String token = token(rows, 0);
        assertFalse(sum(rows.subList(0, 99)).isOf(token));
        List<Row> rehashed = new ArrayList<>(rows);
        rehashed.set(3, new Row(rows.get(3).identity(), "f".repeat(64)));
        assertFalse(sum(rehashed).isOf(token));
        List<Row> swapped = new ArrayList<>(rows);
        swapped.set(3, new Row(rows.get(3).identity(), rows.get(4).hash()));
        swapped.set(4, new Row(rows.get(4).identity(), rows.get(3).hash()));
        assertFalse(sum(swapped).isOf(token), "hashes that changed places");
        StateToken.Sum withStranger = sum(rows.subList(0, 99));
        withStranger.add(GuidBytes.of(rows.get(99).identity()), rows.get(99).hash(), false);
        assertFalse(withStranger.isOf(token));
        assertTrue(withStranger.isOf(token(rows, 1)));
    }

    @Test
    void noRowsHaveTheStateOfAnEmptyTable() {
        assertTrue(new StateToken.Sum().isOf(new StateToken(0, 0, "-", BigInteger.ZERO).text()));
    }
}
