package io.hybridsnapshot.csv;

/**
 * The meaning of an empty cell of a CSV file. If an empty cell is a text, an undeclared column with an empty cell is
 * inferred as text. In a declared column that is neither text nor binary, an empty text is an error. The exception is
 * {@link #EMPTY_IS_TEXT}, which leaves such a column no other value than NULL.
 */
public enum EmptyCells {
    /** Every empty cell is NULL, quoted or not. */
    EMPTY_IS_NULL,
    /**
     * An empty unquoted cell is NULL; {@code ""} is the empty text. The output of {@link CsvRowWriter} reads back this
     * way.
     */
    UNQUOTED_EMPTY_IS_NULL,
    /** Every empty cell is the empty text, quoted or not. */
    EMPTY_IS_TEXT
}
