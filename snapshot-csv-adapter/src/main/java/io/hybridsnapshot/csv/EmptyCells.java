package io.hybridsnapshot.csv;

/**
 * What an empty cell of a CSV file means. Where an empty cell is a text, an undeclared column that has one is inferred as text.
 * Where a declared column is neither text nor binary, an empty text in it is an error, except under {@link #EMPTY_IS_TEXT}, which
 * leaves such a column no other value than NULL.
 */
public enum EmptyCells {
    /** Every empty cell is NULL, quoted or not. */
    EMPTY_IS_NULL,
    /** Nothing between two separators is NULL; {@code ""} is the empty text. What {@link CsvRowWriter} writes reads back so. */
    UNQUOTED_EMPTY_IS_NULL,
    /** Every empty cell is the empty text, quoted or not. */
    EMPTY_IS_TEXT
}
