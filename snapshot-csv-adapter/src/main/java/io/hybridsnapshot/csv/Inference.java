package io.hybridsnapshot.csv;

/** The inference of a type that is neither declared nor known from an earlier snapshot. */
public enum Inference {
    /**
     * The narrowest type with canonical texts that reproduce every cell, letter for letter. One pass over the file
     * finds the type before the rows are read.
     */
    LOSSLESS,
    /** Every such column is text; the file is read once. */
    NONE
}
