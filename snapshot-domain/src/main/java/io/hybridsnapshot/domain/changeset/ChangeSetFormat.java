package io.hybridsnapshot.domain.changeset;

import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.List;

/**
 * The columns and notes of a change set's file ({@code docs/change-sets.md}). The file is written by the codec of the
 * snapshots. It has few columns, since a Parquet footer takes 140 bytes a column: a line is a row of a snapshot, a
 * cell, or a part of the description. Lines stand in the order of {@link LineKind}: the description, then a line for
 * each row that differs, then its cells, column by column. Stateless.
 */
public final class ChangeSetFormat {
    /** The number of this form, the value of {@link #FORM_KEY}. */
    public static final String FORM = "1";

    /** Notes of the file. */
    public static final String FORM_KEY = "change-set.form";

    public static final String BASE_ARCHIVE_KEY = "change-set.base-archive";
    public static final String BASE_BATCH_KEY = "change-set.base-batch";
    public static final String ROWS_BEFORE_KEY = "change-set.rows-before";
    public static final String ROWS_AFTER_KEY = "change-set.rows-after";

    /** The {@link LineKind}. */
    public static final int KIND = 0;

    /** A row's position in the earlier snapshot, from 0; a column's position there. */
    public static final int POSITION_BEFORE = 1;

    /** A row's position in the later snapshot, from 0; a column's position there. */
    public static final int POSITION_AFTER = 2;

    /** The row's identity, on the line of a row. */
    public static final int IDENTITY = 3;

    /** The name of a column or a note; NULL on the line of a row. */
    public static final int COLUMN = 4;

    /** The cell before as {@link io.hybridsnapshot.domain.batch.CellText}; the type of a column. */
    public static final int BEFORE = 5;

    /** The cell after, likewise. */
    public static final int AFTER = 6;

    /** The columns of the file. */
    public static final Schema SCHEMA = Schema.of(List.of(
            new Column("kind", ColumnType.TEXT),
            new Column("position_before", ColumnType.INT64),
            new Column("position_after", ColumnType.INT64),
            new Column("identity", ColumnType.UUID),
            new Column("column", ColumnType.TEXT),
            new Column("before", ColumnType.TEXT),
            new Column("after", ColumnType.TEXT)));

    private ChangeSetFormat() {}
}
