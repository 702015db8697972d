package io.hybridsnapshot.engine.internal.sorting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaCursor;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.schema.Sha256;
import io.hybridsnapshot.engine.internal.comparison.MergeDelta;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sorting within memory and beyond it, fingerprints, duplicates and the merge. */
class SortedKeyedRowsTest {
    @TempDir
    Path directory;

    /** An identity in unsigned byte order. */
    private record Identity(long high, long low) implements Comparable<Identity> {
        @Override
        public int compareTo(Identity other) {
            int first = Long.compareUnsigned(high, other.high);
            return first != 0 ? first : Long.compareUnsigned(low, other.low);
        }
    }

    private static Map<Identity, Long> randomRows(Random random, int count, int range) {
        Map<Identity, Long> rows = new TreeMap<>();
        while (rows.size() < count) {
            long high = random.nextInt(range) - range / 2;
            rows.put(new Identity(high << 40, random.nextLong()), (long) random.nextInt(3));
        }
        return rows;
    }

    private KeyedRowSorter sorterOf(Map<Identity, Long> rows, Random random, int inMemory) {
        List<Map.Entry<Identity, Long>> shuffled = new ArrayList<>(rows.entrySet());
        Collections.shuffle(shuffled, random);
        KeyedRowSorter sorter = new KeyedRowSorter(directory, inMemory);
        KeyedHashes hashes = new KeyedHashes(1);
        for (Map.Entry<Identity, Long> row : shuffled) {
            hashes.append(row.getKey().high(), row.getKey().low(), 1, 2, 3, row.getValue());
        }
        sorter.add(hashes);
        return sorter;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7, 100, 999, 1_000, 1_001, 5_000})
    void rowsComeBackInUnsignedOrderOfTheirIdentities(int inMemory) {
        Random random = new Random(inMemory);
        Map<Identity, Long> expected = randomRows(random, 1_000, 50);
        try (KeyedRowSorter sorter = sorterOf(expected, random, inMemory)) {
            SortedKeyedRows sorted = sorter.finish();
            assertEquals(1_000, sorted.size());
            for (int pass = 0; pass < 2; pass++) {
                List<Identity> actual = new ArrayList<>();
                try (KeyedRowCursor rows = sorted.open()) {
                    while (rows.next()) {
                        Identity identity = new Identity(rows.identityHigh(), rows.identityLow());
                        actual.add(identity);
                        assertEquals(expected.get(identity), rows.hashWord(3));
                    }
                }
                assertEquals(List.copyOf(expected.keySet()), actual);
            }
        }
    }

    @Test
    void theFingerprintIsTheDigestOfThePairsInOrderWhateverTheOrderOfTheRows() {
        Random random = new Random(5);
        Map<Identity, Long> rows = randomRows(random, 2_000, 10);
        MessageDigest digest = Sha256.digest();
        rows.forEach((identity, hash) -> digest.update(ByteBuffer.allocate(48)
                .putLong(identity.high())
                .putLong(identity.low())
                .putLong(1)
                .putLong(2)
                .putLong(3)
                .putLong(hash)
                .array()));
        String expected = HexFormat.of().formatHex(digest.digest());
        for (int inMemory : List.of(64, 10_000)) {
            try (KeyedRowSorter sorter = sorterOf(rows, random, inMemory)) {
                assertEquals(expected, sorter.finish().inspect(1).fingerprint().hex());
            }
        }
    }

    @Test
    void noRowsHaveTheFingerprintOfNothing() {
        try (KeyedRowSorter sorter = new KeyedRowSorter(directory, 10)) {
            assertEquals(
                    HexFormat.of().formatHex(Sha256.digest().digest()),
                    sorter.finish().inspect(1).fingerprint().hex());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 100})
    void duplicatesAreCountedAndTheFirstAreNamedByTheirPositions(int inMemory) {
        KeyedHashes hashes = new KeyedHashes(8);
        long[] lows = {5, 1, 5, 2, 1, 5, 3, 9};
        for (long low : lows) {
            hashes.append(-1, low, 0, 0, 0, 0);
        }
        try (KeyedRowSorter sorter = new KeyedRowSorter(directory, inMemory)) {
            sorter.add(hashes);
            SortedKeyedRows.Duplicates duplicates = sorter.finish().inspect(2).duplicates();
            assertEquals(3, duplicates.count());
            assertEquals(2, duplicates.examples().size());
            SortedKeyedRows.Duplicate first = duplicates.examples().get(0);
            assertEquals(1, first.identity().getLeastSignificantBits());
            assertEquals(1, first.firstOrdinal());
            assertEquals(4, first.secondOrdinal());
            assertEquals(0, duplicates.examples().get(1).firstOrdinal());
            assertEquals(2, duplicates.examples().get(1).secondOrdinal());
        }
    }

    @Test
    void spilledFilesAreDeletedOnClose() throws IOException {
        Random random = new Random(1);
        try (KeyedRowSorter sorter = sorterOf(randomRows(random, 500, 10), random, 50)) {
            sorter.finish();
            try (Stream<Path> files = Files.list(directory)) {
                assertEquals(10, files.count());
            }
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(0, files.count());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theMergeAgreesWithANaiveComparison(long seed) {
        Random random = new Random(seed);
        Map<Identity, Long> before = randomRows(random, random.nextInt(400), 20);
        Map<Identity, Long> after = new TreeMap<>(randomRows(random, random.nextInt(200), 20));
        before.forEach((identity, hash) -> {
            int fate = random.nextInt(4);
            if (fate > 0) {
                after.put(identity, fate == 1 ? hash + 1 : hash);
            }
        });
        Map<Identity, ChangeKind> expected = new TreeMap<>();
        long unchanged = 0;
        for (Map.Entry<Identity, Long> row : before.entrySet()) {
            Long later = after.get(row.getKey());
            if (later == null) {
                expected.put(row.getKey(), ChangeKind.DELETED);
            } else if (later.equals(row.getValue())) {
                unchanged++;
            } else {
                expected.put(row.getKey(), ChangeKind.CHANGED);
            }
        }
        after.keySet().stream()
                .filter(identity -> !before.containsKey(identity))
                .forEach(identity -> expected.put(identity, ChangeKind.NEW));
        try (KeyedRowSorter left = sorterOf(before, random, 33);
                KeyedRowSorter right = sorterOf(after, random, 70)) {
            MergeDelta delta = new MergeDelta(left.finish(), right.finish());
            Map<Identity, ChangeKind> actual = new TreeMap<>();
            List<Identity> order = new ArrayList<>();
            try (DeltaCursor changes = delta.openChanges()) {
                while (changes.next()) {
                    Identity identity = new Identity(changes.identityHigh(), changes.identityLow());
                    order.add(identity);
                    actual.put(identity, changes.kind());
                }
            }
            assertEquals(expected, actual);
            assertEquals(List.copyOf(expected.keySet()), order);
            assertEquals(unchanged, delta.summary().unchanged());
            assertEquals(before.size(), delta.summary().before());
            assertEquals(after.size(), delta.summary().after());
            for (ChangeKind kind : List.of(ChangeKind.NEW, ChangeKind.CHANGED, ChangeKind.DELETED)) {
                long count = expected.values().stream().filter(kind::equals).count();
                assertEquals(count, delta.summary().count(kind));
            }
            assertTrue(new MergeDelta(left.finish(), left.finish()).summary().isEmpty());
        }
    }
}
