/**
 * Rows from and to delimited text: {@link io.hybridsnapshot.csv.CsvRowSource} feeds a snapshot from a CSV file,
 * {@link io.hybridsnapshot.csv.CsvRowWriter} exports one. {@code docs/csv.md} describes formats, inference and errors.
 */
@NullMarked
package io.hybridsnapshot.csv;

import org.jspecify.annotations.NullMarked;
