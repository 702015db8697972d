/**
 * Rows from and to delimited text: {@link io.hybridsnapshot.csv.CsvRowSource} feeds a snapshot from a CSV file, {@link
 * io.hybridsnapshot.csv.CsvRowWriter} exports one. Formats, inference and errors are said in {@code docs/csv.md}.
 */
package io.hybridsnapshot.csv;
