package io.hybridsnapshot.domain.changeset;

/**
 * The kinds of lines in a change set's file, in the order in which they stand there. {@link ChangeSetFormat} lists the
 * columns that a line of each kind fills.
 */
public enum LineKind {
    /** A column of one of the two snapshots, or of both. */
    SCHEMA,
    /** A column of the key. */
    KEY,
    /** A note that a snapshot's file holds beside its rows. */
    NOTE,
    /** The beginning of a run of rows that stand in another order than before. */
    RUN,
    /** A row that only the earlier snapshot has, or a cell of it. */
    DELETED,
    /** A row that only the later snapshot has, or a cell of it. */
    NEW,
    /** A row whose compared cells differ, or a cell of it. */
    CHANGED,
    /** A row whose compared cells are equal while others differ, or a cell of it. */
    TOUCHED,
    /** A cell of a column that is stored whole. */
    COLUMN
}
