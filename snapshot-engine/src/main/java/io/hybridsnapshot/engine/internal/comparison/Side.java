package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import java.util.Optional;

/**
 * One side of a comparison: the rows of one state of a partition, and the data of them that can be compared. One
 * thread; the caller that made a side closes it.
 */
public sealed interface Side extends AutoCloseable permits NoSide, SourceSide, StoredSide {
    /** Names the side, for people. */
    String label();

    /** Returns the columns, if they are known. */
    Optional<Schema> schema();

    /** Checks whether the hashes at hand are those of a spec. */
    boolean isHashedBy(HashSpec spec);

    /** Checks whether the side's cells can be read, so that its rows can be hashed in any way. */
    boolean hasCells();

    /** Returns why cells that the side should have cannot be used; empty: they can, or there are none. */
    Optional<RemedyText> lostCells();

    /**
     * Returns identities and hashes. The hashes are those of the spec if {@link #isHashedBy} or {@link #hasCells}, else
     * those at hand.
     */
    SortedKeyedRows rows(HashSpec spec, RowHashing hashing);

    /** Returns the rows with their positions in the file of {@link #cells}; identities as {@link #rows} has them. */
    SortedKeyedRows located(HashSpec spec, RowHashing hashing);

    /** Returns the file with the side's cells; closed with the side. */
    Optional<SnapshotReader> cells();

    /**
     * Returns the file with the cells that {@link #rows} hashes, if the rows of a file are the data that is compared.
     * Empty if hashes at hand are compared, or the rows come from a stream that can be read only once and is not copied
     * to a file. Closed with the side.
     */
    Optional<SnapshotReader> comparedCells(HashSpec spec);

    /**
     * Estimates the number of the side's rows.
     *
     * @param read the number of those that were read
     * @return 0 if it is not known
     */
    long expectedRows(long read);

    /** Returns a remark of the side's reading; empty: none. */
    Optional<String> remark();

    @Override
    void close();
}
