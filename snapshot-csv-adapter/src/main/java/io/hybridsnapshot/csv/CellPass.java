package io.hybridsnapshot.csv;

import java.util.List;
import java.util.Optional;

/**
 * One pass over a table of text cells: the header, then blocks of cells for a reader. Throws {@link CellErrors} only.
 * For one thread; closed by its maker.
 */
interface CellPass extends AutoCloseable {
    /** A longer field is taken for an unclosed quote; a whole field is in memory. */
    int MAX_FIELD_CHARS = 16 << 20;

    /** Every column takes memory in each batch and in each row group, independent of its cells. */
    int MAX_COLUMNS = 10_000;

    /** The most bytes that the cells of one row may take in a batch, next to the preceding row. */
    int MAX_ROW_BYTES = 32 << 20;

    /** The errors of this pass. */
    CellErrors errors();

    /** Reads the header. Its names are then known to exist and to be unique. */
    List<String> readHeader();

    /** The line on which the header stands. */
    long headerLine();

    /**
     * Passes the next cells to the reader.
     *
     * @param maxRows the most rows that may end with these cells, at least 1
     * @return false at the end of the table
     */
    boolean advance(int maxRows, CellReader reader);

    /** Passes all cells to the reader. */
    default void readAll(CellReader reader) {
        while (advance(CellBlock.BLOCK_CELLS, reader)) {
            // The reader has taken the cells.
        }
    }

    /** The part of the table that was read, in the unit of {@link CellTable#length}. */
    default long position() {
        return 0;
    }

    /** What users of the rows should know about this pass; only after {@link #advance} has returned false. */
    Optional<String> remark();

    /** The place of a row that starts on this line, for messages. */
    String place(long line);

    @Override
    void close();
}
