package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.BaseSnapshot;
import io.hybridsnapshot.domain.window.ChangedRows;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowChanges;
import io.hybridsnapshot.domain.window.WindowWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A few orders with hashes that differ by a number; for tests. */
record Rows(long seed, int count, Map<Integer, Integer> changed, String name) {
    private static final Schema SCHEMA = Schema.of(
            new Column("record_uuid", ColumnType.UUID),
            new Column("CUSTOMER NAME", ColumnType.TEXT),
            new Column("CUSTOMER STYLE", ColumnType.TEXT),
            new Column("AAG ORDER NUMBER", ColumnType.TEXT));

    static Rows of(long seed, int count, int version) {
        return new Rows(seed, count, Map.of(-1, version), "");
    }

    /** The same with another hash in one row. */
    Rows with(int row, int version) {
        Map<Integer, Integer> changes = new HashMap<>(changed);
        changes.put(row, version);
        return new Rows(seed, count, changes, name);
    }

    /** The same with this order number in every row. */
    Rows named(String orderNumber) {
        return new Rows(seed, count, changed, orderNumber);
    }

    KeyedHashes hashes() {
        KeyedHashes hashes = new KeyedHashes(count);
        for (int i = 0; i < count; i++) {
            hashes.append(i, 0x8000_0000_0000_0000L | i, seed, i, changed.getOrDefault(i, 0), -1);
        }
        return hashes;
    }

    String hex(int row) {
        return hashes().hex(row);
    }

    Map<UUID, String> byIdentity() {
        KeyedHashes hashes = hashes();
        Map<UUID, String> rows = new HashMap<>();
        for (int i = 0; i < count; i++) {
            rows.put(hashes.identity(i), hashes.hex(i));
        }
        return rows;
    }

    /** Begins, stages and seals these rows as the snapshot of a day of March 2026. */
    void seal(WindowWriter writer, SnapshotId id, int day) {
        Instant date = Instant.parse("2026-03-01T06:00:00.000001Z").plus(day - 1L, ChronoUnit.DAYS);
        writer.begin(new StagingRequest(id, date, "hsr1", SCHEMA));
        writer.stage(id, batch(), hashes());
        writer.seal(id, count, new Fingerprint("ab".repeat(32)));
    }

    /** Begins, stages and seals the same with another hash in one row, as one change. */
    void sealChange(WindowWriter writer, WindowChanges changes, SnapshotId id, int row, int version, int day) {
        BaseSnapshot base = changes.base().orElseThrow();
        Instant date = Instant.parse("2026-03-01T06:00:00.000001Z").plus(day - 1L, ChronoUnit.DAYS);
        writer.begin(new StagingRequest(id, date, "hsr1", SCHEMA));
        KeyedHashes all = with(row, version).hashes();
        KeyedHashes after = one(all, row);
        List<ColumnVector> vectors = RowBatch.vectorsFor(SCHEMA, 1);
        ((UuidVector) vectors.get(0)).append(all.identity(row));
        ((BytesVector) vectors.get(1)).append("GREYSON");
        vectors.get(2).appendNull();
        ((BytesVector) vectors.get(3)).append("JOO-%05d".formatted(row));
        changes.stage(id, new ChangedRows(new RowBatch(SCHEMA, vectors), after, one(hashes(), row), new BitSet()));
        changes.seal(id, base, new DeltaSummary(0, 1, count - 1L, 0), new Fingerprint("cd".repeat(32)));
    }

    private static KeyedHashes one(KeyedHashes all, int row) {
        KeyedHashes one = new KeyedHashes(1);
        one.append(
                all.identityHigh(row),
                all.identityLow(row),
                all.hashWord(row, 0),
                all.hashWord(row, 1),
                all.hashWord(row, 2),
                all.hashWord(row, 3));
        return one;
    }

    private RowBatch batch() {
        List<ColumnVector> vectors = RowBatch.vectorsFor(SCHEMA, count);
        KeyedHashes hashes = hashes();
        for (int i = 0; i < count; i++) {
            ((UuidVector) vectors.get(0)).append(hashes.identity(i));
            ((BytesVector) vectors.get(1)).append("GREYSON");
            vectors.get(2).appendNull();
            ((BytesVector) vectors.get(3)).append(name.isEmpty() ? "JOO-%05d".formatted(i) : name);
        }
        return new RowBatch(SCHEMA, vectors);
    }
}
