package io.hybridsnapshot.domain.error;

/** The remedies that the domain and the adapters refer to. */
public enum CommonRemedy implements Remedy {
    /** To do the same again; a verb phrase. */
    REPEAT("repeat the call"),
    /** The list of snapshots and archives; a noun. */
    LIST("the list of snapshots"),
    /** The list of removed archives; a noun. */
    LIST_REMOVED("the list of removed archives"),
    /** The names and types of a table's columns; a noun. */
    LIST_COLUMNS("the table's schema"),
    /** The recovery of interrupted saves; a noun. */
    RECOVERY("recovery"),
    /** The preparation of the window's tables for a dataset; a noun. */
    PREPARATION("WindowStore.prepare"),
    /** The creation of the tables of window and archive; a noun. */
    MIGRATION("the migration"),
    /** A server for a program that has no files of PostgreSQL for its platform; a verb phrase. */
    OTHER_SERVER("add its files to the class path, or configure a database server");

    private final String words;

    CommonRemedy(String words) {
        this.words = words;
    }

    @Override
    public String words() {
        return words;
    }
}
