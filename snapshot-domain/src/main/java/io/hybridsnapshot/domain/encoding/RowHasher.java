package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.Sha256;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Computes identities and HSR1 row hashes of batches of one schema. Not thread-safe: one hasher a thread.
 */
public final class RowHasher {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long VERSION_8 = 0x8000L;
    private static final long VERSION_MASK = 0xF000L;
    private static final long VARIANT = 0x8000000000000000L;
    private static final long VARIANT_MASK = 0xC000000000000000L;

    private final Schema schema;
    private final Optional<RowMessages> rows;
    private final OptionalInt uuidKey;
    private final RowEncoder keys;
    private final MessageDigest sha256 = Sha256.digest();
    private final byte[] digest = new byte[32];

    private RowHasher(Schema schema, Optional<RowMessages> rows, OptionalInt uuidKey, RowEncoder keys) {
        this.schema = schema;
        this.rows = rows;
        this.uuidKey = uuidKey;
        this.keys = keys;
    }

    /**
     * Returns a hasher of rows.
     *
     * @throws SnapshotException INVALID_REQUEST if a key column is unknown or a rule does not fit its column
     */
    public static RowHasher of(Schema schema, HashSpec spec, Collection<String> keyColumns) {
        return of(schema, spec, keyColumns, RowEncoder.ofRows(schema, spec));
    }

    /** Makes a hasher with the spec's identities and with hashes of other messages. */
    static RowHasher of(Schema schema, HashSpec spec, Collection<String> keyColumns, RowMessages rows) {
        return new RowHasher(
                schema,
                Optional.of(rows),
                uuidKey(schema, spec, keyColumns),
                RowEncoder.ofKeys(schema, spec, keyColumns));
    }

    /**
     * Returns a hasher of identities alone: every row hash is zero. For schemas that hold the key columns and nothing
     * else of use.
     */
    public static RowHasher ofIdentities(Schema schema, HashSpec spec, Collection<String> keyColumns) {
        return new RowHasher(
                schema,
                Optional.empty(),
                uuidKey(schema, spec, keyColumns),
                RowEncoder.ofKeys(schema, spec, keyColumns));
    }

    private static OptionalInt uuidKey(Schema schema, HashSpec spec, Collection<String> keyColumns) {
        if (keyColumns.size() == 1) {
            int index = schema.indexOf(keyColumns.iterator().next());
            boolean encoded =
                    spec.commonForms().containsKey(schema.column(index).name());
            if (schema.column(index).type().kind() == TypeKind.UUID && !encoded) {
                return OptionalInt.of(index);
            }
        }
        return OptionalInt.empty();
    }

    /**
     * Computes the identities and hashes of a batch's rows. A row whose key columns are all NULL has no identity
     * ({@link KeyedHashes#lacksIdentity}); a key of several columns may hold some NULLs.
     *
     * @throws IllegalArgumentException if the batch has another schema
     */
    public KeyedHashes hash(RowBatch batch) {
        if (!batch.schema().equals(schema)) {
            throw new IllegalArgumentException("a batch of another schema");
        }
        KeyedHashes hashes = new KeyedHashes(batch.rowCount());
        rows.ifPresent(encoder -> encoder.read(batch));
        if (uuidKey.isEmpty()) {
            keys.read(batch);
        }
        for (int row = 0; row < batch.rowCount(); row++) {
            hashRow(batch, row, hashes);
        }
        return hashes;
    }

    private void hashRow(RowBatch batch, int row, KeyedHashes hashes) {
        long high;
        long low;
        boolean identified;
        if (uuidKey.isPresent()) {
            UuidVector key = (UuidVector) batch.vector(uuidKey.getAsInt());
            identified = !key.isNull(row);
            high = key.high(row);
            low = key.low(row);
        } else {
            keys.encode(row);
            identified = !keys.holdsNullsAlone();
            digest(keys);
            high = word(0) & ~VERSION_MASK | VERSION_8;
            low = word(1) & ~VARIANT_MASK | VARIANT;
        }
        long hash0 = 0;
        long hash1 = 0;
        long hash2 = 0;
        long hash3 = 0;
        if (rows.isPresent()) {
            rows.get().encode(row);
            digest(rows.get());
            hash0 = word(0);
            hash1 = word(1);
            hash2 = word(2);
            hash3 = word(3);
        }
        if (identified) {
            hashes.append(high, low, hash0, hash1, hash2, hash3);
        } else {
            hashes.appendWithoutIdentity(high, low, hash0, hash1, hash2, hash3);
        }
    }

    private void digest(RowMessages encoder) {
        sha256.update(encoder.buffer(), encoder.start(), encoder.length());
        try {
            sha256.digest(digest, 0, digest.length);
        } catch (DigestException e) {
            throw new IllegalStateException("SHA-256 has 32 bytes", e);
        }
    }

    private long word(int index) {
        return (long) LONG.get(digest, Long.BYTES * index);
    }
}
