package io.hybridsnapshot.testkit.data;

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
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * A few orders of a window, with hashes that differ by a number. Row i has the order number {@code JOO-i} in five
 * digits, and the columns of {@code ORDERS_UNIFIED} that a window carries. Immutable; for tests.
 *
 * @param seed the same in the hashes of all rows
 * @param count the number of rows
 * @param changed the number in the hash by row, where it is not 0
 * @param name the order number of every row; empty for one of each row's own
 * @param columns the number of columns of the source
 */
public record NumberedRows(long seed, int count, Map<Integer, Integer> changed, String name, int columns) {
    private static final Schema SCHEMA = Schema.of(
            new Column("record_uuid", ColumnType.UUID),
            new Column("CUSTOMER NAME", ColumnType.TEXT),
            new Column("CUSTOMER STYLE", ColumnType.TEXT),
            new Column("AAG ORDER NUMBER", ColumnType.TEXT));

    /** Copies the numbers. */
    public NumberedRows {
        changed = Map.copyOf(changed);
    }

    /** The rows of a source that has the carried columns and the key alone. */
    public NumberedRows(long seed, int count, Map<Integer, Integer> changed, String name) {
        this(seed, count, changed, name, SCHEMA.size());
    }

    /** The same of a source with so many columns. Only the first four are staged, and the others not carried. */
    public NumberedRows ofColumns(int columnCount) {
        return new NumberedRows(seed, count, changed, name, columnCount);
    }

    private Schema source() {
        List<Column> all = new ArrayList<>(SCHEMA.columns());
        for (int i = all.size(); i < columns; i++) {
            all.add(new Column("COLUMN " + i, ColumnType.TEXT));
        }
        return Schema.of(all);
    }

    /** Rows without a change. */
    public static NumberedRows of(long seed, int count) {
        return new NumberedRows(seed, count, Map.of(), "");
    }

    /** The same with another hash in one row. */
    public NumberedRows with(int row, int version) {
        Map<Integer, Integer> changes = new HashMap<>(changed);
        changes.put(row, version);
        return new NumberedRows(seed, count, changes, name);
    }

    /** The same with this order number in every row. */
    public NumberedRows named(String orderNumber) {
        return new NumberedRows(seed, count, changed, orderNumber);
    }

    /** Identities and hashes of all rows. */
    public KeyedHashes hashes() {
        KeyedHashes hashes = new KeyedHashes(count);
        for (int i = 0; i < count; i++) {
            hashes.append(i, 0x8000_0000_0000_0000L | i, seed, i, changed.getOrDefault(i, 0), -1);
        }
        return hashes;
    }

    /** The hash of a row as 64 hex digits. */
    public String hex(int row) {
        return hashes().hex(row);
    }

    /** The hashes as hex digits, by identity. */
    public Map<UUID, String> byIdentity() {
        KeyedHashes hashes = hashes();
        Map<UUID, String> rows = new HashMap<>();
        for (int i = 0; i < count; i++) {
            rows.put(hashes.identity(i), hashes.hex(i));
        }
        return rows;
    }

    /** Begins, stages and seals these rows as the snapshot of a day of March 2026. */
    public void seal(WindowWriter writer, SnapshotId id, int day) {
        writer.begin(new StagingRequest(id, date(day), "hsr1", SCHEMA));
        writer.stage(id, batch(), hashes());
        writer.seal(id, count, new Fingerprint("ab".repeat(32)));
    }

    /** Begins these rows as the snapshot of a day, and stages and seals it as its changes. */
    public void sealChanges(WindowWriter writer, SnapshotId id, int day, NumberedRows before) {
        WindowChanges changes = writer.changes().orElseThrow();
        BaseSnapshot base = changes.base().orElseThrow();
        writer.begin(new StagingRequest(id, date(day), "hsr1", source()));
        KeyedHashes hashes = hashes();
        KeyedHashes former = before.grown(count).hashes();
        List<Integer> written = new ArrayList<>();
        BitSet added = new BitSet();
        for (int i = 0; i < count; i++) {
            if (i >= before.count || hashes.hashWord(i, 2) != former.hashWord(i, 2)) {
                added.set(written.size(), i >= before.count);
                written.add(i);
            }
        }
        if (!written.isEmpty()) {
            changes.stage(id, new ChangedRows(batch(written), some(hashes, written), some(former, written), added));
        }
        List<Integer> gone = IntStream.range(count, before.count).boxed().toList();
        if (!gone.isEmpty()) {
            changes.stageDeleted(id, some(before.hashes(), gone));
        }
        int changed = written.size() - added.cardinality();
        DeltaSummary counts = new DeltaSummary(
                added.cardinality(), changed, Math.min(count, before.count) - (long) changed, gone.size());
        changes.seal(id, base, counts, new Fingerprint("ab".repeat(32)));
    }

    private NumberedRows grown(int least) {
        return new NumberedRows(seed, Math.max(count, least), changed, name);
    }

    private static KeyedHashes some(KeyedHashes all, List<Integer> rows) {
        KeyedHashes some = new KeyedHashes(rows.size());
        for (int row : rows) {
            some.append(
                    all.identityHigh(row),
                    all.identityLow(row),
                    all.hashWord(row, 0),
                    all.hashWord(row, 1),
                    all.hashWord(row, 2),
                    all.hashWord(row, 3));
        }
        return some;
    }

    private static Instant date(int day) {
        return Instant.parse("2026-03-01T06:00:00.000001Z").plus(day - 1L, ChronoUnit.DAYS);
    }

    private RowBatch batch() {
        return batch(IntStream.range(0, count).boxed().toList());
    }

    private RowBatch batch(List<Integer> rows) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(SCHEMA, Math.max(1, rows.size()));
        KeyedHashes hashes = hashes();
        for (int i : rows) {
            ((UuidVector) vectors.get(0)).append(hashes.identity(i));
            ((BytesVector) vectors.get(1)).append("GREYSON");
            vectors.get(2).appendNull();
            ((BytesVector) vectors.get(3)).append(name.isEmpty() ? "JOO-%05d".formatted(i) : name);
        }
        return new RowBatch(SCHEMA, vectors);
    }
}
