package io.hybridsnapshot.sqlserver.source;

/** The visibility of concurrent commits to a read of many rows; determined by the database's options. */
public enum ReadConsistency {
    /**
     * The database allows SNAPSHOT isolation. All rows are those of the moment at which the read began, and no session
     * waits.
     */
    SNAPSHOT,
    /**
     * READ_COMMITTED_SNAPSHOT is on. All rows of one statement are those of the moment at which it began, and no
     * session waits. A {@link SqlServerRowSource} reads with one statement.
     */
    STATEMENT,
    /**
     * Neither is the case, and rows are locked one by one while they are read. A row that changes meanwhile is read in
     * its old or new state. A row that moves within its index may be missed or read twice. Writers and the reader wait
     * for each other.
     */
    LOCKS;

    /** Whether one reading statement sees one moment. */
    public boolean isOneMoment() {
        return this != LOCKS;
    }
}
