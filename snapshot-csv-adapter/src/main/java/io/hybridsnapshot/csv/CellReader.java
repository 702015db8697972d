package io.hybridsnapshot.csv;

/** Takes the cells behind the header of a table, block by block. A hot path. For one thread. */
@FunctionalInterface
interface CellReader {
    /** Takes the cells of a block; they are valid during the call. */
    void read(CellBlock block);
}
