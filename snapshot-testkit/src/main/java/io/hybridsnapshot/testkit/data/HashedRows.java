package io.hybridsnapshot.testkit.data;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot as a window sees it: identities and row hashes, in no particular order. The rows come from a seed and
 * include identities at the edges of the byte order (high bits set, equal first words). The comparison with another
 * snapshot is deliberately simple, so that tests can check a store's delta against it. Immutable. Meant for tests, not
 * for large snapshots.
 */
public final class HashedRows {
    /**
     * The order of identities in deltas and fingerprints: their 16 bytes, compared as unsigned. {@link UUID#compareTo}
     * orders differently.
     */
    public static final Comparator<UUID> BYTE_ORDER = Comparator.comparing(HashedRows::bytes, Arrays::compareUnsigned);

    private static final long[][] EDGES = {
        {0, 0},
        {-1, -1},
        {Long.MIN_VALUE, 0},
        {Long.MAX_VALUE, -1},
        {0, Long.MIN_VALUE},
        {0, Long.MAX_VALUE},
        {1, -1},
        {-1, 0}
    };

    private final Map<UUID, String> hashes;

    private HashedRows(Map<UUID, String> hashes) {
        this.hashes = Collections.unmodifiableMap(new LinkedHashMap<>(hashes));
    }

    /**
     * One row that differs between two snapshots.
     *
     * @param identity the row's identity
     * @param kind the kind of change, never UNCHANGED
     */
    public record Change(UUID identity, ChangeKind kind) {}

    /** No rows. */
    public static HashedRows none() {
        return new HashedRows(Map.of());
    }

    /** These rows: hash as 64 lower-case hex digits by identity, in the map's order. */
    public static HashedRows of(Map<UUID, String> hashes) {
        return new HashedRows(hashes);
    }

    /** The rows that are left in a stream of a window, which the caller closes. */
    public static HashedRows read(KeyedRowStream stream) {
        Map<UUID, String> rows = new LinkedHashMap<>();
        for (Optional<KeyedHashes> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
            for (int row = 0; row < batch.get().size(); row++) {
                rows.put(batch.get().identity(row), batch.get().hex(row));
            }
        }
        return new HashedRows(rows);
    }

    /** Rows of random identities and hashes; from 8 rows on the edges of the byte order are among them. */
    public static HashedRows random(long seed, int count) {
        Random random = new Random(seed);
        List<UUID> identities = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            identities.add(
                    count >= EDGES.length && i < EDGES.length
                            ? new UUID(EDGES[i][0], EDGES[i][1])
                            : new UUID(random.nextLong(), random.nextLong()));
        }
        Collections.shuffle(identities, random);
        Map<UUID, String> rows = new LinkedHashMap<>();
        for (UUID identity : identities) {
            rows.put(identity, randomHash(random));
        }
        return new HashedRows(rows);
    }

    /**
     * These rows a day later, in another order. About a tenth is removed, a fifth is changed (some rows by one bit
     * only) and a seventh is added.
     */
    public HashedRows nextDay(long seed) {
        Random random = new Random(seed);
        List<Map.Entry<UUID, String>> rows = new ArrayList<>();
        hashes.forEach((identity, hash) -> {
            int fate = random.nextInt(10);
            if (fate >= 3) {
                rows.add(Map.entry(identity, hash));
            } else if (fate == 2) {
                rows.add(Map.entry(identity, flipLastBit(hash)));
            } else if (fate == 1) {
                rows.add(Map.entry(identity, randomHash(random)));
            }
        });
        for (int i = 0; i < hashes.size() / 7; i++) {
            rows.add(Map.entry(new UUID(random.nextLong(), random.nextLong()), randomHash(random)));
        }
        Collections.shuffle(rows, random);
        Map<UUID, String> later = new LinkedHashMap<>();
        rows.forEach(row -> later.put(row.getKey(), row.getValue()));
        return new HashedRows(later);
    }

    /** The number of rows. */
    public int size() {
        return hashes.size();
    }

    /** Hash by identity, in the order in which {@link #batches} gives them. */
    public Map<UUID, String> hashes() {
        return hashes;
    }

    /** The rows in batches of at most {@code batchRows}; none for no rows. */
    public List<KeyedHashes> batches(int batchRows) {
        List<KeyedHashes> batches = new ArrayList<>();
        for (Map.Entry<UUID, String> row : hashes.entrySet()) {
            if (batches.isEmpty() || batches.get(batches.size() - 1).size() == batchRows) {
                batches.add(new KeyedHashes(Math.min(batchRows, hashes.size())));
            }
            append(batches.get(batches.size() - 1), row.getKey(), row.getValue());
        }
        return batches;
    }

    /** All rows in one batch. */
    public KeyedHashes batch() {
        return hashes.isEmpty() ? new KeyedHashes(1) : batches(hashes.size()).get(0);
    }

    /** The counts of the delta from an earlier snapshot to this one. */
    public DeltaSummary summarySince(HashedRows before) {
        long changed = 0;
        long unchanged = 0;
        long added = 0;
        for (Map.Entry<UUID, String> row : hashes.entrySet()) {
            String earlier = before.hashes.get(row.getKey());
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

    /** The rows that differ from an earlier snapshot, in byte order of the identity. */
    public List<Change> changesSince(HashedRows before) {
        TreeMap<UUID, Change> changes = new TreeMap<>(BYTE_ORDER);
        hashes.forEach((identity, hash) -> {
            String earlier = before.hashes.get(identity);
            if (earlier == null) {
                changes.put(identity, new Change(identity, ChangeKind.NEW));
            } else if (!earlier.equals(hash)) {
                changes.put(identity, new Change(identity, ChangeKind.CHANGED));
            }
        });
        before.hashes.keySet().forEach(identity -> {
            if (!hashes.containsKey(identity)) {
                changes.put(identity, new Change(identity, ChangeKind.DELETED));
            }
        });
        return List.copyOf(changes.values());
    }

    /** The fingerprint of these rows. */
    public Fingerprint fingerprint() {
        TreeMap<UUID, String> sorted = new TreeMap<>(BYTE_ORDER);
        sorted.putAll(hashes);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            sorted.forEach((identity, hash) -> {
                digest.update(bytes(identity));
                digest.update(HexFormat.of().parseHex(hash));
            });
            return new Fingerprint(HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no SHA-256", e);
        }
    }

    private static void append(KeyedHashes batch, UUID identity, String hash) {
        ByteBuffer words = ByteBuffer.wrap(HexFormat.of().parseHex(hash));
        batch.append(
                identity.getMostSignificantBits(),
                identity.getLeastSignificantBits(),
                words.getLong(),
                words.getLong(),
                words.getLong(),
                words.getLong());
    }

    private static String randomHash(Random random) {
        byte[] hash = new byte[32];
        random.nextBytes(hash);
        return HexFormat.of().formatHex(hash);
    }

    private static String flipLastBit(String hash) {
        byte[] bytes = HexFormat.of().parseHex(hash);
        bytes[bytes.length - 1] ^= 1;
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] bytes(UUID identity) {
        return ByteBuffer.allocate(16)
                .putLong(identity.getMostSignificantBits())
                .putLong(identity.getLeastSignificantBits())
                .array();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof HashedRows rows && hashes.equals(rows.hashes);
    }

    @Override
    public int hashCode() {
        return hashes.hashCode();
    }

    @Override
    public String toString() {
        return hashes.size() + " hashed rows";
    }
}
