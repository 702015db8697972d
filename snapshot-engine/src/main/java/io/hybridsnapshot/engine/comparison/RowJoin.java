package io.hybridsnapshot.engine.comparison;

/** Where a detection joins the hashes of a source's rows with those of the window's current snapshot. */
public enum RowJoin {
    /**
     * In this process. The hashes of the current snapshot are read from the window before the source, and sorted here.
     * Nothing is written in the window's database.
     */
    STREAM,
    /** In the window's database. The hashes of the source's rows are sent there, to a temporary table. */
    DATABASE;

    /** The join that took less time of the server and of the client on PostgreSQL. */
    public static final RowJoin DEFAULT = STREAM;
}
