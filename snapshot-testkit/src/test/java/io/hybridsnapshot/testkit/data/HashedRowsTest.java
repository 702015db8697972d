package io.hybridsnapshot.testkit.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HashedRowsTest {
    private static final UUID LOW = new UUID(1, 0);
    private static final UUID MIDDLE = new UUID(Long.MAX_VALUE, -1);
    private static final UUID HIGH = new UUID(Long.MIN_VALUE, 0);
    private static final UUID HIGHEST = new UUID(-1, 0);

    @Test
    void oneSeedMakesTheSameRowsInTheSameOrder() {
        assertEquals(ordered(HashedRows.random(1, 100)), ordered(HashedRows.random(1, 100)));
        assertEquals(
                ordered(HashedRows.random(1, 100).nextDay(2)),
                ordered(HashedRows.random(1, 100).nextDay(2)));
        assertNotEquals(ordered(HashedRows.random(1, 100)), ordered(HashedRows.random(2, 100)));
    }

    @Test
    void deltaAndItsOrderAreAsWorkedOutByHand() {
        HashedRows before = HashedRows.of(Map.of(LOW, hash('a'), MIDDLE, hash('b'), HIGH, hash('c')));
        HashedRows after = HashedRows.of(Map.of(HIGHEST, hash('d'), HIGH, hash('e'), LOW, hash('a')));
        assertEquals(new DeltaSummary(1, 1, 1, 1), after.summarySince(before));
        assertEquals(
                List.of(
                        new HashedRows.Change(MIDDLE, ChangeKind.DELETED),
                        new HashedRows.Change(HIGH, ChangeKind.CHANGED),
                        new HashedRows.Change(HIGHEST, ChangeKind.NEW)),
                after.changesSince(before));
    }

    @Test
    void nextDayHasEveryKindOfChange() {
        HashedRows before = HashedRows.random(3, 400);
        DeltaSummary delta = before.nextDay(4).summarySince(before);
        assertEquals(400, delta.before());
        for (ChangeKind kind : ChangeKind.values()) {
            assertTrue(delta.count(kind) > 20, () -> kind + ": " + delta.count(kind));
        }
    }

    @Test
    void batchesHoldTheRowsAsTheyAre() {
        HashedRows rows = HashedRows.random(5, 103);
        Map<UUID, String> read = new LinkedHashMap<>();
        List<Integer> sizes = new ArrayList<>();
        for (KeyedHashes batch : rows.batches(50)) {
            sizes.add(batch.size());
            for (int row = 0; row < batch.size(); row++) {
                read.put(batch.identity(row), batch.hex(row));
            }
        }
        assertEquals(List.of(50, 50, 3), sizes);
        assertEquals(ordered(rows), List.copyOf(read.entrySet()));
        assertEquals(List.of(), HashedRows.none().batches(10));
    }

    @Test
    void fingerprintDependsOnRowsAndNotOnTheirOrder() {
        Map<UUID, String> turned = new LinkedHashMap<>();
        HashedRows rows = HashedRows.random(6, 50);
        List<Map.Entry<UUID, String>> entries = new ArrayList<>(ordered(rows));
        Collections.reverse(entries);
        entries.forEach(entry -> turned.put(entry.getKey(), entry.getValue()));
        assertEquals(rows.fingerprint(), HashedRows.of(turned).fingerprint());
        assertNotEquals(rows.fingerprint(), HashedRows.random(7, 50).fingerprint());
        // SHA-256 of the empty input.
        assertEquals(
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                HashedRows.none().fingerprint().hex());
    }

    private static String hash(char digit) {
        return String.valueOf(digit).repeat(64);
    }

    private static List<Map.Entry<UUID, String>> ordered(HashedRows rows) {
        return List.copyOf(rows.hashes().entrySet());
    }
}
