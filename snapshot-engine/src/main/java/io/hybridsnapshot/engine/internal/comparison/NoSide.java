package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import java.util.Optional;

/** The earlier side of a partition's first snapshot: no rows. */
public record NoSide() implements Side {
    @Override
    public String label() {
        return "nothing";
    }

    @Override
    public Optional<Schema> schema() {
        return Optional.empty();
    }

    @Override
    public boolean isHashedBy(HashSpec spec) {
        return true;
    }

    @Override
    public boolean hasCells() {
        return false;
    }

    @Override
    public Optional<RemedyText> lostCells() {
        return Optional.empty();
    }

    @Override
    public SortedKeyedRows rows(HashSpec spec, RowHashing hashing) {
        return hashing.sorter().finish();
    }

    @Override
    public SortedKeyedRows located(HashSpec spec, RowHashing hashing) {
        return rows(spec, hashing);
    }

    @Override
    public Optional<SnapshotReader> cells() {
        return Optional.empty();
    }

    @Override
    public Optional<SnapshotReader> comparedCells(HashSpec spec) {
        return Optional.empty();
    }

    @Override
    public long expectedRows(long read) {
        return 0;
    }

    @Override
    public Optional<String> remark() {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
