package io.hybridsnapshot.sqlserver;

/** What a read of many rows sees of changes that others commit meanwhile; a matter of the database's options. */
public enum ReadConsistency {
    /** The database allows SNAPSHOT isolation: all rows are as they were when the read began, and nobody waits. */
    SNAPSHOT,
    /**
     * READ_COMMITTED_SNAPSHOT is on: all rows of one statement are as they were when it began, and nobody waits. A {@link SqlServerRowSource}
     * reads by one statement.
     */
    STATEMENT,
    /**
     * Neither is: rows are locked one by one while they are read. A row that changes meanwhile is read as before or as after, one that moves
     * within its index may be missed or read twice, and writers wait for the reader and the reader for them.
     */
    LOCKS;

    /** Whether one reading statement sees one moment. */
    public boolean isOneMoment() {
        return this != LOCKS;
    }
}
