package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;

/**
 * Digests of single cells, by the encoding of the row hashes and without the column's name. Equal values have equal
 * digests in any column and any comparable type. The digests serve to search for likeness, not for proof: they have 64
 * bits and no secret (FNV-1a, finished as MurmurHash3 is). A hot path. Not thread-safe.
 */
public final class CellDigests {
    /** The digest of NULL, and of no value. */
    public static final long OF_NULL = 0;

    private static final int COLUMN_ID_BYTES = 8;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final RowEncoder encoder;
    private final int[] fields;

    private CellDigests(RowEncoder encoder, int[] fields) {
        this.encoder = encoder;
        this.fields = fields;
    }

    /** Makes digests of the columns of a schema. */
    public static CellDigests of(Schema schema) {
        RowEncoder encoder = RowEncoder.ofRows(schema, HashSpec.ALL_COLUMNS);
        int[] fields = schema.names().stream().mapToInt(encoder::fieldOf).toArray();
        return new CellDigests(encoder, fields);
    }

    /** Takes the batch that the next digests are of. */
    public void read(RowBatch batch) {
        encoder.read(batch);
    }

    /**
     * Returns the digest of a cell of the batch read last, by the column's position in the schema; {@link #OF_NULL} for
     * NULL alone.
     */
    public long digest(int column, int row) {
        if (!encoder.encodeField(fields[column], row)) {
            return OF_NULL;
        }
        byte[] bytes = encoder.buffer();
        int end = encoder.start() + encoder.length();
        long digest = FNV_OFFSET;
        for (int at = encoder.start() + COLUMN_ID_BYTES; at < end; at++) {
            digest = (digest ^ bytes[at] & 0xff) * FNV_PRIME;
        }
        digest = mixed(digest);
        return digest == OF_NULL ? 1 : digest;
    }

    /** Spreads a number over all 64 bits, one to one. */
    public static long mixed(long number) {
        long mixed = (number ^ number >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}
