package io.hybridsnapshot.csv;

/**
 * Cells of a table, in the order of its file: usually of whole rows, or a part of a row that is larger than the buffer.
 * Cell {@code i} belongs to column {@code (firstField + i) % width}. A hot path: the fields are read directly. For one
 * thread.
 */
class CellBlock {
    /** The most cells of a block; a row of the widest table fits. */
    static final int BLOCK_CELLS = 1 << 14;

    /** The length of an empty cell in quotes. */
    static final int QUOTED_EMPTY = -1;

    /** The length of a cell whose text stands for NULL. */
    static final int NULL_TEXT = -2;

    /** A block ends with the row that reaches this many bytes. */
    static final int BLOCK_BYTES = 1 << 18;

    /** The number of columns. */
    final int width;

    /** The bytes that {@link #starts} refers to. */
    byte[] buffer;

    final int[] starts = new int[BLOCK_CELLS];

    /**
     * The lengths in bytes, without quotes; {@link #QUOTED_EMPTY} for an empty cell in quotes, {@link #NULL_TEXT} for a
     * text that stands for NULL.
     */
    final int[] lengths = new int[BLOCK_CELLS];

    /** The number of cells in the block. */
    int cells;

    /** The column of the first cell. */
    int firstField;

    /** The number of rows that end in the block. */
    int rows;

    /** For each of these rows the physical line, from 1, on which it starts. */
    final long[] lines = new long[BLOCK_CELLS];

    /** The line on which the next row starts, or the row that is not ended. */
    long line;

    /** The number of fields so far of the row that is not ended; of a ragged row all of its fields. */
    int fields;

    CellBlock(int width, byte[] buffer, long line) {
        this.width = width;
        this.buffer = buffer;
        this.line = line;
    }

    /** The line on which the row of a cell starts. */
    final long lineOf(int cell) {
        int row = (firstField + cell) / width;
        return row < rows ? lines[row] : line;
    }
}
