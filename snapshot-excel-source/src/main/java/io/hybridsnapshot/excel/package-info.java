/**
 * Rows from Excel workbooks: {@link io.hybridsnapshot.excel.ExcelFile} gives the text cells of a sheet, which {@link
 * io.hybridsnapshot.csv.RecordRowSource} turns into typed rows. {@code docs/files.md} describes the texts.
 */
@NullMarked
package io.hybridsnapshot.excel;

import org.jspecify.annotations.NullMarked;
