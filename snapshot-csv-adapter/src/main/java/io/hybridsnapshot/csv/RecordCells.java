package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Arrays;

/**
 * Receives the cells of records. A cell that a record does not pass is NULL. An empty text counts as an empty cell in
 * quotes does in CSV. A lone surrogate is kept. For one thread.
 */
public final class RecordCells {
    private final CellErrors errors;
    private final int width;
    private final CellBlock block;
    private BytesVector texts = new BytesVector(0);

    /** The bytes of the record that is not ended. */
    private long recordBytes;

    RecordCells(CellErrors errors, int width) {
        this.errors = errors;
        this.width = width;
        this.block = new CellBlock(width, new byte[0], 0);
        clear();
    }

    /**
     * Passes the text of a cell.
     *
     * @param column the cell's column, from 0
     */
    public void text(int column, String text) {
        requireShort(text.length());
        texts.append(text);
        added(column);
    }

    /** Passes the text of a cell as characters. */
    public void text(int column, char[] chars, int offset, int length) {
        requireShort(length);
        texts.append(chars, offset, length);
        added(column);
    }

    /** Passes the text of a cell as bytes of well-formed UTF-8. */
    public void text(int column, byte[] utf8, int offset, int length) {
        requireShort(length);
        texts.append(utf8, offset, length);
        added(column);
    }

    /**
     * Names the record whose cells follow.
     *
     * @param number the record's number in the file, from 1; numbers ascend
     */
    public void begin(long number) {
        block.line = number;
    }

    /** Ends the record. */
    public void end() {
        block.lines[block.rows++] = block.line;
        block.cells += width;
        recordBytes = 0;
    }

    /** Takes back the cells since {@link #begin}: they are no record. */
    public void drop() {
        Arrays.fill(block.lengths, block.cells, block.cells + width, 0);
        recordBytes = 0;
    }

    private void requireShort(int chars) {
        if (chars > CellPass.MAX_FIELD_CHARS) {
            throw tooLong();
        }
    }

    private SnapshotException tooLong() {
        return SnapshotException.invalidRequest("a cell is too long")
                .where(errors.at(block.line))
                .actual("more than " + CellPass.MAX_FIELD_CHARS + " characters")
                .expected("at most " + CellPass.MAX_FIELD_CHARS)
                .nextStep("leave the long texts out of the table, for example as files that it names")
                .build();
    }

    private void added(int column) {
        int text = texts.size() - 1;
        int length = texts.end(text) - texts.start(text);
        int cell = block.cells + column;
        block.starts[cell] = texts.start(text);
        block.lengths[cell] = length == 0 ? CellBlock.QUOTED_EMPTY : length;
        recordBytes += length;
        if (recordBytes > CellPass.MAX_ROW_BYTES) {
            throw errors.rowTooLong(block.line);
        }
    }

    /** Whether another record may be added to the block. */
    boolean hasRoom(int maxRows) {
        return block.rows < maxRows
                && block.cells + width <= CellBlock.BLOCK_CELLS
                && texts.bytesUsed() < CellBlock.BLOCK_BYTES;
    }

    int rows() {
        return block.rows;
    }

    /** The records since the last call of {@link #clear}. A record that was not ended is no part of them. */
    CellBlock block() {
        block.buffer = texts.data();
        return block;
    }

    /** Starts a new block. */
    void clear() {
        texts = new BytesVector(CellBlock.BLOCK_CELLS / 4, CellBlock.BLOCK_BYTES / 4);
        Arrays.fill(block.lengths, 0, Math.min(CellBlock.BLOCK_CELLS, block.cells + width), 0);
        block.cells = 0;
        block.rows = 0;
        recordBytes = 0;
    }
}
