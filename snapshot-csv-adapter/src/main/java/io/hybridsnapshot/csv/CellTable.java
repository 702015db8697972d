package io.hybridsnapshot.csv;

/** A table whose cells are texts, in a file of some form. Immutable; any number of passes may be open at once. */
interface CellTable {
    /** Names the table, for messages. */
    String name();

    /** Whether the table can be read more than once: a pipe cannot. */
    boolean isRepeatable();

    /** The whole that {@link CellPass#position} is a part of; 0 if passes do not know their position. */
    default long length() {
        return 0;
    }

    /**
     * Starts a pass over the table; the caller closes it.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException if the file is missing, damaged or cannot be read
     */
    CellPass pass();
}
