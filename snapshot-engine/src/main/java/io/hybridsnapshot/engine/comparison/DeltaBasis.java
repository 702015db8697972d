package io.hybridsnapshot.engine.comparison;

/** The data on which two snapshots were compared. */
public enum DeltaBasis {
    /** There was nothing to compare with: every row is NEW. */
    FIRST_SNAPSHOT,
    /** The hashes of whole rows, under one spec and one schema. */
    WHOLE_ROWS,
    /**
     * Hashes over the columns that both have, computed anew, because columns were added, dropped or retyped. Columns
     * with two types that hash equal values differently are hashed in a form that both types share ({@link
     * ColumnBasis}).
     */
    SHARED_COLUMNS,
    /** Rows were hashed anew from their archive, because they had been hashed by another spec, or by an unknown one. */
    REHASHED,
    /**
     * The hashes of whole rows although columns were added, dropped or retyped, because the earlier snapshot has no
     * archive. A row that differs only in such a column counts as CHANGED.
     */
    WHOLE_ROWS_DESPITE_DRIFT,
    /**
     * The hashes that a foreign writer made, against the later rows hashed in the same way: the earlier rows' cells are
     * not known, so no CHANGED row has columns.
     */
    LEGACY_HASHES,
    /**
     * Keys alone, because hashes of two specs are never compared and no archive holds the earlier rows: every row of
     * both counts as CHANGED.
     */
    KEYS_ONLY
}
