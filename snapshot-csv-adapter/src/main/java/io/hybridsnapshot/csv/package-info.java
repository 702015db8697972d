/**
 * Rows from and to text files: {@link io.hybridsnapshot.csv.CsvRowSource} feeds a snapshot from a CSV file, {@link
 * io.hybridsnapshot.csv.RecordRowSource} from JSON lines or another form, {@link io.hybridsnapshot.csv.CsvRowWriter}
 * exports a CSV file. {@code docs/csv.md} describes formats, inference and errors, {@code docs/files.md} the others.
 */
@NullMarked
package io.hybridsnapshot.csv;

import org.jspecify.annotations.NullMarked;
