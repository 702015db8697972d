package io.hybridsnapshot.csv;

/** How a column gets its type that is neither declared nor known from an earlier snapshot. */
public enum Inference {
    /**
     * The narrowest type from whose values the canonical text gives every cell back, letter for letter; found by one pass over the
     * file before it is read.
     */
    LOSSLESS,
    /** Every such column is text; the file is read once. */
    NONE
}
