/**
 * Row batches to and from Parquet: the codec of the archive and a source for any flat Parquet file. What is written, what is kept
 * aside and which readers understand it is in {@code docs/parquet.md}.
 */
package io.hybridsnapshot.parquet;
